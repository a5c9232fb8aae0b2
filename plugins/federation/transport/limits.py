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

    # One file, and all attempts at it together.
    file_bytes: int = 8 << 30
    file_seconds: int = 3600
    # One file on average, once `slow_seconds` have passed.
    slowest_bytes_per_second: int = 1024
    slow_seconds: int = 30
    # Without a byte on an open connection; then the attempt ends.
    silent_seconds: int = 30
    # Without a file or an entry of a listing; then the feed is given up for this pass.
    stuck_seconds: int = 300
    # Files and folders of one feed, and bytes of one page of its listing.
    listing_entries: int = 100_000
    listing_bytes: int = 32 << 20
    # In a row, on the same host.
    redirects: int = 5
    # At once: of one city, and of all cities.
    feeds_per_city: int = 2
    feeds_at_once: int = 8

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
