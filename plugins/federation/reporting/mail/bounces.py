"""Mails that came back: delivery status notifications (RFC 3464), found in saved messages, noted
in the ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path

from federation.common.errors import HubError
from federation.ledger import Ledger


@dataclass(frozen=True)
class Bounce:
    """One recipient whose mail could not be delivered.

    `known` says whether it was a mail of this hub.
    """

    message_id: str
    recipient: str
    status: str
    reason: str
    known: bool = False


def take_bounces(files: list[Path], ledger: Ledger) -> list[Bounce]:
    """Note every failed delivery that these messages tell of.

    Raises HubError for a file that is none.

    Taking the same file in twice changes nothing more.
    """
    return [_noted(bounce, ledger) for file in files for bounce in _read(file)]


def _read(file: Path) -> Iterator[Bounce]:
    if not file.is_file():
        raise HubError("no such file", where=str(file))
    message = message_from_bytes(file.read_bytes(), policy=default)
    about = next(
        (part for part in message.walk() if part.get_content_type() == "message/delivery-status"),
        None,
    )
    original = next(
        (
            part
            for part in message.walk()
            if part.get_content_type() in ("message/rfc822", "text/rfc822-headers")
        ),
        None,
    )
    if about is None or original is None:
        raise HubError(
            "no delivery status notification with the mail that it is about",
            where=str(file),
            todo="save the whole message as it came, as .eml",
        )
    for block in about.get_payload():
        if isinstance(block, Message) and str(block.get("Action", "")).strip().lower() == "failed":
            yield Bounce(
                _id_of(original),
                str(block.get("Final-Recipient", "")).rpartition(";")[2].strip(),
                str(block.get("Status", "")).strip(),
                str(block.get("Diagnostic-Code", "")).strip()[:300],
            )


def _id_of(original: Message) -> str:
    """Return the Message-ID of the mail that came back, of which the whole or only the head may
    be there."""
    inside = original.get_payload()
    if isinstance(inside, list) and isinstance(inside[0], Message):
        return str(inside[0].get("Message-ID", "")).strip()
    return str(message_from_bytes(str(inside).encode()).get("Message-ID", "")).strip()


def _noted(bounce: Bounce, ledger: Ledger) -> Bounce:
    known = ledger.note_bounce(
        bounce.message_id, bounce.recipient, f"{bounce.status} {bounce.reason}".strip()
    )
    return Bounce(bounce.message_id, bounce.recipient, bounce.status, bounce.reason, known)
