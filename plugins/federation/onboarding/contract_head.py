"""The head of a drafted contract: path, dataset, how often and how late files come."""

from typing import Any

from federation.datasets.suites import Suite
from federation.onboarding.column_draft import Question
from federation.onboarding.sample_folder import SampleFolder
from federation.onboarding.sample_paths import PathGuess

_CADENCES = {
    "part": "four_times_a_month",
    "month": "monthly",
    "year": "yearly",
    "fiscal_year": "yearly",
    "years": "irregular",
}
_YEARLY_OR_IRREGULAR = Question(
    "how often is a file sent: yearly, or irregularly?",
    "ส่งข้อมูลบ่อยเพียงใด",
    "yearly",
    (("yearly", 0.8), ("irregular", 0.2)),
)
_YEARLY_OR_OFTENER = Question(
    "how often is a file sent: yearly, or quarterly or monthly with the months so far?",
    "ส่งข้อมูลบ่อยเพียงใด",
    "yearly",
    (("yearly", 0.4), ("quarterly", 0.4), ("monthly", 0.2)),
)
_HOW_LATE = Question(
    "by how many days after the end of a period does it come (P10D: ten days)?",
    "ส่งภายในกี่วันหลังสิ้นงวด",
    "P30D",
)


def head_of(folder: SampleFolder, suite: Suite) -> dict[str, Any]:
    """Return cadence, latency, dataset, limitations and path; values may be questions."""
    cadence = _cadence(folder.guess, suite)
    return {
        "cadence": cadence,
        "latency": None if cadence == "irregular" else _HOW_LATE,
        "dataset": _dataset(folder, suite),
        "limitations": "",
        "path": folder.guess.pattern,
    }


def _cadence(guess: PathGuess, suite: Suite) -> str | Question:
    cadence = _CADENCES.get(guess.period, "irregular")
    if "_to?:" in guess.pattern:  # single years after a range of them
        return _YEARLY_OR_IRREGULAR
    if cadence == "yearly" and _has_months(suite):
        return _YEARLY_OR_OFTENER
    return cadence


def _has_months(suite: Suite) -> bool:
    """Whether a file of a year could also be sent with the months so far."""
    return suite.period.precision == "month" or suite.name == "air_quality"


def _dataset(folder: SampleFolder, suite: Suite) -> str | Question:
    recognised = folder.recognised
    if recognised.is_sure:
        return suite.name
    rivals = ((recognised.dataset, recognised.confidence), *recognised.rivals)
    return Question("which national dataset is this?", "ชุดข้อมูลใด", suite.name, rivals)


def which_path(guess: PathGuess) -> Question:
    """Return the question for the pattern of the paths."""
    unmatched = f" (not like it: {', '.join(guess.unmatched[:3])})" if guess.unmatched else ""
    share = 1 / (1 + len(guess.others))
    patterns = [text for text in (guess.pattern, *guess.others) if text]
    return Question(
        f"which pattern are the paths of{unmatched}?",
        "รูปแบบชื่อไฟล์เป็นอย่างไร",
        guess.pattern or None,
        tuple((text, share) for text in patterns),
    )
