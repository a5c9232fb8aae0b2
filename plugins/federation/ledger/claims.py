"""What a pass has in hand, so that passes at the same time share the work: session locks of
PostgreSQL, which a holder that is killed gives back.

PostgreSQL's manual, chapter "Explicit Locking", "Advisory Locks".
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, func, select

from federation.common.hashing import short_hash
from federation.ledger.holders import holder_of, name_holder

_CLAIM = 7_700_005  # the first half of the lock's key; the second one is of what is claimed
_PAUSE_SECONDS = 0.5
_SIGNED = 1 << 31


@dataclass
class Claims:
    """The claims of one step of one pass, on a connection of its own. Threads may share them."""

    connection: Connection
    _mutex: threading.Lock = field(default_factory=threading.Lock)

    def take(self, name: str) -> bool:
        """Claim what has this name; return False when another pass has it in hand."""
        with self._mutex:
            taken = self.connection.execute(
                select(func.pg_try_advisory_lock(_CLAIM, _key(name)))
            ).scalar()
            self.connection.commit()
        return bool(taken)

    def give_back(self, name: str) -> None:
        """End a claim."""
        with self._mutex:
            if self.connection.closed:  # for a job that was given up: all is given back by then
                return
            self.connection.execute(select(func.pg_advisory_unlock(_CLAIM, _key(name))))
            self.connection.commit()

    def wait(
        self, name: str, on_wait: Callable[[str], object], beat: Callable[[], object] = lambda: None
    ) -> None:
        """Claim what has this name, when the pass that has it in hand is done with it.

        `on_wait` is told once who that is and since when, `beat` is called all the while.
        """
        if self.take(name):
            return
        on_wait(self._holder(name))
        while not self.take(name):
            beat()
            time.sleep(_PAUSE_SECONDS)

    def _holder(self, name: str) -> str:
        with self._mutex:
            found = holder_of(self.connection, _CLAIM, _key(name))
            self.connection.commit()
        return found


@contextmanager
def open_claims(engine: Engine) -> Iterator[Claims]:
    """Yield claims; what is still claimed at the end is given back."""
    with engine.connect() as connection:
        name_holder(connection)
        try:
            yield Claims(connection)
        finally:
            connection.rollback()
            connection.execute(select(func.pg_advisory_unlock_all()))
            connection.commit()


def _key(name: str) -> int:
    """Return a signed number of 32 bits; two names that share one only wait more often."""
    return int(short_hash(name)[:8], 16) - _SIGNED
