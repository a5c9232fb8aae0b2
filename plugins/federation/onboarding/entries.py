"""The columns of a draft: each national column with the ways it may be read, and the questions
that stay open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from federation.onboarding.readings import Reading

TODO = "TODO"


@dataclass(frozen=True)
class Question:
    """What only the city can say: asked in English and Thai, with the guess and what else it may
    be, by confidence."""

    english: str
    thai: str
    guess: Any = None
    options: tuple[tuple[str, float], ...] = ()

    @property
    def text(self) -> str:
        """The text that stands where the answer belongs; a contract that holds it is refused."""
        options = ", ".join(f"{value} ({confidence:.0%})" for value, confidence in self.options)
        return f"{TODO}: {self.english} / {self.thai}{' -- ' + options if options else ''}"


@dataclass(frozen=True)
class Entry:
    """One national column.

    `readings` in order of likelihood, `asks` by the fact or key that is asked.
    """

    name: str
    readings: tuple[Reading, ...]
    asks: Mapping[str, Question] = field(default_factory=dict)
    score: float = 1.0

    def chosen(self, reading: Reading) -> "Entry":
        return replace(self, readings=(reading,))

    def asking(self, **asks: Question) -> "Entry":
        return replace(self, asks={**self.asks, **asks})

    def with_facts(self, facts: Mapping[str, Any]) -> "Entry":
        return replace(
            self,
            readings=tuple(replace(one, facts={**one.facts, **facts}) for one in self.readings),
        )


def which_column(name: str, meant: str, options: Iterable[tuple[str, float]]) -> Question:
    """Return the question for the column that holds a national column."""
    listed = tuple(options)
    return Question(
        f"which column is {name}{meant and f' ({meant})'}?",
        f"คอลัมน์ใดคือ {name}",
        listed[0][0] if listed else None,
        listed,
    )
