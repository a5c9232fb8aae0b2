"""The pictures of a mail: how quality went, how fresh the data are, and what the data say."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import duckdb

from federation.charts.freshness import Freshness, freshness
from federation.charts.headline import headline
from federation.charts.marks import Chart
from federation.charts.trend import quality_trend
from federation.described import Text
from federation.report.changes import Changes
from federation.report.content import CityReport, FeedReport
from federation.report.mail import Picture

_HEADLINES = 2  # of a city: those with something new before the others


def city_pictures(con: duckdb.DuckDBPyConnection, city: CityReport, changed: Changes, today: date) -> list[Picture]:
    """Return the pictures about a city; `con` has the release open."""
    return list(_pictures(city.key, _charts(con, city, changed, today)))


def national_pictures(con: duckdb.DuckDBPyConnection) -> list[Picture]:
    """Return the pictures about the nation."""
    trend = _trend(con, Text("Federated cities", "สหพันธ์ข้อมูลเมือง"), None)
    return list(_pictures("nation", [trend] if trend else []))


def _pictures(about: str, charts: Sequence[Chart]) -> Iterator[Picture]:
    for number, chart in enumerate(charts, 1):
        yield Picture(f"{about}-{number}", chart.png(), chart.alt_th, chart.alt_en, round(chart.width))


def _charts(con: duckdb.DuckDBPyConnection, city: CityReport, changed: Changes, today: date) -> list[Chart]:
    name, code = Text(city.name_en, city.name_th), _code(con, city.key)
    fresh = [_freshness(con, feed, today) for feed in city.feeds]
    new = {entry.trouble.dataset for entry in changed.new}
    ranked = sorted(city.feeds, key=lambda feed: feed.dataset not in new)
    heads = (headline(con, name, code, feed.dataset) for feed in ranked if feed.in_core)
    drawn = [_trend(con, name, city.key), freshness(name, fresh), *[chart for chart in heads if chart][:_HEADLINES]]
    return [chart for chart in drawn if chart]


def _code(con: duckdb.DuckDBPyConnection, city: str) -> str:
    row = con.execute("SELECT city_code FROM core.dim_city WHERE city = ?", [city]).fetchone()
    return str(row[0]) if row else ""


def _trend(con: duckdb.DuckDBPyConnection, name: Text, city: str | None) -> Chart | None:
    """The overall score of a city, or of the nation, over earlier releases and this one; the first one has no trend."""
    of = "scope = 'city' AND city = $city" if city else "scope = 'nation'"
    rows = con.execute(
        f"SELECT measured_at, score FROM ops.score_history WHERE {of} AND dimension = 'overall' "
        f"UNION ALL SELECT now(), score FROM ops.scores WHERE {of} AND dimension = 'overall' ORDER BY 1",
        {"city": city} if city else {}).fetchall()
    return quality_trend(name, rows) if len(rows) > 1 else None


def _freshness(con: duckdb.DuckDBPyConnection, feed: FeedReport, today: date) -> Freshness:
    """Days since the data end; allowed is the end of the newest period that is due by the contract."""
    row = con.execute("SELECT max(last_date) FROM ops.expected_arrivals WHERE city = ? AND dataset = ? AND due_on <= ?",
                      [feed.city, feed.dataset, today]).fetchone()
    due = row[0] if row else None
    since = max(timedelta(0), today - feed.latest).days if feed.latest else None
    return Freshness(Text(feed.title_en, feed.title_th), since, (today - due).days if due else None)
