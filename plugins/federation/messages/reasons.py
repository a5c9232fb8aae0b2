"""Thai and English words for verdicts and for the reasons that conforming gives.

Expectations carry their own.
"""

from collections.abc import Mapping
from typing import Any

from federation.datasets.suites import load_suite

# Why a record cannot be read or placed: the closed list. A colon is followed by the national column.
REASONS = {
    "unreadable": "the value is no value of the promised type, calendar or digits",
    "missing": "a required value is missing",
    "unexpected_unit": "the row states another unit than the contract",
    "unknown_area": "the area's name or code is in no register",
    "foreign_area": "the row belongs to another province",
    "outside_partition": "the record's date is not in the period that the file is about",
    "conflicting_values": "two records share a key and differ in their values",
}
THAI = {
    "unreadable": "อ่านค่าไม่ได้ตามชนิดข้อมูลที่ตกลงไว้",
    "missing": "ไม่มีค่าที่จำเป็น",
    "unexpected_unit": "หน่วยไม่ตรงกับข้อตกลง",
    "unknown_area": "ไม่พบชื่อหรือรหัสพื้นที่ในทะเบียน",
    "foreign_area": "เป็นข้อมูลของจังหวัดอื่น",
    "outside_partition": "วันที่ไม่อยู่ในช่วงของแฟ้ม",
    "conflicting_values": "รหัสเดียวกันแต่ค่าต่างกัน",
    "missing_column": "ขาดคอลัมน์",
    "renamed_column": "คอลัมน์ถูกเปลี่ยนชื่อ",
    "retyped_column": "ชนิดข้อมูลของคอลัมน์เปลี่ยนไป",
    "unexpected_column": "มีคอลัมน์ที่ไม่อยู่ในข้อตกลง",
    "missing_measure": "ขาดตัวชี้วัดในแฟ้ม",
    "unexpected_measure": "มีตัวชี้วัดที่ไม่อยู่ในข้อตกลง",
    "not_parquet": "ไม่ใช่แฟ้ม Parquet",
    "unreadable_file": "แฟ้มเสียหาย อ่านไม่ได้",
    "overlapping_partition": "ช่วงเวลาทับซ้อนกับแฟ้มปัจจุบันบางส่วน",
    "footer_over_limit": "ส่วนท้ายของแฟ้มเกินขีดจำกัด",
    "over_size_limit": "แฟ้มใหญ่เกินขีดจำกัด",
    "over_memory_limit": "ใช้หน่วยความจำเกินขีดจำกัด",
    "over_time_limit": "ใช้เวลาเกินขีดจำกัด",
    "conform_died": "การแปลงแฟ้มหยุดกลางคัน",
    "conform_failed": "แปลงแฟ้มไม่สำเร็จ",
    "other_calendar": "ปีเป็นศักราชอื่นจากที่ตกลงไว้",
    "other_time_format": "รูปแบบวันเวลาไม่ตรงกับข้อตกลง",
    "other_digits": "ตัวเลขไทยหรืออารบิกไม่ตรงกับข้อตกลง",
    "other_number_format": "รูปแบบตัวเลขไม่ตรงกับข้อตกลง",
    "other_encoding": "รหัสอักขระไม่ตรงกับข้อตกลง",
    "mojibake": "อักษรไทยเพี้ยนเพราะอ่านผิดรหัสก่อนส่ง",
    "undeclared_marker": "มีเครื่องหมายแทนค่าที่ขาดซึ่งไม่ได้ตกลงไว้",
    "time_zone_shift": "วันไม่ได้เริ่มที่เที่ยงคืน เวลาถูกเลื่อนเขต",
    "constant_column": "ทุกแถวมีตัวเลขเดียวกัน",
    "repeated_delivery": "ข้อมูลจำนวนมากซ้ำกันในแฟ้ม",
    "too_many_quarantined": "ระเบียนที่ต้องกักมีสัดส่วนเกินเกณฑ์ จึงไม่รับทั้งแฟ้ม",
    "could_not_be_measured": "วัดผลการตรวจสอบไม่ได้",
    "held_for_approval": "จำนวนระเบียนลดลงเกินเกณฑ์ รอผู้มีอำนาจตัดสิน ระหว่างนี้ใช้ข้อมูลเดิม",
}
SEVERITY_TH = {"critical": "ร้ายแรง", "warning": "เตือน", "info": "ข้อสังเกต"}
SEVERITY_EN = {"critical": "critical", "warning": "warning", "info": "remark"}
VERDICTS_TH = {
    "accepted": "ผ่าน",
    "accepted_with_warning": "ผ่านโดยมีข้อสังเกต",
    "rejected": "ไม่ผ่าน",
    "held": "รอผู้มีอำนาจตัดสิน",
    "none": "ยังไม่มีข้อมูล",
}
VERDICTS_EN = {
    "accepted": "accepted",
    "accepted_with_warning": "accepted with remarks",
    "rejected": "rejected",
    "held": "held for a person",
    "none": "no data yet",
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
            "แฟ้มใหม่ / ทั้งหมด",
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
        "workbook": "แฟ้ม Excel ที่แนบมามีรายการที่ต้องแก้ไข กรอกช่องสีเหลืองแล้วส่งกลับได้",
    },
    "en": {
        "report": "Data quality report:",
        "release": "release",
        "details": "all details",
        "new": "New",
        "fixed": "Mended",
        "still_open": "Still open",
        "where": "where:",
        "since": "since",
        "mended": "mended in",
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


def thai(dataset: str, reason: Mapping[str, Any]) -> str:
    """Return what a reason ({code, column, message}) says in Thai.

    Its English message where there is no Thai one.
    """
    code = str(reason["code"])
    said = _messages(dataset).get(code, {}).get("th") or THAI.get(code.partition(":")[0], "")
    return f"{said}{_about(reason)}" if said else str(reason.get("message", code))


def english(dataset: str, reason: Mapping[str, Any]) -> str:
    """Return what a reason of a quarantined record says in English."""
    code = str(reason["code"])
    return f"{_messages(dataset).get(code, {}).get('en') or REASONS.get(code.partition(':')[0], code)}{_about(reason)}"


def _messages(dataset: str) -> dict[str, dict[str, str]]:
    return {entry.id: entry.message for entry in load_suite(dataset).expectations}


def _about(reason: Mapping[str, Any]) -> str:
    return f" ({reason['column']})" if reason.get("column") else ""
