"""A feed's extracts and what was measured of them: for each expectation what the newest
measurements say together."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from federation.common.bilingual import BilingualText
from federation.contracts.model import Feed
from federation.datasets.suites import Expectation, load_suite
from federation.gate.extracts import expectations_of
from federation.messages.reasons import THAI

OUTCOMES = {
    "failed": BilingualText("failed", "ไม่ผ่าน"),
    "could_not_be_measured": BilingualText("could not be measured", "วัดไม่ได้"),
    "passed": BilingualText("passed", "ผ่าน"),
    "not_applicable": BilingualText("not applicable", "ไม่เกี่ยวข้อง"),
}  # the worst first


@dataclass(frozen=True)
class Reason:
    """One reason for a verdict."""

    code: str
    consequence: str
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
    verdict: str
    state: str
    reasons: list[Reason]
    quarantined: int


@dataclass(frozen=True)
class Result:
    """One expectation held against one extract."""

    extract_id: str
    outcome: str
    evaluated: int | None
    unexpected: int | None
    message: str


@dataclass(frozen=True)
class Measured:
    """One expectation with its newest results on the extracts that no later one replaced."""

    expectation: Expectation
    results: list[Result]

    @property
    def outcome(self) -> str:
        """The worst of its results."""
        found = {result.outcome for result in self.results}
        return next((outcome for outcome in OUTCOMES if outcome in found), "not_applicable")

    @property
    def evaluated(self) -> int:
        return sum(result.evaluated or 0 for result in self.results)

    @property
    def unexpected(self) -> int:
        return sum(result.unexpected or 0 for result in self.results)

    @property
    def failing(self) -> list[Result]:
        return [
            result
            for result in self.results
            if result.outcome in ("failed", "could_not_be_measured")
        ]

    @property
    def message(self) -> BilingualText:
        return BilingualText(self.expectation.message["en"], self.expectation.message["th"])


def read_extracts(con: duckdb.DuckDBPyConnection, city: str, dataset: str) -> list[Extract]:
    """Return the extracts of a feed, the newest period first."""
    found = con.execute(
        "SELECT extract_id, extracts.partition, first_date, last_date, arrived_at, verdict, "
        "extracts.state, reasons, "
        "coalesce(records_quarantined, 0) FROM ops.extracts LEFT JOIN ops.row_accounting USING "
        "(extract_id) "
        "WHERE extracts.city = ? AND extracts.dataset = ? ORDER BY last_date DESC, arrived_at "
        "DESC, extract_id",
        [city, dataset],
    ).fetchall()
    return [Extract(*(*row[:7], _reasons(row[7]), row[8])) for row in found]


def _reasons(text: str) -> list[Reason]:
    return [
        Reason(entry["code"], entry["consequence"], entry["records"], _message(entry))
        for entry in json.loads(text)
    ]


def _message(reason: dict[str, Any]) -> BilingualText:
    column = f" ({reason['column']})" if reason["column"] else ""
    thai = THAI.get(reason["code"].partition(":")[0])
    return BilingualText(reason["message"], f"{thai}{column}" if thai else reason["message"])


def read_measured(
    con: duckdb.DuckDBPyConnection, feed: Feed, extracts: Iterable[Extract]
) -> list[Measured]:
    """Return every expectation of a feed, those that failed first.

    One that nothing was held against has no results.
    """
    standing = {extract.extract_id for extract in extracts if extract.state != "superseded"}
    found = con.execute(
        "SELECT expectation, extract_id, outcome, evaluated, unexpected, coalesce(message, '') "
        "FROM ops.quality_results "
        "WHERE city = ? AND dataset = ? QUALIFY row_number() OVER (PARTITION BY extract_id, "
        "expectation "
        "ORDER BY measured_at DESC) = 1 ORDER BY extract_id",
        feed.key,
    ).fetchall()
    return _measured(expectations_of(feed), [row for row in found if row[1] in standing])


def read_warehouse(con: duckdb.DuckDBPyConnection) -> list[Measured]:
    """Return every expectation of the warehouse as it was held against this release, those that
    failed first."""
    found = con.execute(
        "SELECT expectation, '', outcome, evaluated, unexpected, coalesce(message, '') FROM "
        "ops.quality_results WHERE "
        "suite = 'warehouse' QUALIFY row_number() OVER (PARTITION BY expectation ORDER BY "
        "measured_at DESC) = 1"
    ).fetchall()
    return _measured(load_suite("warehouse").expectations, found)


def _measured(
    expectations: Iterable[Expectation], rows: Sequence[tuple[Any, ...]]
) -> list[Measured]:
    results = [(row[0], Result(*row[1:])) for row in rows]
    measured = [
        Measured(entry, [result for name, result in results if name == entry.id])
        for entry in expectations
    ]
    return sorted(measured, key=lambda entry: list(OUTCOMES).index(entry.outcome))


def days_of_measuring(con: duckdb.DuckDBPyConnection, feed: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return (local day, passed, failed, could not be measured, not applicable) of the newest 12
    days, newest first."""
    return con.execute(
        "SELECT CAST(measured_at AS DATE) AS day, count(*) FILTER (outcome = 'passed'), count(*) "
        "FILTER (outcome = 'failed'), "
        "count(*) FILTER (outcome = 'could_not_be_measured'), count(*) FILTER (outcome = "
        "'not_applicable') "
        "FROM ops.quality_results WHERE city = ? AND dataset = ? GROUP BY day ORDER BY day DESC "
        "LIMIT 12",
        feed,
    ).fetchall()
