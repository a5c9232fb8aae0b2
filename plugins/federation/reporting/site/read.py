"""What a release says of the nation, its cities and their feeds, read from the release alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from federation.common.bilingual import BilingualText
from federation.common.periods import BANGKOK, days
from federation.common.sql import compose, identifier
from federation.common.vocabulary import ExtractState
from federation.contracts.model import City, Feed
from federation.datasets.suites import load_suite
from federation.extracts.expected_arrivals import periods
from federation.reference.working_days import working_day
from federation.reporting.charts.flow import Accounting
from federation.reporting.charts.freshness import Freshness
from federation.reporting.charts.readings import read_allowed_age_days
from federation.reporting.site.expectations import read_extracts, read_measured
from federation.reporting.site.incidents import Incident, read_incidents
from federation.reporting.site.model import (
    CHANGE_OVER,
    Change,
    CityPage,
    FeedPage,
    Late,
    Nation,
    Score,
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
    newest: Mapping[tuple[str, str], date | None]  # city code and dataset -> newest day in core
    on_hold: Mapping[tuple[str, str], int]

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
        newest=_newest(con, {feed.dataset for feed in feeds}),
        on_hold=_on_hold(con),
    )
    cities = {feed.city.key: feed.city for feed in feeds}.values()
    pages = []
    for city in sorted(cities, key=lambda city: city.code):
        feeds_of_city = [feed for feed in feeds if feed.city.key == city.key]
        pages.append(_city(con, city, feeds_of_city, read))
    before = con.execute("SELECT max(created_at) FROM ops.releases").fetchall()[0][0]
    of_nation = read.scores.get((None, None), {})
    return Nation(
        release_id=manifest["release_id"],
        today=read.today,
        before=before,
        cities=pages,
        scores=of_nation,
        incidents=list(read.incidents),
        change=_change(con, of_nation.get("overall"), read.today),
    )


def _change(con: duckdb.DuckDBPyConnection, now: Score | None, today: date) -> Change | None:
    """Return the change of the national score since a week ago, or since the newest release before
    this one where none is so old."""
    if now is None or now.score is None or not has_table(con, "score_history"):
        return None
    found = con.execute(
        """
        SELECT score, CAST(measured_at AS DATE) AS day
        FROM ops.score_history
        WHERE scope = 'nation' AND dimension = 'overall' AND score IS NOT NULL
        ORDER BY day > ?, abs(day - CAST(? AS DATE)), measured_at DESC
        LIMIT 1
        """,
        [today - CHANGE_OVER, today - CHANGE_OVER],
    ).fetchone()
    return Change(round(now.score - found[0], 1), found[1]) if found else None


def _newest(
    con: duckdb.DuckDBPyConnection, datasets: set[str]
) -> dict[tuple[str, str], date | None]:
    """Return the newest local day that a record in core is about, by city code and dataset."""
    newest = {}
    for dataset in sorted(datasets):
        suite = load_suite(dataset)
        column = identifier(suite.period.name)
        _, last = days(column, suite.period.name, suite.period.type)
        template = "SELECT city_code, max({last}) FROM {fact} GROUP BY city_code"
        query = compose(template, last=last, fact=identifier("core", suite.fact))
        for city_code, day in con.execute(query).fetchall():
            newest[city_code, dataset] = day
    return newest


def _on_hold(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    """Return the records that wait to be corrected, by city and dataset."""
    found = con.execute(
        """
        SELECT city, dataset, count(DISTINCT quarantine_id)
        FROM ops.quarantine
        WHERE status IN ('open', 'expired')
        GROUP BY ALL
        """
    ).fetchall()
    return {(city, dataset): records for city, dataset, records in found}


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
    current = [extract for extract in extracts if extract.state == ExtractState.CURRENT]
    promised = max((extract.last_date for extract in current), default=None)
    up_to = read.newest.get((feed.city.code, feed.dataset))
    source_rows, accounting = _accounting(con, feed)
    days_since = max((read.today - up_to).days, 0) if up_to else None
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
        late=_late(con, feed),
        data_up_to=up_to,
        promised_up_to=promised,
        next_due=_next_due(con, feed, read.today),
        incidents=read.of(*feed.key),
        on_hold=read.on_hold.get(feed.key, 0),
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
    if due_on or feed.latency_days is None:
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


def _late(con: duckdb.DuckDBPyConnection, feed: Feed) -> Late:
    row = con.execute(
        """
        SELECT count(*), min(due_on)
        FROM ops.expected_arrivals
        WHERE city = ? AND dataset = ? AND state = 'late'
        """,
        feed.key,
    ).fetchall()[0]
    return Late(*row)
