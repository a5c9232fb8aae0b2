"""What the workbook says, in both languages, and the answers that it offers; every answer is read
back in either language."""

from collections.abc import Mapping
from enum import StrEnum

from federation.common.bilingual import BilingualText


class AnswerKind(StrEnum):
    """What a steward may answer about a record."""

    RESEND = "resend"
    CONFIRM = "confirm"
    MEANT = "meant"
    STAYS_OUT = "stays_out"


ANSWER_WORDS: Mapping[AnswerKind, BilingualText] = {
    AnswerKind.RESEND: BilingualText("Corrected, we send the file again", "แก้ไขแล้ว จะส่งไฟล์ใหม่"),
    AnswerKind.CONFIRM: BilingualText("The value is right, take it", "ค่าถูกต้อง ขอให้รับเข้าคลัง"),
    AnswerKind.MEANT: BilingualText(
        "It means the right value given beside", "หมายถึงค่าที่ถูกต้องที่กรอกไว้"
    ),
    AnswerKind.STAYS_OUT: BilingualText(
        "Not to be corrected, leave it out until", "ไม่แก้ไข ขอยกเว้นถึงวันที่"
    ),
}

COLUMNS: tuple[BilingualText, ...] = (
    BilingualText("Id", "รหัส"),
    BilingualText("Period", "งวด"),
    BilingualText("File", "ไฟล์"),
    BilingualText("Row", "แถวที่"),
    BilingualText("Record", "ระเบียน"),
    BilingualText("Column", "คอลัมน์"),
    BilingualText("Value found", "ค่าที่พบ"),
    BilingualText("Why it is on hold", "เหตุที่พักไว้"),
    BilingualText("Near values", "ค่าใกล้เคียง"),
    BilingualText("Answer by", "ตอบภายใน"),
    BilingualText("Answer", "การดำเนินการ"),
    BilingualText("Right value", "ค่าที่ถูกต้อง"),
    BilingualText("Until", "ถึงวันที่"),
    BilingualText("Note", "หมายเหตุ"),
)
GUIDE = BilingualText(
    "Fill in the yellow cells only: choose an answer from the list of the cell; give the right "
    "value or the day (31 Dec 2026) where the answer asks for it. Then reply to the mail with "
    "this file.",
    "กรอกเฉพาะช่องสีเหลือง: เลือกการดำเนินการจากรายการในช่อง ใส่ค่าที่ถูกต้องหรือวันที่ (31 ธ.ค. 2569) "
    "เมื่อคำตอบต้องการ แล้วตอบกลับอีเมลพร้อมไฟล์นี้",
)
RECORDS_ASKED = BilingualText(
    "{records} on hold; please answer by {day}", "พักรอแก้ไข {records} โปรดตอบภายใน {day}"
)

# Why an answer was not taken over.
REFUSALS: Mapping[str, BilingualText] = {
    "unknown_id": BilingualText(
        "No record on hold has this id; please leave the first column as it is.",
        "ไม่พบระเบียนที่มีรหัสนี้ โปรดอย่าแก้คอลัมน์แรก",
    ),
    "no_answer": BilingualText(
        "No answer is chosen; please choose one from the list of the cell.",
        "ยังไม่ได้เลือกการดำเนินการ โปรดเลือกจากรายการในช่อง",
    ),
    "other_answer": BilingualText(
        "The answer “{given}” is not in the list of the cell.",
        "การดำเนินการ “{given}” ไม่อยู่ในรายการของช่อง",
    ),
    "no_day": BilingualText(
        "The day is missing until which it may stay out, such as 31 Dec 2026.",
        "ยังไม่ได้ใส่วันที่สิ้นสุดการยกเว้น เช่น 31 ธ.ค. 2569",
    ),
    "other_day": BilingualText(
        "“{given}” cannot be read as a day; please write it as 31 Dec 2026.",
        "อ่านวันที่ “{given}” ไม่ได้ โปรดเขียนแบบ 31 ธ.ค. 2569",
    ),
    "day_passed": BilingualText(
        "The day {given} has passed; please name one to come.",
        "วันที่ {given} ผ่านไปแล้ว โปรดใส่วันที่ในอนาคต",
    ),
    "no_value": BilingualText("The right value is missing.", "ยังไม่ได้ใส่ค่าที่ถูกต้อง"),
    "other_value": BilingualText(
        "“{given}” is no area or word that the hub knows; please take one of the near values.",
        "“{given}” ไม่ใช่พื้นที่หรือคำที่รู้จัก โปรดเลือกจากค่าใกล้เคียง",
    ),
    "not_meant": BilingualText(
        "A right value can be taken for names of areas only; please correct the file and send it "
        "again.",
        "รับค่าที่ถูกต้องแทนได้เฉพาะชื่อพื้นที่ โปรดแก้ในไฟล์แล้วส่งใหม่",
    ),
    "not_read": BilingualText(
        "The hub could not read or place this record, so it cannot be taken as it is; please "
        "correct the file and send it again.",
        "ศูนย์ฯ อ่านหรือจัดที่ให้ระเบียนนี้ไม่ได้ จึงรับตามเดิมไม่ได้ โปรดแก้ในไฟล์แล้วส่งใหม่",
    ),
    "breaks_rule": BilingualText(
        "The value breaks a rule of the national table and cannot be taken as it is; please "
        "correct the file and send it again.",
        "ค่านี้ขัดกับกฎของตารางระดับชาติ จึงรับตามเดิมไม่ได้ โปรดแก้ในไฟล์แล้วส่งใหม่",
    ),
    "replaced": BilingualText("The file was replaced meanwhile.", "ไฟล์ถูกแทนที่แล้ว"),
    "other_sheet": BilingualText(
        "This sheet is not one of the hub's, or its headings were changed.",
        "แผ่นงานนี้ไม่ใช่ของศูนย์ฯ หรือหัวคอลัมน์ถูกแก้ไข",
    ),
    "of_the_hub": BilingualText(
        "The hub could not take it; its engineers look at it.",
        "ศูนย์ฯ รับคำตอบนี้ไม่ได้ วิศวกรกำลังตรวจสอบ",
    ),
}
# What became of an answer.
OUTCOMES: Mapping[str, BilingualText] = {
    "release": BilingualText(
        "taken into the warehouse with the next pass", "รับเข้าคลังข้อมูลในรอบถัดไป"
    ),
    "waive": BilingualText("left out until the day given", "ยกเว้นถึงวันที่ที่ระบุ"),
    "resend": BilingualText("noted; we wait for the new file", "รับทราบ รอไฟล์ใหม่"),
    "meant": BilingualText(
        "noted; an engineer adds the spelling, and the record comes in",
        "รับทราบ วิศวกรจะเพิ่มชื่อนี้ แล้วรับระเบียนเข้า",
    ),
    "already": BilingualText("answered before", "ตอบไว้ก่อนแล้ว"),
    "refused": BilingualText("not taken", "ยังรับไม่ได้"),
}
