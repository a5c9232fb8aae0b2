"""The trial of readings: samples are conformed with each, and the right ones are kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from federation.common import sql
from federation.common.errors import ContractError
from federation.conform.sandbox.sandbox import LandedExtract, Sandbox
from federation.contracts.load import load_feed
from federation.contracts.model import City, Feed
from federation.datasets.suites import Suite
from federation.onboarding.averaging_evidence import Contradicted, contradicted
from federation.onboarding.column_draft import ColumnDraft, Question
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
class TrialResult:
    """What came out of conforming samples."""

    records: int = 0
    # national column -> values that are given, and those of them that cannot be read
    given: dict[str, int] = field(default_factory=dict)
    unreadable: dict[str, int] = field(default_factory=dict)
    # reason -> records
    reasons: dict[str, int] = field(default_factory=dict)
    # national column, or code of the finding -> message
    refusals: dict[str, str] = field(default_factory=dict)
    # national column -> what its values cannot average, by the published index
    other_averaging: Contradicted = field(default_factory=dict)

    def share(self, reason: str) -> float:
        return self.reasons.get(reason, 0) / self.records if self.records else 0.0

    def reads(self, column: str) -> bool:
        """Whether a column's values can be read, except for a few slips."""
        if column in self.refusals or self._refuses_files:
            return False
        return self.unreadable.get(column, 0) <= READABLE * self.given.get(column, 0)

    @property
    def _refuses_files(self) -> bool:
        codes = {code for code, message in self.refusals.items() if message}
        return bool((codes & _WHOLE_FILE) - self.given.keys())


def load(text: str, city: City, dataset: str, folder: Path) -> Feed | ContractError:
    """Return the feed of a contract's text, or why it cannot be loaded."""
    file = folder / f"{dataset}.yml"
    file.write_text(text, "utf-8")
    try:
        return load_feed(file, city)
    except ContractError as error:
        return error


def try_out(feed: Feed, root: Path, files: Iterable[Path], sandbox: Sandbox) -> TrialResult:
    """Conform samples by a feed's contract and return what came out.

    Files whose path names no period are left out.
    """
    result = TrialResult()
    with TemporaryDirectory(prefix="hub-draft-") as folder:
        for file in files:
            match = feed.pattern.match(file.relative_to(root).as_posix())
            if match is None:
                continue
            target = Path(folder) / "conformed.parquet"
            answer = sandbox.conform(
                LandedExtract(feed, match[0], "draft", file.absolute()), target
            )
            for finding in answer.findings:
                if finding.consequence == "reject":
                    result.refusals[finding.column or finding.code] = finding.message
            if not answer.rejected:
                _count(result, target, feed.suite)
                for column, claims in contradicted(target, feed.suite).items():
                    result.other_averaging.setdefault(column, set()).update(claims)
    return result


def _count(result: TrialResult, conformed: Path, suite: Suite) -> None:
    """Add the records, values and reasons of one conformed sample."""
    names = [column.name for column in suite.columns]
    (rows, *given), reasons = _counts(conformed, names)
    result.records += rows
    _add(result.given, dict(zip(names, given, strict=True)))
    _add(result.reasons, reasons)
    for reason, count in reasons.items():
        if reason.startswith("unreadable:"):
            column = {reason.removeprefix("unreadable:"): count}
            _add(result.unreadable, column)
            _add(result.given, column)


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

Attempt = Callable[[Sequence[ColumnDraft]], TrialResult | None]


def choose(
    drafts: Sequence[ColumnDraft], suite: Suite, attempt: Attempt
) -> tuple[list[ColumnDraft], TrialResult | None]:
    """Return the drafts with their right readings, and what came out of conforming with these.

    A draft asks where several readings are right. The result is None when nothing can be tried.
    """
    count = max((len(draft.readings) for draft in drafts), default=1)
    rounds = [[_at(draft, place) for draft in drafts] for place in range(count)]
    results: list[TrialResult] = []
    for drafts_of_round in rounds:
        result = attempt(drafts_of_round)
        if result is not None:
            results.append(result)
    if len(results) < count:
        return [_asked_if_several(draft) for draft in drafts], None
    chosen = _best_readings(drafts, results, suite.period.name)
    for drafts_of_round, result in zip(rounds, results, strict=True):
        if _same_readings(chosen, drafts_of_round):
            return chosen, result
    return chosen, attempt(chosen)


def _asked_if_several(draft: ColumnDraft) -> ColumnDraft:
    return _asking(_at(draft, 0), draft.readings) if len(draft.readings) > 1 else draft


def _best_readings(
    drafts: Sequence[ColumnDraft], results: Sequence[TrialResult], period: str
) -> list[ColumnDraft]:
    chosen = [_chosen(draft, results, draft.name == period) for draft in drafts]
    of_period = next(draft for draft in chosen if draft.name == period)
    return [_like(draft, before, of_period) for draft, before in zip(chosen, drafts, strict=True)]


def _same_readings(some: Sequence[ColumnDraft], others: Sequence[ColumnDraft]) -> bool:
    return [draft.readings for draft in some] == [draft.readings for draft in others]


def _at(draft: ColumnDraft, place: int) -> ColumnDraft:
    """Return the draft with the reading at a place; with its last one where it has fewer."""
    if not draft.readings:
        return draft
    return draft.chosen(draft.readings[min(place, len(draft.readings) - 1)])


def _chosen(draft: ColumnDraft, results: Sequence[TrialResult], is_period: bool) -> ColumnDraft:
    if len(draft.readings) < 2:
        return draft
    tried = list(zip(draft.readings, results, strict=False))
    right = [(reading, result) for reading, result in tried if result.reads(draft.name)]
    if not right:
        return draft.chosen(draft.readings[0])
    if not is_period:
        return draft.chosen(right[0][0])
    least = min(_outside(result) for _, result in right)
    best = [reading for reading, result in right if _outside(result) == least]
    chosen = draft.chosen(best[0])
    return chosen if len(best) == 1 else _asking(chosen, best)


def _outside(result: TrialResult) -> int:
    return result.reasons.get("outside_partition", 0)


def _asking(draft: ColumnDraft, readings: Sequence[Reading]) -> ColumnDraft:
    """Ask what the samples leave open: the zone, the calendar, or whether day or month is first."""
    share = 1 / len(readings)
    for fact, usual, thai in _OPEN_FACTS:
        values = list(dict.fromkeys(reading.facts.get(fact, usual) for reading in readings))
        if len(values) > 1:
            english = f"which {fact} are the times of {draft.name} in?"
            options = tuple((value, share) for value in values)
            return draft.asking(**{fact: Question(english, thai, values[0], options)})
    which_expression = Question(
        f"which of these reads {draft.name}?",
        f"นิพจน์ใดอ่าน {draft.name} ถูกต้อง",
        readings[0].transform,
        tuple((reading.transform, share) for reading in readings),
    )
    return draft.asking(transformLogic=which_expression)


def _like(draft: ColumnDraft, before: ColumnDraft, period: ColumnDraft) -> ColumnDraft:
    """Read another time column (of the report) like the period, where both are written alike."""
    if draft.name == period.name or len(before.readings) < 2 or not period.readings:
        return draft
    facts = period.readings[0].facts
    same = [reading for reading in before.readings if reading.facts == facts]
    if not same:
        return draft
    asks = {key: ask for key, ask in period.asks.items() if key in ("zone", "calendar")}
    return replace(draft, readings=(same[0],), asks={**draft.asks, **asks})
