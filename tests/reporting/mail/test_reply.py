"""Who sends a workbook back hears what was taken over and what was not, and why, once."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from pathlib import Path

from federation.common.paths import Home
from federation.common.settings import Settings
from federation.contracts.model import Feed
from federation.ledger import Ledger
from federation.messages.workbook_words import OUTCOMES, REFUSALS
from federation.reporting.mail.reply import Answered, send_reply
from federation.reporting.workbook.answers import Taken
from support.plain_words import not_plain

TO = "registry@cdp.chiangmai.example.org"


def test_the_sender_of_a_workbook_hears_of_every_answer(
    feeds: dict[tuple[str, str], Feed], ledger: Ledger, home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "chiang_mai-population-2026-11-26.xlsx"
    file.write_bytes(b"a workbook")
    taken = [
        Taken("ประชากร", 5, "q1", "waive"),
        Taken("ประชากร", 6, "q2", "waive"),
        Taken("ประชากร", 7, "q3", "refused", REFUSALS["no_day"]),
    ]
    for _ in range(2):
        answered = Answered(TO, file, taken)
        assert send_reply(answered, [*feeds.values()], ledger, Settings(home, None, None)) == {
            "sent": 1
        }
    (mail,) = [
        message_from_bytes(path.read_bytes(), policy=default) for path in home.outbox.glob("*.eml")
    ]
    assert mail["To"].addresses[0].addr_spec == TO
    assert "รับคำตอบแล้ว 2 รายการ ยังรับไม่ได้ 1 รายการ" in mail["Subject"]
    assert "2 answers taken, 1 not taken" in mail["Subject"]
    for kind in ("plain", "html"):
        said = mail.get_body((kind,)).get_content()
        assert "left out until the day given: 2" in said
        assert "Sheet ประชากร, row 7: The day is missing" in said
        assert "ยังไม่ได้ใส่วันที่สิ้นสุดการยกเว้น" in said


def test_what_a_reply_says_is_plain() -> None:
    for words in (*REFUSALS.values(), *OUTCOMES.values()):
        for said in (words.en, words.th):
            assert [*not_plain(said)] == []
