"""From file names to a path pattern: calendar, Buddhist and fiscal years, months, parts, ranges."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from federation.contracts.pattern import PathPattern

_FISCAL = re.compile(r"(fy|fiscal|ngop|budget|งบ)[^0-9]*$", re.I)
# «pm10» holds no month, «_10» and «m10» do.
_OTHER_NUMBER = re.compile(r"[a-z](?<!\bm)(?<!_m)(?<!month)(?<!mon)$", re.I)
_YEAR, _BE, _MONTH, _PART = range(1900, 2100), range(2400, 2600), range(1, 13), range(1, 5)

Figures = Sequence[str]  # what stands at one place of all paths of a shape


@dataclass(frozen=True)
class PathGuess:
    """The pattern of a folder's paths, other patterns that match as many, and unmatched paths."""

    pattern: str
    others: tuple[str, ...]
    unmatched: tuple[str, ...]

    @property
    def period(self) -> str:
        """The kind of period that the pattern names, '' for an empty pattern."""
        return PathPattern(self.pattern).period if self.pattern else ""


def pattern_of(paths: Sequence[str]) -> PathGuess:
    """Return the pattern that matches most paths; '' where none names a period."""
    patterns = _patterns(paths)
    if not patterns:
        return PathGuess("", (), tuple(paths))
    matched = {pattern: _matched(pattern, paths) for pattern in patterns}
    most = max(matched.values())
    best, *others = (pattern for pattern in patterns if matched[pattern] == most)
    unmatched = [path for path in paths if PathPattern(best).match(path) is None]
    return PathGuess(best, tuple(others), tuple(unmatched))


def _matched(text: str, paths: Iterable[str]) -> int:
    pattern = PathPattern(text)
    return sum(pattern.match(path) is not None for path in paths)


def _patterns(paths: Iterable[str]) -> list[str]:
    """Return every pattern that the paths allow, those of several shapes together first."""
    shapes: dict[str, list[Figures]] = {}
    for path in paths:
        shape = re.sub("[0-9]+", "#", path)
        shapes.setdefault(shape, []).append(re.findall("[0-9]+", path))
    single = [text for shape, rows in shapes.items() for text in _of_shape(shape, rows)]
    merged = [_merged(longer, shorter) for longer, shorter in product(single, repeat=2)]
    return list(dict.fromkeys(text for text in [*merged, *single] if text))


def _of_shape(shape: str, rows: Sequence[Figures]) -> list[str]:
    """Return the patterns that a shape's figures allow, the likeliest first."""
    texts = shape.split("#")
    columns = list(zip(*rows, strict=True))
    choices = [_pieces(before, column) for before, column in zip(texts, columns, strict=False)]
    patterns = [_joined(texts, pieces, columns) for pieces in product(*choices)]
    return [pattern for pattern in patterns if pattern]


# -- what figures mean -----------------------------------------------------------------------------


def _pieces(before: str, figures: Figures) -> list[str]:
    """Return the pieces of a pattern that figures behind a text may be, the likeliest first."""
    numbers = [int(figure) for figure in figures]
    lengths = {len(figure) for figure in figures}
    literal = [figures[0]] if len(set(figures)) == 1 else []
    if lengths == {4}:
        return _years(before, numbers) or literal
    if lengths == {6}:
        return _years_with_months(before, numbers) or literal
    if lengths == {2} and _all_in(numbers, _MONTH):
        if literal and _OTHER_NUMBER.search(before):
            return literal
        return ["{month}", *literal]
    if lengths == {1} and _all_in(numbers, _PART):
        return [*literal, "{part}"]
    return literal


def _years(before: str, numbers: Sequence[int]) -> list[str]:
    if _all_in(numbers, _YEAR):
        return ["{year}"]
    if not _all_in(numbers, _BE):
        return []
    if _FISCAL.search(before):
        return ["{be_fiscal_year}", "{be_year}"]
    return ["{be_year}", "{be_fiscal_year}"]


def _years_with_months(before: str, numbers: Sequence[int]) -> list[str]:
    if not _all_in([number % 100 for number in numbers], _MONTH):
        return []
    years = _years(before, [number // 100 for number in numbers])
    return [f"{year}{{month}}" for year in years]


def _all_in(numbers: Iterable[int], allowed: range) -> bool:
    return all(number in allowed for number in numbers)


# -- pieces to patterns ----------------------------------------------------------------------------


def _joined(texts: Sequence[str], pieces: Sequence[str], columns: Sequence[Figures]) -> str:
    """Return the pattern; '' when its names do not make one period."""
    values: dict[str, Figures] = {}
    pattern = texts[0]
    for piece, column, after in zip(pieces, columns, texts[1:], strict=True):
        for name, figures in _named(piece, column):
            if values.get(name, figures) == figures:
                values[name] = figures
                continue
            # Other figures under the same name: they can only be the last year of a range.
            if not _may_end_a_range(name, piece, values):
                return ""
            name, piece = f"{name}_to", f"{{{name}_to}}"
            values[name] = figures
        pattern += piece + after
    return pattern if _is_one_period(set(values)) else ""


def _may_end_a_range(name: str, piece: str, values: Iterable[str]) -> bool:
    is_year = "year" in name and "fiscal" not in name
    return is_year and piece == f"{{{name}}}" and f"{name}_to" not in values


def _named(piece: str, figures: Figures) -> Iterator[tuple[str, Figures]]:
    """Yield the names of a piece with their figures; a year comes before its month."""
    names = re.findall(r"\{(\w+)\}", piece)
    if len(names) == 2:
        yield names[0], tuple(text[:4] for text in figures)
        yield names[1], tuple(text[4:] for text in figures)
    else:
        yield from ((name, tuple(figures)) for name in names)


def _is_one_period(names: set[str]) -> bool:
    """Whether names make one period: a month lies in a year, a part in a month."""
    years = {name for name in names if "year" in name}
    eras = {name.removesuffix("_to") for name in years}
    years_only = "be_fiscal_year" in years or len(years) == 2
    if len(eras) != 1 or (years_only and names != years):
        return False
    return "part" not in names or "month" in names


# -- several shapes in one pattern -----------------------------------------------------------------


def _merged(longer: str, shorter: str) -> str:
    """Return one pattern for two that differ in a last year or in a mark of a second delivery."""
    return _with_last_year(longer, shorter) or _with_version(longer, shorter)


def _with_last_year(longer: str, shorter: str) -> str:
    for year in ("year", "be_year"):
        years = re.search(rf"\{{{year}\}}(.+?)\{{{year}_to\}}", longer)
        if years and longer.replace(years[0], f"{{{year}}}") == shorter:
            return longer.replace(years[0], f"{{{year}}}{{{year}_to?:{years[1]}}}")
    return ""


def _with_version(longer: str, shorter: str) -> str:
    stem, dot, ending = shorter.rpartition(".")
    suffix = dot + ending
    if longer == shorter or not longer.startswith(stem) or not longer.endswith(suffix):
        return ""
    mark = longer.removeprefix(stem).removesuffix(suffix)
    return f"{stem}{{version?:{mark}}}{suffix}" if re.fullmatch(r"[^{/]+", mark) else ""
