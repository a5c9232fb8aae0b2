"""The ledger's questions and answers; SQLAlchemy Core, typed records in and out."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, text

from federation.common.errors import HubError
from federation.common.periods import BANGKOK
from federation.contracts.pattern import Partition
from federation.ledger.records import (
    Arrival,
    Check,
    Conformed,
    Decision,
    Measured,
    RowDecision,
    Verdict,
)

_BUILD_LOCK = 7_700_002
_SWITCH_LOCK = 7_700_003
_MAIL_LOCK = 7_700_004
_JSON = {"findings", "reasons", "unmatched"}


def new_run_id() -> str:
    """Return a fresh identifier that sorts by time: `20261122T101500-1a2b3c`."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"


class Ledger:
    """One hub's ledger, for one pass (`run_id`).

    With `until` it tells only what had happened before that instant on the platforms' side and in
    releases; what the hub came to about it (conforming, verdicts) is always that of today.
    """

    def __init__(
        self, engine: Engine, run_id: str | None = None, until: datetime | None = None
    ) -> None:
        self.engine = engine
        self.run_id = run_id or new_run_id()
        self._until = until

    @property
    def today(self) -> date:
        """The local day (Asia/Bangkok) that the ledger tells of: today, or the last before
        `until`."""
        return (
            ((self._until - timedelta(microseconds=1)) if self._until else datetime.now(UTC))
            .astimezone(BANGKOK)
            .date()
        )

    def as_it_was(self, until: datetime) -> "Ledger":
        """Return this ledger without what came at or after that instant."""
        return Ledger(self.engine, self.run_id, until)

    # -- arrivals ----------------------------------------------------------------------------------

    def add_check(self, check: Check) -> None:
        self._insert("feed_check", asdict(check), drop=("checked_at",))

    def add_arrival(self, arrival: Arrival) -> None:
        values = asdict(arrival) | {
            "partition_start": arrival.partition.start,
            "partition_end": arrival.partition.end,
        }
        self._insert("arrival", values, drop=("partition", "arrival_id", "arrived_at"))

    def arrivals(self, city: str, dataset: str) -> list[Arrival]:
        """Return every arrival of a feed, oldest first."""
        rows = self._rows(
            "SELECT * FROM arrival WHERE city = :city AND dataset = :dataset AND "
            f"{self._before('arrived_at')} "
            "ORDER BY arrival_id",
            city=city,
            dataset=dataset,
        )
        return [_arrival(row) for row in rows]

    def first_arrival(self) -> datetime | None:
        """Return when the first extract of all arrived, whatever the instant that this ledger is
        seen at."""
        first: datetime | None = self._rows("SELECT min(arrived_at) AS first FROM arrival")[0][
            "first"
        ]
        return first

    def latest_checks(self) -> list[Check]:
        """Return the newest check of every feed, sorted by city and dataset."""
        rows = self._rows(
            "SELECT DISTINCT ON (city, dataset) * FROM feed_check WHERE "
            f"{self._before('checked_at')} "
            "ORDER BY city, dataset, check_id DESC"
        )
        return [Check(**_without(row, "check_id", "run_id")) for row in rows]

    # -- conforming and the gate -------------------------------------------------------------------

    def add_conformed(self, conformed: Conformed) -> None:
        self._insert("conformed", asdict(conformed), drop=("conformed_at",))

    def conformed(self, city: str, dataset: str, conform_key: str) -> dict[str, Conformed]:
        """Return extract_id -> its newest conforming under `conform_key`."""
        rows = self._rows(
            "SELECT DISTINCT ON (extract_id) * FROM conformed WHERE city = :city AND dataset = "
            ":dataset "
            "AND conform_key = :conform_key ORDER BY extract_id, conformed_id DESC",
            city=city,
            dataset=dataset,
            conform_key=conform_key,
        )
        return {
            row["extract_id"]: Conformed(**_without(row, "conformed_id", "run_id")) for row in rows
        }

    def conform_keys(self) -> set[str]:
        """Return every key under which an extract has become conformed records."""
        rows = self._rows("SELECT DISTINCT conform_key FROM conformed WHERE output_sha256 <> ''")
        return {row["conform_key"] for row in rows}

    def add_verdict(self, verdict: Verdict, results: Iterable[Measured]) -> None:
        """Record a verdict with the results it rests on, both or neither."""
        with self.engine.begin() as con:
            for result in results:
                self._insert("quality_result", asdict(result), con=con)
            self._insert("verdict", asdict(verdict), drop=("decided_at",), con=con)

    def verdicts(self, city: str, dataset: str, work_key: str) -> dict[str, Verdict]:
        """Return extract_id -> its newest verdict under `work_key`."""
        rows = self._rows(
            "SELECT DISTINCT ON (extract_id) * FROM verdict WHERE city = :city AND dataset = "
            ":dataset "
            "AND work_key = :work_key ORDER BY extract_id, verdict_id DESC",
            city=city,
            dataset=dataset,
            work_key=work_key,
        )
        return {row["extract_id"]: Verdict(**_without(row, "verdict_id", "run_id")) for row in rows}

    def add_results(self, results: Iterable[Measured]) -> None:
        with self.engine.begin() as con:
            for result in results:
                self._insert("quality_result", asdict(result), con=con)

    def quality_results(self) -> list[dict[str, Any]]:
        """Return every quality result ever measured, of arrivals before `until` where that is
        set, oldest first."""
        known = (
            f"extract_id IN (SELECT extract_id FROM arrival WHERE {self._before('arrived_at')})"
            if self._until
            else "true"
        )
        return self._rows(
            f"SELECT * FROM quality_result WHERE extract_id = '' OR {known} ORDER BY result_id"
        )

    # -- decisions of people -----------------------------------------------------------------------

    def add_decision(self, decision: Decision) -> None:
        self._insert("extract_decision", asdict(decision), drop=("decided_at",))

    def decisions(self, city: str, dataset: str) -> dict[str, str]:
        """Return extract_id -> what a person decided on it last (`hold` or `approve`)."""
        rows = self._rows(
            "SELECT DISTINCT ON (extract_id) extract_id, decision FROM extract_decision WHERE "
            "city = :city AND "
            f"dataset = :dataset AND {self._before('decided_at')} ORDER BY extract_id, "
            "decision_id DESC",
            city=city,
            dataset=dataset,
        )
        return {row["extract_id"]: row["decision"] for row in rows}

    def add_row_decisions(self, decisions: Iterable[RowDecision]) -> None:
        """Record what a person decided on some records, all or none."""
        with self.engine.begin() as con:
            for decision in decisions:
                self._insert(
                    "quarantine_decision",
                    asdict(decision),
                    drop=("decision_id", "decided_at"),
                    con=con,
                )

    def row_decisions(
        self, city: str | None = None, dataset: str | None = None
    ) -> list[RowDecision]:
        """Return what was decided last on each quarantined record of a feed, or of all."""
        of_feed = "city = :city AND dataset = :dataset" if city else "true"
        rows = self._rows(
            "SELECT DISTINCT ON (extract_id, row_number) * FROM quarantine_decision WHERE "
            f"{of_feed} "
            "ORDER BY extract_id, row_number, decision_id DESC",
            city=city,
            dataset=dataset,
        )
        return [RowDecision(**_without(row, "run_id")) for row in rows]

    # -- incidents ---------------------------------------------------------------------------------

    def incident_events(self) -> list[dict[str, Any]]:
        """Return everything that became of incidents, oldest first."""
        return self._rows(
            f"SELECT * FROM incident_event WHERE {self._before('at')} ORDER BY event_id"
        )

    def add_incident_event(
        self,
        incident_id: str,
        event: str,
        city: str,
        dataset: str,
        reason: str,
        *,
        problem: Mapping[str, Any] | None = None,
        by: str = "",
        note: str = "",
    ) -> bool:
        """Record what became of an incident.

        Return False where another had it opened or closed already.
        """
        with self.engine.begin() as con:
            row = con.execute(
                text(
                    "INSERT INTO incident_event (run_id, incident_id, event, city, dataset, "
                    "reason, trouble, by, note) VALUES "
                    "(:run, :id, :event, :city, :dataset, :reason, CAST(:trouble AS jsonb), :by, "
                    ":note) "
                    "ON CONFLICT DO NOTHING RETURNING event_id"
                ),
                {
                    "run": self.run_id,
                    "id": incident_id,
                    "event": event,
                    "city": city,
                    "dataset": dataset,
                    "reason": reason,
                    "trouble": json.dumps(problem or {}, ensure_ascii=False, default=str),
                    "by": by,
                    "note": note,
                },
            ).first()
        return row is not None

    # -- builds and releases -----------------------------------------------------------------------

    def add_attempt(self, outcome: str, message: str = "") -> None:
        self._insert("build_attempt", {"outcome": outcome, "message": message})

    def last_attempt(self) -> dict[str, Any] | None:
        rows = self._rows("SELECT * FROM build_attempt ORDER BY attempt_id DESC LIMIT 1")
        return rows[0] if rows else None

    def add_release(self, release_id: str, manifest: Mapping[str, Any]) -> None:
        """Record a release; a second recording of the same one (after a crash) changes nothing."""
        with self.engine.begin() as con:
            con.execute(
                text(
                    "INSERT INTO release (release_id, run_id, manifest) VALUES (:id, :run, "
                    "CAST(:manifest AS jsonb)) "
                    "ON CONFLICT DO NOTHING"
                ),
                {
                    "id": release_id,
                    "run": self.run_id,
                    "manifest": json.dumps(manifest, default=str),
                },
            )

    def releases(self) -> list[dict[str, Any]]:
        """Return every release recorded that was made to serve, newest first."""
        return self._rows(
            "SELECT * FROM release WHERE NOT manifest ? 'as_of' "
            f"AND {self._before('created_at')} ORDER BY release_id DESC"
        )

    def pin(self, release_id: str | None) -> None:
        """Record that this release serves from now on whatever is built.

        None: the newest serves again.
        """
        with self.engine.begin() as con:
            con.execute(
                text("INSERT INTO release_choice (release_id) VALUES (:id)"), {"id": release_id}
            )

    def pinned(self) -> str | None:
        """Return the release that was pinned and not unpinned since, or None."""
        rows = self._rows("SELECT release_id FROM release_choice ORDER BY choice_id DESC LIMIT 1")
        return rows[0]["release_id"] if rows else None

    @contextmanager
    def activation_lock(self) -> Iterator[None]:
        """Hold the lock on deciding which release serves and which ones are removed.

        Held for an instant only.
        """
        with self.engine.begin() as con:
            con.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _SWITCH_LOCK})
            yield

    @contextmanager
    def build_lock(
        self, wait: bool = True, on_wait: Callable[[], None] = lambda: None
    ) -> Iterator[None]:
        """Hold the one lock on building and releasing; a killed holder frees it.

        Calls `on_wait` before waiting for another pass; raises HubError instead when `wait` is
        False.
        """
        with self.engine.connect() as con:
            taken = con.execute(
                text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _BUILD_LOCK}
            ).scalar()
            if not taken and not wait:
                raise HubError(
                    "another pass is building a release",
                    where="the ledger's build lock",
                    todo="wait for it to end, or run without --no-wait",
                )
            if not taken:
                on_wait()
                con.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _BUILD_LOCK})
            with _held(con, _BUILD_LOCK):
                yield

    # -- mails -------------------------------------------------------------------------------------

    @contextmanager
    def mail_lock(self) -> Iterator[None]:
        """Hold the one lock on saying which mails are due and sending them, after those who hold
        it; a kill frees it."""
        with self.engine.connect() as con:
            con.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _MAIL_LOCK})
            with _held(con, _MAIL_LOCK):
                yield

    def claim_mail(self, release_id: str, recipient: str, kind: str, message_id: str) -> bool:
        """Return whether this process, and no other ever, may send this mail."""
        with self.engine.begin() as con:
            row = con.execute(
                text(
                    "INSERT INTO mail (release_id, recipient, kind, message_id, state) VALUES "
                    "(:r, :to, :kind, :id, 'sending') "
                    "ON CONFLICT DO NOTHING RETURNING mail_id"
                ),
                {"r": release_id, "to": recipient, "kind": kind, "id": message_id},
            ).first()
        return row is not None

    def note_mail(
        self,
        release_id: str,
        recipient: str,
        kind: str,
        message_id: str,
        state: str,
        detail: str = "",
    ) -> None:
        self._insert(
            "mail",
            {
                "release_id": release_id,
                "recipient": recipient,
                "kind": kind,
                "message_id": message_id,
                "state": state,
                "detail": detail,
            },
            run=False,
        )

    def release_unsent_claim(self, release_id: str, recipient: str, kind: str) -> None:
        """Give a claim back: the server was never spoken to, so a later pass may try again."""
        with self.engine.begin() as con:
            con.execute(
                text(
                    "DELETE FROM mail WHERE release_id = :r AND recipient = :to AND kind = :kind "
                    "AND state = 'sending'"
                ),
                {"r": release_id, "to": recipient, "kind": kind},
            )

    def last_mail(self, recipient: str, kind: str | None = None) -> datetime | None:
        """Return when the last mail of a kind (None: of any) left for this recipient, or None
        when none ever did."""
        of_kind = "AND kind = :kind" if kind else ""
        rows = self._rows(
            "SELECT max(at) AS at FROM mail WHERE recipient = :recipient "
            f"AND state IN ('sent', 'sending') {of_kind}",
            recipient=recipient,
            kind=kind,
        )
        last: datetime | None = rows[0]["at"]
        return last

    def note_bounce(self, message_id: str, recipient: str, detail: str) -> bool:
        """Record that a mail came back; return whether it is one of this hub's. Once is enough."""
        rows = self._rows(
            "SELECT DISTINCT ON (message_id, recipient) * FROM mail WHERE message_id = :id "
            "AND lower(recipient) = lower(:recipient) ORDER BY message_id, recipient, mail_id DESC",
            id=message_id,
            recipient=recipient,
        )
        for row in rows:
            if row["state"] != "bounced":
                self.note_mail(
                    row["release_id"], row["recipient"], row["kind"], message_id, "bounced", detail
                )
        return bool(rows)

    def all_mails(self, last: int) -> list[dict[str, Any]]:
        """Return the newest state of the last mails, the newest first."""
        newest = (
            "SELECT DISTINCT ON (release_id, recipient, kind) release_id, recipient, kind, "
            "message_id, state, detail, "
            "at, mail_id FROM mail ORDER BY release_id, recipient, kind, mail_id DESC"
        )
        return self._rows(
            f"SELECT * FROM ({newest}) AS newest ORDER BY mail_id DESC LIMIT :last", last=last
        )

    def mails(self, release_id: str) -> list[dict[str, Any]]:
        """Return the newest state of each mail of a release."""
        return self._rows(
            "SELECT DISTINCT ON (recipient, kind) * FROM mail WHERE release_id = :r "
            "ORDER BY recipient, kind, mail_id DESC",
            r=release_id,
        )

    # -- stories of extracts -----------------------------------------------------------------------

    def history(self, extract_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        """Return rows of these extracts: `arrival` oldest first, `conformed`, `verdict`,
        `extract_decision` newest first."""
        order = {
            "arrival": "arrival_id",
            "conformed": "conformed_id DESC",
            "verdict": "verdict_id DESC",
            "extract_decision": "decision_id DESC",
        }
        query = "SELECT * FROM {} WHERE extract_id = ANY(:ids) ORDER BY {}"
        return {
            table: self._rows(query.format(table, column), ids=list(extract_ids))
            for table, column in order.items()
        }

    def releases_with(self, extract_ids: Sequence[str]) -> list[dict[str, Any]]:
        """Return {extract_id, release_id} for every release in which one of these extracts was
        current, oldest first."""
        return self._rows(
            "SELECT entry->>'extract_id' AS extract_id, release_id "
            "FROM release CROSS JOIN jsonb_array_elements(manifest->'inputs') AS entry "
            "WHERE entry->>'state' = 'current' AND entry->>'extract_id' = ANY(:ids) ORDER BY "
            "created_at, release_id",
            ids=list(extract_ids),
        )

    def state(self) -> dict[str, Any]:
        """Return what changes whenever anything is added to the ledger: the last number drawn
        for each kind of row."""
        rows = self._rows(
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'hub' ORDER BY "
            "sequencename"
        )
        return {row["sequencename"]: row["last_value"] for row in rows}

    # -- plumbing ----------------------------------------------------------------------------------

    def _insert(
        self,
        table: str,
        values: Mapping[str, Any],
        *,
        drop: tuple[str, ...] = (),
        run: bool = True,
        con: Connection | None = None,
    ) -> None:
        row = {
            name: json.dumps(value, ensure_ascii=False, default=str) if name in _JSON else value
            for name, value in values.items()
            if name not in drop
        }
        if run:
            row["run_id"] = self.run_id
        places = ", ".join(
            f"CAST(:{name} AS jsonb)" if name in _JSON else f":{name}" for name in row
        )
        statement = text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})")
        if con is not None:
            con.execute(statement, row)
            return
        with self.engine.begin() as own:
            own.execute(statement, row)

    def _before(self, column: str) -> str:
        """Return the condition that keeps what had happened by then.

        Rows of all times when no instant is set.
        """
        return f"{column} < CAST(:until AS timestamptz)" if self._until else "true"

    def _rows(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        known = {"until": self._until} if ":until" in query else {}
        with self.engine.connect() as con:
            return [dict(row) for row in con.execute(text(query), parameters | known).mappings()]


@contextmanager
def _held(con: Connection, lock: int) -> Iterator[None]:
    """Give back an advisory lock that this connection has taken, and end its transaction before
    and after."""
    con.commit()
    try:
        yield
    finally:
        con.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": lock})
        con.commit()


def _arrival(row: Mapping[str, Any]) -> Arrival:
    partition = Partition(row["partition_start"], row["partition_end"])
    return Arrival(
        partition=partition, **_without(row, "run_id", "partition_start", "partition_end")
    )


def _without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}
