"""Thai and English words for verdicts and for the reasons that conforming gives; expectations carry their own."""

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
    "could_not_be_measured": "วัดผลการตรวจสอบไม่ได้",
    "held_for_approval": "จำนวนระเบียนลดลงเกินเกณฑ์ รอผู้มีอำนาจตัดสิน ระหว่างนี้ใช้ข้อมูลเดิม",
}
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
