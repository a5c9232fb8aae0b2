"""What a release says of the nation, its cities and their feeds, read from the release alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from federation.common.bilingual import BilingualText
from federation.common.periods import BANGKOK
from federation.contracts.model import City, Feed
from federation.extracts.expected_arrivals import periods
from federation.reference.working_days import working_day
from federation.reporting.charts.flow import Accounting
from federation.reporting.charts.freshness import Freshness
from federation.reporting.charts.readings import read_allowed_age_days
from federation.reporting.score_change import change_of_nation
from federation.reporting.site.expectations import read_extracts, read_measured
from federation.reporting.site.incidents import Incident, read_incidents
from federation.reporting.site.model import (
    CityPage,
    FeedPage,
    Nation,
    Score,
    Standing,
)
from federation.reporting.site.rows import has_table, rows

_LONGER_THAN_A_PERIOD = timedelta(days=400)
_Scores = dict[tuple[str | None, str | None], dict[str, Score]]


@dataclass(frozen=True)
class _Read:
    """What was read of all feeds at once."""

    today: date
    scores: _Scores
    incidents: Sequence[Incident]
    standings: Mapping[tuple[str, str], Standing]

    def of(self, city: str, dataset: str) -> list[Incident]:
        return [entry for entry in self.incidents if (entry.city, entry.dataset) == (city, dataset)]


def read_nation(
    con: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], feeds: Sequence[Feed]
) -> Nation:
    """Return what the release that `con` has open says of these feeds."""
    read = _Read(
        today=datetime.fromisoformat(manifest["created_at"]).astimezone(BANGKOK).date(),
        scores=_scores(con),
        incidents=read_incidents(con),
        standings=_standings(con),
    )
    cities = {feed.city.key: feed.city for feed in feeds}.values()
    pages = []
    for city in sorted(cities, key=lambda city: city.code):
        feeds_of_city = [feed for feed in feeds if feed.city.key == city.key]
        pages.append(_city(con, city, feeds_of_city, read))
    before = con.execute("SELECT max(created_at) FROM ops.releases").fetchall()[0][0]
    of_nation = read.scores.get((None, None), {})
    overall = of_nation.get("overall")
    return Nation(
        release_id=manifest["release_id"],
        today=read.today,
        before=before,
        cities=pages,
        scores=of_nation,
        incidents=list(read.incidents),
        change=change_of_nation(con, overall.score if overall else None, read.today),
    )


def _standings(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Standing]:
    """Return how each feed is, by city and dataset."""
    if not has_table(con, "feed_status"):
        return {}
    names = [entry.name for entry in fields(Standing)]
    return {
        (row["city"], row["dataset"]): Standing(**{name: row[name] for name in names})
        for row in rows(con, "SELECT * FROM ops.feed_status")
    }


def _scores(con: duckdb.DuckDBPyConnection) -> _Scores:
    """Return dimension -> score by city and dataset; (city, None) is a city's, (None, None) the
    nation's."""
    scores: _Scores = {}
    if not has_table(con, "scores"):
        return scores
    for row in rows(con, "SELECT * FROM ops.scores"):
        by_dimension = scores.setdefault((row["city"], row["dataset"]), {})
        reasons = BilingualText(row["reasons_en"] or "", row["reasons_th"] or "")
        by_dimension[row["dimension"]] = Score(row["score"], row["grade"], reasons)
    return scores


def _city(
    con: duckdb.DuckDBPyConnection, city: City, feeds: Sequence[Feed], read: _Read
) -> CityPage:
    pages = [_feed(con, feed, read) for feed in sorted(feeds, key=lambda feed: feed.dataset)]
    return CityPage(city, read.scores.get((city.key, None), {}), pages, read.of(city.key, ""))


def _feed(con: duckdb.DuckDBPyConnection, feed: Feed, read: _Read) -> FeedPage:
    suite = feed.suite
    title = BilingualText(**suite.title)
    extracts = read_extracts(con, feed)
    now = read.standings.get(feed.key, Standing())
    source_rows, accounting = _accounting(con, feed)
    days_since = max((read.today - now.data_up_to).days, 0) if now.data_up_to else None
    allowed = read_allowed_age_days(con, *feed.key, read.today)
    return FeedPage(
        city=feed.city,
        dataset=feed.dataset,
        title=title,
        table=f"core.{suite.fact}",
        scores=read.scores.get(feed.key, {}),
        extracts=extracts,
        measured=read_measured(con, feed, extracts),
        accounting=accounting,
        source_rows=source_rows,
        freshness=Freshness(title, days_since, allowed),
        now=now,
        next_due=_next_due(con, feed, read.today),
        incidents=read.of(*feed.key),
    )


def _next_due(con: duckdb.DuckDBPyConnection, feed: Feed, today: date) -> date | None:
    """Return when the next period is due: one that has ended, or else the one that today is in;
    None where nothing is promised."""
    query = """
        SELECT min(due_on)
        FROM ops.expected_arrivals
        WHERE city = ? AND dataset = ? AND state = 'not_due'
        """
    due_on: date | None = con.execute(query, feed.key).fetchall()[0][0]
    if due_on or feed.latency_days is None or feed.is_retired(today):
        return due_on
    _, last = next(periods(feed.cadence, today, today + _LONGER_THAN_A_PERIOD))
    return working_day(last + timedelta(days=feed.latency_days))


def _accounting(con: duckdb.DuckDBPyConnection, feed: Feed) -> tuple[int, Accounting]:
    """Return the rows of the feed's files, and where their records went."""
    sums = con.execute(
        """
        SELECT
          sum(source_rows), sum(records_in_core), sum(records_quarantined),
          sum(records_duplicate), sum(records_superseded)
        FROM ops.row_accounting
        WHERE city = ? AND dataset = ?
        """,
        feed.key,
    ).fetchall()[0]
    source_rows, *counts = (int(value or 0) for value in sums)
    return source_rows, Accounting(*counts)
