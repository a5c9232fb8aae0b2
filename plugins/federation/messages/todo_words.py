"""What to do about each code of the closed lists, in English and Thai, and what happens meanwhile.

`{files}`, `{column}` and `{hint}` stand for what the hub knows of the case: `TodoFacts`. What to do
about an expectation stands in its suite, under `todo`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from federation.common.bilingual import BilingualText
from federation.common.reason import split_code
from federation.common.vocabulary import Consequence, ProblemKind, ReasonCode
from federation.messages.said import NOTHING

_SEND_AGAIN = BilingualText("Then send {files} again.", "แล้วส่ง{files}ใหม่")


def _mend(en: str, th: str) -> BilingualText:
    """Return what to correct, and that the file is to be sent again."""
    return BilingualText(f"{en} {_SEND_AGAIN.en}", f"{th} {_SEND_AGAIN.th}")


_SMALLER = _mend(
    "Split the file, or write it with ordinary Parquet settings.",
    "โปรดแบ่งไฟล์ให้เล็กลง หรือบันทึกเป็น Parquet ด้วยค่าปกติ",
)
_WRITE_ANEW = BilingualText(
    "Write {files} anew from its source and put it on your platform again.",
    "โปรดสร้าง{files}ใหม่จากต้นฉบับ แล้ววางบนแพลตฟอร์มอีกครั้ง",
)
_AS_AGREED = (
    "Or reply that this is how it will be from now on, and we change the agreement.",
    "หรือตอบกลับว่าจะส่งแบบนี้ต่อไป ศูนย์ฯ จะปรับข้อตกลงให้",
)


def _agreed(en: str, th: str) -> BilingualText:
    """Return how to write it as agreed, or to agree anew."""
    return BilingualText(f"{en} {_AS_AGREED[0]}", f"{th} {_AS_AGREED[1]}")


REASON_TODO: Mapping[ReasonCode, BilingualText] = {
    ReasonCode.UNREADABLE: _mend("Correct the values in {column}.", "โปรดแก้ค่าใน{column}ให้อ่านได้"),
    ReasonCode.MISSING: _mend("Fill in {column} where it is empty.", "โปรดเติมค่าที่ว่างใน{column}"),
    ReasonCode.UNEXPECTED_UNIT: _agreed(
        "Send {files} in the agreed unit.", "โปรดส่ง{files}ในหน่วยที่ตกลงไว้"
    ),
    ReasonCode.UNKNOWN_AREA: BilingualText(
        "{hint} Choose the right area in the attached workbook, or correct it and send {files} "
        "again.",
        "{hint} โปรดเลือกพื้นที่ที่ถูกต้องในไฟล์แนบ หรือแก้แล้วส่ง{files}ใหม่",
    ),
    ReasonCode.FOREIGN_AREA: _mend(
        "Take out the rows of other provinces, or correct the province.",
        "โปรดลบแถวของจังหวัดอื่น หรือแก้ชื่อจังหวัดให้ถูกต้อง",
    ),
    ReasonCode.OUTSIDE_PARTITION: _mend(
        "{hint} Take these rows out, or correct their dates.", "{hint} โปรดลบแถวเหล่านี้ หรือแก้วันที่"
    ),
    ReasonCode.CONFLICTING_VALUES: _mend(
        "Keep one row of each record, the right one.", "โปรดเหลือแถวที่ถูกต้องไว้เพียงแถวเดียวต่อหนึ่งรายการ"
    ),
    ReasonCode.MISSING_COLUMN: BilingualText(
        "{hint} Was it renamed? Reply with its new name. Otherwise send {files} again with "
        "{column}.",
        "{hint} หากเปลี่ยนชื่อคอลัมน์ โปรดตอบกลับพร้อมชื่อใหม่ หากไม่ใช่ โปรดส่ง{files}ใหม่ที่มี{column}",
    ),
    ReasonCode.RENAMED_COLUMN: BilingualText(
        "{hint} Reply yes if it is the same column. Otherwise send {files} again with {column}.",
        "{hint} หากเป็นคอลัมน์เดียวกัน โปรดตอบว่า “ใช่” หากไม่ใช่ โปรดส่ง{files}ใหม่ที่มี{column}",
    ),
    ReasonCode.RETYPED_COLUMN: _agreed(
        "Send {files} again with {column} of the agreed type.",
        "โปรดส่ง{files}ใหม่โดยให้{column}เป็นชนิดข้อมูลที่ตกลงไว้",
    ),
    ReasonCode.UNEXPECTED_COLUMN: BilingualText(
        "Nothing, unless it should be published: then reply and tell us what {column} holds.",
        "ไม่ต้องแก้ไข หากต้องการเผยแพร่{column}ด้วย โปรดตอบกลับพร้อมคำอธิบาย",
    ),
    ReasonCode.REPEATED_COLUMN: _mend(
        "Give each column a name of its own.", "โปรดตั้งชื่อคอลัมน์ไม่ให้ซ้ำกัน"
    ),
    ReasonCode.MISSING_MEASURE: _agreed(
        "Send {files} again with {column}.", "โปรดส่ง{files}ใหม่ที่มี{column}"
    ),
    ReasonCode.UNEXPECTED_MEASURE: BilingualText(
        "Nothing, unless it should be published: then reply and tell us what {column} is.",
        "ไม่ต้องแก้ไข หากต้องการเผยแพร่{column}ด้วย โปรดตอบกลับพร้อมคำอธิบาย",
    ),
    ReasonCode.NOT_PARQUET: _WRITE_ANEW,
    ReasonCode.UNREADABLE_FILE: _WRITE_ANEW,
    ReasonCode.FOREIGN_BYTES: _WRITE_ANEW,
    ReasonCode.FOOTER_OVER_LIMIT: _SMALLER,
    ReasonCode.OVER_SIZE_LIMIT: _SMALLER,
    ReasonCode.OVER_MEMORY_LIMIT: _SMALLER,
    ReasonCode.OVER_TIME_LIMIT: _SMALLER,
    ReasonCode.CONFORM_DIED: _WRITE_ANEW,
    ReasonCode.CONFORM_FAILED: _WRITE_ANEW,
    ReasonCode.OTHER_CALENDAR: _agreed(
        "Send {files} again with the years of {column} in the agreed era.",
        "โปรดส่ง{files}ใหม่โดยใช้ศักราชที่ตกลงไว้ใน{column}",
    ),
    ReasonCode.OTHER_TIME_FORMAT: _agreed(
        "Write the times in {column} as agreed.", "โปรดเขียนวันเวลาใน{column}ตามรูปแบบที่ตกลงไว้"
    ),
    ReasonCode.OTHER_DIGITS: _agreed(
        "Write the digits in {column} as agreed.", "โปรดใช้ตัวเลขใน{column}ตามแบบที่ตกลงไว้"
    ),
    ReasonCode.OTHER_NUMBER_FORMAT: _agreed(
        "Write the numbers in {column} as agreed.", "โปรดเขียนตัวเลขใน{column}ตามรูปแบบที่ตกลงไว้"
    ),
    ReasonCode.OTHER_ENCODING: _agreed(
        "Write texts in the agreed encoding (UTF-8).", "โปรดบันทึกข้อความเป็น UTF-8 ตามที่ตกลงไว้"
    ),
    ReasonCode.MOJIBAKE: _mend(
        "Export {column} anew in UTF-8 from its source.",
        "โปรดส่งออก{column}จากระบบต้นทางใหม่เป็น UTF-8",
    ),
    ReasonCode.CONTROL_LETTERS: _mend(
        "Take the invisible letters out of {column} at the source.",
        "โปรดลบอักขระที่มองไม่เห็นออกจาก{column}ที่ระบบต้นทาง",
    ),
    ReasonCode.UNDECLARED_MARKER: BilingualText(
        "Leave a missing value in {column} empty, or reply what the marker means.",
        "โปรดเว้นว่างค่าที่ไม่มีใน{column} หรือตอบกลับว่าเครื่องหมายนั้นหมายถึงอะไร",
    ),
    ReasonCode.TIME_ZONE_SHIFT: _agreed(
        "Write the times in Thai time.", "โปรดบันทึกเวลาเป็นเวลาประเทศไทย"
    ),
    ReasonCode.OFF_THE_HOUR: BilingualText(
        "Set the meters' clocks, so that values are recorded on the hour.",
        "โปรดตั้งนาฬิกาของเครื่องวัดให้บันทึกค่าตรงต้นชั่วโมง",
    ),
    ReasonCode.HOURS_TO_24: BilingualText(
        "Nothing: the hub reads it so.", "ไม่ต้องแก้ไข ศูนย์ฯ อ่านตามนี้อยู่แล้ว"
    ),
    ReasonCode.CONSTANT_COLUMN: BilingualText(
        "Check the export of {column}. If the figure is right, reply.",
        "โปรดตรวจการส่งออก{column} หากค่าถูกต้องแล้ว โปรดตอบกลับ",
    ),
    ReasonCode.REPEATED_DELIVERY: _mend(
        "Leave each record in the file once.", "โปรดลบระเบียนที่ซ้ำให้เหลือรายการละหนึ่งแถว"
    ),
    ReasonCode.TOO_MANY_QUARANTINED: _mend(
        "Correct what is listed for this file; most of its rows have the same fault.",
        "โปรดแก้ตามรายการของไฟล์นี้ แถวส่วนใหญ่ผิดแบบเดียวกัน",
    ),
    ReasonCode.COULD_NOT_BE_MEASURED: BilingualText(
        "Nothing for now: the hub's engineers look at it.",
        "ยังไม่ต้องดำเนินการ วิศวกรของศูนย์ฯ กำลังตรวจสอบ",
    ),
    ReasonCode.FAILED_EXPECTATION: BilingualText(
        "Check {files}, and send it again corrected.", "โปรดตรวจสอบ{files} แล้วส่งใหม่"
    ),
    ReasonCode.OVERLAPPING_PARTITION: BilingualText(
        "Send one file for the whole time, or files that do not overlap.",
        "โปรดส่งไฟล์เดียวให้ครบช่วงเวลา หรือส่งไฟล์ที่ช่วงเวลาไม่ทับซ้อนกัน",
    ),
    ReasonCode.HELD_FOR_APPROVAL: BilingualText(
        "Is it right that records went away? Reply yes, or send {files} again whole.",
        "ตั้งใจลดจำนวนระเบียนหรือไม่ หากใช่ โปรดตอบกลับ หากไม่ใช่ โปรดส่ง{files}ใหม่ให้ครบ",
    ),
}

# Of a code there is no spelling that could be agreed.
UNKNOWN_CODE_TODO = BilingualText(
    "{hint} Correct the code and send {files} again.", "{hint} โปรดแก้รหัสพื้นที่แล้วส่ง{files}ใหม่"
)

PROBLEM_TODO: Mapping[ProblemKind, BilingualText] = {
    ProblemKind.LATE: BilingualText(
        "Put {files} on your platform; the hub fetches every night. No longer published? Reply, "
        "and we close the dataset.",
        "โปรดวาง{files}บนแพลตฟอร์ม ศูนย์ฯ จะดึงข้อมูลทุกคืน หากเลิกเผยแพร่แล้ว โปรดตอบกลับเพื่อปิดชุดข้อมูล",
    ),
    ProblemKind.INCOMPLETE: BilingualText(
        "Add the hours, days or areas that are missing and send {files} again. Not measured? Reply "
        "why, and it is noted.",
        "โปรดเติมข้อมูลส่วนที่ขาดแล้วส่ง{files}ใหม่ หากไม่ได้ตรวจวัด โปรดตอบกลับพร้อมเหตุผลเพื่อบันทึกไว้",
    ),
    ProblemKind.EMPTY_PERIOD: BilingualText(
        "Add what is missing and send {files} again. Nothing happened in that time? Reply so.",
        "โปรดเติมข้อมูลที่ขาดแล้วส่ง{files}ใหม่ หากช่วงนั้นไม่มีเหตุการณ์ โปรดตอบกลับ",
    ),
    ProblemKind.DORMANT: BilingualText(
        "For the national office: ask the city whether the dataset is to be closed.",
        "สำนักงานกลางโปรดสอบถามเมืองว่าจะปิดชุดข้อมูลหรือไม่",
    ),
    ProblemKind.UNREACHABLE: BilingualText(
        "Check that your platform is up and lets the hub in. The hub tries again with every pass.",
        "โปรดตรวจว่าแพลตฟอร์มทำงานและอนุญาตให้ศูนย์ฯ เข้าถึง ศูนย์ฯ จะลองใหม่ทุกรอบ",
    ),
    ProblemKind.BROKEN_CONTRACT: BilingualText(
        "Put the files where it was agreed, under the agreed names. Moved on purpose? Reply with "
        "the new place.",
        "โปรดวางไฟล์ตามที่อยู่และชื่อที่ตกลงไว้ หากตั้งใจย้าย โปรดตอบกลับพร้อมที่อยู่ใหม่",
    ),
    ProblemKind.EMPTIED: BilingualText(
        "Put the files back. Taken away on purpose? Reply so.",
        "โปรดนำไฟล์กลับขึ้นแพลตฟอร์ม หากตั้งใจถอดออก โปรดตอบกลับ",
    ),
    ProblemKind.SHRUNK: BilingualText(
        "Put the files back that are gone. Taken away on purpose? Reply so.",
        "โปรดนำไฟล์ที่หายไปกลับขึ้นแพลตฟอร์ม หากตั้งใจถอดออก โปรดตอบกลับ",
    ),
    ProblemKind.LEFT_OUT: BilingualText(
        "Put these files on the platform again, whole and readable.",
        "โปรดวางไฟล์เหล่านี้บนแพลตฟอร์มใหม่ให้สมบูรณ์และอ่านได้",
    ),
    ProblemKind.NEAR_MISS: BilingualText(
        "Rename the files as agreed: {hint}.", "โปรดตั้งชื่อไฟล์ตามที่ตกลงไว้ คือ {hint}"
    ),
    ProblemKind.VANISHED: BilingualText(
        "Put the files back, or reply that they were withdrawn.",
        "โปรดนำไฟล์กลับขึ้นแพลตฟอร์ม หรือตอบกลับว่าถอดออกแล้ว",
    ),
    ProblemKind.IMPOSSIBLE_TIME: BilingualText(
        "Set the clock of your platform (year of the Common Era).",
        "โปรดตั้งนาฬิกาของแพลตฟอร์มให้ถูกต้อง (ปี ค.ศ.)",
    ),
    ProblemKind.NO_VALIDATOR: BilingualText(
        "Let your web server send Last-Modified or ETag.",
        "โปรดตั้งค่าเว็บเซิร์ฟเวอร์ให้ส่ง Last-Modified หรือ ETag",
    ),
    ProblemKind.CONTRACT_REFUSED: BilingualText(
        "For the hub's engineers: correct the agreement at the key that is named.",
        "วิศวกรของศูนย์ฯ โปรดแก้ไฟล์ข้อตกลงที่คีย์ที่ระบุ",
    ),
    ProblemKind.EXPIRED_WAIVER: BilingualText(
        "For the hub's engineers: write the waiver anew with a later day, or delete it.",
        "วิศวกรของศูนย์ฯ โปรดต่ออายุการยกเว้น หรือลบออก",
    ),
    ProblemKind.BUILD_FAILED: BilingualText(
        "For the hub's engineers: read the log of the build, correct the cause, run again.",
        "วิศวกรของศูนย์ฯ โปรดอ่านบันทึกการสร้าง แก้สาเหตุ แล้วเดินระบบใหม่",
    ),
    ProblemKind.VERIFICATION_FAILED: BilingualText(
        "For the hub's engineers: look at the check that failed, correct the cause, run again.",
        "วิศวกรของศูนย์ฯ โปรดดูเกณฑ์ที่ไม่ผ่าน แก้สาเหตุ แล้วเดินระบบใหม่",
    ),
    ProblemKind.TASK_FAILED: BilingualText(
        "For the hub's engineers: read the log of the task and clear it.",
        "วิศวกรของศูนย์ฯ โปรดอ่านบันทึกของงานแล้วสั่งทำซ้ำ",
    ),
    ProblemKind.HUB_TROUBLE: BilingualText(
        "For the hub's engineers: do what the message says, run again.",
        "วิศวกรของศูนย์ฯ โปรดทำตามข้อความแล้วเดินระบบใหม่",
    ),
}

_LAST_GOOD = BilingualText(
    "Until then the data accepted before stay in use.", "ระหว่างนี้ใช้ข้อมูลชุดเดิมที่ผ่านการตรวจแล้ว"
)
_IN_USE = BilingualText("Until then the data are in use as they are.", "ระหว่างนี้ข้อมูลใช้งานได้ตามปกติ")
MEANWHILE: Mapping[Consequence, BilingualText] = {
    Consequence.REJECT: _LAST_GOOD,
    Consequence.HOLD: _LAST_GOOD,
    Consequence.QUARANTINE: BilingualText(
        "Until then all other records are in use.", "ระหว่างนี้ระเบียนอื่นใช้งานได้ตามปกติ"
    ),
    Consequence.BLANK: BilingualText(
        "Until then only these values are left empty.", "ระหว่างนี้เว้นว่างเฉพาะค่าเหล่านี้ ส่วนอื่นใช้งานได้"
    ),
    Consequence.WARN: _IN_USE,
    Consequence.WAIVE: _IN_USE,
}
# Of a problem that is not found in extracts.
MEANWHILE_OF_PROBLEM = BilingualText(
    "Until then what came before stays in use.", "ระหว่างนี้ใช้ข้อมูลที่ส่งมาก่อนหน้า"
)

_THE_FILE = BilingualText("the file", "ไฟล์")
_THE_COLUMN = BilingualText("the column", "คอลัมน์")


@dataclass(frozen=True)
class TodoFacts:
    """What the hub knows of a case, for `{files}`, `{column}` and `{hint}`; empty: only that there
    is one."""

    files: BilingualText = _THE_FILE
    column: str = ""  # the city's own column
    hint: BilingualText = NOTHING

    def fill(self, words: BilingualText) -> BilingualText:
        """Return what to do in this case."""
        column = _THE_COLUMN
        if self.column:
            column = BilingualText(f"column {self.column}", f"คอลัมน์ {self.column} ")
        parts = {"files": self.files, "column": column, "hint": self.hint}
        return BilingualText(
            _filled(words.en, {name: part.en for name, part in parts.items()}),
            _filled(words.th, {name: part.th for name, part in parts.items()}),
        )


def _filled(words: str, parts: Mapping[str, str]) -> str:
    for name, part in parts.items():
        words = words.replace(f"{{{name}}}", part)
    return " ".join(words.split())


def todo_of_problem(kind: str, facts: TodoFacts) -> BilingualText:
    """Return what to do about a problem that is not found in extracts."""
    name, _ = split_code(kind)
    return facts.fill(PROBLEM_TODO[ProblemKind(name)])
