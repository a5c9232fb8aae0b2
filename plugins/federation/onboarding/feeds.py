"""From a folder of samples to a contract: built, tried out on the samples, asked about, written."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from federation.conform.sandbox.sandbox import Sandbox
from federation.contracts.model import Feed
from federation.contracts.pattern import PathPattern
from federation.datasets.suites import Suite, load_suite
from federation.onboarding import areas_seen
from federation.onboarding.build import Built, build
from federation.onboarding.city import KnownCity, ask_spellings
from federation.onboarding.doubts import doubted
from federation.onboarding.entries import Entry, Question
from federation.onboarding.folder import Folder
from federation.onboarding.paths_seen import Guess
from federation.onboarding.readings import Reading
from federation.onboarding.recognise import SURE
from federation.onboarding.seen import Seen, spread
from federation.onboarding.trial import SAMPLES, Outcome, choose, load, try_out
from federation.onboarding.write import contract_text

_CADENCES = {
    "part": "four_times_a_month",
    "month": "monthly",
    "year": "yearly",
    "fiscal_year": "yearly",
    "years": "irregular",
}


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
    city: KnownCity, found: Sequence[Folder], samples: Path, sandbox: Sandbox
) -> tuple[dict[str, str], list[FeedDraft]]:
    texts, feeds = {}, []
    for one in found:
        text, feed = _feed(city, one, samples, sandbox)
        texts[f"{feed.dataset}.yml"] = text
        feeds.append(feed)
    return texts, feeds


def _feed(city: KnownCity, found: Folder, samples: Path, sandbox: Sandbox) -> tuple[str, FeedDraft]:
    suite = load_suite(found.recognised.dataset)
    guess = found.guess
    built = build(found.recognised, found.items, found.layout, _period(guess.pattern), city.place)
    built = _whose_rows(city, found, built)
    head = _head(found, suite)
    files = spread(list(found.seen.files), SAMPLES)

    def attempt(entries: Sequence[Entry], path: str = guess.pattern) -> Outcome | None:
        feed = _load(
            city, suite, replace(built, entries=tuple(entries)), found, {**head, "path": path}
        )
        return try_out(feed, samples, files, sandbox, suite) if feed else None

    entries, outcome = choose(built.entries, suite, attempt)
    path, outcome = _fiscal_or_not(guess, entries, outcome, attempt, suite)
    entries = doubted(entries, outcome, suite)
    unknown = ask_spellings(city, found, entries)
    built = replace(built, entries=tuple(entries))
    remarks = tuple(_remarks(found, outcome, unknown))
    head |= {
        "path": path,
        "limitations": " ".join((f"Drafted from {len(found.seen.files)} sample files.", *remarks)),
    }
    text = contract_text(city.key, suite, built, _columns(found.seen), head, answers=False)
    mapped = sum(bool(entry.readings) for entry in entries)
    shown = path.guess if isinstance(path, Question) else path
    return text, FeedDraft(
        suite.name,
        found.seen.folder.name,
        len(found.seen.files),
        str(shown or "?"),
        mapped,
        len(suite.columns),
        outcome.records if outcome else 0,
        remarks,
    )


def _period(pattern: str) -> str:
    return PathPattern(pattern).period if pattern else ""


def _columns(seen: Seen) -> dict[str, Any]:
    """Return the columns with their types; files that disagree are a question."""
    return {
        name: kinds[0]
        if len(kinds) == 1
        else Question(
            f"files disagree about the type of {name}",
            f"ชนิดข้อมูลของ {name} ไม่ตรงกัน",
            kinds[0],
            tuple((kind, 1 / len(kinds)) for kind in kinds),
        )
        for name, kinds in seen.types.items()
    }


def _whose_rows(city: KnownCity, found: Folder, built: Built) -> Built:
    columns = [item for item, _, _ in areas_seen.rows_of_city(found.items, city.area.area_code)]
    read = {
        source
        for entry in built.entries
        if entry.name == "area_code"
        for one in entry.readings
        for source in one.sources
        if one.facts["area"]["by"] == "names"
    }
    ours = [item.column for item in columns if item.column not in read]
    optional = [
        name
        for name, kind in found.seen.columns.items()
        if name in found.seen.missing and "<" not in kind
    ]
    facts = (
        {**built.facts}
        | ({"city_rows": ours[0]} if ours else {})
        | ({"optional_columns": optional} if optional else {})
    )
    return replace(built, facts=facts)


def _head(found: Folder, suite: Suite) -> dict[str, Any]:
    period = _period(found.guess.pattern)
    cadence: Any = _CADENCES.get(period, "irregular")
    monthly = suite.period.precision == "month" or (
        suite.period.type == "TIMESTAMPTZ" and suite.name == "air_quality"
    )
    if "_to?:" in found.guess.pattern:  # single years after a range of them
        cadence = Question(
            "how often is a file sent: yearly, or irregularly?",
            "ส่งข้อมูลบ่อยเพียงใด",
            "yearly",
            (("yearly", 0.8), ("irregular", 0.2)),
        )
    elif cadence == "yearly" and monthly:
        cadence = Question(
            "how often is a file sent: yearly, or quarterly or monthly with the months so far?",
            "ส่งข้อมูลบ่อยเพียงใด",
            "yearly",
            (("yearly", 0.4), ("quarterly", 0.4), ("monthly", 0.2)),
        )
    late = (
        None
        if cadence == "irregular"
        else Question(
            "by how many days after the end of a period does it come (P10D: ten days)?",
            "ส่งภายในกี่วันหลังสิ้นงวด",
            "P30D",
        )
    )
    rivals = ((found.recognised.dataset, found.recognised.confidence), *found.recognised.rivals)
    dataset: Any = (
        suite.name
        if found.recognised.is_sure
        else Question("which national dataset is this?", "ชุดข้อมูลใด", suite.name, rivals)
    )
    return {
        "cadence": cadence,
        "latency": late,
        "dataset": dataset,
        "limitations": "",
        "path": found.guess.pattern,
    }


def _load(
    city: KnownCity, suite: Suite, built: Built, found: Folder, head: dict[str, Any]
) -> Feed | None:
    stand_ins = [_standing_in(entry, found, suite) for entry in built.entries]
    if not head["path"] or not all(entry.readings for entry in stand_ins):
        return None
    built = replace(built, entries=tuple(stand_ins))
    with TemporaryDirectory(prefix="hub-draft-") as folder:
        text = contract_text(city.key, suite, built, _columns(found.seen), head, answers=True)
        feed = load(text, city.as_city(), suite.name, Path(folder))
    return feed if isinstance(feed, Feed) else None


def _standing_in(entry: Entry, found: Folder, suite: Suite) -> Entry:
    """Let any text stand for a name or an id that is asked, so that the other columns can be
    tried out."""
    text = next(
        (
            item.column
            for item in found.items
            if item.leaf.is_text and not item.transform and not item.measure
        ),
        "",
    )
    kinds = {column.name: column.type for column in suite.columns}
    if entry.readings or not text or kinds[entry.name] != "VARCHAR":
        return entry
    return replace(entry, readings=(Reading((text,)),))


def _fiscal_or_not(
    guess: Guess,
    entries: Sequence[Entry],
    outcome: Outcome | None,
    attempt: Callable[[Sequence[Entry], str], Outcome | None],
    suite: Suite,
) -> tuple[Any, Outcome | None]:
    """Return the path pattern: calendar or fiscal years, as the records' months say, else a
    question."""
    if not guess.pattern or guess.unmatched:
        return _which_path(guess), outcome
    best, least = guess.pattern, outcome
    for path in guess.others if outcome and suite.period.type != "INTEGER" else ():
        other = attempt(entries, path)
        if other is None or least is None:
            continue
        ours, theirs = (one.reasons.get("outside_partition", 0) for one in (least, other))
        if ours == theirs and "fiscal" in path + best:
            return _which_path(guess), least
        best, least = (path, other) if theirs < ours else (best, least)
    return best, least


def _which_path(guess: Guess) -> Question:
    unmatched = f" (not like it: {', '.join(guess.unmatched[:3])})" if guess.unmatched else ""
    options = tuple(
        (text, 1 / (1 + len(guess.others))) for text in (guess.pattern, *guess.others) if text
    )
    return Question(
        f"which pattern are the paths of{unmatched}?",
        "รูปแบบชื่อแฟ้มเป็นอย่างไร",
        guess.pattern or None,
        options,
    )


def _remarks(found: Folder, outcome: Outcome | None, unknown: int) -> Iterable[str]:
    if outcome is None:
        yield "The samples could not be tried out before the questions are answered."
    elif outcome.records:
        reasons = ", ".join(
            f"{count} {reason}" for reason, count in sorted(outcome.reasons.items())
        )
        if reasons:
            yield f"Of {outcome.records} records tried: {reasons}."
    if unknown:
        yield f"{unknown} rows name areas that the register does not know."
    for file, why in found.seen.refused:
        yield f"{file}: {why}."
    if found.recognised.confidence < SURE:
        yield "The dataset itself is a guess."
