"""What is open and what was fixed, grouped by cause: one line for many feeds with one trouble, the
worst first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from federation.common.bilingual import BilingualText
from federation.common.reason import kind_of, split_code
from federation.common.vocabulary import ProblemKind, ReasonCode, Severity
from federation.messages import said
from federation.messages.problem_words import PROBLEM_WORDS
from federation.messages.reason_words import REASON_WORDS
from federation.messages.todo_words import PROBLEM_TODO, REASON_TODO, TodoFacts
from federation.quality.incidents import Incident
from federation.quality.todo import expectation_todo

_PERIODS = 3  # of an incident
_OWNERS = 3
_SHAPES = {Severity.CRITICAL: "✗", Severity.WARNING: "▲", Severity.INFO: "●"}

# The names of the city and of the dataset that an incident is about; empty for what goes without
# saying.
Names = Callable[[Incident], tuple[BilingualText, BilingualText]]


@dataclass(frozen=True)
class Cause:
    """One trouble of one feed or more; `incidents` are those that it is made of."""

    names: BilingualText
    message: BilingualText
    todo: BilingualText
    incidents: tuple[Incident, ...]
    is_new: bool

    @property
    def severity(self) -> Severity:
        return self.incidents[0].problem.severity

    @property
    def shape(self) -> str:
        return _SHAPES[self.severity]

    @property
    def is_remark(self) -> bool:
        """Whether nobody has to act by a day."""
        return self.severity == Severity.INFO

    @property
    def by(self) -> date:
        """The local day by which the first of them should be gone; of remarks no day of this
        age."""
        days = (entry.repair_by for entry in self.incidents)
        return min((day for day in days if day), default=date.max)

    @property
    def since(self) -> date:
        return min(entry.opened_on for entry in self.incidents)

    @property
    def closed(self) -> bool:
        return all(entry.closed_at for entry in self.incidents)

    @property
    def took(self) -> BilingualText:
        """How long it lasted."""
        return said.took(max(entry.hours_to_repair or 0.0 for entry in self.incidents))

    @property
    def owners(self) -> BilingualText:
        """The first addresses, and how many more there are."""
        owners = list(dict.fromkeys(entry.problem.owner for entry in self.incidents))
        first, more = ", ".join(owners[:_OWNERS]), len(owners) - _OWNERS
        if more <= 0:
            return BilingualText(first, first)
        return BilingualText(f"{first} and {more} more", f"{first} และอีก {more} ราย")

    @property
    def meanwhile(self) -> BilingualText:
        problem = self.incidents[0].problem
        return BilingualText(problem.meanwhile_en, problem.meanwhile_th)

    @property
    def records(self) -> int:
        return sum(entry.problem.records for entry in self.incidents)

    @property
    def where(self) -> BilingualText:
        """The first periods, with rows where known, of the only incident."""
        return where(self.incidents[0]) if len(self.incidents) == 1 else said.NOTHING

    @property
    def ids(self) -> str:
        return " ".join(entry.incident_id for entry in self.incidents[:_PERIODS])


def causes(
    incidents: Iterable[Incident], names: Names, new: Sequence[Incident], *, by_dataset: bool
) -> list[Cause]:
    """Return the causes, the worst first; `by_dataset`: feeds of different datasets are never of
    one line."""
    groups: dict[tuple[str, ...], list[Incident]] = {}
    for entry in incidents:
        groups.setdefault(_cause_of(entry, by_dataset), []).append(entry)
    found = [_cause(tuple(group), names, new) for group in groups.values()]
    return sorted(found, key=_gravity)


def _cause_of(entry: Incident, by_dataset: bool) -> tuple[str, ...]:
    name, about = split_code(entry.problem.reason)
    if by_dataset:
        return name, about, entry.problem.dataset, entry.problem.severity
    # Within a city only what is the same whatever the dataset is: nothing came, nobody answers.
    is_general = entry.problem.kind is not None
    return name, about, "" if is_general else entry.problem.dataset, entry.problem.severity


def _gravity(cause: Cause) -> tuple[int, int, int, date, str, str]:
    return (
        list(Severity).index(cause.severity),
        -len(cause.incidents),
        -cause.records,
        cause.by,
        cause.incidents[0].problem.city,
        cause.incidents[0].problem.dataset,
    )


def _cause(group: tuple[Incident, ...], names: Names, new: Sequence[Incident]) -> Cause:
    first = group[0].problem
    return Cause(
        names=_named([names(entry) for entry in group]),
        message=_message(group),
        todo=(
            BilingualText(first.todo_en, first.todo_th) if len(group) == 1 else _todo_of_many(group)
        ),
        incidents=group,
        is_new=any(entry in new for entry in group),
    )


def _named(about: Sequence[tuple[BilingualText, BilingualText]]) -> BilingualText:
    """Return what a cause is about: of one dataset in many cities, the dataset once."""
    pairs = list(dict.fromkeys(about))
    cities, titles = ({pair[place]: None for pair in pairs} for place in (0, 1))
    if len(pairs) == 1 or (len(cities) > 1 and len(titles) > 1):
        return said.names([said.joined(*pair) for pair in pairs])
    if len(cities) == 1:
        return said.joined(*cities, said.names([*titles]))
    return said.joined(*titles, said.names([*cities]))


def _message(group: Sequence[Incident]) -> BilingualText:
    """Return what is wrong, in the words of the only incident or in those of all."""
    problem = group[0].problem
    own = BilingualText(problem.message_en, problem.message_th)
    if len(group) == 1:
        return own
    if problem.kind:
        return PROBLEM_WORDS[problem.kind]
    if kind_of(problem.reason) == ReasonCode.FAILED_EXPECTATION:
        return own
    return REASON_WORDS[kind_of(problem.reason)]


def _todo_of_many(group: Sequence[Incident]) -> BilingualText:
    problem = group[0].problem
    several = TodoFacts(BilingualText("the files", "ไฟล์ที่ขาด"))
    if problem.kind == ProblemKind.LATE:
        return several.fill(PROBLEM_TODO[problem.kind])
    if problem.kind:
        return TodoFacts().fill(PROBLEM_TODO[problem.kind])
    if kind_of(problem.reason) == ReasonCode.FAILED_EXPECTATION:
        return TodoFacts().fill(expectation_todo(problem.dataset, problem.reason))
    return TodoFacts().fill(REASON_TODO[kind_of(problem.reason)])


def where(entry: Incident) -> BilingualText:
    """Return the first periods, with rows where known, that an incident is about."""
    problem = entry.problem
    if problem.kind:
        return said.NOTHING  # its message says it
    rows: dict[str, list[str]] = {}
    for evidence in problem.evidence:
        if "partition" not in evidence:
            continue
        numbers = rows.setdefault(evidence["partition"], [])
        if evidence.get("row_number"):
            numbers.append(str(evidence["row_number"]))
    rows_shown = sum(map(len, rows.values()))
    more = len(rows) > _PERIODS or problem.extracts > len(rows) or problem.records > rows_shown > 0
    rest = BilingualText(" …", " …") if rows and more else said.NOTHING
    parts = [_place(partition, numbers) for partition, numbers in rows.items()][:_PERIODS]
    return said.joined(said.joined(*parts, by=", "), rest, by="")


def _place(partition: str, rows: Sequence[str]) -> BilingualText:
    period = said.period(partition)
    if not rows:
        return period
    numbers = ", ".join(rows)
    rows_en = f"row{'s' if len(rows) > 1 else ''} {numbers}"
    return BilingualText(f"{period.en} ({rows_en})", f"{period.th} (แถว {numbers})")
