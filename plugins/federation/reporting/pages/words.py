"""What pages call grades, states and consequences, in English and Thai."""

from collections.abc import Mapping

from federation.common.bilingual import BilingualText
from federation.common.vocabulary import Consequence, Dimension, ExtractState, Outcome

GRADES: Mapping[str, BilingualText] = {
    "A": BilingualText("very good", "ดีมาก"),
    "B": BilingualText("good", "ดี"),
    "C": BilingualText("fair", "พอใช้"),
    "D": BilingualText("poor", "ควรปรับปรุง"),
    "F": BilingualText("failing", "ต้องปรับปรุงเร่งด่วน"),
}
OUTCOMES: Mapping[Outcome, BilingualText] = {
    Outcome.FAILED: BilingualText("failed", "ไม่ผ่าน"),
    Outcome.COULD_NOT_BE_MEASURED: BilingualText("could not be measured", "วัดไม่ได้"),
    Outcome.PASSED: BilingualText("passed", "ผ่าน"),
    Outcome.NOT_APPLICABLE: BilingualText("not applicable", "ไม่เกี่ยวข้อง"),
}  # the worst first
DIMENSION_WORDS: Mapping[str, BilingualText] = {
    Dimension.COMPLETENESS: BilingualText("completeness", "ความครบถ้วน"),
    Dimension.VALIDITY: BilingualText("validity", "ความถูกต้องตามเกณฑ์"),
    Dimension.UNIQUENESS: BilingualText("uniqueness", "ความไม่ซ้ำ"),
    Dimension.CONSISTENCY: BilingualText("consistency", "ความสอดคล้อง"),
    Dimension.TIMELINESS: BilingualText("timeliness", "ความทันเวลา"),
    Dimension.ACCURACY: BilingualText("accuracy", "ความแม่นยำ"),
}
CONSEQUENCES: Mapping[Consequence, BilingualText] = {
    Consequence.REJECT: BilingualText("the file is not taken", "ไม่รับทั้งไฟล์"),
    Consequence.HOLD: BilingualText("the file awaits approval", "ไฟล์รออนุมัติ"),
    Consequence.QUARANTINE: BilingualText("the record is put on hold", "พักระเบียนรอแก้ไข"),
    Consequence.BLANK: BilingualText("the value is left empty", "เว้นค่านั้นว่าง"),
    Consequence.WARN: BilingualText("a warning only", "แจ้งเตือนเท่านั้น"),
    Consequence.WAIVE: BilingualText("waived", "ยกเว้นให้"),
}
RECORD_STATES: Mapping[str, BilingualText] = {
    "open": BilingualText("to be corrected", "รอแก้ไข"),
    "expired": BilingualText("the time allowed is over", "พ้นกำหนดที่ผ่อนผัน"),
    "released": BilingualText("let in", "อนุญาตให้เข้าคลังข้อมูลแล้ว"),
    "replaced": BilingualText("sent again", "ส่งใหม่แล้ว"),
    "waived": BilingualText("may stay out for now", "ผ่อนผันให้ชั่วคราว"),
}
FILE_STATES: Mapping[ExtractState, BilingualText] = {
    ExtractState.CURRENT: BilingualText("in use", "ใช้อยู่"),
    ExtractState.SUPERSEDED: BilingualText("replaced by a newer file", "มีไฟล์ใหม่แทนแล้ว"),
    ExtractState.HELD: BilingualText("awaiting approval", "รออนุมัติ"),
    ExtractState.OVERLAPPING: BilingualText("overlaps another file", "ช่วงเวลาทับซ้อนกับไฟล์อื่น"),
    ExtractState.REJECTED: BilingualText("not taken", "ไม่รับ"),
    ExtractState.WAITING: BilingualText("not yet checked", "รอตรวจ"),
}
DOWNLOADS: Mapping[str, BilingualText] = {
    "row_accounting": BilingualText("Where every record went", "ระเบียนแต่ละไฟล์อยู่ที่ใด"),
    "scores": BilingualText("Scores", "คะแนนคุณภาพ"),
    "quality_results": BilingualText("Rules that are not passed", "เกณฑ์ที่ไม่ผ่าน"),
    "incidents": BilingualText("Incidents", "รายการที่ต้องแก้ไข"),
    "quarantine": BilingualText("Records on hold", "ระเบียนพักรอแก้ไข"),
}
