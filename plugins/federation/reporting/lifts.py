"""What would raise a city's score most: of each feed, the points that it costs the city."""

from collections.abc import Callable, Iterable
from typing import TypeVar

_SHOWN = 3
_WORTH_TELLING = 0.1  # points of the city
_Feed = TypeVar("_Feed")


def lifts(
    feeds: Iterable[_Feed], score: Callable[[_Feed], float | None]
) -> list[tuple[_Feed, float]]:
    """Return the feeds that cost their city most, with the points by which its score, which is
    the mean of its feeds, would rise if the feed had all of its own."""
    scored = [(feed, known) for feed in feeds if (known := score(feed)) is not None]
    costs = [(feed, round((100 - known) / len(scored), 1)) for feed, known in scored]
    told = [entry for entry in costs if entry[1] >= _WORTH_TELLING]
    return sorted(told, key=lambda entry: -entry[1])[:_SHOWN]
