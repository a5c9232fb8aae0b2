"""What each code of the closed list says, in English and Thai: the one catalogue."""

from collections.abc import Mapping

from federation.common.bilingual import BilingualText
from federation.common.vocabulary import ReasonCode

REASON_WORDS: Mapping[ReasonCode, BilingualText] = {
    ReasonCode.UNREADABLE: BilingualText(
        "the value is no value of the promised type, calendar or digits",
        "อ่านค่าไม่ได้ตามชนิดข้อมูลที่ตกลงไว้",
    ),
    ReasonCode.MISSING: BilingualText("a required value is missing", "ไม่มีค่าที่จำเป็น"),
    ReasonCode.UNEXPECTED_UNIT: BilingualText(
        "the row states another unit than the contract", "หน่วยไม่ตรงกับข้อตกลง"
    ),
    ReasonCode.UNKNOWN_AREA: BilingualText(
        "the area's name or code is in no register", "ไม่พบชื่อหรือรหัสพื้นที่ในทะเบียน"
    ),
    ReasonCode.FOREIGN_AREA: BilingualText(
        "the row belongs to another province", "เป็นข้อมูลของจังหวัดอื่น"
    ),
    ReasonCode.OUTSIDE_PARTITION: BilingualText(
        "the record's date is not in the period that the file is about", "วันที่ไม่อยู่ในช่วงของแฟ้ม"
    ),
    ReasonCode.CONFLICTING_VALUES: BilingualText(
        "two records share a key and differ in their values", "รหัสเดียวกันแต่ค่าต่างกัน"
    ),
    ReasonCode.MISSING_COLUMN: BilingualText("a column is missing", "ขาดคอลัมน์"),
    ReasonCode.RENAMED_COLUMN: BilingualText("a column was renamed", "คอลัมน์ถูกเปลี่ยนชื่อ"),
    ReasonCode.RETYPED_COLUMN: BilingualText(
        "a column is of another type", "ชนิดข้อมูลของคอลัมน์เปลี่ยนไป"
    ),
    ReasonCode.UNEXPECTED_COLUMN: BilingualText(
        "a column is not in the contract", "มีคอลัมน์ที่ไม่อยู่ในข้อตกลง"
    ),
    ReasonCode.REPEATED_COLUMN: BilingualText("two columns have the same name", "มีคอลัมน์ชื่อซ้ำกัน"),
    ReasonCode.MISSING_MEASURE: BilingualText(
        "a measure is missing from the file", "ขาดตัวชี้วัดในแฟ้ม"
    ),
    ReasonCode.UNEXPECTED_MEASURE: BilingualText(
        "a measure is not in the contract", "มีตัวชี้วัดที่ไม่อยู่ในข้อตกลง"
    ),
    ReasonCode.NOT_PARQUET: BilingualText("the file is no Parquet file", "ไม่ใช่แฟ้ม Parquet"),
    ReasonCode.UNREADABLE_FILE: BilingualText(
        "the file is damaged and cannot be read", "แฟ้มเสียหาย อ่านไม่ได้"
    ),
    ReasonCode.FOREIGN_BYTES: BilingualText(
        "bytes of the file belong to no column, as where files were joined",
        "มีข้อมูลในแฟ้มที่ไม่เป็นของคอลัมน์ใด เช่น แฟ้มถูกนำมาต่อกัน",
    ),
    ReasonCode.FOOTER_OVER_LIMIT: BilingualText(
        "the file's footer is over a limit", "ส่วนท้ายของแฟ้มเกินขีดจำกัด"
    ),
    ReasonCode.OVER_SIZE_LIMIT: BilingualText("the file is over a limit", "แฟ้มใหญ่เกินขีดจำกัด"),
    ReasonCode.OVER_MEMORY_LIMIT: BilingualText(
        "the file needs more memory than the limit", "ใช้หน่วยความจำเกินขีดจำกัด"
    ),
    ReasonCode.OVER_TIME_LIMIT: BilingualText(
        "the file needs more time than the limit", "ใช้เวลาเกินขีดจำกัด"
    ),
    ReasonCode.CONFORM_DIED: BilingualText(
        "conforming the file ended half way", "การแปลงแฟ้มหยุดกลางคัน"
    ),
    ReasonCode.CONFORM_FAILED: BilingualText("the file could not be conformed", "แปลงแฟ้มไม่สำเร็จ"),
    ReasonCode.OTHER_CALENDAR: BilingualText(
        "years are of another calendar than promised", "ปีเป็นศักราชอื่นจากที่ตกลงไว้"
    ),
    ReasonCode.OTHER_TIME_FORMAT: BilingualText(
        "times are written in another way than promised", "รูปแบบวันเวลาไม่ตรงกับข้อตกลง"
    ),
    ReasonCode.OTHER_DIGITS: BilingualText(
        "digits are others than promised", "ตัวเลขไทยหรืออารบิกไม่ตรงกับข้อตกลง"
    ),
    ReasonCode.OTHER_NUMBER_FORMAT: BilingualText(
        "numbers are written in another way than promised", "รูปแบบตัวเลขไม่ตรงกับข้อตกลง"
    ),
    ReasonCode.OTHER_ENCODING: BilingualText(
        "texts are in another encoding than promised", "รหัสอักขระไม่ตรงกับข้อตกลง"
    ),
    ReasonCode.MOJIBAKE: BilingualText(
        "Thai letters were read in a wrong encoding before they were sent",
        "อักษรไทยเพี้ยนเพราะอ่านผิดรหัสก่อนส่ง",
    ),
    ReasonCode.CONTROL_LETTERS: BilingualText(
        "texts hold control letters, which are left out",
        "มีอักขระควบคุมในข้อความ ระบบตัดออกแล้ว",
    ),
    ReasonCode.UNDECLARED_MARKER: BilingualText(
        "a marker for a missing value that the contract does not name",
        "มีเครื่องหมายแทนค่าที่ขาดซึ่งไม่ได้ตกลงไว้",
    ),
    ReasonCode.TIME_ZONE_SHIFT: BilingualText(
        "days do not begin at midnight: the times were shifted to another zone",
        "วันไม่ได้เริ่มที่เที่ยงคืน เวลาถูกเลื่อนเขต",
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
        "many records are in the file more than once", "ข้อมูลจำนวนมากซ้ำกันในแฟ้ม"
    ),
    ReasonCode.TOO_MANY_QUARANTINED: BilingualText(
        "more records would be quarantined than is tolerated; the whole file is refused",
        "ระเบียนที่ต้องกักมีสัดส่วนเกินเกณฑ์ จึงไม่รับทั้งแฟ้ม",
    ),
    ReasonCode.COULD_NOT_BE_MEASURED: BilingualText(
        "an expectation could not be measured", "วัดผลการตรวจสอบไม่ได้"
    ),
    ReasonCode.FAILED_EXPECTATION: BilingualText("an expectation failed", "ไม่ผ่านการตรวจสอบ"),
    ReasonCode.OVERLAPPING_PARTITION: BilingualText(
        "the file overlaps a current one in part and does not cover it whole",
        "ช่วงเวลาทับซ้อนกับแฟ้มปัจจุบันบางส่วน",
    ),
    ReasonCode.HELD_FOR_APPROVAL: BilingualText(
        "more records would be removed than is tolerated; a person must look first",
        "จำนวนระเบียนลดลงเกินเกณฑ์ รอผู้มีอำนาจตัดสิน ระหว่างนี้ใช้ข้อมูลเดิม",
    ),
}
