"""The pictures of a mail: how quality went, how fresh the data are, and what the data say."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import duckdb

from federation.charts.freshness import Freshness, freshness
from federation.charts.headline import headline
from federation.charts.marks import Chart
from federation.charts.trend import quality_trend
from federation.described import Text
from federation.engine import connect
from federation.report.changes import Changes
from federation.report.content import CityReport, FeedReport
from federation.report.mail import Picture
from federation.report.recipients import Scope

_HEADLINES = 2  # in one mail: of feeds with something new before the others


@dataclass
class Pictures:
    """The pictures of mails about one release; what several mails show is drawn once."""

    release: Path
    today: date
    _drawn: dict[str, Picture | None] = field(default_factory=dict)

    def of(self, scope: Scope, reports: Sequence[CityReport], changed: Changes) -> list[Picture]:
        """Return the pictures about a scope; `reports` are its cities with its feeds."""
        with connect(self.release, read_only=True) as con:
            if not scope.city:
                nation = Text("Federated cities", "สหพันธ์ข้อมูลเมือง")
                drawn = [self._once("nation-trend", lambda: _trend(con, nation, scope))]
            else:
                drawn = [*self._of_city(con, scope, reports[0], changed)]
        return [picture for picture in drawn if picture]

    def _of_city(self, con: duckdb.DuckDBPyConnection, scope: Scope, city: CityReport,
                 changed: Changes) -> Iterator[Picture | None]:
        name, about = Text(city.name_en, city.name_th), "-".join([city.key, *scope.datasets])
        alone = city.feeds[0] if len(scope.datasets) == 1 and city.feeds else None
        shown = Text(f"{name.en}, {alone.title_en}", f"{name.th} {alone.title_th}") if alone else name
        yield self._once(f"{about}-trend", lambda: _trend(con, shown, scope if alone else Scope(city.key)))
        fresh = [_freshness(con, feed, self.today) for feed in city.feeds]
        yield self._once(f"{about}-freshness", lambda: freshness(name, fresh))
        new = {entry.trouble.dataset for entry in changed.new}
        ranked = sorted((feed for feed in city.feeds if feed.in_core), key=lambda feed: feed.dataset not in new)
        heads = (self._headline(con, name, feed) for feed in ranked)
        yield from islice((picture for picture in heads if picture), _HEADLINES)

    def _headline(self, con: duckdb.DuckDBPyConnection, city: Text, feed: FeedReport) -> Picture | None:
        return self._once(f"{feed.city}-{feed.dataset}", lambda: headline(con, city, _code(con, feed.city), feed.dataset))

    def _once(self, name: str, draw: Callable[[], Chart | None]) -> Picture | None:
        if name not in self._drawn:
            chart = draw()
            self._drawn[name] = Picture(name, chart.png(), chart.alt_th, chart.alt_en, round(chart.width)) if chart else None
        return self._drawn[name]


def _code(con: duckdb.DuckDBPyConnection, city: str) -> str:
    row = con.execute("SELECT city_code FROM core.dim_city WHERE city = ?", [city]).fetchone()
    return str(row[0]) if row else ""


def _trend(con: duckdb.DuckDBPyConnection, name: Text, scope: Scope) -> Chart | None:
    """The overall score of a feed, a city or the nation over earlier releases and this one; the first one has no trend."""
    of = "coalesce(city, '') = $city AND coalesce(dataset, '') = $dataset AND dimension = 'overall'"
    rows = con.execute(
        f"SELECT measured_at, score FROM ops.score_history WHERE {of} "
        f"UNION ALL SELECT now(), score FROM ops.scores WHERE {of} ORDER BY 1",
        {"city": scope.city, "dataset": "".join(scope.datasets)}).fetchall()
    return quality_trend(name, rows) if len(rows) > 1 else None


def _freshness(con: duckdb.DuckDBPyConnection, feed: FeedReport, today: date) -> Freshness:
    """Days since the data end; allowed is the end of the newest period that is due by the contract."""
    row = con.execute("SELECT max(last_date) FROM ops.expected_arrivals WHERE city = ? AND dataset = ? AND due_on <= ?",
                      [feed.city, feed.dataset, today]).fetchone()
    due = row[0] if row else None
    since = max(timedelta(0), today - feed.latest).days if feed.latest else None
    return Freshness(Text(feed.title_en, feed.title_th), since, (today - due).days if due else None)
