"""Which areas a column names: TIS 1099 codes or names, and of which province."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from federation.conform.profile.texts import ARABIC
from federation.reference.areas import PREFIXES, all_areas


@dataclass(frozen=True)
class Places:
    """How a column of texts speaks of areas: `by` codes or names of `level`, with the share per
    province code."""

    by: str
    level: str
    share: float
    provinces: Mapping[
        str, float
    ]  # of the rows that match; a name of several provinces counts for each


def learn_areas() -> None:
    """Read the register once; processes that are forked from this one then know it."""
    _codes()
    _names()


@cache
def _codes() -> Mapping[str, str]:
    return {area.area_code: area.level for area in all_areas()}


@cache
def _names() -> Mapping[tuple[str, str], frozenset[str]]:
    """(level, bare name) -> the provinces that have it."""
    provinces_of: dict[tuple[str, str], set[str]] = {}
    for area in all_areas():
        names = [bare(area.name_th)]
        if area.name_en:
            names.append(area.name_en.lower())
        for name in names:
            provinces_of.setdefault((area.level, name), set()).add(area.province_code)
    return {key: frozenset(provinces) for key, provinces in provinces_of.items()}


def bare(name: str) -> str:
    """Return an area's name without the word for its level, in small letters."""
    for prefixes in PREFIXES.values():
        for prefix in prefixes:
            if name.startswith(prefix) and len(name) > len(prefix) + 1:
                return name.removeprefix(prefix).strip().lower()
    return name.strip().lower()


def places_of(words: Mapping[str, int]) -> Places | None:
    """Return the areas that the texts name, or None when less than half of the rows name any."""
    total = sum(words.values())
    best: Places | None = None
    for by, level, matches in (*_by_codes(words), *_by_names(words)):
        share = sum(rows for rows, _ in matches) / total if total else 0.0
        if share >= 0.5 and (best is None or share > best.share):
            best = Places(by, level, share, _provinces(matches))
    return best


Matches = list[tuple[int, frozenset[str]]]


def _by_codes(words: Mapping[str, int]) -> list[tuple[str, str, Matches]]:
    matches_of: dict[str, Matches] = {}
    for word, rows in words.items():
        code = word.translate(ARABIC)
        if level := _codes().get(code):
            matches_of.setdefault(level, []).append((rows, frozenset({code[:2]})))
    # Two figures are a province as often as they are anything else.
    return [
        ("tis1099", level, matches) for level, matches in matches_of.items() if level != "province"
    ]


def _by_names(words: Mapping[str, int]) -> list[tuple[str, str, Matches]]:
    matches_of: dict[str, Matches] = {}
    for word, rows in words.items():
        for level in PREFIXES:
            if provinces := _names().get((level, bare(word))):
                matches_of.setdefault(level, []).append((rows, provinces))
    return [("names", level, matches) for level, matches in matches_of.items()]


def _provinces(matches: Matches) -> dict[str, float]:
    total, counted = sum(rows for rows, _ in matches), Counter[str]()
    for rows, provinces in matches:
        for province in provinces:
            counted[province] += rows
    return {province: rows / total for province, rows in counted.most_common(3)}
