"""A feed's extracts and what was measured of them: for each expectation what the newest
measurements say together."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import duckdb

from federation.common.bilingual import BilingualText
from federation.common.reason import Reason
from federation.common.vocabulary import (
    Consequence,
    ExtractState,
    Outcome,
    VerdictKind,
)
from federation.contracts.model import Feed
from federation.datasets.suites import Expectation, load_suite
from federation.gate.extracts import expectations_of
from federation.messages.reasons import english, thai
from federation.quality.todo import city_columns
from federation.reporting.pages.rules import rule_of
from federation.reporting.pages.words import OUTCOMES


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
    name: str  # what people call the file
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
    column: str = ""  # what its city calls the column

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
        """What is wrong where it fails."""
        return BilingualText(self.expectation.message["en"], self.expectation.message["th"])

    @property
    def rule(self) -> BilingualText:
        """What must hold."""
        return rule_of(self.expectation, self.column)

    @property
    def allowed(self) -> float | None:
        """The share of what may be otherwise; None where the rule names none."""
        share = self.expectation.kwargs.get("mostly")
        return None if share is None else 1 - float(share)


def read_extracts(con: duckdb.DuckDBPyConnection, feed: Feed) -> list[Extract]:
    """Return the extracts of a feed, the newest period first."""
    rows = con.execute(
        """
        SELECT
          extract_id, extracts.partition, first_date, last_date, path, arrived_at, verdict,
          extracts.state, reasons, coalesce(records_quarantined, 0)
        FROM ops.extracts
        LEFT JOIN ops.row_accounting USING (extract_id)
        WHERE extracts.city = ? AND extracts.dataset = ?
        ORDER BY last_date DESC, arrived_at DESC, extract_id
        """,
        feed.key,
    ).fetchall()
    return [_extract(feed, row) for row in rows]


def _extract(feed: Feed, row: Sequence[Any]) -> Extract:
    extract_id, partition, first_date, last_date, path, arrived_at, *rest = row
    verdict, state, reasons, count = rest
    return Extract(
        extract_id=extract_id,
        partition=partition,
        first_date=first_date,
        last_date=last_date,
        name=feed.pattern.short(path),
        arrived_at=arrived_at,
        verdict=VerdictKind(verdict),
        state=ExtractState(state),
        reasons=[_shown(feed.dataset, Reason.from_json(entry)) for entry in json.loads(reasons)],
        quarantined=count,
    )


def _shown(dataset: str, reason: Reason) -> ReasonShown:
    words = BilingualText(
        english(dataset, reason.code, reason.column),
        thai(dataset, reason.code, reason.column, reason.message),
    )
    return ReasonShown(reason.code, reason.consequence, reason.records, words)


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
    expectations = expectations_of(feed)
    names = {entry.id: city_columns(feed, entry.column) for entry in expectations}
    return _measured(expectations, [row for row in rows if row[1] in standing], names)


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
    expectations: Iterable[Expectation],
    rows: Sequence[tuple[Any, ...]],
    names: Mapping[str, str] = MappingProxyType({}),
) -> list[Measured]:
    results = [(row[0], Result(row[1], Outcome(row[2]), *row[3:])) for row in rows]
    measured = [
        Measured(
            entry, [result for name, result in results if name == entry.id], names.get(entry.id, "")
        )
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
