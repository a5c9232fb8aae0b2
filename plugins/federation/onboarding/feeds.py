"""From a folder of samples to a contract: draft it, try it out on the samples, ask, write it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from federation.conform.sandbox.sandbox import Sandbox
from federation.contracts.model import Feed
from federation.datasets.suites import Suite, load_suite
from federation.onboarding.averaging_evidence import with_averaging
from federation.onboarding.city import KnownCity, ask_spellings
from federation.onboarding.column_draft import ColumnDraft, Question
from federation.onboarding.contract_body import ContractBody, contract_body
from federation.onboarding.contract_head import head_of, which_path
from federation.onboarding.contradictions import with_contradictions
from federation.onboarding.readings import Reading
from federation.onboarding.recognise import SURE
from federation.onboarding.sample_columns import spread
from federation.onboarding.sample_folder import SampleFolder
from federation.onboarding.trial import SAMPLES, TrialResult, choose, load, try_out
from federation.onboarding.write import contract_text


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
    city: KnownCity, folders: Sequence[SampleFolder], samples: Path, sandbox: Sandbox
) -> tuple[dict[str, str], list[FeedDraft]]:
    """Return the contracts' texts by file name, and what they hold."""
    texts, feeds = {}, []
    for folder in folders:
        text, feed = _feed(_Trial(city, folder, samples, sandbox))
        texts[f"{feed.dataset}.yml"] = text
        feeds.append(feed)
    return texts, feeds


@dataclass(frozen=True)
class _Trial:
    """A drafted contract that can be tried out on the folder's samples, below `samples`."""

    city: KnownCity
    folder: SampleFolder
    samples: Path
    sandbox: Sandbox

    @cached_property
    def suite(self) -> Suite:
        return load_suite(self.folder.recognised.dataset)

    @cached_property
    def head(self) -> Mapping[str, Any]:
        return head_of(self.folder, self.suite)

    @cached_property
    def body(self) -> ContractBody:
        return contract_body(self.folder, self.city.area_names)

    def attempt(self, drafts: Sequence[ColumnDraft], path: str) -> TrialResult | None:
        """Try the drafts' first readings with a path pattern; None when nothing can be tried."""
        files = spread(list(self.folder.samples.files), SAMPLES)
        feed = self._load(drafts, path)
        if feed is None:
            return None
        return try_out(feed, self.samples, files, self.sandbox)

    def _load(self, drafts: Sequence[ColumnDraft], path: str) -> Feed | None:
        """Return the feed with every question answered by its guess; None when it cannot be
        loaded."""
        texts = {column.name for column in self.suite.columns if column.type == "VARCHAR"}
        text_column = _any_text_column(self.folder)
        complete = [
            _with_stand_in(draft, text_column) if draft.name in texts else draft for draft in drafts
        ]
        if not path or not all(draft.readings for draft in complete):
            return None
        head = {**self.head, "path": path}
        body = replace(self.body, drafts=tuple(complete))
        text = contract_text(self.city.key, self.suite, head, body, answers=True)
        with TemporaryDirectory(prefix="hub-draft-") as directory:
            feed = load(text, self.city.as_city(), self.suite.name, Path(directory))
        return feed if isinstance(feed, Feed) else None


def _feed(trial: _Trial) -> tuple[str, FeedDraft]:
    """Return the text of a contract, and what it holds."""
    city, folder, suite = trial.city, trial.folder, trial.suite
    pattern = folder.guess.pattern
    drafts, result = choose(trial.body.drafts, suite, lambda drafts: trial.attempt(drafts, pattern))
    path, result = _path_and_result(trial, drafts, result)
    drafts = with_contradictions(drafts, result, suite)
    drafts = with_averaging(drafts, result.other_averaging if result else {})
    unknown_rows = ask_spellings(city, folder, drafts)
    remarks = _remarks(folder, result, unknown_rows)
    files = len(folder.samples.files)
    limitations = " ".join([f"Drafted from {files} sample files.", *remarks])
    head = {**trial.head, "path": path, "limitations": limitations}
    body = replace(trial.body, drafts=tuple(drafts))
    text = contract_text(city.key, suite, head, body, answers=False)
    likely_path = path.guess if isinstance(path, Question) else path
    feed = FeedDraft(
        dataset=suite.name,
        folder=folder.samples.folder.name,
        files=files,
        period=str(likely_path or "?"),
        columns=sum(bool(draft.readings) for draft in drafts),
        of=len(suite.columns),
        records=result.records if result else 0,
        remarks=tuple(remarks),
    )
    return text, feed


def _any_text_column(folder: SampleFolder) -> str:
    for field in folder.fields:
        if field.leaf.is_text and not field.transform and not field.measure:
            return field.column
    return ""


def _with_stand_in(draft: ColumnDraft, text_column: str) -> ColumnDraft:
    """Read a text that is asked from any text column, so that the others can be tried out."""
    if draft.readings or not text_column:
        return draft
    return replace(draft, readings=(Reading((text_column,)),))


def _path_and_result(
    trial: _Trial, drafts: Sequence[ColumnDraft], result: TrialResult | None
) -> tuple[str | Question, TrialResult | None]:
    """Return the path pattern that fits the records' times best, or a question where two do.

    Calendar and fiscal years look alike in a path; the records' months tell them apart.
    """
    guess = trial.folder.guess
    if not guess.pattern or guess.unmatched:
        return which_path(guess), result
    best, least = guess.pattern, result
    if result is None or trial.suite.period.type == "INTEGER":
        return best, least
    for path in guess.others:
        other = trial.attempt(drafts, path)
        if other is None or least is None:
            continue
        other_outside, least_outside = _outside(other), _outside(least)
        if other_outside == least_outside and "fiscal" in path + best:
            return which_path(guess), least
        if other_outside < least_outside:
            best, least = path, other
    return best, least


def _outside(result: TrialResult) -> int:
    return result.reasons.get("outside_partition", 0)


def _remarks(folder: SampleFolder, result: TrialResult | None, unknown_rows: int) -> list[str]:
    remarks = [*_remarks_on_trial(result)]
    if unknown_rows:
        remarks.append(f"{unknown_rows} rows name areas that the register does not know.")
    remarks += [f"{file}: {why}." for file, why in folder.samples.refused]
    if folder.recognised.confidence < SURE:
        remarks.append("The dataset itself is a guess.")
    return remarks


def _remarks_on_trial(result: TrialResult | None) -> Iterator[str]:
    if result is None:
        yield "The samples could not be tried out before the questions are answered."
    elif result.records and result.reasons:
        reasons = [f"{count} {reason}" for reason, count in sorted(result.reasons.items())]
        yield f"Of {result.records} records tried: {', '.join(reasons)}."
