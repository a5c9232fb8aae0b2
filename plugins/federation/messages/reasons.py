"""Thai and English words for verdicts and severities, and what a reason says.

Expectations carry their own words; those of the closed list are in `reason_words`.
"""

from federation.common.reason import kind_of
from federation.common.vocabulary import ReasonCode, Severity, VerdictKind
from federation.datasets.suites import load_suite
from federation.messages.reason_words import REASON_WORDS

SEVERITY_TH = {
    Severity.CRITICAL: "ร้ายแรง",
    Severity.WARNING: "เตือน",
    Severity.INFO: "ข้อสังเกต",
}
SEVERITY_EN = {
    Severity.CRITICAL: "critical",
    Severity.WARNING: "warning",
    Severity.INFO: "remark",
}
VERDICTS_TH = {
    VerdictKind.ACCEPTED: "ผ่าน",
    VerdictKind.ACCEPTED_WITH_WARNING: "ผ่าน มีข้อสังเกต",
    VerdictKind.REJECTED: "ไม่ผ่าน",
    VerdictKind.HELD: "รออนุมัติ",
    VerdictKind.NONE: "ยังไม่มีข้อมูล",
    VerdictKind.REFUSED: "ข้อตกลงใช้ไม่ได้",
}
VERDICTS_EN = {
    VerdictKind.ACCEPTED: "accepted",
    VerdictKind.ACCEPTED_WITH_WARNING: "accepted with warnings",
    VerdictKind.REJECTED: "rejected",
    VerdictKind.HELD: "awaiting approval",
    VerdictKind.NONE: "no data yet",
    VerdictKind.REFUSED: "agreement not usable",
}


def thai(dataset: str, code: str, column: str = "", message: str = "") -> str:
    """Return what a reason says in Thai; its English message where there is no Thai one."""
    kind = kind_of(code)
    if kind != ReasonCode.FAILED_EXPECTATION:
        words = REASON_WORDS[kind].th
    else:
        words = _message_of(dataset, code).get("th", "")
        column = _or_left_empty(dataset, code, column, "เว้นว่าง")
    return _about(words, column) if words else message or code


def english(dataset: str, code: str, column: str = "") -> str:
    """Return what a reason says in English, whatever made it."""
    kind = kind_of(code)
    if kind != ReasonCode.FAILED_EXPECTATION:
        words = REASON_WORDS[kind].en
    else:
        words = _message_of(dataset, code).get("en", code)
        column = _or_left_empty(dataset, code, column, "left empty")
    return _about(words, column)


def _message_of(dataset: str, expectation: str) -> dict[str, str]:
    message_of = {entry.id: entry.message for entry in load_suite(dataset).expectations}
    return message_of.get(expectation, {})


def _or_left_empty(dataset: str, expectation: str, column: str, words: str) -> str:
    """Return the column that a reason is about, or those that it leaves empty."""
    blanks_of = {entry.id: entry.blanks for entry in load_suite(dataset).expectations}
    blanks = blanks_of.get(expectation, ())
    return f"{words}: {', '.join(blanks)}" if blanks else column


def _about(words: str, column: str) -> str:
    return f"{words} ({column})" if column else words
