"""The typed records of a profile; small, without rows, and safe to pass out of the sandbox."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

KINDS = (
    "content",  # time, year, number, count, text, code, constant, empty
    "time_format",  # a name of contracts/vocabulary.py, or how it differs from one
    # CE, BE (four digits), BE2 (two digits), or the candidates when they cannot be told apart
    "calendar",
    "digits",  # thai, arabic, mixed
    "encoding",  # utf-8, tis-620
    "mojibake",  # what was read as what
    "missing",  # a marker for a missing value
    "thousands",  # the mark between thousands
    "constant",  # the one value of a column
    "key",  # different in every row
    "coordinate",  # lat, lon, swapped
    "area",  # codes or names of areas, by province
    "unit",  # units that the magnitude allows
)


@dataclass(frozen=True)
class Fact:
    """One thing that a column seems to be.

    `value` is "ambiguous" where the bytes allow several readings; `candidates` then names them, and
    the contract must say which. `confidence` is the share of the given values that say so, times
    the certainty of the rule, 0 to 1.
    """

    kind: str
    value: str
    confidence: float
    evidence: str
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class ColumnProfile:
    """One delivered column, or a member of a nested one (`pm25.value`).

    Counts are rows of the sample.
    """

    name: str
    type: str
    rows: int
    given: int
    distinct: int
    facts: tuple[Fact, ...] = ()
    words: tuple[
        tuple[str, int], ...
    ] = ()  # texts with their rows, the most frequent first, where they were asked for
    span: tuple[
        float, ...
    ] = ()  # of numbers: least, middle of those above 0, greatest; times as microseconds since 1970

    def fact(self, kind: str) -> Fact | None:
        """Return the fact of this kind that most speaks for, or None."""
        return max(
            (fact for fact in self.facts if fact.kind == kind),
            key=lambda fact: fact.confidence,
            default=None,
        )


@dataclass(frozen=True)
class FileProfile:
    """A whole file: rows as delivered, and a profile per column from a sample spread over the
    file."""

    rows: int
    sampled: int
    columns: tuple[ColumnProfile, ...] = ()
    refusal: str = ""  # why the file could not be looked at; nothing else is told then
    schema: tuple[
        tuple[str, str], ...
    ] = ()  # delivered column -> Arrow type, as a contract writes it

    def column(self, name: str) -> ColumnProfile:
        """Return the profile of a column; raises KeyError for a name that is not there."""
        return {column.name: column for column in self.columns}[name]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "FileProfile":
        columns = tuple(_column(entry) for entry in values["columns"])
        return cls(
            **dict(values)
            | {"columns": columns, "schema": tuple(tuple(pair) for pair in values["schema"])}
        )


def _column(values: Mapping[str, Any]) -> ColumnProfile:
    typed = {
        "facts": tuple(_fact(fact) for fact in values["facts"]),
        "span": tuple(values["span"]),
        "words": tuple((word, rows) for word, rows in values["words"]),
    }
    return ColumnProfile(**dict(values) | typed)


def _fact(values: Mapping[str, Any]) -> Fact:
    return Fact(**dict(values) | {"candidates": tuple(values["candidates"])})
