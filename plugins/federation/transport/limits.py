"""What a platform may cost the hub; whatever goes beyond is left out with a reason."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from federation.common.errors import Unreachable
from federation.common.limits import CONFORM, altered, read_limits

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """Limits of fetching; all are positive."""

    file_bytes: int = 8 << 30  # one file
    file_seconds: int = 3600  # one file, all attempts together
    slowest_bytes_per_second: int = 1024  # of one file on average, once `slow_seconds` have passed
    slow_seconds: int = 30
    silent_seconds: int = 30  # without a byte on an open connection; then the attempt ends
    stuck_seconds: int = (
        300  # without a file or an entry of a listing; then the feed is given up for this pass
    )
    listing_entries: int = 100_000  # files and folders of one feed
    listing_bytes: int = 32 << 20  # one page of a listing
    redirects: int = 5  # in a row, on the same host
    feeds_per_city: int = 2  # at once
    feeds_at_once: int = 8  # of all cities

    def altered(self, given: Mapping[str, Any], where: str) -> "Limits":
        """Return these limits with the given ones in their place.

        Raises HubError for a name or value that is none.
        """
        return altered(self, given, where)

    @classmethod
    def from_text(cls, text: str | None, where: str) -> "Limits":
        """Return the defaults altered by a JSON object (`{"file_bytes": 1000000}`).

        None and empty: the defaults.
        """
        given = read_limits(text, where)
        return cls().altered(
            {name: value for name, value in given.items() if name != CONFORM}, where
        )

    def bounded(self, entries: Iterable[T], where: str) -> Iterator[T]:
        """Yield the entries of a listing; raises Unreachable beyond the limit."""
        for count, entry in enumerate(entries, 1):
            if count > self.listing_entries:
                raise Unreachable(
                    f"the listing has more than {self.listing_entries:,} entries",
                    where=where,
                    todo="ask the city to tidy up, or raise the limit listing_entries",
                )
            yield entry
