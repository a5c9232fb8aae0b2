"""A feed's extracts and what was measured of them: for each expectation what the newest
measurements say together."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from federation.common.bilingual import BilingualText
from federation.common.reason import Reason
from federation.common.vocabulary import (
    Consequence,
    ExtractState,
    Outcome,
    ReasonCode,
    VerdictKind,
)
from federation.contracts.model import Feed
from federation.datasets.suites import Expectation, load_suite
from federation.gate.extracts import expectations_of
from federation.messages.reason_words import REASON_WORDS

OUTCOMES = {
    Outcome.FAILED: BilingualText("failed", "ไม่ผ่าน"),
    Outcome.COULD_NOT_BE_MEASURED: BilingualText("could not be measured", "วัดไม่ได้"),
    Outcome.PASSED: BilingualText("passed", "ผ่าน"),
    Outcome.NOT_APPLICABLE: BilingualText("not applicable", "ไม่เกี่ยวข้อง"),
}  # the worst first


@dataclass(frozen=True)
class ReasonShown:
    """One reason for a verdict, in both languages."""

    code: str
    consequence: Consequence
    records: int
    message: BilingualText


@dataclass(frozen=True)
class Extract:
    """One delivered extract."""

    extract_id: str
    partition: str
    first_date: date
    last_date: date
    arrived_at: datetime
    verdict: VerdictKind
    state: ExtractState
    reasons: list[ReasonShown]
    quarantined: int


@dataclass(frozen=True)
class Result:
    """One expectation held against one extract."""

    extract_id: str
    outcome: Outcome
    evaluated: int | None
    unexpected: int | None
    message: str


@dataclass(frozen=True)
class Measured:
    """One expectation with its newest results on the extracts that no later one replaced."""

    expectation: Expectation
    results: list[Result]

    @property
    def outcome(self) -> Outcome:
        """The worst of its results."""
        present = {result.outcome for result in self.results}
        return next((outcome for outcome in OUTCOMES if outcome in present), Outcome.NOT_APPLICABLE)

    @property
    def evaluated(self) -> int:
        return sum(result.evaluated or 0 for result in self.results)

    @property
    def unexpected(self) -> int:
        return sum(result.unexpected or 0 for result in self.results)

    @property
    def failing(self) -> list[Result]:
        return [result for result in self.results if result.outcome.is_failing]

    @property
    def message(self) -> BilingualText:
        return BilingualText(self.expectation.message["en"], self.expectation.message["th"])


def read_extracts(con: duckdb.DuckDBPyConnection, city: str, dataset: str) -> list[Extract]:
    """Return the extracts of a feed, the newest period first."""
    rows = con.execute(
        """
        SELECT
          extract_id, extracts.partition, first_date, last_date, arrived_at, verdict,
          extracts.state, reasons, coalesce(records_quarantined, 0)
        FROM ops.extracts
        LEFT JOIN ops.row_accounting USING (extract_id)
        WHERE extracts.city = ? AND extracts.dataset = ?
        ORDER BY last_date DESC, arrived_at DESC, extract_id
        """,
        [city, dataset],
    ).fetchall()
    return [_extract(row) for row in rows]


def _extract(row: Sequence[Any]) -> Extract:
    extract_id, partition, first_date, last_date, arrived_at, verdict, state, reasons, count = row
    return Extract(
        extract_id=extract_id,
        partition=partition,
        first_date=first_date,
        last_date=last_date,
        arrived_at=arrived_at,
        verdict=VerdictKind(verdict),
        state=ExtractState(state),
        reasons=[_shown(Reason.from_json(entry)) for entry in json.loads(reasons)],
        quarantined=count,
    )


def _shown(reason: Reason) -> ReasonShown:
    """Return the reason; that of a failed expectation is in the words of its suite alone."""
    words = reason.message
    if reason.kind != ReasonCode.FAILED_EXPECTATION:
        column = f" ({reason.column})" if reason.column else ""
        words = f"{REASON_WORDS[reason.kind].th}{column}"
    message = BilingualText(reason.message, words)
    return ReasonShown(reason.code, reason.consequence, reason.records, message)


def read_measured(
    con: duckdb.DuckDBPyConnection, feed: Feed, extracts: Iterable[Extract]
) -> list[Measured]:
    """Return every expectation of a feed, those that failed first.

    An expectation that was not measured has no results.
    """
    standing = {
        extract.extract_id for extract in extracts if extract.state != ExtractState.SUPERSEDED
    }
    rows = con.execute(
        """
        SELECT expectation, extract_id, outcome, evaluated, unexpected, coalesce(message, '')
        FROM ops.quality_results
        WHERE city = ? AND dataset = ?
        QUALIFY
          row_number() OVER (PARTITION BY extract_id, expectation ORDER BY measured_at DESC) = 1
        ORDER BY extract_id
        """,
        feed.key,
    ).fetchall()
    return _measured(expectations_of(feed), [row for row in rows if row[1] in standing])


def read_warehouse(con: duckdb.DuckDBPyConnection) -> list[Measured]:
    """Return every expectation of the warehouse with its result on this release, those that
    failed first."""
    rows = con.execute(
        """
        SELECT expectation, '', outcome, evaluated, unexpected, coalesce(message, '')
        FROM ops.quality_results
        WHERE suite = 'warehouse'
        QUALIFY row_number() OVER (PARTITION BY expectation ORDER BY measured_at DESC) = 1
        """
    ).fetchall()
    return _measured(load_suite("warehouse").expectations, rows)


def _measured(
    expectations: Iterable[Expectation], rows: Sequence[tuple[Any, ...]]
) -> list[Measured]:
    results = [(row[0], Result(row[1], Outcome(row[2]), *row[3:])) for row in rows]
    measured = [
        Measured(entry, [result for name, result in results if name == entry.id])
        for entry in expectations
    ]
    return sorted(measured, key=lambda entry: list(OUTCOMES).index(entry.outcome))


def days_of_measuring(con: duckdb.DuckDBPyConnection, feed: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return (local day, passed, failed, could not be measured, not applicable) of the newest 12
    days, newest first."""
    return con.execute(
        """
        SELECT
          CAST(measured_at AS DATE) AS day,
          count(*) FILTER (outcome = 'passed'),
          count(*) FILTER (outcome = 'failed'),
          count(*) FILTER (outcome = 'could_not_be_measured'),
          count(*) FILTER (outcome = 'not_applicable')
        FROM ops.quality_results
        WHERE city = ? AND dataset = ?
        GROUP BY day
        ORDER BY day DESC
        LIMIT 12
        """,
        feed,
    ).fetchall()
