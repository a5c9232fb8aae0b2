"""The order in which scores stand beside each other: those that differ by less than a point are
equal."""

from collections.abc import Callable, Iterable
from typing import TypeVar

_EQUAL = 1.0  # points below which two scores say the same
_Scored = TypeVar("_Scored")


def best_first(
    entries: Iterable[_Scored], score: Callable[[_Scored], float | None]
) -> list[_Scored]:
    """Return the entries, the best first and those without a score last; those within a point of
    the best of them keep the order in which they came."""
    rest = list(entries)
    ordered: list[_Scored] = []
    while rest:
        best = max(_known(score(entry)) for entry in rest)
        is_equal = [best - _known(score(entry)) < _EQUAL for entry in rest]
        ordered += [entry for entry, equal in zip(rest, is_equal, strict=True) if equal]
        rest = [entry for entry, equal in zip(rest, is_equal, strict=True) if not equal]
    return ordered


def _known(score: float | None) -> float:
    return -_EQUAL if score is None else score
