"""The pictures of a mail: the trend of quality, the age of the data, and some of the data."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice

import duckdb

from federation.common.bilingual import BilingualText
from federation.reporting.charts.freshness import Freshness, freshness
from federation.reporting.charts.headline import headline
from federation.reporting.charts.marks import Chart
from federation.reporting.charts.png import png
from federation.reporting.charts.readings import (
    RELEASES_OF_A_TREND,
    read_allowed_age_days,
    read_score_trend,
)
from federation.reporting.charts.trend import quality_trend
from federation.reporting.mail.changes import Changes
from federation.reporting.mail.context import CityReport, FeedReport
from federation.reporting.mail.mail import Picture
from federation.reporting.mail.recipients import Scope

_HEADLINES = 2  # in one mail: of feeds with something new before the others


@dataclass
class Pictures:
    """The pictures of mails about one release with these cities.

    What several mails show is drawn once.
    """

    cities: Sequence[CityReport]
    today: date
    _drawn: dict[str, Picture | None] = field(default_factory=dict)

    def of(self, con: duckdb.DuckDBPyConnection, scope: Scope, changed: Changes) -> list[Picture]:
        """Return the pictures about a scope; `con` has the release open."""
        if scope.city:
            (city,) = (entry for entry in self.cities if entry.key == scope.city)
            drawn = [*self._of_city(con, scope, city, changed)]
        else:
            nation = BilingualText("Federated cities", "สหพันธ์ข้อมูลเมือง")
            drawn = [self._once("nation-trend", lambda: _trend(con, nation, scope))]
        return [picture for picture in drawn if picture]

    def _of_city(
        self, con: duckdb.DuckDBPyConnection, scope: Scope, city: CityReport, changed: Changes
    ) -> Iterator[Picture | None]:
        name = BilingualText(city.name_en, city.name_th)
        feeds = city.narrowed(scope).feeds
        yield self._city_trend(con, scope, name, feeds)
        of_scope = "-".join([city.key, *scope.datasets])
        yield self._once(
            f"{of_scope}-freshness",
            lambda: freshness(name, [_freshness(con, feed, self.today) for feed in feeds]),
        )
        new = {incident.problem.dataset for incident in changed.new}
        with_data = [feed for feed in feeds if feed.in_core]
        ranked = sorted(with_data, key=lambda feed: feed.dataset not in new)
        headlines = (self._headline(con, name, feed) for feed in ranked)
        yield from islice((picture for picture in headlines if picture), _HEADLINES)

    def _city_trend(
        self,
        con: duckdb.DuckDBPyConnection,
        scope: Scope,
        name: BilingualText,
        feeds: Sequence[FeedReport],
    ) -> Picture | None:
        """Return the trend of the only feed of a scope, or else of the whole city."""
        if len(scope.datasets) != 1 or not feeds:
            return self._once(f"{scope.city}-trend", lambda: _trend(con, name, Scope(scope.city)))
        feed = feeds[0]
        title = BilingualText(f"{name.en}, {feed.title_en}", f"{name.th} {feed.title_th}")
        return self._once(f"{scope.city}-{feed.dataset}-trend", lambda: _trend(con, title, scope))

    def _headline(
        self, con: duckdb.DuckDBPyConnection, city: BilingualText, feed: FeedReport
    ) -> Picture | None:
        return self._once(
            f"{feed.city}-{feed.dataset}",
            lambda: headline(con, city, _code(con, feed.city), feed.dataset),
        )

    def _once(self, name: str, draw: Callable[[], Chart | None]) -> Picture | None:
        if name not in self._drawn:
            chart = draw()
            self._drawn[name] = _picture(name, chart) if chart else None
        return self._drawn[name]


def _picture(name: str, chart: Chart) -> Picture:
    return Picture(name, png(chart), chart.alt_th, chart.alt_en, round(chart.width))


def _code(con: duckdb.DuckDBPyConnection, city: str) -> str:
    row = con.execute("SELECT city_code FROM core.dim_city WHERE city = ?", [city]).fetchone()
    return str(row[0]) if row else ""


def _trend(con: duckdb.DuckDBPyConnection, name: BilingualText, scope: Scope) -> Chart | None:
    """Return the trend of a feed, a city or the nation; fewer than three releases show
    none."""
    points = read_score_trend(con, scope.city, "".join(scope.datasets))
    return quality_trend(name, points) if len(points) >= RELEASES_OF_A_TREND else None


def _freshness(con: duckdb.DuckDBPyConnection, feed: FeedReport, today: date) -> Freshness:
    """Return days since the data end, and the days that the contract allows."""
    since = max(timedelta(0), today - feed.latest).days if feed.latest else None
    allowed = read_allowed_age_days(con, feed.city, feed.dataset, today)
    return Freshness(BilingualText(feed.title_en, feed.title_th), since, allowed)
