"""Which files of a feed its platform shows, held against those that it has shown before."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property

from federation.common.vocabulary import CheckOutcome, RemarkKind
from federation.contracts.model import Feed
from federation.contracts.pattern import Partition
from federation.ledger import Arrival, Remark, Sighting
from federation.transport.names import shown

# A file that has not been shown for so long was withdrawn, and is not missed any more.
_WITHDRAWN = timedelta(days=30)
_FEW = 0.5  # of the known files; a platform that shows less has shrunk


class Shown:
    """The paths of extracts that one look finds, beside those that the ledger knows."""

    def __init__(
        self,
        feed: Feed,
        span: Partition,
        arrivals: Iterable[Arrival],
        sightings: Mapping[str, Sighting],
    ) -> None:
        self._feed, self._sightings = feed, sightings
        self._paths: set[str] = set()
        self._arrived = {arrival.path for arrival in arrivals if arrival.partition.overlaps(span)}

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def add(self, path: str) -> None:
        self._paths.add(path)

    def discard(self, path: str) -> None:
        self._paths.discard(path)

    @property
    def outcome(self) -> CheckOutcome:
        """`emptied` where none of the files is shown that ever arrived, `shrunk` where less than
        half of those are that the contract still names; else `ok`."""
        if self._arrived and not self._paths:
            return CheckOutcome.EMPTIED
        if len(self._paths) < len(self._expected) * _FEW:
            return CheckOutcome.SHRUNK
        return CheckOutcome.OK

    @property
    def told(self) -> str:
        """What an outcome that is not `ok` says."""
        if self.outcome == CheckOutcome.EMPTIED:
            return f"the platform shows none of the {len(self._arrived)} files that it had"
        count = len(self._expected)
        return f"the platform shows {len(self._paths)} files, and had {count} of this feed"

    @property
    def vanished(self) -> list[Remark]:
        """The known files that are not shown."""
        return [
            Remark(RemarkKind.VANISHED, shown(path), "it is no longer shown")
            for path in sorted(self._known - self._paths)
        ]

    @property
    def sightings(self) -> list[Sighting]:
        """What this look finds otherwise than the last one did."""
        gone = {path for path, seen in self._sightings.items() if not seen.is_shown}
        changed = dict.fromkeys(self._arrived - self._paths - gone, False)
        changed |= dict.fromkeys(self._paths & gone, True)
        return [
            Sighting(*self._feed.key, path, is_shown, self.outcome)
            for path, is_shown in changed.items()
        ]

    @cached_property
    def _known(self) -> set[str]:
        """The files that arrived, are named by the contract of today and were not withdrawn."""
        return {
            path
            for path in self._arrived
            if self._feed.match(path) and not self._is_withdrawn(path)
        }

    @cached_property
    def _expected(self) -> set[str]:
        """The known files without those that went one by one, from a platform that was in
        order."""
        gone = {
            path
            for path, seen in self._sightings.items()
            if not seen.is_shown and seen.outcome == CheckOutcome.OK
        }
        return self._known - gone

    def _is_withdrawn(self, path: str) -> bool:
        seen = self._sightings.get(path)
        if seen is None or seen.is_shown or seen.seen_at is None:
            return False
        return datetime.now(UTC) - seen.seen_at > _WITHDRAWN
