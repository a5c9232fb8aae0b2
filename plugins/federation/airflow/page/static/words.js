"use strict";
// What the page says, in both languages. Verdicts, names and incidents come with the data.
const WORDS = {
  en: {
    find: "Find", troubled: "only what needs attention", refresh: "Refresh", other: "ไทย", city: "City",
    held: "Held deliveries: a person must decide", incidents: "Open incidents", nothing: "No city matches.",
    legend: "Bars: of the records received, dark in the warehouse, orange quarantined, grey further copies or superseded. " +
      "Renewed every 30 seconds.",
    release: "release", pinned: "pinned", none: "no release yet", site: "report site",
    upTo: "up to", never: "no data", late: "periods late", days: "days", unreachable: "platform unreachable",
    emptied: "platform shows no files", shrunk: "platform shows far fewer files",
    score: "score", inCore: "in core", quarantined: "quarantined", duplicate: "duplicate", superseded: "superseded",
    report: "report", log: "log", run: "last run", dag: "DAG", runNow: "run now", norun: "no run yet",
    waiting: "waiting for the gate", noFeed: "no feed", refused: "contract refused", shadow: "in shadow", clean: "clean periods",
    ready: "ready to join", reason: "Reason (kept with your name)", approve: "approve", hold: "hold",
    notAsked: "Not asked yet, or just now: the warehouse's next run asks, and this page shows it by itself.", answered: "answered; the next steps record it",
    needReason: "Say why first.", question: "question", owner: "owner", by: "by", open: "open", acknowledged: "acknowledged", records: "records", since: "since",
    started: "A run has been started:", decided: "Recorded in Airflow:",
    forbidden: "Airflow refused: your role may look, but not do this. Ask who administers Airflow.",
    loggedOut: "You are no longer logged in. Reload the page and log in.",
    gone: "Somebody has answered this already.", failed: "That did not work:", stale: "not renewed:",
    nextTry: "next try", silent: "no sign of life since",
    otherRejected: "file(s) of other periods rejected", of: "of", inOrder: "feeds in order", rejectedFeeds: "feeds with rejected files",
    troubledFeeds: "feeds with a platform in trouble", heldDeliveries: "deliveries held", lateFeeds: "feeds late",
    openIncidents: "open incidents", newIncidents: "new within a day", new: "new within a day",
    asOf: "as of", thaiTime: "(Asia/Bangkok)", loading: "loading …",
  },
  th: {
    find: "ค้นหา", troubled: "เฉพาะที่ต้องดูแล", refresh: "โหลดใหม่", other: "English", city: "เมือง",
    held: "ข้อมูลที่รอผู้มีอำนาจตัดสิน", incidents: "เหตุที่ยังไม่ปิด", nothing: "ไม่มีเมืองที่ตรงกับเงื่อนไข",
    legend: "แถบสี: จากระเบียนที่ได้รับ สีเข้มคือเข้าคลังข้อมูลแล้ว สีส้มคือถูกกักไว้ สีเทาคือซ้ำหรือถูกแทนที่ หน้านี้โหลดใหม่ทุก 30 วินาที",
    release: "ชุดเผยแพร่", pinned: "ตรึงไว้", none: "ยังไม่มีชุดเผยแพร่", site: "หน้ารายงาน",
    upTo: "ถึง", never: "ไม่มีข้อมูล", late: "งวดที่ล่าช้า", days: "วัน", unreachable: "ติดต่อแพลตฟอร์มไม่ได้",
    emptied: "แพลตฟอร์มไม่แสดงแฟ้มที่เคยมี", shrunk: "แพลตฟอร์มแสดงแฟ้มน้อยกว่าเดิมมาก",
    score: "คะแนน", inCore: "เข้าคลัง", quarantined: "ถูกกัก", duplicate: "ซ้ำ", superseded: "ถูกแทนที่",
    report: "รายงาน", log: "บันทึกการทำงาน", run: "รอบล่าสุด", dag: "DAG", runNow: "เริ่มรอบใหม่", norun: "ยังไม่เคยทำงาน",
    waiting: "รอการตรวจ", noFeed: "ไม่มีข้อมูลชุดนี้", refused: "ข้อตกลงข้อมูลใช้ไม่ได้", shadow: "อยู่ในช่วงทดลอง", clean: "งวดที่ผ่านสะอาด",
    ready: "พร้อมเข้าร่วม", reason: "เหตุผล (บันทึกพร้อมชื่อของคุณ)", approve: "อนุมัติ", hold: "ไม่รับ",
    notAsked: "ยังไม่ได้ถาม หรือเพิ่งถาม รอบถัดไปของ warehouse จะถาม และหน้านี้จะแสดงเอง", answered: "ตอบแล้ว ขั้นต่อไปจะบันทึกผล",
    needReason: "โปรดระบุเหตุผลก่อน", question: "คำถาม", owner: "ผู้รับผิดชอบ", by: "ภายใน", open: "เปิดอยู่", acknowledged: "รับเรื่องแล้ว", records: "ระเบียน", since: "ตั้งแต่",
    started: "เริ่มรอบใหม่แล้ว:", decided: "บันทึกใน Airflow แล้ว:",
    forbidden: "Airflow ไม่อนุญาต: บทบาทของคุณดูได้ แต่ทำรายการนี้ไม่ได้ โปรดติดต่อผู้ดูแล Airflow",
    loggedOut: "หมดเวลาเข้าสู่ระบบ โปรดโหลดหน้านี้ใหม่แล้วเข้าสู่ระบบ",
    gone: "มีผู้ตอบไปแล้ว", failed: "ทำไม่สำเร็จ:", stale: "โหลดใหม่ไม่ได้:",
    nextTry: "ลองใหม่ครั้งที่", silent: "ไม่มีการตอบสนองตั้งแต่",
    otherRejected: "แฟ้มของงวดอื่นไม่ผ่าน", of: "จาก", inOrder: "ชุดข้อมูลปกติ", rejectedFeeds: "ชุดข้อมูลมีแฟ้มที่ไม่ผ่าน",
    troubledFeeds: "ชุดข้อมูลที่แพลตฟอร์มมีปัญหา", heldDeliveries: "รายการรอตัดสิน", lateFeeds: "ชุดข้อมูลล่าช้า",
    openIncidents: "เหตุที่ยังไม่ปิด", newIncidents: "เหตุใหม่ในหนึ่งวัน", new: "ใหม่ในหนึ่งวัน",
    asOf: "ข้อมูล ณ", thaiTime: "น. (เวลาไทย)", loading: "กำลังโหลด …",
  },
};
const language = { now: localStorage.getItem("federation.language") || ((navigator.language || "").startsWith("th") ? "th" : "en") };

function word(name) {
  return WORDS[language.now][name];
}

function sayWords() {
  document.documentElement.lang = language.now;
  document.querySelectorAll("[data-word]").forEach((node) => { node.textContent = word(node.dataset.word); });
  document.getElementById("language").textContent = word("other");
  document.getElementById("language").lang = language.now === "th" ? "en" : "th";
}
