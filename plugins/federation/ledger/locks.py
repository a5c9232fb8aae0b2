"""Locks between passes, held in PostgreSQL: a holder that is killed frees them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select

from federation.common.errors import Busy
from federation.ledger.claims import Claims, open_claims
from federation.ledger.holders import holder_of, name_holder

MIGRATION = 7_700_001
_BUILD = 7_700_002
_ACTIVATION = 7_700_003
_MAIL = 7_700_004


@dataclass(frozen=True)
class Locks:
    """The locks of one hub."""

    engine: Engine

    @contextmanager
    def activation(self) -> Iterator[None]:
        """Hold the lock on deciding which release serves and which ones are removed.

        Held for an instant only.
        """
        with self.engine.begin() as con:
            lock_transaction(con, _ACTIVATION)
            yield

    @contextmanager
    def build(
        self, wait: bool = True, on_wait: Callable[[str], object] = lambda _: None
    ) -> Iterator[None]:
        """Hold the one lock on building and releasing.

        Before it waits, it says by `on_wait` who builds and since when; raises Busy instead
        when `wait` is False.
        """
        with self.engine.connect() as con:
            taken = con.execute(select(func.pg_try_advisory_lock(_BUILD))).scalar()
            if not taken and not wait:
                raise Busy(
                    f"another pass is building a release: {holder_of(con, 0, _BUILD)}",
                    where="the ledger's build lock",
                    todo="wait for it to end, or run without --no-wait",
                )
            if not taken:
                on_wait(
                    f"another pass is building ({holder_of(con, 0, _BUILD)}); waiting for it to end"
                )
                con.execute(select(func.pg_advisory_lock(_BUILD)))
            name_holder(con)
            with _held(con, _BUILD):
                yield

    @contextmanager
    def claims(self) -> Iterator[Claims]:
        """Yield the claims of one step of this pass on what it works on."""
        with open_claims(self.engine) as claims:
            yield claims

    @contextmanager
    def mail(self) -> Iterator[None]:
        """Hold the one lock on deciding which mails are due and sending them; waits for other
        holders."""
        with self.engine.connect() as con:
            con.execute(select(func.pg_advisory_lock(_MAIL)))
            with _held(con, _MAIL):
                yield


def lock_transaction(con: Connection, lock: int) -> None:
    """Hold a lock until this connection's transaction ends."""
    con.execute(select(func.pg_advisory_xact_lock(lock)))


@contextmanager
def _held(con: Connection, lock: int) -> Iterator[None]:
    """Give back an advisory lock that this connection has taken, and end its transaction before
    and after."""
    con.commit()
    try:
        yield
    finally:
        con.execute(select(func.pg_advisory_unlock(lock)))
        con.commit()
