"""From file names to a path pattern: years, Buddhist years, fiscal years, months, parts, ranges
of years."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from federation.contracts.pattern import PathPattern

_FISCAL = re.compile(r"(fy|fiscal|ngop|budget|งบ)[^0-9]*$", re.I)
_OTHER_NUMBER = re.compile(r"[a-z](?<!\bm)(?<!_m)(?<!month)(?<!mon)$", re.I)
_YEAR, _BE, _MONTH, _PART = range(1900, 2100), range(2400, 2600), range(1, 13), range(1, 5)


@dataclass(frozen=True)
class Guess:
    """The pattern of a folder's paths, others that say the same paths, and the paths that it
    does not match."""

    pattern: str
    others: tuple[str, ...]
    unmatched: tuple[str, ...]


def pattern_of(paths: Sequence[str]) -> Guess:
    """Return the pattern that matches most paths; '' where none names a period."""
    shapes: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for path in paths:
        shapes.setdefault(re.sub("[0-9]+", "#", path), []).append(
            (path, tuple(re.findall("[0-9]+", path)))
        )
    options = [_options(shape, [figures for _, figures in told]) for shape, told in shapes.items()]
    found = [pattern for patterns in _together(options) for pattern in patterns]
    if not found:
        return Guess("", (), tuple(paths))
    ranked = sorted(dict.fromkeys(found), key=lambda text: -_matched(text, paths))
    best = [text for text in ranked if _matched(text, paths) == _matched(ranked[0], paths)]
    return Guess(
        best[0],
        tuple(best[1:]),
        tuple(path for path in paths if PathPattern(best[0]).match(path) is None),
    )


def _matched(text: str, paths: Iterable[str]) -> int:
    pattern = PathPattern(text)
    return sum(pattern.match(path) is not None for path in paths)


def _options(shape: str, figures: list[tuple[str, ...]]) -> list[str]:
    """Return the patterns that a shape's figures allow, the likeliest first."""
    texts = shape.split("#")
    columns = list(zip(*figures, strict=True))
    choices = [_meanings(texts[place], column) for place, column in enumerate(columns)]
    return [text for chosen in product(*choices) if (text := _joined(texts, chosen, columns))]


def _meanings(before: str, figures: Sequence[str]) -> list[str]:
    numbers, lengths = [int(figure) for figure in figures], {len(figure) for figure in figures}
    literal = [figures[0]] if len(set(figures)) == 1 else []
    if lengths == {4}:
        return _years(before, numbers) or literal
    if lengths == {6} and all(number % 100 in _MONTH for number in numbers):
        return [
            f"{year}{{month}}" for year in _years(before, [number // 100 for number in numbers])
        ] or literal
    if lengths == {2} and all(number in _MONTH for number in numbers):
        # «pm10» is no month, «_10» and «m10» are
        return literal if literal and _OTHER_NUMBER.search(before) else ["{month}", *literal]
    if lengths == {1} and all(number in _PART for number in numbers):
        return ["{part}", *literal] if len(set(figures)) > 1 else [*literal, "{part}"]
    return literal


def _years(before: str, numbers: Sequence[int]) -> list[str]:
    if all(number in _YEAR for number in numbers):
        return ["{year}"]
    if all(number in _BE for number in numbers):
        return (
            ["{be_fiscal_year}", "{be_year}"]
            if _FISCAL.search(before)
            else ["{be_year}", "{be_fiscal_year}"]
        )
    return []


def _joined(texts: list[str], chosen: Sequence[str], columns: Sequence[Sequence[str]]) -> str:
    """Return the pattern; '' when its names do not make one period: a month lies in a year, a
    part in a month."""
    values: dict[str, tuple[str, ...]] = {}
    pieces = [texts[0]]
    for place, piece in enumerate(chosen):
        for name, figures in _named(piece, columns[place]):
            if name in values and values[name] != figures:  # another year: the last one of a range
                if (
                    "year" not in name
                    or "fiscal" in name
                    or piece != f"{{{name}}}"
                    or f"{name}_to" in values
                ):
                    return ""
                name, piece = f"{name}_to", f"{{{name}_to}}"
            values[name] = figures
        pieces += [piece, texts[place + 1]]
    return "".join(pieces) if _sensible(set(values)) else ""


def _named(piece: str, figures: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    names = re.findall(r"\{(\w+)\}", piece)
    if len(names) < 2:
        return [(name, tuple(figures)) for name in names]
    return [
        (names[0], tuple(text[:4] for text in figures)),
        (names[1], tuple(text[4:] for text in figures)),
    ]


def _sensible(names: set[str]) -> bool:
    years = {name for name in names if "year" in name}
    one_era = len({name.removesuffix("_to") for name in years}) == 1
    years_only = "be_fiscal_year" in years or len(years) == 2
    return (
        one_era and (names == years or not years_only) and ("part" not in names or "month" in names)
    )


def _together(options: list[list[str]]) -> list[list[str]]:
    """Return the options with shapes merged that differ in a last year or in a mark of a second
    delivery."""
    merged = [
        _merged(one, other)
        for one, other in product((text for patterns in options for text in patterns), repeat=2)
    ]
    return [[text for text in merged if text], *options]


def _merged(longer: str, shorter: str) -> str:
    for year in ("year", "be_year"):
        found = re.search(rf"\{{{year}\}}(.+?)\{{{year}_to\}}", longer)
        if found and longer.replace(found[0], f"{{{year}}}") == shorter:
            return longer.replace(found[0], f"{{{year}}}{{{year}_to?:{found[1]}}}")
    stem, dot, ending = shorter.rpartition(".")
    mark = longer.removeprefix(stem).removesuffix(dot + ending)
    marked = longer != shorter and longer.startswith(stem) and longer.endswith(dot + ending)
    return (
        f"{stem}{{version?:{mark}}}{dot}{ending}"
        if marked and re.fullmatch(r"[^{/]+", mark)
        else ""
    )
