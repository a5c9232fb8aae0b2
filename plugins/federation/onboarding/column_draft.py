"""The draft of a national column: the ways in which it may be read, and the open questions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from federation.onboarding.readings import Reading

TODO = "TODO"


@dataclass(frozen=True)
class Question:
    """What only the city knows, asked in English and Thai.

    `guess` is the likeliest answer, `options` are possible answers with their confidence.
    """

    english: str
    thai: str
    guess: Any = None
    options: tuple[tuple[str, float], ...] = ()

    @property
    def text(self) -> str:
        """The text in place of the answer; a contract that holds it is refused."""
        options = ", ".join(f"{value} ({confidence:.0%})" for value, confidence in self.options)
        question = f"{TODO}: {self.english} / {self.thai}"
        return f"{question} -- {options}" if options else question


@dataclass(frozen=True)
class ColumnDraft:
    """One national column: its readings, the likeliest first, and its open questions.

    `asks` holds the questions by the fact or key that they ask for; `score`, 0 to 1, is how well
    the delivered field fits.
    """

    name: str
    readings: tuple[Reading, ...]
    asks: Mapping[str, Question] = field(default_factory=dict)
    score: float = 1.0

    def chosen(self, reading: Reading) -> "ColumnDraft":
        return replace(self, readings=(reading,))

    def asking(self, **asks: Question) -> "ColumnDraft":
        return replace(self, asks={**self.asks, **asks})

    def with_facts(self, facts: Mapping[str, Any]) -> "ColumnDraft":
        readings = [replace(reading, facts={**reading.facts, **facts}) for reading in self.readings]
        return replace(self, readings=tuple(readings))


def which_column(name: str, meant: str, options: Iterable[tuple[str, float]]) -> Question:
    """Return the question for the column that holds a national column."""
    columns = tuple(options)
    guess = columns[0][0] if columns else None
    called = f"{name} ({meant})" if meant else name
    return Question(f"which column is {called}?", f"คอลัมน์ใดคือ {name}", guess, columns)
