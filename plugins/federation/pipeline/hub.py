"""The hub that every step uses: its settings, its ledger, and what went wrong on its own side."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from federation.common.errors import HubError, as_own_trouble, is_of_the_machine
from federation.common.progress import Progress
from federation.common.settings import Settings
from federation.common.worker_pool import GivenUpError
from federation.contracts.pattern import EVER, Partition
from federation.extracts.extract import Extract
from federation.ledger import Ledger
from federation.ledger.claims import Claims

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claimable:
    """A piece of work that one pass at a time has in hand: what people call it, and which
    contract and code it is for."""

    name: str
    version: str = ""

    @property
    def key(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True)
class Hub:
    """What every step uses."""

    settings: Settings
    ledger: Ledger
    progress: Progress
    span: Partition = EVER  # up to the gate, only extracts about any of these local days count
    # What went wrong with one feed, file or extract on the hub's own side, and stopped no other.
    troubles: list[HubError] = field(default_factory=list)

    @contextmanager
    def in_hand(
        self, claims: Claims, work: Claimable, beat: Callable[[], object] = lambda: None
    ) -> Iterator[None]:
        """Have a piece of work in hand, as soon as no other pass has it; `beat` is called while
        this one waits."""
        claims.wait(work.key, lambda who: self.progress.note(f"{work.name}: waits for {who}"), beat)
        try:
            yield
        finally:
            claims.give_back(work.key)

    def in_span(self, extracts: Iterable[Extract]) -> list[Extract]:
        """Return the extracts that are about any day of the span."""
        return [extract for extract in extracts if extract.arrival.partition.overlaps(self.span)]

    @contextmanager
    def bounded(self, where: object) -> Iterator[None]:
        """Let trouble end here: it is kept in `troubles`, and the work on others goes on."""
        try:
            yield
        except GivenUpError:
            raise
        except Exception as error:
            trouble = as_own_trouble(error, str(where))
            if trouble is not error and not is_of_the_machine(error):
                _log.error("%s", trouble.what, exc_info=error)  # perhaps a mistake in the code
            self.troubles.append(trouble)
