"""What the samples speak against: values that cannot be read, dates outside, repeated keys,
unknown areas."""

from collections.abc import Sequence

from federation.datasets.suites import Suite
from federation.onboarding.entries import Entry, Question
from federation.onboarding.trial import Outcome


def doubted(entries: Sequence[Entry], outcome: Outcome | None, suite: Suite) -> list[Entry]:
    """Return the entries with a question for each that the samples speak against."""
    if outcome is None:
        return [*entries]
    found = []
    for entry in entries:
        why = _why_doubted(entry, outcome, suite)
        found.append(
            entry.asking(physicalName=why) if why and "physicalName" not in entry.asks else entry
        )
    return found


def _why_doubted(entry: Entry, outcome: Outcome, suite: Suite) -> Question | None:
    label = " + ".join(entry.readings[0].sources) if entry.readings else ""
    if not outcome.reads(entry.name):
        why = (
            outcome.refusals.get(entry.name)
            or f"{outcome.unreadable.get(entry.name, 0)} values of {label} cannot be read"
        )
        return Question(f"how is {entry.name} read? {why}", f"อ่าน {entry.name} อย่างไร", label)
    shares = {
        reason: outcome.share(reason)
        for reason in ("outside_partition", "conflicting_values", "unknown_area")
    }
    if entry.name == suite.period.name and (share := shares["outside_partition"]) > 0.1:
        return Question(
            f"{share:.0%} of the records lie outside their file's period: is {label} {entry.name}?",
            f"ข้อมูลอยู่นอกช่วงเวลาของแฟ้ม: {label} คือ {entry.name} หรือไม่",
            label,
        )
    if entry.name == suite.key[0] and (share := shares["conflicting_values"]) > 0.02:
        return Question(
            f"{share:.0%} of the records share their key with others: is {label} {entry.name}?",
            f"คีย์ซ้ำ: {label} คือ {entry.name} หรือไม่",
            label,
        )
    if "area" in entry.name and (share := shares["unknown_area"]) > 0.2:
        return Question(
            f"{share:.0%} of the records name no known area in {label}",
            f"ไม่รู้จักพื้นที่ใน {label}",
            label,
        )
    return None
