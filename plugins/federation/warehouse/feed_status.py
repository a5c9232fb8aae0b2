"""The rows of ops.feed_status: how each feed is in a release."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import duckdb

from federation.common.periods import days
from federation.common.sql import compose, identifier
from federation.common.vocabulary import ExtractState, IncidentState, VerdictKind
from federation.datasets.suites import Suite
from federation.extracts.expected_arrivals import silent
from federation.extracts.status import ReleaseInput
from federation.messages.status_words import feed_status
from federation.quality.incidents import Incident
from federation.quality.scores import OVERALL, grade
from federation.quality.scoring import Scored


def feed_status_rows(
    con: duckdb.DuckDBPyConnection,
    scored: Sequence[Scored],
    inputs: Sequence[ReleaseInput],
    all_incidents: Iterable[Incident],
) -> list[dict[str, Any]]:
    """Return one row per feed; the facts of core and ops.quarantine must be there."""
    known, on_hold = list(all_incidents), _open_records(con)
    newest = {entry.feed.dataset: _newest_in_core(con, entry.feed.suite) for entry in scored}
    return [
        _row(entry, [given for given in inputs if given.key == entry.feed.key], known)
        | {
            "data_up_to": newest[entry.feed.dataset].get(entry.feed.city.code),
            "records_open": on_hold.get(entry.feed.key, 0),
        }
        for entry in scored
    ]


def _row(
    scored: Scored, inputs: Sequence[ReleaseInput], all_incidents: Sequence[Incident]
) -> dict[str, Any]:
    feed, overall = scored.feed, scored.scores[OVERALL]
    serving = [entry.last_date for entry in inputs if entry.state == ExtractState.CURRENT]
    missing = [entry for entry in scored.expected if entry.is_missing]
    gap = silent(scored.expected)
    verdict = newest_verdict(inputs)
    open_problems = [
        (entry.problem.reason, entry.problem.severity)
        for entry in all_incidents
        if entry.problem.key[:2] == feed.key and entry.state != IncidentState.CLOSED
    ]
    return {
        "city": feed.city.key,
        "dataset": feed.dataset,
        "state": feed_status(verdict, open_problems, is_retired=scored.is_retired),
        "file_check": verdict,
        "promised_up_to": date.fromisoformat(max(serving)) if serving else None,
        "periods_missing": len(missing),
        "missing_since": gap[0].first_date if gap else None,
        "score": overall,
        "grade": None if scored.is_dormant else grade(overall),
        "score_of_what_came": scored.what_came,
        "grade_of_what_came": grade(scored.what_came),
    }


def newest_verdict(inputs: Sequence[ReleaseInput]) -> VerdictKind:
    """Return the verdict on the newest extract that no later one replaced; `none` without one."""
    standing = [entry for entry in inputs if entry.state != ExtractState.SUPERSEDED]
    # They come in order of rank: of equal periods the last one has the highest.
    newest = max(reversed(standing), key=lambda entry: entry.last_date, default=None)
    return newest.verdict if newest else VerdictKind.NONE


def _newest_in_core(con: duckdb.DuckDBPyConnection, suite: Suite) -> dict[str, date]:
    """Return the last local day that a record is about, by code of the city."""
    period = suite.period
    _, last = days(identifier(period.name), period.name, period.type)
    query = compose(
        "SELECT city_code, max({last}) FROM {fact} GROUP BY city_code",
        last=last,
        fact=identifier("core", suite.fact),
    )
    return dict(con.execute(query).fetchall())


def _open_records(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    """Return how many records of each feed wait for the city or a person."""
    rows = con.execute(
        """
        SELECT city, dataset, count(DISTINCT (extract_id, row_number))
        FROM ops.quarantine
        WHERE status IN ('open', 'expired')
        GROUP BY ALL
        """
    ).fetchall()
    return {(city, dataset): count for city, dataset, count in rows}
