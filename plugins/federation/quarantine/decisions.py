"""What people decide on quarantined records: let them in, let them stay out until a day, or open
them again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from getpass import getuser
from pathlib import Path

import duckdb

from federation.common.engine import connect
from federation.common.errors import HubError
from federation.common.paths import Home
from federation.common.periods import today
from federation.common.reason import kind_of
from federation.common.sql import Sql, compose, literal
from federation.common.vocabulary import RecordDecision, RecordState
from federation.extracts.snapshot import Snapshot
from federation.gate.exemptions import breaks_the_fact
from federation.ledger import Ledger, RowDecision
from federation.quarantine.table import Quarantine


@dataclass(frozen=True)
class Quarantined:
    """One quarantined record with one reason; columns as in ops.quarantine."""

    quarantine_id: str
    extract_id: str
    city: str
    dataset: str
    partition: str
    row_number: int
    record_key: str
    reason: str
    column_name: str
    value_masked: str | None
    expectation: str | None
    unplaced: str | None
    first_seen_at: datetime
    age_days: int
    status: RecordState
    decision_reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    waived_until: date | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "status", RecordState(self.status))


def quarantined(seen: Snapshot) -> list[Quarantined]:
    """Return every quarantined record of a snapshot's feeds, the open and the oldest first."""
    home = seen.home
    with connect() as con:
        quarantine = Quarantine(seen.inputs, seen.row_decisions, home, today())
        quarantine.make_table(con, _served(con, home))
        rows = con.execute(
            """
            SELECT *
            FROM quarantined
            ORDER BY
              status NOT IN ('open', 'expired'), first_seen_at, city, dataset,
              extract_id, row_number, reason
            """
        ).fetchall()
    return [Quarantined(*row) for row in rows]


def _served(con: duckdb.DuckDBPyConnection, home: Home) -> str | None:
    """Attach the release that serves and return its schema of facts, or None when there is none."""
    if not home.current.exists():
        return None
    release = literal(home.current.resolve())
    con.execute(compose("ATTACH {release} AS served (READ_ONLY)", release=release))
    return "served.core"


def find(ids: Iterable[str], records: Sequence[Quarantined]) -> list[Quarantined]:
    """Return the rows of the records whose ids begin so.

    Raises HubError for a beginning that fits no record, or several.
    """
    chosen: list[Quarantined] = []
    for beginning in ids:
        rows = [entry for entry in records if entry.quarantine_id.startswith(beginning)]
        if len({entry.quarantine_id for entry in rows}) != 1:
            raise HubError(
                f"{'no' if not rows else 'more than one'} quarantined record has an id that "
                f"begins with {beginning!r}",
                where="quarantine",
                todo="hub quarantine list shows them",
            )
        chosen += rows
    return chosen


@dataclass(frozen=True)
class Decision:
    """What a person decided on records, and why; `until` is the last day of a waiver."""

    kind: RecordDecision
    reason: str
    until: date | None = None


@dataclass(frozen=True)
class Decider:
    """A person who decides on quarantined records, and the ledger that keeps the decisions."""

    ledger: Ledger
    seen: Snapshot
    by: str = ""  # empty: the user of this process
    dry: bool = False  # check the decisions and write nothing

    def decide(self, rows: Sequence[Quarantined], decision: Decision) -> int:
        """Record a decision on all of these records or on none; return how many records it is
        about.

        Raises HubError where a record cannot be released: the hub could not read or place it, or
        the fact's own rules forbid it. The next pass acts on a release.
        """
        records = _by_record(rows)
        if decision.kind == RecordDecision.RELEASE:
            _refuse_unreleasable(records, self.seen)
        if decision.until and decision.until < today():
            passed = Undecidable(
                f"{decision.until} has passed", where="until", todo="name a day to come"
            )
            passed.code = "day_passed"
            raise passed
        by = self.by or getuser()
        decisions = [_row_decision(reasons, decision, by) for reasons in records]
        if not self.dry:
            self.ledger.row_decisions.add(decisions)
        return len(records)


def _row_decision(reasons: Sequence[Quarantined], decision: Decision, by: str) -> RowDecision:
    """Return the decision on one record, which is quarantined for these reasons."""
    record = reasons[0]
    return RowDecision(
        record.city,
        record.dataset,
        record.extract_id,
        record.row_number,
        decision.kind,
        ",".join(entry.reason for entry in reasons),
        decision.reason,
        by,
        decision.until,
    )


def _by_record(rows: Iterable[Quarantined]) -> list[list[Quarantined]]:
    records: dict[str, list[Quarantined]] = {}
    for entry in rows:
        records.setdefault(entry.quarantine_id, []).append(entry)
    return list(records.values())


class Undecidable(HubError):
    """A decision that cannot be taken; `code` says why, in the words of `workbook_words`."""

    code = ""


def unreleasable(records: Sequence[Quarantined], seen: Snapshot) -> frozenset[str]:
    """Return the ids of those records that break a rule of the national table."""
    conformed = {entry.extract_id: seen.home.at(entry.conformed) for entry in seen.inputs}
    asked: dict[tuple[str, str], dict[int, str]] = {}
    for entry in records:
        if entry.status.is_open and not kind_of(entry.reason).is_of_a_record:
            rows = asked.setdefault((entry.dataset, entry.extract_id), {})
            rows[entry.row_number] = entry.quarantine_id
    return frozenset(
        rows[number]
        for (dataset, extract_id), rows in asked.items()
        for number in _breaking(dataset, conformed[extract_id], [*rows])
    )


def _breaking(dataset: str, conformed: Path, rows: list[int]) -> list[int]:
    """Return those rows of a conformed extract that break a rule of the national table."""
    query = compose(
        "SELECT row_number FROM read_parquet(?) WHERE list_contains(?, row_number) AND ({breaks})",
        breaks=Sql(breaks_the_fact(dataset)),
    )
    with connect() as con:
        return [number for (number,) in con.execute(query, [str(conformed), rows]).fetchall()]


def _refuse_unreleasable(records: Sequence[Sequence[Quarantined]], seen: Snapshot) -> None:
    conformed = {entry.extract_id: seen.home.at(entry.conformed) for entry in seen.inputs}
    for reasons in records:
        first = reasons[0]
        unread = [entry.reason for entry in reasons if kind_of(entry.reason).is_of_a_record]
        if first.status == RecordState.REPLACED:
            raise _refusal(first, "replaced", "its file was replaced")
        if unread:
            why = f"the hub could not read or place it ({', '.join(unread)})"
            raise _refusal(first, "not_read", why)
        if _breaks(first, conformed[first.extract_id]):
            raise _refusal(
                first,
                "breaks_rule",
                "its values break a rule of the national table, which holds for every release",
            )


def _refusal(entry: Quarantined, code: str, why: str) -> Undecidable:
    refusal = Undecidable(
        f"record {entry.quarantine_id} cannot be released: {why}",
        where=f"{entry.city}/{entry.dataset} {entry.partition} row {entry.row_number}",
        todo="ask the city for a corrected file, or correct its contract",
    )
    refusal.code = code
    return refusal


def _breaks(entry: Quarantined, conformed: Path) -> bool:
    query = compose(
        "SELECT {breaks} FROM read_parquet(?) WHERE row_number = ? AND NOT is_duplicate",
        breaks=Sql(breaks_the_fact(entry.dataset)),
    )
    with connect() as con:
        row = con.execute(query, [str(conformed), entry.row_number]).fetchone()
    return bool(row and row[0])
