"""What each kind of problem that is not found in extracts is called, in English and Thai, and the
command that helps."""

from collections.abc import Mapping

from federation.common.bilingual import BilingualText
from federation.common.vocabulary import ProblemKind

PROBLEM_WORDS: Mapping[ProblemKind, BilingualText] = {
    ProblemKind.LATE: BilingualText("overdue", "ขาดส่ง"),
    ProblemKind.INCOMPLETE: BilingualText("less came than was promised", "ข้อมูลมาไม่ครบ"),
    ProblemKind.EMPTY_PERIOD: BilingualText(
        "the file came and holds nothing of the period", "ไฟล์มาแล้วแต่ไม่มีข้อมูลของช่วงเวลานั้น"
    ),
    ProblemKind.DORMANT: BilingualText("nothing new for long", "ไม่มีข้อมูลใหม่เป็นเวลานาน"),
    ProblemKind.UNREACHABLE: BilingualText(
        "the city's platform does not answer", "ติดต่อแพลตฟอร์มของเมืองไม่ได้"
    ),
    ProblemKind.BROKEN_CONTRACT: BilingualText(
        "the files are not where and what was agreed", "ไฟล์บนแพลตฟอร์มไม่ตรงกับข้อตกลง"
    ),
    ProblemKind.EMPTIED: BilingualText(
        "the city's platform shows none of its files", "แพลตฟอร์มของเมืองไม่แสดงไฟล์ที่เคยมี"
    ),
    ProblemKind.SHRUNK: BilingualText(
        "the city's platform shows far fewer files than before",
        "แพลตฟอร์มของเมืองแสดงไฟล์น้อยกว่าเดิมมาก",
    ),
    ProblemKind.LEFT_OUT: BilingualText(
        "files on the platform could not be taken", "มีไฟล์บนแพลตฟอร์มที่รับเข้าไม่ได้"
    ),
    ProblemKind.NEAR_MISS: BilingualText(
        "names are nearly those of the contract, so the files were not taken",
        "มีไฟล์ที่ตั้งชื่อใกล้เคียงแต่ไม่ตรงกับข้อตกลง จึงไม่ได้รับเข้า",
    ),
    ProblemKind.VANISHED: BilingualText(
        "files are no longer on the platform", "มีไฟล์ที่เคยอยู่บนแพลตฟอร์มแต่ไม่พบแล้ว"
    ),
    ProblemKind.IMPOSSIBLE_TIME: BilingualText(
        "the platform states file times that cannot be true; they do not count",
        "แพลตฟอร์มระบุเวลาแก้ไขไฟล์ที่เป็นไปไม่ได้ จึงไม่ใช้เวลานั้น",
    ),
    ProblemKind.NO_VALIDATOR: BilingualText(
        "the platform does not tell whether a file has changed, so files are read each time",
        "แพลตฟอร์มไม่บอกว่าไฟล์ถูกแก้ไขหรือไม่ จึงต้องอ่านไฟล์ทุกครั้ง",
    ),
    ProblemKind.CONTRACT_REFUSED: BilingualText(
        "a contract is refused; the data accepted last stay in use",
        "ข้อตกลงข้อมูลใช้ไม่ได้ ระหว่างนี้ใช้ข้อมูลล่าสุดที่ผ่านการตรวจ",
    ),
    ProblemKind.EXPIRED_WAIVER: BilingualText(
        "a waiver has expired, so no release is made", "การยกเว้นหมดอายุ จึงยังไม่มีรอบเผยแพร่ใหม่"
    ),
    ProblemKind.BUILD_FAILED: BilingualText(
        "the warehouse could not be built", "สร้างคลังข้อมูลไม่สำเร็จ"
    ),
    ProblemKind.VERIFICATION_FAILED: BilingualText(
        "the new warehouse did not pass its checks and was not published",
        "คลังข้อมูลรอบใหม่ไม่ผ่านเกณฑ์ตรวจสอบ จึงไม่เผยแพร่",
    ),
    ProblemKind.TASK_FAILED: BilingualText("a task of Airflow failed", "งานใน Airflow ล้มเหลว"),
    ProblemKind.HUB_TROUBLE: BilingualText("the hub itself is in trouble", "ระบบกลางขัดข้อง"),
}
# What helps the people on call with a failure of the hub itself: the command to begin with.
FIRST_COMMANDS: Mapping[ProblemKind, str] = {
    ProblemKind.CONTRACT_REFUSED: "hub status",
    ProblemKind.EXPIRED_WAIVER: "hub run",
    ProblemKind.BUILD_FAILED: "hub run",
    ProblemKind.VERIFICATION_FAILED: "hub run",
    ProblemKind.TASK_FAILED: "hub status",
    ProblemKind.HUB_TROUBLE: "hub run",
}
