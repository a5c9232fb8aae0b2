"""What a stage works with: contracts, checks and every extract's status at one moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import chain

from federation.common.paths import Home
from federation.contracts.model import Feed
from federation.extracts.catalogue import Catalogue, FeedKey, load_catalogue
from federation.extracts.dated import Dated, dated
from federation.extracts.status import ExtractStatus, ReleaseInput, extract_statuses
from federation.ledger import Check, Ledger, RowDecision, read_ledger


@dataclass(frozen=True)
class Snapshot:
    """Read once and passed on; what is added to the ledger afterwards is not seen here."""

    catalogue: Catalogue
    statuses: Sequence[ExtractStatus]  # feed by feed in order of rank
    checks: Mapping[FeedKey, Check]  # the newest of each feed
    row_decisions: Sequence[RowDecision]
    today: date  # local day (Asia/Bangkok)
    home: Home

    @property
    def feeds(self) -> list[Feed]:
        return self.catalogue.feeds

    @cached_property
    def inputs(self) -> list[ReleaseInput]:
        """Every extract as a release reports it."""
        return [entry.as_input(self.home) for entry in self.statuses]

    def of(self, feed: Feed) -> list[ExtractStatus]:
        """Return the extracts of one feed, in order of rank."""
        return self._by_feed.get(feed.key, [])

    @cached_property
    def dated(self) -> Dated:
        """What the newest extracts of each feed hold."""
        return dated(self.inputs, self.home)

    def inputs_of(self, feed: Feed) -> list[ReleaseInput]:
        """Return the extracts of one feed as a release reports them, in order of rank."""
        return [entry.as_input(self.home) for entry in self.of(feed)]

    @cached_property
    def _by_feed(self) -> dict[FeedKey, list[ExtractStatus]]:
        by_feed: dict[FeedKey, list[ExtractStatus]] = {}
        for entry in self.statuses:
            by_feed.setdefault(entry.extract.feed.key, []).append(entry)
        return by_feed

    def only(self, feeds: Iterable[Feed]) -> "Snapshot":
        """Return the snapshot of these feeds only; every refusal stays."""
        chosen = list(feeds)
        keys = {feed.key for feed in chosen}
        statuses = [entry for entry in self.statuses if entry.extract.feed.key in keys]
        catalogue = Catalogue(chosen, self.catalogue.refused)
        return replace(self, catalogue=catalogue, statuses=statuses)


def read_snapshot(ledger: Ledger, home: Home, catalogue: Catalogue | None = None) -> Snapshot:
    """Return the snapshot of now for the feeds of a catalogue (None: of all contracts)."""
    catalogue = load_catalogue(ledger) if catalogue is None else catalogue
    seen = read_ledger(ledger)
    checks = {(check.city, check.dataset): check for check in ledger.checks.latest()}
    statuses = extract_statuses(catalogue.feeds, seen, home)
    row_decisions = list(chain.from_iterable(seen.row_decisions.values()))
    return Snapshot(catalogue, statuses, checks, row_decisions, ledger.today, home)
