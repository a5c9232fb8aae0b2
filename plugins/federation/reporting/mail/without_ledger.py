"""What the people on call hear when not even the ledger can be opened, which notes all else: once,
until it can be opened again."""

import logging
import smtplib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from federation.common.errors import HubError
from federation.common.paths import Home
from federation.common.settings import Settings
from federation.quality.contacts import on_call
from federation.reporting.mail.address import Address
from federation.reporting.mail.mail import SENDER, Smtp
from federation.reporting.webhook import tell

_log = logging.getLogger(__name__)
_SUBJECT = "เปิดบันทึกกลางของระบบไม่ได้ · The hub's ledger cannot be opened"
_TEXT = """เปิดบันทึกกลาง (ledger) ไม่ได้ จึงไม่มีการดึงหรือตรวจข้อมูลใหม่ ชุดข้อมูลที่เผยแพร่ล่าสุดยังใช้งานได้
จะไม่แจ้งซ้ำจนกว่าจะเปิดได้อีก เริ่มที่คำสั่ง: hub doctor

The ledger cannot be opened, so nothing new is fetched or judged. The last release keeps serving.
You are told once, until it can be opened again. Begin with: hub doctor

{why}
"""


def tell_without_ledger(why: str, settings: Settings) -> bool:
    """Mail and post that the ledger cannot be opened, and why; return whether it was told now.

    Told once until `ledger_is_back`; where neither mail nor webhook took it, the next call tries
    again.
    """
    mark = settings.home.ledger_away
    with suppress(OSError):  # a home that cannot be written keeps nobody from being told
        try:
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch(exist_ok=False)
        except FileExistsError:
            return False
    told = [*_mailed(why, settings), _posted(why, settings)]
    if not any(told):
        ledger_is_back(settings.home)
    return any(told)


def ledger_is_back(home: Home) -> None:
    """Forget that the people on call were told."""
    with suppress(OSError):
        home.ledger_away.unlink(missing_ok=True)


def _posted(why: str, settings: Settings) -> bool:
    try:
        return tell(f"{_SUBJECT}\n\n{_TEXT.format(why=why)}", settings)
    except HubError as error:
        _log.warning("%s", error)
        return False


def _mailed(why: str, settings: Settings) -> Iterator[bool]:
    """Yield of each person on call whether the mail went out."""
    smtp = Smtp.from_settings(settings)
    for contact in on_call():
        message = _message(contact.email, why, smtp.sender if smtp else SENDER)
        try:
            _send(message, smtp, settings.home)
            yield True
        except (OSError, ValueError, smtplib.SMTPException) as error:
            _log.warning("%s was not mailed: %s", contact.email, error)
            yield False


def _send(message: EmailMessage, smtp: Smtp | None, home: Home) -> None:
    if smtp is None:
        home.outbox.mkdir(parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").split("@")[0]
        (home.outbox / f"alert-{name}.eml").write_bytes(message.as_bytes())
        return
    session = smtp.connect()
    try:
        session.send_message(message)
    finally:
        session.close()


def _message(recipient: str, why: str, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = _SUBJECT
    message["From"] = sender
    message["To"] = Address.of(recipient).text
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain="federation.example.org")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_TEXT.format(why=why), cte="base64")
    return message
