"""What each code of the closed list says, in English and Thai: the one catalogue."""

from collections.abc import Mapping

from federation.common.bilingual import BilingualText
from federation.common.vocabulary import ReasonCode

REASON_WORDS: Mapping[ReasonCode, BilingualText] = {
    ReasonCode.UNREADABLE: BilingualText(
        "the value cannot be read as agreed",
        "อ่านค่าไม่ได้ตามรูปแบบที่ตกลงไว้",
    ),
    ReasonCode.MISSING: BilingualText("a required value is missing", "ไม่มีค่าที่จำเป็น"),
    ReasonCode.UNEXPECTED_UNIT: BilingualText(
        "the unit is not the agreed one", "หน่วยไม่ตรงกับข้อตกลง"
    ),
    ReasonCode.UNKNOWN_AREA: BilingualText(
        "the area's name or code is not known", "ไม่พบชื่อหรือรหัสพื้นที่ในทะเบียน"
    ),
    ReasonCode.FOREIGN_AREA: BilingualText(
        "the row belongs to another province", "เป็นข้อมูลของจังหวัดอื่น"
    ),
    ReasonCode.OUTSIDE_PARTITION: BilingualText(
        "record dated outside the file's period", "วันที่อยู่นอกช่วงของไฟล์"
    ),
    ReasonCode.CONFLICTING_VALUES: BilingualText(
        "the same record came with different values", "รายการเดียวกันมีค่าต่างกัน"
    ),
    ReasonCode.MISSING_COLUMN: BilingualText("a column is missing", "ขาดคอลัมน์"),
    ReasonCode.RENAMED_COLUMN: BilingualText("a column was renamed", "คอลัมน์ถูกเปลี่ยนชื่อ"),
    ReasonCode.RETYPED_COLUMN: BilingualText(
        "a column is of another type", "ชนิดข้อมูลของคอลัมน์เปลี่ยนไป"
    ),
    ReasonCode.UNEXPECTED_COLUMN: BilingualText("a column is new", "มีคอลัมน์ใหม่ที่ไม่อยู่ในข้อตกลง"),
    ReasonCode.REPEATED_COLUMN: BilingualText("two columns have the same name", "มีคอลัมน์ชื่อซ้ำกัน"),
    ReasonCode.MISSING_MEASURE: BilingualText(
        "a measure is missing from the file", "ขาดตัวชี้วัดในไฟล์"
    ),
    ReasonCode.UNEXPECTED_MEASURE: BilingualText("a measure is new", "มีตัวชี้วัดใหม่ที่ไม่อยู่ในข้อตกลง"),
    ReasonCode.NOT_PARQUET: BilingualText("the file is not a Parquet file", "ไม่ใช่ไฟล์ Parquet"),
    ReasonCode.UNREADABLE_FILE: BilingualText(
        "the file is damaged and cannot be read", "ไฟล์เสียหาย อ่านไม่ได้"
    ),
    ReasonCode.FOREIGN_BYTES: BilingualText(
        "the file holds bytes of no column, as where files were joined",
        "มีข้อมูลในไฟล์ที่ไม่เป็นของคอลัมน์ใด เช่น ไฟล์ถูกนำมาต่อกัน",
    ),
    ReasonCode.FOOTER_OVER_LIMIT: BilingualText(
        "the description of the columns is too large", "ส่วนอธิบายคอลัมน์ของไฟล์ใหญ่เกินกำหนด"
    ),
    ReasonCode.OVER_SIZE_LIMIT: BilingualText("the file is too large", "ไฟล์ใหญ่เกินกำหนด"),
    ReasonCode.OVER_MEMORY_LIMIT: BilingualText(
        "the file needs too much memory to read", "ไฟล์ใช้หน่วยความจำในการอ่านเกินกำหนด"
    ),
    ReasonCode.OVER_TIME_LIMIT: BilingualText(
        "the file takes too long to read", "ไฟล์ใช้เวลาอ่านเกินกำหนด"
    ),
    ReasonCode.CONFORM_DIED: BilingualText("reading the file ended half way", "การอ่านไฟล์หยุดกลางคัน"),
    ReasonCode.CONFORM_FAILED: BilingualText(
        "the file could not be read as agreed", "อ่านไฟล์ตามข้อตกลงไม่สำเร็จ"
    ),
    ReasonCode.OTHER_CALENDAR: BilingualText(
        "years are of another era than agreed", "ปีเป็นศักราชอื่นจากที่ตกลงไว้"
    ),
    ReasonCode.OTHER_TIME_FORMAT: BilingualText(
        "times are written in another way than agreed", "รูปแบบวันเวลาไม่ตรงกับข้อตกลง"
    ),
    ReasonCode.OTHER_DIGITS: BilingualText(
        "digits are not the agreed ones (Thai or Arabic)", "ใช้ตัวเลขไทยหรืออารบิกไม่ตรงกับข้อตกลง"
    ),
    ReasonCode.OTHER_NUMBER_FORMAT: BilingualText(
        "numbers are written in another way than agreed", "รูปแบบตัวเลขไม่ตรงกับข้อตกลง"
    ),
    ReasonCode.OTHER_ENCODING: BilingualText(
        "texts are in another encoding than agreed", "รหัสอักขระไม่ตรงกับข้อตกลง"
    ),
    ReasonCode.MOJIBAKE: BilingualText(
        "Thai letters were read in a wrong encoding before they were sent",
        "อักษรไทยเพี้ยนเพราะใช้รหัสอักขระผิดก่อนส่ง",
    ),
    ReasonCode.CONTROL_LETTERS: BilingualText(
        "texts hold invisible letters, which are left out",
        "มีอักขระที่มองไม่เห็นในข้อความ ระบบตัดออกแล้ว",
    ),
    ReasonCode.UNDECLARED_MARKER: BilingualText(
        "a sign stands for missing values that was not agreed",
        "มีเครื่องหมายแทนค่าว่างที่ไม่ได้ตกลงไว้",
    ),
    ReasonCode.TIME_ZONE_SHIFT: BilingualText(
        "days do not begin at midnight: the times were shifted to another zone",
        "วันไม่ได้เริ่มที่เที่ยงคืน เวลาเป็นของเขตเวลาอื่น",
    ),
    ReasonCode.OFF_THE_HOUR: BilingualText(
        "times are not on the hour; those up to a minute off are taken as that hour",
        "เวลาไม่ตรงต้นชั่วโมง ค่าที่คลาดไม่เกินหนึ่งนาทีนับเป็นชั่วโมงนั้น",
    ),
    ReasonCode.HOURS_TO_24: BilingualText(
        "hours are counted from 1 to 24; the last one is 00:00 of the day after the period",
        "นับชั่วโมงจาก 1 ถึง 24 ชั่วโมงสุดท้ายคือ 00:00 น. ของวันถัดจากช่วงข้อมูล",
    ),
    ReasonCode.CONSTANT_COLUMN: BilingualText(
        "one figure stands in every row", "ทุกแถวมีตัวเลขเดียวกัน"
    ),
    ReasonCode.REPEATED_DELIVERY: BilingualText(
        "many records are in the file more than once", "ข้อมูลจำนวนมากซ้ำกันในไฟล์"
    ),
    ReasonCode.TOO_MANY_QUARANTINED: BilingualText(
        "too many records are faulty, so the whole file is not taken",
        "ระเบียนที่ผิดมีมากเกินเกณฑ์ จึงไม่รับทั้งไฟล์",
    ),
    ReasonCode.COULD_NOT_BE_MEASURED: BilingualText(
        "a check could not be measured", "วัดผลตามเกณฑ์ตรวจสอบไม่ได้"
    ),
    ReasonCode.FAILED_EXPECTATION: BilingualText("a check failed", "ไม่ผ่านเกณฑ์ตรวจสอบ"),
    ReasonCode.OVERLAPPING_PARTITION: BilingualText(
        "the file overlaps another one in part",
        "ช่วงเวลาทับซ้อนกับไฟล์อื่นบางส่วน",
    ),
    ReasonCode.HELD_FOR_APPROVAL: BilingualText(
        "the file has far fewer records than before; awaiting approval",
        "จำนวนระเบียนลดลงมาก รออนุมัติ",
    ),
}
