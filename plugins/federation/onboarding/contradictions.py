"""Questions about what the samples contradict: unreadable values, dates outside the file's
period, repeated keys, unknown areas."""

from collections.abc import Sequence

from federation.datasets.suites import Suite
from federation.onboarding.entries import Entry, Question
from federation.onboarding.trial import Outcome

# Shares of records from which on a reading is in doubt.
_OUTSIDE_PERIOD, _SAME_KEY, _UNKNOWN_AREA = 0.1, 0.02, 0.2


def with_contradictions(
    entries: Sequence[Entry], outcome: Outcome | None, suite: Suite
) -> list[Entry]:
    """Return the entries, each with a question where the samples contradict its reading."""
    if outcome is None:
        return [*entries]
    return [_asked(entry, outcome, suite) for entry in entries]


def _asked(entry: Entry, outcome: Outcome, suite: Suite) -> Entry:
    question = _contradiction(entry, outcome, suite)
    if question is None or "physicalName" in entry.asks:
        return entry
    return entry.asking(physicalName=question)


def _contradiction(entry: Entry, outcome: Outcome, suite: Suite) -> Question | None:
    name = entry.name
    label = " + ".join(entry.readings[0].sources) if entry.readings else ""
    if not outcome.reads(name):
        return _not_readable(name, label, outcome)
    outside = outcome.share("outside_partition")
    if name == suite.period.name and outside > _OUTSIDE_PERIOD:
        return Question(
            f"{outside:.0%} of the records lie outside their file's period: is {label} {name}?",
            f"ข้อมูลอยู่นอกช่วงเวลาของแฟ้ม: {label} คือ {name} หรือไม่",
            label,
        )
    same_key = outcome.share("conflicting_values")
    if name == suite.key[0] and same_key > _SAME_KEY:
        return Question(
            f"{same_key:.0%} of the records share their key with others: is {label} {name}?",
            f"คีย์ซ้ำ: {label} คือ {name} หรือไม่",
            label,
        )
    unknown = outcome.share("unknown_area")
    if "area" in name and unknown > _UNKNOWN_AREA:
        return Question(
            f"{unknown:.0%} of the records name no known area in {label}",
            f"ไม่รู้จักพื้นที่ใน {label}",
            label,
        )
    return None


def _not_readable(name: str, label: str, outcome: Outcome) -> Question:
    count = outcome.unreadable.get(name, 0)
    why = outcome.refusals.get(name) or f"{count} values of {label} cannot be read"
    return Question(f"how is {name} read? {why}", f"อ่าน {name} อย่างไร", label)
