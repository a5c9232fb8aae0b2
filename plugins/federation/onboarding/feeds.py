"""From a folder of samples to a contract: built, tried out on the samples, asked about, written."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from federation.conform.sandbox.sandbox import Sandbox
from federation.contracts.model import Feed
from federation.datasets.suites import Suite, load_suite
from federation.onboarding import sample_areas
from federation.onboarding.build import Built, build
from federation.onboarding.city import KnownCity, ask_spellings
from federation.onboarding.contract_head import head_of, period_of, which_path
from federation.onboarding.contradictions import with_contradictions
from federation.onboarding.entries import Entry, Question
from federation.onboarding.folder import Folder
from federation.onboarding.readings import Reading
from federation.onboarding.recognise import SURE
from federation.onboarding.sample_columns import Samples, spread
from federation.onboarding.sample_paths import PathGuess
from federation.onboarding.trial import SAMPLES, Outcome, choose, load, try_out
from federation.onboarding.write import contract_text

# Tries the readings of these entries with a path pattern; None when nothing can be tried.
_Attempt = Callable[[Sequence[Entry], str], Outcome | None]


@dataclass(frozen=True)
class FeedDraft:
    """One drafted contract, for people."""

    dataset: str
    folder: str
    files: int
    period: str
    columns: int
    of: int
    records: int
    remarks: tuple[str, ...] = ()


def drafted(
    city: KnownCity, folders: Sequence[Folder], samples: Path, sandbox: Sandbox
) -> tuple[dict[str, str], list[FeedDraft]]:
    """Return the contracts' texts by file name, and what they hold."""
    texts, feeds = {}, []
    for folder in folders:
        text, feed = _feed(city, folder, samples, sandbox)
        texts[f"{feed.dataset}.yml"] = text
        feeds.append(feed)
    return texts, feeds


def _feed(
    city: KnownCity, folder: Folder, samples: Path, sandbox: Sandbox
) -> tuple[str, FeedDraft]:
    suite = load_suite(folder.recognised.dataset)
    built = _build(city, folder)
    head = head_of(folder, suite)
    files = spread(list(folder.samples.files), SAMPLES)

    def attempt(entries: Sequence[Entry], path: str) -> Outcome | None:
        tried = replace(built, entries=tuple(entries))
        feed = _load(city, suite, tried, folder, {**head, "path": path})
        return try_out(feed, samples, files, sandbox, suite) if feed else None

    entries, outcome = choose(
        built.entries, suite, lambda some: attempt(some, folder.guess.pattern)
    )
    path, outcome = _path_and_outcome(folder.guess, entries, outcome, attempt, suite)
    entries = with_contradictions(entries, outcome, suite)
    unknown = ask_spellings(city, folder, entries)
    remarks = _remarks(folder, outcome, unknown)
    limitations = " ".join([f"Drafted from {len(folder.samples.files)} sample files.", *remarks])
    text = contract_text(
        city.key,
        suite,
        replace(built, entries=tuple(entries)),
        _columns(folder.samples),
        {**head, "path": path, "limitations": limitations},
        answers=False,
    )
    return text, _summary(folder, suite, entries, path, outcome, remarks)


def _build(city: KnownCity, folder: Folder) -> Built:
    period = period_of(folder.guess.pattern)
    built = build(folder.recognised, folder.items, folder.layout, period, city.area_names)
    facts = {**built.facts}
    if city_rows := _city_rows(city, folder, built):
        facts["city_rows"] = city_rows
    if optional := _optional_columns(folder.samples):
        facts["optional_columns"] = optional
    return replace(built, facts=facts)


def _city_rows(city: KnownCity, folder: Folder, built: Built) -> str:
    """Return the column that says whose row it is, unless the area is read from it by name."""
    by_name = {
        source
        for entry in built.entries
        if entry.name == "area_code"
        for reading in entry.readings
        if reading.facts["area"]["by"] == "names"
        for source in reading.sources
    }
    for item, _, _ in sample_areas.rows_of_city(folder.items, city.area.area_code):
        if item.column not in by_name:
            return item.column
    return ""


def _optional_columns(samples: Samples) -> list[str]:
    """Return the flat columns that some files lack."""
    return [
        name
        for name, kind in samples.columns.items()
        if name in samples.missing and "<" not in kind
    ]


def _columns(samples: Samples) -> dict[str, Any]:
    """Return the columns with their types; a column whose files disagree is a question."""
    return {name: _type_or_question(name, kinds) for name, kinds in samples.types.items()}


def _type_or_question(name: str, kinds: Sequence[str]) -> str | Question:
    if len(kinds) == 1:
        return kinds[0]
    return Question(
        f"files disagree about the type of {name}",
        f"ชนิดข้อมูลของ {name} ไม่ตรงกัน",
        kinds[0],
        tuple((kind, 1 / len(kinds)) for kind in kinds),
    )


def _summary(
    folder: Folder,
    suite: Suite,
    entries: Sequence[Entry],
    path: str | Question,
    outcome: Outcome | None,
    remarks: Sequence[str],
) -> FeedDraft:
    pattern = path.guess if isinstance(path, Question) else path
    return FeedDraft(
        dataset=suite.name,
        folder=folder.samples.folder.name,
        files=len(folder.samples.files),
        period=str(pattern or "?"),
        columns=sum(bool(entry.readings) for entry in entries),
        of=len(suite.columns),
        records=outcome.records if outcome else 0,
        remarks=tuple(remarks),
    )


# -- trying out ------------------------------------------------------------------------------------


def _load(
    city: KnownCity, suite: Suite, built: Built, folder: Folder, head: dict[str, Any]
) -> Feed | None:
    """Return the feed with every question answered by its guess; None when it cannot be loaded."""
    text_column = _any_text_column(folder)
    texts = {column.name for column in suite.columns if column.type == "VARCHAR"}
    entries = [
        _with_stand_in(entry, text_column) if entry.name in texts else entry
        for entry in built.entries
    ]
    if not head["path"] or not all(entry.readings for entry in entries):
        return None
    built = replace(built, entries=tuple(entries))
    text = contract_text(city.key, suite, built, _columns(folder.samples), head, answers=True)
    with TemporaryDirectory(prefix="hub-draft-") as directory:
        feed = load(text, city.as_city(), suite.name, Path(directory))
    return feed if isinstance(feed, Feed) else None


def _any_text_column(folder: Folder) -> str:
    for item in folder.items:
        if item.leaf.is_text and not item.transform and not item.measure:
            return item.column
    return ""


def _with_stand_in(entry: Entry, text_column: str) -> Entry:
    """Read a text that is asked from any text column, so that the others can be tried out."""
    if entry.readings or not text_column:
        return entry
    return replace(entry, readings=(Reading((text_column,)),))


def _path_and_outcome(
    guess: PathGuess,
    entries: Sequence[Entry],
    outcome: Outcome | None,
    attempt: _Attempt,
    suite: Suite,
) -> tuple[str | Question, Outcome | None]:
    """Return the path pattern that fits the records' times best, or a question where two do.

    Calendar and fiscal years look alike in a path; the records' months tell them apart.
    """
    if not guess.pattern or guess.unmatched:
        return which_path(guess), outcome
    best, least = guess.pattern, outcome
    if outcome is None or suite.period.type == "INTEGER":
        return best, least
    for path in guess.others:
        other = attempt(entries, path)
        if other is None or least is None:
            continue
        other_outside, least_outside = _outside(other), _outside(least)
        if other_outside == least_outside and "fiscal" in path + best:
            return which_path(guess), least
        if other_outside < least_outside:
            best, least = path, other
    return best, least


def _outside(outcome: Outcome) -> int:
    return outcome.reasons.get("outside_partition", 0)


def _remarks(folder: Folder, outcome: Outcome | None, unknown: int) -> list[str]:
    remarks = [*_remarks_on_trial(outcome)]
    if unknown:
        remarks.append(f"{unknown} rows name areas that the register does not know.")
    remarks += [f"{file}: {why}." for file, why in folder.samples.refused]
    if folder.recognised.confidence < SURE:
        remarks.append("The dataset itself is a guess.")
    return remarks


def _remarks_on_trial(outcome: Outcome | None) -> Iterator[str]:
    if outcome is None:
        yield "The samples could not be tried out before the questions are answered."
    elif outcome.records and outcome.reasons:
        reasons = [f"{count} {reason}" for reason, count in sorted(outcome.reasons.items())]
        yield f"Of {outcome.records} records tried: {', '.join(reasons)}."
