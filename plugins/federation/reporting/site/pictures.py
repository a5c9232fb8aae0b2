"""The charts of the report's pages, from what was read of the release."""

from collections.abc import Sequence

import duckdb

from federation.common.bilingual import BilingualText
from federation.datasets.suites import load_suite
from federation.messages.said import BE
from federation.reporting.charts.coverage import Row, coverage_calendar
from federation.reporting.charts.flow import accounting_flow
from federation.reporting.charts.freshness import freshness
from federation.reporting.charts.headline import headline
from federation.reporting.charts.marks import Chart
from federation.reporting.charts.readings import RELEASES_OF_A_TREND, read_score_trend
from federation.reporting.charts.station_map import Station, city_map, national_map
from federation.reporting.charts.trend import quality_trend
from federation.reporting.site.calendars import YEARS, by_month, by_year, owed
from federation.reporting.site.model import CityPage, FeedPage, Nation
from federation.reporting.site.rows import has_table

NATION = BilingualText("All cities", "ทุกเมือง")
_MONTHS = [BilingualText(str(month), str(month)) for month in range(1, 13)]


def of_nation(con: duckdb.DuckDBPyConnection, nation: Nation) -> list[Chart]:
    """Return the charts of the first page."""
    names = {city.city.code: city.name for city in nation.cities}
    stations, unplaced = _stations(con, None)
    return [
        *_trend(con, NATION, None, None),
        accounting_flow(NATION, nation.accounting),
        national_map(NATION, names, stations, unplaced=unplaced),
    ]


def of_city(con: duckdb.DuckDBPyConnection, nation: Nation, city: CityPage) -> list[Chart]:
    """Return the charts of a city's page."""
    years = range(nation.today.year - YEARS + 1, nation.today.year + 1)
    rows = [
        by_year(
            feed.extracts,
            owed(con, city.city.key, feed.dataset),
            years,
            feed.title.th,
            nation.today,
        )
        for feed in city.feeds
    ]
    stations, unplaced = _stations(con, city.city.code)
    drawn = city_map(city.name, city.city.code, stations, unplaced=unplaced)
    return [
        *_trend(con, city.name, city.city.key, None),
        freshness(city.name, [feed.freshness for feed in city.feeds]),
        accounting_flow(city.name, city.accounting),
        _calendar(city.name, years, rows),
        *([drawn] if drawn else []),
    ]


def of_feed(con: duckdb.DuckDBPyConnection, nation: Nation, feed: FeedPage) -> list[Chart]:
    """Return the charts of a feed's page."""
    name = BilingualText(feed.city.name_en, feed.city.name_th)
    about = feed.about
    late = owed(con, feed.city.key, feed.dataset)
    picture = headline(con, name, feed.city.code, feed.dataset)
    return [
        *([picture] if picture else []),
        *_trend(con, about, feed.city.key, feed.dataset),
        accounting_flow(about, feed.accounting),
        freshness(about, [feed.freshness]),
        coverage_calendar(about, _MONTHS, by_month(feed.extracts, late, nation.today)),
    ]


def coverage(con: duckdb.DuckDBPyConnection, nation: Nation) -> list[Chart]:
    """Return a calendar for each dataset, a row for each city."""
    years = range(nation.today.year - YEARS + 1, nation.today.year + 1)
    feeds = [feed for city in nation.cities for feed in city.feeds]
    charts = []
    for dataset in sorted({feed.dataset for feed in feeds}):
        rows = [
            by_year(
                feed.extracts,
                owed(con, feed.city.key, dataset),
                years,
                feed.city.name_th,
                nation.today,
            )
            for feed in feeds
            if feed.dataset == dataset
        ]
        title = BilingualText(**load_suite(dataset).title)
        charts.append(_calendar(title, years, rows))
    return charts


def _calendar(about: BilingualText, years: Sequence[int], rows: Sequence[Row]) -> Chart:
    """Return a calendar of years from the first one of which a row says anything."""
    empty = [all(row.cells[place] is None for row in rows) for place in range(len(years))]
    first = empty.index(False) if False in empty else 0
    shown = [Row(row.label, row.cells[first:]) for row in rows]
    return coverage_calendar(about, _labels(years[first:]), shown)


def _labels(years: Sequence[int]) -> list[BilingualText]:
    """Return the years; of more than six every other one, the last among them, which is what has
    room side by side."""
    nothing = BilingualText("", "")
    step = 2 if len(years) > 6 else 1
    texts = [BilingualText(str(year), str(year + BE)) for year in years]
    return [nothing if place % step else text for place, text in enumerate(texts[::-1])][::-1]


def _trend(
    con: duckdb.DuckDBPyConnection, about: BilingualText, city: str | None, dataset: str | None
) -> list[Chart]:
    """Return the trend from the third release on: fewer points show none."""
    points = read_score_trend(con, city, dataset) if has_table(con, "scores") else []
    return [quality_trend(about, points)] if len(points) >= RELEASES_OF_A_TREND else []


def _stations(con: duckdb.DuckDBPyConnection, code: str | None) -> tuple[Sequence[Station], int]:
    """Return the stations of a city, or of all, and how many of them have no place on a map."""
    rows = con.execute(
        """
        SELECT
          coalesce(name_th, name_en, station_id), dataset, lat, lon,
          lat BETWEEN 5.5 AND 20.6 AND lon BETWEEN 97.2 AND 105.8 AS is_placed
        FROM core.dim_station
        WHERE is_current AND ($code IS NULL OR city_code = $code)
        ORDER BY dataset, city_code, station_id
        """,
        {"code": code},
    ).fetchall()
    placed = [
        Station(name, BilingualText(**load_suite(dataset).title), lat, lon)
        for name, dataset, lat, lon, is_placed in rows
        if is_placed
    ]
    return placed, len(rows) - len(placed)
