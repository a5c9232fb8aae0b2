"""What mails say around their content, in both languages."""

from collections.abc import Mapping

MAIL_WORDS: Mapping[str, Mapping[str, str]] = {
    "th": {
        "todo": "ต้องดำเนินการ",
        "more": "อีก {count} รายการอยู่ใต้ตาราง",
        "details": "รายละเอียดและผู้รับผิดชอบ",
        "remarks": "ข้อสังเกต ไม่ต้องเร่งแก้ไข",
        "fixed": "แก้ไขแล้ว ขอบคุณ",
        "new": "ใหม่",
        "by": "ภายใน",
        "owner": "ผู้รับผิดชอบ",
        "since": "พบเมื่อ",
        "state": "สถานะชุดข้อมูล",
        "matrix": "ระดับคุณภาพรายเมืองและชุดข้อมูล",
        "columns": "ชุดข้อมูล|สถานะ|ระดับ|ข้อมูลถึง|ต้องทำ",
        "overall": "รวม",
        "nothing": "–",
        "stale": "ติดต่อแพลตฟอร์มไม่ได้ ใช้ข้อมูลเดิม",
        "accounting": "รับ {received} ระเบียน = เข้าคลังข้อมูลแล้ว {in_core} + พักรอแก้ไข {on_hold} "
        "+ ซ้ำ {duplicate} + ถูกแทนที่หรือยกเว้น {superseded}",
        "why": "สิ่งที่จะเพิ่มคะแนนได้มากที่สุด",
        "charts": "แผนภูมิอยู่ในส่วนภาษาไทยด้านบน และในหน้ารายละเอียด",
        "page": "ดูหน้ารายละเอียด",
        "workbook": "ไฟล์แนบ {name} มี {records} ที่ขอให้ตอบ กรอกช่องสีเหลืองแล้วตอบกลับพร้อมไฟล์นี้",
        "answer_page": "หรือตอบบนหน้าเว็บ",
        "welcome": "ยินดีต้อนรับ",
        "welcome_text": "นี่คืออีเมลฉบับแรกถึงท่าน ศูนย์ฯ ดึงข้อมูลจากแพลตฟอร์มของเมืองทุกคืน ตรวจตามข้อตกลง "
        "แล้วรวมเป็นข้อมูลระดับชาติ ท่านจะได้รับอีเมลเมื่อมีเรื่องให้แก้ไขหรือแก้ไขแล้ว และอย่างน้อยสัปดาห์ละครั้ง",
        "promised": "ที่ตกลงไว้",
        "unpromised": "{names}: ยังไม่มีกำหนดส่ง โปรดตอบกลับว่าจะส่งทุกเดือน ทุกไตรมาส หรือทุกปี "
        "และภายในกี่วันหลังสิ้นงวด ศูนย์ฯ จะบันทึกไว้ในข้อตกลง (ถามปีละครั้ง)",
        "footer": "ส่งถึง {name} ในฐานะ{role}",
        "contact": "ติดต่อ",
        "change": "ขอเปลี่ยนภาษา ความถี่ หรือเลิกรับ: ตอบกลับอีเมลนี้",
        "change_here": "หรือเลือกเองบนหน้าเว็บ",
        "release": "รอบเผยแพร่",
    },
    "en": {
        "todo": "Needs action",
        "more": "{count} more below the table",
        "details": "Details, and who acts",
        "remarks": "Remarks, without a deadline",
        "fixed": "Fixed, thank you",
        "new": "new",
        "by": "by",
        "owner": "owner:",
        "since": "since",
        "state": "Your datasets",
        "matrix": "Quality by city and dataset",
        "columns": "Dataset|Status|Grade|Data up to|To do",
        "overall": "All",
        "nothing": "–",
        "stale": "platform does not answer; the data before stay in use",
        "accounting": "{received} records came = {in_core} in the warehouse + {on_hold} on hold + "
        "{duplicate} repeated + {superseded} replaced or excused",
        "why": "What would lift the score most",
        "charts": "The charts are in the Thai part above, and on the page of details",
        "page": "Open the page of details",
        "workbook": "The attached {name} asks about {records}: fill in the yellow cells and reply "
        "with the file",
        "answer_page": "Or answer on the web",
        "welcome": "Welcome",
        "welcome_text": "This is the first mail to you. The hub fetches the data of the cities' "
        "platforms every night, checks them as agreed, and makes national data of them. "
        "You hear when something needs action or was fixed, and once a week at least.",
        "promised": "What was agreed",
        "unpromised": "{names}: no day of delivery is agreed. Reply whether you send every month, "
        "quarter or year, and within how many days after the period; we note it as agreed. We ask "
        "once a year.",
        "footer": "Sent to {name} as {role}",
        "contact": "Contact",
        "change": "To change language or frequency, or to unsubscribe: reply to this mail",
        "change_here": "or choose on the web",
        "release": "Release",
    },
}

REPLY_WORDS: Mapping[str, Mapping[str, str]] = {
    "th": {
        "kept": "รับแล้ว",
        "refused": "ยังรับไม่ได้ โปรดแก้แล้วส่งไฟล์กลับมาอีกครั้ง",
        "row": "แผ่นงาน {sheet} แถวที่ {row}",
        "sheet": "แผ่นงาน {sheet}",
        "items": "{count} รายการ",
        "more": "และอีก {count} รายการ",
        "next": "รายการที่รับแล้วมีผลในรอบถัดไป อีเมลฉบับถัดไปจะแจ้งรายการที่ยังเหลือ",
        "contact": "ติดต่อ",
    },
    "en": {
        "kept": "Taken",
        "refused": "Not taken; please correct these and send the file back again",
        "row": "Sheet {sheet}, row {row}",
        "sheet": "Sheet {sheet}",
        "items": "{count}",
        "more": "and {count} more",
        "next": "What was taken has effect with the next pass. The next mail says what is left.",
        "contact": "Contact",
    },
}

ALERT_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "heading": "{count} to act on",
        "begin": "Begin with",
        "log": "Log",
        "since": "since",
        "by": "repair by",
        "more": "and {count} more: hub incidents lists them",
        "acknowledge": "Say that you work on one: hub incidents --acknowledge ID. It closes by "
        "itself when its cause is gone.",
        "runbook": "What operators do: dags/README.md and dags/production.md",
    },
    "th": {
        "heading": "ต้องดำเนินการ {count} เรื่อง",
        "begin": "เริ่มจากคำสั่ง",
        "log": "บันทึกการทำงาน",
        "since": "ตั้งแต่",
        "by": "แก้ภายใน",
        "more": "และอีก {count} เรื่อง ดูด้วยคำสั่ง hub incidents",
        "acknowledge": "รับเรื่องด้วยคำสั่ง hub incidents --acknowledge ID ระบบปิดเองเมื่อสาเหตุหมดไป",
        "runbook": "คู่มือผู้ดูแลระบบ: dags/README.md และ dags/production.md",
    },
}
