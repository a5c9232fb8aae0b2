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
from federation.quarantine.table import make_table


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
        make_table(con, seen.inputs, seen.row_decisions, home, today(), _served(con, home))
        rows = con.execute(
            "SELECT * FROM quarantined ORDER BY status NOT IN ('open', 'expired'), "
            "first_seen_at, city, "
            "dataset, extract_id, row_number, reason"
        ).fetchall()
    return [Quarantined(*row) for row in rows]


def _served(con: duckdb.DuckDBPyConnection, home: Home) -> str | None:
    """Attach the release that serves and return its schema of facts, or None when there is none."""
    if not home.current.exists():
        return None
    release = literal(home.current.resolve())
    con.execute(compose("ATTACH {release} AS served (READ_ONLY)", release=release))
    return "served.core"


def find(ids: Iterable[str], known: Sequence[Quarantined]) -> list[Quarantined]:
    """Return the rows of these records.

    Raises HubError for an id that fits no record, or several.
    """
    found: list[Quarantined] = []
    for name in ids:
        rows = [entry for entry in known if entry.quarantine_id.startswith(name)]
        if len({entry.quarantine_id for entry in rows}) != 1:
            raise HubError(
                f"{'no' if not rows else 'more than one'} quarantined record has an id that "
                f"begins with {name!r}",
                where="quarantine",
                todo="hub quarantine list shows them",
            )
        found += rows
    return found


def decide(
    rows: Sequence[Quarantined],
    decision: RecordDecision,
    reason: str,
    ledger: Ledger,
    seen: Snapshot,
    *,
    until: date | None = None,
    by: str = "",
    dry: bool = False,
) -> int:
    """Record a decision on these records, on all or on none; return how many records it is about.

    `dry` only looks.

    Raises HubError where a record cannot be released: the hub could not read or place it, or the
    fact's own rules forbid it. The next pass acts on a release.
    """
    records = _by_record(rows)
    if decision == RecordDecision.RELEASE:
        _refuse_unreleasable(records, seen)
    if until and until < today():
        raise HubError(f"{until} has passed", where="until", todo="name a day to come")
    made = [
        RowDecision(
            ours[0].city,
            ours[0].dataset,
            ours[0].extract_id,
            ours[0].row_number,
            RecordDecision(decision),
            ",".join(entry.reason for entry in ours),
            reason,
            by or getuser(),
            until,
        )
        for ours in records
    ]
    if not dry:
        ledger.row_decisions.add(made)
    return len(records)


def _by_record(rows: Iterable[Quarantined]) -> list[list[Quarantined]]:
    found: dict[str, list[Quarantined]] = {}
    for entry in rows:
        found.setdefault(entry.quarantine_id, []).append(entry)
    return list(found.values())


def _refuse_unreleasable(records: Sequence[Sequence[Quarantined]], seen: Snapshot) -> None:
    conformed = {entry.extract_id: seen.home.at(entry.conformed) for entry in seen.inputs}
    for ours in records:
        first = ours[0]
        unread = [entry.reason for entry in ours if kind_of(entry.reason).is_of_a_record]
        if first.status == RecordState.REPLACED:
            raise _refusal(first, "its file was replaced")
        if unread:
            raise _refusal(first, f"the hub could not read or place it ({', '.join(unread)})")
        if _breaks(first, conformed[first.extract_id]):
            raise _refusal(
                first,
                "its values break a rule of the national table, which holds for every release",
            )


def _refusal(entry: Quarantined, why: str) -> HubError:
    return HubError(
        f"record {entry.quarantine_id} cannot be released: {why}",
        where=f"{entry.city}/{entry.dataset} {entry.partition} row {entry.row_number}",
        todo="ask the city for a corrected file, or correct its contract",
    )


def _breaks(entry: Quarantined, conformed: Path) -> bool:
    with connect() as con:
        row = con.execute(
            compose(
                "SELECT {breaks} FROM read_parquet(?) WHERE row_number = ? AND NOT is_duplicate",
                breaks=Sql(breaks_the_fact(entry.dataset)),
            ),
            [str(conformed), entry.row_number],
        ).fetchone()
    return bool(row and row[0])
