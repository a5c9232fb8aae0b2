"""Whether a reading holds: the samples are conformed with it, in the fence, as deliveries will
be."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from federation.common.errors import ContractError
from federation.conform.sandbox.sandbox import Sandbox
from federation.contracts.load import load_feed
from federation.contracts.model import City, Feed
from federation.datasets.suites import Suite
from federation.onboarding.entries import Entry, Question
from federation.onboarding.readings import Reading

READABLE = 0.05  # share of a column's values that may be slips
SAMPLES = 3


@dataclass
class Outcome:
    """What conforming samples came to: records, per national column the values given and the
    unreadable ones, reasons."""

    records: int = 0
    given: dict[str, int] = field(default_factory=dict)
    unreadable: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    refusals: dict[str, str] = field(
        default_factory=dict
    )  # national column, or code of the finding -> message

    def share(self, reason: str) -> float:
        return self.reasons.get(reason, 0) / self.records if self.records else 0.0

    def reads(self, column: str) -> bool:
        """Whether a column's values can be read, but for a few slips."""
        if column in self.refusals or any(
            message and code not in self.given
            for code, message in self.refusals.items()
            if code in _NO_COLUMN
        ):
            return False
        return self.unreadable.get(column, 0) <= READABLE * self.given.get(column, 0)


_NO_COLUMN = {"conform_failed", "unreadable_file"}


def load(text: str, city: City, dataset: str, folder: Path) -> Feed | ContractError:
    """Return the feed of a draft whose questions are answered by guesses, or why it cannot be
    loaded."""
    file = folder / f"{dataset}.yml"
    file.write_text(text, "utf-8")
    try:
        return load_feed(file, city)
    except ContractError as error:
        return error


def try_out(
    feed: Feed, root: Path, files: Iterable[Path], sandbox: Sandbox, suite: Suite
) -> Outcome:
    """Conform samples by a feed's contract and return what came of it.

    Files whose path says no period are left out.
    """
    outcome = Outcome()
    with TemporaryDirectory(prefix="hub-draft-") as folder:
        for file in files:
            found = feed.pattern.match(file.relative_to(root).as_posix())
            if found is None:
                continue
            target = Path(folder) / "conformed.parquet"
            answer = sandbox.conform(feed, found[0], "draft", file.absolute(), target)
            for finding in answer.findings:
                if finding.consequence == "reject":
                    outcome.refusals[finding.column or finding.code] = finding.message
            if not answer.rejected:
                _count(outcome, target, suite)
    return outcome


def _count(outcome: Outcome, conformed: Path, suite: Suite) -> None:
    from federation.common.engine import connect

    file = f"read_parquet('{conformed}')"
    names = [column.name for column in suite.columns]
    counts = ", ".join(f'count("{name}")' for name in names)
    with connect() as con:
        rows, *given = con.execute(
            f"SELECT count(*), {counts} FROM {file} WHERE NOT is_duplicate"
        ).fetchall()[0]
        reasons = con.execute(
            f"SELECT unnest(reasons), count(*) FROM {file} WHERE NOT is_duplicate GROUP BY 1"
        ).fetchall()
    outcome.records += rows
    for name, count in zip(names, given, strict=True):
        outcome.given[name] = outcome.given.get(name, 0) + count
    for reason, count in reasons:
        outcome.reasons[reason] = outcome.reasons.get(reason, 0) + count
        if reason.startswith("unreadable:"):
            name = reason.removeprefix("unreadable:")
            outcome.unreadable[name] = outcome.unreadable.get(name, 0) + count
            outcome.given[name] += count


Attempt = Callable[[Sequence[Entry]], Outcome | None]


def choose(
    entries: Sequence[Entry], suite: Suite, attempt: Attempt
) -> tuple[list[Entry], Outcome | None]:
    """Return the entries with the readings that hold, questions where several hold equally, and
    what they come to."""
    rounds = max((len(entry.readings) for entry in entries), default=1)
    outcomes = [attempt([_at(entry, place) for entry in entries]) for place in range(rounds)]
    if any(
        outcome is None for outcome in outcomes
    ):  # nothing was tried: whatever may be read in two ways is asked
        return [
            _asking(_at(entry, 0), entry.readings) if len(entry.readings) > 1 else entry
            for entry in entries
        ], None
    period = next(column.name for column in suite.columns if column.period)
    told = [outcome for outcome in outcomes if outcome]
    chosen = [_chosen(entry, told, entry.name == period) for entry in entries]
    ours = next(entry for entry in chosen if entry.name == period)
    chosen = [_like(entry, before, ours) for entry, before in zip(chosen, entries, strict=True)]
    tried = next(
        (
            place
            for place in range(rounds)
            if _same(chosen, [_at(entry, place) for entry in entries])
        ),
        None,
    )
    return chosen, attempt(chosen) if tried is None else told[tried]


def _same(some: Sequence[Entry], others: Sequence[Entry]) -> bool:
    return all(one.readings == other.readings for one, other in zip(some, others, strict=True))


def _at(entry: Entry, place: int) -> Entry:
    return (
        entry.chosen(entry.readings[min(place, len(entry.readings) - 1)])
        if entry.readings
        else entry
    )


def _chosen(entry: Entry, outcomes: Sequence[Outcome], is_period: bool) -> Entry:
    if len(entry.readings) < 2:
        return entry
    places = [place for place in range(len(entry.readings)) if outcomes[place].reads(entry.name)]
    if not places:
        return entry.chosen(entry.readings[0])
    if not is_period:
        return entry.chosen(entry.readings[places[0]])
    outside = {place: outcomes[place].reasons.get("outside_partition", 0) for place in places}
    best = [place for place in places if outside[place] == min(outside.values())]
    found = entry.chosen(entry.readings[best[0]])
    return found if len(best) == 1 else _asking(found, [entry.readings[place] for place in best])


def _asking(entry: Entry, readings: Sequence[Reading]) -> Entry:
    """Ask what the samples leave open: the zone, the calendar, or which of day and month stands
    first."""
    share = 1 / len(readings)
    for fact, usual, thai in (
        ("zone", "Asia/Bangkok", "เวลาเป็นเขตเวลาใด"),
        ("calendar", "CE", "ปีเป็นปฏิทินใด"),
    ):
        values = list(dict.fromkeys(reading.facts.get(fact, usual) for reading in readings))
        if len(values) > 1:
            return entry.asking(
                **{
                    fact: Question(
                        f"which {fact} are the times of {entry.name} in?",
                        thai,
                        values[0],
                        tuple((value, share) for value in values),
                    )
                }
            )
    options = tuple((reading.transform, share) for reading in readings)
    return entry.asking(
        transformLogic=Question(
            f"which of these reads {entry.name}?",
            f"นิพจน์ใดอ่าน {entry.name} ถูกต้อง",
            readings[0].transform,
            options,
        )
    )


def _like(entry: Entry, before: Entry, period: Entry) -> Entry:
    """Read a second time column (of the report) as the first is read, where both are written
    alike."""
    if entry.name == period.name or len(before.readings) < 2 or not period.readings:
        return entry
    facts = period.readings[0].facts
    same = [reading for reading in before.readings if {**reading.facts} == facts]
    if not same:
        return entry
    asks = {key: ask for key, ask in period.asks.items() if key in ("zone", "calendar")}
    return replace(entry, readings=(same[0],), asks={**entry.asks, **asks})
