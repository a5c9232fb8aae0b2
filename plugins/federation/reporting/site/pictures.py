"""The charts of the report's pages, from what was read of the release."""

from collections.abc import Sequence

import duckdb

from federation.common.bilingual import BilingualText
from federation.datasets.suites import load_suite
from federation.reporting.charts.coverage import coverage_calendar
from federation.reporting.charts.flow import accounting_flow
from federation.reporting.charts.freshness import freshness
from federation.reporting.charts.headline import headline
from federation.reporting.charts.marks import Chart
from federation.reporting.charts.readings import read_score_trend
from federation.reporting.charts.station_map import Station, city_map, national_map
from federation.reporting.charts.trend import quality_trend
from federation.reporting.site.calendars import YEARS, by_month, by_year, late_spans
from federation.reporting.site.read import CityPage, FeedPage, Nation, has_table

NATION = BilingualText("All cities", "ทุกเมือง")
_MONTHS = [f"{month:02}" for month in range(1, 13)]


def of_nation(con: duckdb.DuckDBPyConnection, nation: Nation) -> list[Chart]:
    """Return the charts of the first page."""
    names = {city.city.code: city.name for city in nation.cities}
    return [
        _trend(con, NATION, None, None),
        accounting_flow(NATION, nation.accounting),
        *_coverage(con, nation),
        national_map(NATION, names, _stations(con, None)),
    ]


def of_city(con: duckdb.DuckDBPyConnection, nation: Nation, city: CityPage) -> list[Chart]:
    """Return the charts of a city's page."""
    years = range(nation.today.year - YEARS + 1, nation.today.year + 1)
    rows = [
        by_year(
            feed.extracts,
            late_spans(con, city.city.key, feed.dataset),
            years,
            feed.title.th,
            nation.today,
        )
        for feed in city.feeds
    ]
    stations = _stations(con, city.city.code)
    return [
        _trend(con, city.name, city.city.key, None),
        freshness(city.name, [feed.freshness for feed in city.feeds]),
        accounting_flow(city.name, city.accounting),
        coverage_calendar(city.name, _labels(years), rows),
        *([city_map(city.name, city.city.code, stations)] if stations else []),
    ]


def of_feed(con: duckdb.DuckDBPyConnection, nation: Nation, feed: FeedPage) -> list[Chart]:
    """Return the charts of a feed's page."""
    name = BilingualText(feed.city.name_en, feed.city.name_th)
    about = feed.about
    late = late_spans(con, feed.city.key, feed.dataset)
    picture = headline(con, name, feed.city.code, feed.dataset)
    return [
        *([picture] if picture else []),
        _trend(con, about, feed.city.key, feed.dataset),
        accounting_flow(about, feed.accounting),
        freshness(about, [feed.freshness]),
        coverage_calendar(about, _MONTHS, by_month(feed.extracts, late, nation.today)),
    ]


def _coverage(con: duckdb.DuckDBPyConnection, nation: Nation) -> list[Chart]:
    """Return a calendar for each dataset, a row for each city."""
    years = range(nation.today.year - YEARS + 1, nation.today.year + 1)
    feeds = [feed for city in nation.cities for feed in city.feeds]
    charts = []
    for dataset in sorted({feed.dataset for feed in feeds}):
        rows = [
            by_year(
                feed.extracts,
                late_spans(con, feed.city.key, dataset),
                years,
                feed.city.name_th,
                nation.today,
            )
            for feed in feeds
            if feed.dataset == dataset
        ]
        title = BilingualText(**load_suite(dataset).title)
        charts.append(coverage_calendar(title, _labels(years), rows))
    return charts


def _labels(years: Sequence[int]) -> list[str]:
    """Return every other year, the last among them: all of them would not stand side by side."""
    return [str(year) if (years[-1] - year) % 2 == 0 else "" for year in years]


def _trend(
    con: duckdb.DuckDBPyConnection, about: BilingualText, city: str | None, dataset: str | None
) -> Chart:
    points = read_score_trend(con, city, dataset) if has_table(con, "scores") else []
    return quality_trend(about, points)


def _stations(con: duckdb.DuckDBPyConnection, code: str | None) -> Sequence[Station]:
    rows = con.execute(
        """
        SELECT coalesce(name_th, name_en, station_id), dataset, lat, lon
        FROM core.dim_station
        WHERE
          is_current
          AND lat BETWEEN 5.5 AND 20.6 AND lon BETWEEN 97.2 AND 105.8
          AND ($code IS NULL OR city_code = $code)
        ORDER BY dataset, city_code, station_id
        """,
        {"code": code},
    ).fetchall()
    return [
        Station(name, BilingualText(**load_suite(dataset).title), lat, lon)
        for name, dataset, lat, lon in rows
    ]
