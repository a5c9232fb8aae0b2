"""What differs between two releases: rows, cells, indicators, and because of what."""

from federation.releases.diff.difference import Difference, compare

__all__ = ["Difference", "compare"]
