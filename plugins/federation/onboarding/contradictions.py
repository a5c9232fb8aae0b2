"""Questions where the samples contradict a draft: unreadable values, times outside the file's
period, repeated keys, unknown areas."""

from collections.abc import Sequence

from federation.datasets.suites import Suite
from federation.onboarding.column_draft import ColumnDraft, Question
from federation.onboarding.trial import TrialResult

# Shares of records from which on a reading is in doubt.
_OUTSIDE_PERIOD, _SAME_KEY, _UNKNOWN_AREA = 0.1, 0.02, 0.2


def with_contradictions(
    drafts: Sequence[ColumnDraft], result: TrialResult | None, suite: Suite
) -> list[ColumnDraft]:
    """Return the drafts, each with a question where the samples contradict its reading."""
    if result is None:
        return [*drafts]
    return [_asked(draft, result, suite) for draft in drafts]


def _asked(draft: ColumnDraft, result: TrialResult, suite: Suite) -> ColumnDraft:
    question = _contradiction(draft, result, suite)
    if question is None or "physicalName" in draft.asks:
        return draft
    return draft.asking(physicalName=question)


def _contradiction(draft: ColumnDraft, result: TrialResult, suite: Suite) -> Question | None:
    name = draft.name
    label = " + ".join(draft.readings[0].sources) if draft.readings else ""
    if not result.reads(name):
        return _not_readable(name, label, result)
    outside = result.share("outside_partition")
    if name == suite.period.name and outside > _OUTSIDE_PERIOD:
        return Question(
            f"{outside:.0%} of the records lie outside their file's period: is {label} {name}?",
            f"ข้อมูลอยู่นอกช่วงเวลาของไฟล์: {label} คือ {name} หรือไม่",
            label,
        )
    same_key = result.share("conflicting_values")
    if name == suite.key[0] and same_key > _SAME_KEY:
        return Question(
            f"{same_key:.0%} of the records share their key with others: is {label} {name}?",
            f"คีย์ซ้ำ: {label} คือ {name} หรือไม่",
            label,
        )
    unknown = result.share("unknown_area")
    if "area" in name and unknown > _UNKNOWN_AREA:
        return Question(
            f"{unknown:.0%} of the records name no known area in {label}",
            f"ไม่รู้จักพื้นที่ใน {label}",
            label,
        )
    return None


def _not_readable(name: str, label: str, result: TrialResult) -> Question:
    count = result.unreadable.get(name, 0)
    why = result.refusals.get(name) or f"{count} values of {label} cannot be read"
    return Question(f"how is {name} read? {why}", f"อ่าน {name} อย่างไร", label)
