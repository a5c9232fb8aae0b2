"""The ledger: its subjects under one name, for one pass."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import Engine

from federation.common.periods import BANGKOK
from federation.ledger.arrivals import Arrivals, Checks
from federation.ledger.decisions import ExtractDecisions, RowDecisions
from federation.ledger.history import history, state
from federation.ledger.incidents import Incidents
from federation.ledger.locks import Locks
from federation.ledger.mails import Mails
from federation.ledger.releases import Builds, Releases
from federation.ledger.store import Row, Store
from federation.ledger.subscriptions import ChosenSubscriptions
from federation.ledger.tokens import Tokens
from federation.ledger.verdicts import Conformings, Results, Verdicts

_TRIAL = "candidate-"  # how the ids of passes begin that try a change


def new_run_id() -> str:
    """Return a fresh identifier that sorts by time: `20261122T101500-1a2b3c`."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"


def is_trial(run_id: str) -> bool:
    """Return whether a pass of this id tried a change, and nothing of it has served."""
    return run_id.startswith(_TRIAL)


class Ledger:
    """One hub's ledger, for one pass (`run_id`).

    With `until` it returns only what had happened before that time on the platforms and in
    releases; the results of conforming and the verdicts are always those of today.
    """

    def __init__(
        self, engine: Engine, run_id: str | None = None, until: datetime | None = None
    ) -> None:
        self.engine = engine
        self.run_id = run_id or new_run_id()
        self._until = until
        store = self._store = Store(engine, self.run_id, until)
        self.checks = Checks(store)
        self.arrivals = Arrivals(store)
        self.conformed = Conformings(store)
        self.verdicts = Verdicts(store)
        self.results = Results(store)
        self.decisions = ExtractDecisions(store)
        self.row_decisions = RowDecisions(store)
        self.incidents = Incidents(store)
        self.builds = Builds(store)
        self.releases = Releases(store)
        self.mails = Mails(store)
        self.subscriptions = ChosenSubscriptions(store)
        self.tokens = Tokens(store)
        self.locks = Locks(engine)

    @property
    def today(self) -> date:
        """The local day (Asia/Bangkok) of the ledger: today, or the last one before `until`."""
        last = self._until - timedelta(microseconds=1) if self._until else datetime.now(UTC)
        return last.astimezone(BANGKOK).date()

    def as_it_was(self, until: datetime) -> "Ledger":
        """Return this ledger without what came at or after that instant."""
        return Ledger(self.engine, self.run_id, until)

    def of_trial(self) -> "Ledger":
        """Return this ledger for a pass that tries a change: its rows say so by their run_id."""
        return Ledger(self.engine, f"{_TRIAL}{self.run_id}", self._until)

    @property
    def is_of_trial(self) -> bool:
        return is_trial(self.run_id)

    def history(self, extract_ids: Sequence[str]) -> dict[str, list[Row]]:
        """Return rows of these extracts: `arrival` oldest first, `conformed`, `verdict`,
        `extract_decision` newest first."""
        return history(self._store, extract_ids)

    def state(self) -> dict[str, int | None]:
        """Return what changes whenever anything is added to the ledger."""
        return state(self._store)
