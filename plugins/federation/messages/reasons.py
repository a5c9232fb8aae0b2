"""Thai and English words for verdicts, severities and reports, and what a reason says.

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
# What a report says around its content.
REPORT = {
    "th": {
        "report": "รายงานคุณภาพข้อมูล",
        "release": "ชุดข้อมูลเผยแพร่",
        "details": "รายละเอียดทั้งหมด",
        "new": "เรื่องใหม่",
        "fixed": "แก้ไขแล้ว",
        "still_open": "ยังเปิดอยู่",
        "where": "งวด",
        "since": "พบเมื่อ",
        "mended": "แก้ไขใน",
        "hours": "ชม.",
        "to_act": "ผู้รับผิดชอบ",
        "by": "ภายใน",
        "more": "เรื่อง",
        "records": "ระเบียน",
        "score": "คะแนน",
        "cities": "คุณภาพข้อมูลรายเมือง",
        "city_columns": ["เมือง", "คะแนน", "ชุดข้อมูลที่ผ่าน", "งวดที่เลยกำหนด", "เข้าคลัง", "กักไว้"],
        "columns": [
            "ชุดข้อมูล",
            "ผล",
            "คะแนน",
            "ข้อมูลถึง",
            "ส่งเมื่อ",
            "นำเข้าเมื่อ",
            "ไฟล์ใหม่ / ทั้งหมด",
            "งวดที่เลยกำหนด",
            "รับ",
            "เข้าคลัง",
            "กักไว้",
            "ซ้ำ",
            "ถูกแทนที่",
        ],
        "verdicts": VERDICTS_TH,
        "severity": SEVERITY_TH,
        "stale": "ติดต่อแพลตฟอร์มไม่ได้ ใช้ข้อมูลล่าสุดที่ผ่านการตรวจ",
        "pictures": "แผนภูมิอยู่ด้านบน",
        "workbook": "ไฟล์ Excel ที่แนบมามีรายการที่ต้องแก้ไข กรอกช่องสีเหลืองแล้วส่งกลับได้",
    },
    "en": {
        "report": "Data quality report:",
        "release": "release",
        "details": "all details",
        "new": "New",
        "fixed": "Resolved",
        "still_open": "Still open",
        "where": "where:",
        "since": "since",
        "mended": "resolved in",
        "hours": "h",
        "to_act": "to act:",
        "by": "by",
        "more": "more",
        "records": "record(s)",
        "score": "Score of",
        "cities": "Cities",
        "city_columns": [
            "City",
            "Score",
            "Feeds accepted",
            "Periods overdue",
            "In core",
            "Quarantined",
        ],
        "columns": [
            "Dataset",
            "Verdict",
            "Score",
            "Data up to",
            "Sent",
            "Loaded",
            "New / all files",
            "Periods overdue",
            "Received",
            "In core",
            "Quarantined",
            "Duplicate",
            "Superseded",
        ],
        "verdicts": VERDICTS_EN,
        "severity": SEVERITY_EN,
        "stale": "platform did not answer; the last accepted data keep serving",
        "pictures": "The charts are above, in both languages.",
        "workbook": (
            "The attached workbook lists what to mend; fill in the yellow cells and send it back."
        ),
    },
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
