"""Which readings are right: the samples are conformed with each, as deliveries will be."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from federation.common import sql
from federation.common.errors import ContractError
from federation.conform.sandbox.sandbox import Sandbox
from federation.contracts.load import load_feed
from federation.contracts.model import City, Feed
from federation.datasets.suites import Suite
from federation.onboarding.entries import Entry, Question
from federation.onboarding.readings import Reading

# Codes of findings that are about a whole file, not about one column.
_WHOLE_FILE = {"conform_failed", "unreadable_file"}
READABLE = 0.05  # share of a column's values that may be slips
SAMPLES = 3
# fact, its usual value, the question in Thai
_OPEN_FACTS = (
    ("zone", "Asia/Bangkok", "เวลาเป็นเขตเวลาใด"),
    ("calendar", "CE", "ปีเป็นปฏิทินใด"),
)
_VALUES = "SELECT count(*), {given} FROM {file} WHERE NOT is_duplicate"
_REASONS = """
SELECT unnest(reasons), count(*)
FROM {file}
WHERE NOT is_duplicate
GROUP BY 1
"""


@dataclass
class Outcome:
    """What came out of conforming samples."""

    records: int = 0
    # national column -> values that are given, and those of them that cannot be read
    given: dict[str, int] = field(default_factory=dict)
    unreadable: dict[str, int] = field(default_factory=dict)
    # reason -> records
    reasons: dict[str, int] = field(default_factory=dict)
    # national column, or code of the finding -> message
    refusals: dict[str, str] = field(default_factory=dict)

    def share(self, reason: str) -> float:
        return self.reasons.get(reason, 0) / self.records if self.records else 0.0

    def reads(self, column: str) -> bool:
        """Whether a column's values can be read, except for a few slips."""
        if column in self.refusals or self._refuses_files:
            return False
        return self.unreadable.get(column, 0) <= READABLE * self.given.get(column, 0)

    @property
    def _refuses_files(self) -> bool:
        refused = [code for code, message in self.refusals.items() if message]
        return any(code in _WHOLE_FILE and code not in self.given for code in refused)


def load(text: str, city: City, dataset: str, folder: Path) -> Feed | ContractError:
    """Return the feed of a contract's text, or why it cannot be loaded."""
    file = folder / f"{dataset}.yml"
    file.write_text(text, "utf-8")
    try:
        return load_feed(file, city)
    except ContractError as error:
        return error


def try_out(
    feed: Feed, root: Path, files: Iterable[Path], sandbox: Sandbox, suite: Suite
) -> Outcome:
    """Conform samples by a feed's contract and return what came out.

    Files whose path names no period are left out.
    """
    outcome = Outcome()
    with TemporaryDirectory(prefix="hub-draft-") as folder:
        for file in files:
            match = feed.pattern.match(file.relative_to(root).as_posix())
            if match is None:
                continue
            target = Path(folder) / "conformed.parquet"
            answer = sandbox.conform(feed, match[0], "draft", file.absolute(), target)
            for finding in answer.findings:
                if finding.consequence == "reject":
                    outcome.refusals[finding.column or finding.code] = finding.message
            if not answer.rejected:
                _count(outcome, target, suite)
    return outcome


def _count(outcome: Outcome, conformed: Path, suite: Suite) -> None:
    """Add the records, values and reasons of one conformed sample."""
    names = [column.name for column in suite.columns]
    (rows, *given), reasons = _counts(conformed, names)
    outcome.records += rows
    _add(outcome.given, dict(zip(names, given, strict=True)))
    _add(outcome.reasons, reasons)
    for reason, count in reasons.items():
        if reason.startswith("unreadable:"):
            column = {reason.removeprefix("unreadable:"): count}
            _add(outcome.unreadable, column)
            _add(outcome.given, column)


def _add(counts: dict[str, int], more: Mapping[str, int]) -> None:
    for name, count in more.items():
        counts[name] = counts.get(name, 0) + count


def _counts(conformed: Path, names: Sequence[str]) -> tuple[Sequence[int], dict[str, int]]:
    """Return (records, given values per column), and reason -> records; duplicates do not count."""
    from federation.common.engine import connect

    given = sql.listed(sql.compose("count({name})", name=sql.identifier(name)) for name in names)
    file = sql.parquet(conformed)
    with connect() as con:
        values = con.execute(sql.compose(_VALUES, given=given, file=file)).fetchall()[0]
        reasons = con.execute(sql.compose(_REASONS, file=file)).fetchall()
    return values, dict(reasons)


# -- choosing --------------------------------------------------------------------------------------

Attempt = Callable[[Sequence[Entry]], Outcome | None]


def choose(
    entries: Sequence[Entry], suite: Suite, attempt: Attempt
) -> tuple[list[Entry], Outcome | None]:
    """Return the entries with their right readings, and what came out of conforming with these.

    An entry asks where several readings are right. The outcome is None when nothing can be tried.
    """
    rounds = max((len(entry.readings) for entry in entries), default=1)
    tried = [[_at(entry, place) for entry in entries] for place in range(rounds)]
    outcomes: list[Outcome] = []
    for some in tried:
        outcome = attempt(some)
        if outcome is not None:
            outcomes.append(outcome)
    if len(outcomes) < rounds:
        return [_asked_if_several(entry) for entry in entries], None
    chosen = _best_readings(entries, outcomes, suite.period.name)
    for some, outcome in zip(tried, outcomes, strict=True):
        if _same_readings(chosen, some):
            return chosen, outcome
    return chosen, attempt(chosen)


def _asked_if_several(entry: Entry) -> Entry:
    return _asking(_at(entry, 0), entry.readings) if len(entry.readings) > 1 else entry


def _best_readings(
    entries: Sequence[Entry], outcomes: Sequence[Outcome], period: str
) -> list[Entry]:
    chosen = [_chosen(entry, outcomes, entry.name == period) for entry in entries]
    of_period = next(entry for entry in chosen if entry.name == period)
    return [_like(entry, before, of_period) for entry, before in zip(chosen, entries, strict=True)]


def _same_readings(some: Sequence[Entry], others: Sequence[Entry]) -> bool:
    return all(one.readings == other.readings for one, other in zip(some, others, strict=True))


def _at(entry: Entry, place: int) -> Entry:
    """Return the entry with the reading at a place; with its last one where it has fewer."""
    if not entry.readings:
        return entry
    return entry.chosen(entry.readings[min(place, len(entry.readings) - 1)])


def _chosen(entry: Entry, outcomes: Sequence[Outcome], is_period: bool) -> Entry:
    if len(entry.readings) < 2:
        return entry
    tried = list(zip(entry.readings, outcomes, strict=False))
    right = [(reading, outcome) for reading, outcome in tried if outcome.reads(entry.name)]
    if not right:
        return entry.chosen(entry.readings[0])
    if not is_period:
        return entry.chosen(right[0][0])
    least = min(_outside(outcome) for _, outcome in right)
    best = [reading for reading, outcome in right if _outside(outcome) == least]
    chosen = entry.chosen(best[0])
    return chosen if len(best) == 1 else _asking(chosen, best)


def _outside(outcome: Outcome) -> int:
    return outcome.reasons.get("outside_partition", 0)


def _asking(entry: Entry, readings: Sequence[Reading]) -> Entry:
    """Ask what the samples leave open: the zone, the calendar, or whether day or month is first."""
    share = 1 / len(readings)
    for fact, usual, thai in _OPEN_FACTS:
        values = list(dict.fromkeys(reading.facts.get(fact, usual) for reading in readings))
        if len(values) > 1:
            english = f"which {fact} are the times of {entry.name} in?"
            options = tuple((value, share) for value in values)
            return entry.asking(**{fact: Question(english, thai, values[0], options)})
    which_expression = Question(
        f"which of these reads {entry.name}?",
        f"นิพจน์ใดอ่าน {entry.name} ถูกต้อง",
        readings[0].transform,
        tuple((reading.transform, share) for reading in readings),
    )
    return entry.asking(transformLogic=which_expression)


def _like(entry: Entry, before: Entry, period: Entry) -> Entry:
    """Read another time column (of the report) like the period, where both are written alike."""
    if entry.name == period.name or len(before.readings) < 2 or not period.readings:
        return entry
    facts = period.readings[0].facts
    same = [reading for reading in before.readings if reading.facts == facts]
    if not same:
        return entry
    asks = {key: ask for key, ask in period.asks.items() if key in ("zone", "calendar")}
    return replace(entry, readings=(same[0],), asks={**entry.asks, **asks})
