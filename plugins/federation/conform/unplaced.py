"""The queue of values that have no place in a dimension, each with ranked suggestions.

Nothing is ever guessed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from federation.common.engine import connect
from federation.common.paths import Home
from federation.contracts.model import Feed
from federation.reference.areas import Area, all_areas, normalise_thai

_SUGGESTIONS, _LIKE_ENOUGH = 3, 0.5


@dataclass(frozen=True)
class Suggestion:
    """A value of the dimension that may be meant: a code or word, its name and how alike it is,
    0 to 1."""

    value: str
    name: str
    likeness: float


@dataclass(frozen=True)
class Unplaced:
    """A text of a city that matches no place, with its quarantined records and suggestions."""

    text: str
    records: int
    suggestions: tuple[Suggestion, ...]


def queue(feed: Feed, conformed: Iterable[Path]) -> list[Unplaced]:
    """Return the texts without a place in the quarantine files beside these conformed files, the
    most frequent first."""
    files = [Home.quarantine(file) for file in conformed if Home.quarantine(file).exists()]
    if not files:
        return []
    with connect() as con:
        rows = con.execute(
            "SELECT unplaced, count(*) FROM read_parquet(?, union_by_name = true) WHERE unplaced "
            "IS NOT NULL "
            "GROUP BY unplaced ORDER BY count(*) DESC, unplaced",
            [[str(file) for file in files]],
        ).fetchall()
    near = suggestions(feed, (text for text, _ in rows))
    return [Unplaced(text, records, tuple(near[text])) for text, records in rows]


def suggestions(feed: Feed, texts: Iterable[str]) -> dict[str, list[Suggestion]]:
    """Return text -> what is most like it in a feed's province and closed lists, best first."""
    spellings = _known(feed)
    return {text: suggest(text, spellings) for text in texts}


def suggest(text: str, spellings: Mapping[str, Sequence[Suggestion]]) -> list[Suggestion]:
    """Return what is most like `text`, best first.

    Of several parts («district / subdistrict») the last is compared.
    """
    written = normalise_thai(text.split("; ")[0].split(" / ")[-1])
    ranked = sorted(
        ((SequenceMatcher(None, written, name).ratio(), name) for name in spellings), reverse=True
    )
    suggestions = [
        Suggestion(entry.value, entry.name, round(likeness, 2))
        for likeness, name in ranked
        if likeness >= _LIKE_ENOUGH
        for entry in spellings[name]
    ]
    return suggestions[:_SUGGESTIONS]


def _known(feed: Feed) -> dict[str, list[Suggestion]]:
    """Return spelling -> what it stands for: the province's areas, and the words of closed
    lists."""
    spellings: dict[str, list[Suggestion]] = {}
    for area in all_areas():
        if area.province_code == feed.city.code and area.is_used:
            for name in _spellings(area):
                spellings.setdefault(name, []).append(Suggestion(area.area_code, area.name_th, 0.0))
    for column in feed.suite.columns:
        for word in column.values:
            spellings.setdefault(word, []).append(Suggestion(word, word, 0.0))
    return spellings


def _spellings(area: Area) -> Iterator[str]:
    yield area.name_th
    yield area.area_code
    if area.name_en:
        yield area.name_en
