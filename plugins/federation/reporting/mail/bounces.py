"""Mails that came back: delivery status notifications (RFC 3464) in saved messages are noted in
the ledger."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
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
    """Note every failed delivery that these messages report; the same file twice changes nothing.

    Raises HubError for a file that is no such message.
    """
    bounces = [bounce for file in files for bounce in _read(file)]
    return [_noted(bounce, ledger) for bounce in bounces]


def _read(file: Path) -> Iterator[Bounce]:
    if not file.is_file():
        raise HubError("no such file", where=str(file))
    message = message_from_bytes(file.read_bytes(), policy=default)
    status = _part(message, "message/delivery-status")
    original = _part(message, "message/rfc822", "text/rfc822-headers")
    if status is None or original is None:
        raise HubError(
            "no delivery status notification with the mail that it is about",
            where=str(file),
            todo="save the whole message as it came, as .eml",
        )
    for block in status.get_payload():
        if isinstance(block, Message) and _header(block, "Action").lower() == "failed":
            yield Bounce(
                _id_of(original),
                _header(block, "Final-Recipient").rpartition(";")[2].strip(),
                _header(block, "Status"),
                _header(block, "Diagnostic-Code")[:300],
            )


def _part(message: Message, *media_types: str) -> Message | None:
    """Return the first part of one of these media types."""
    for part in message.walk():
        if part.get_content_type() in media_types:
            return part
    return None


def _header(block: Message, name: str) -> str:
    return str(block.get(name, "")).strip()


def _id_of(original: Message) -> str:
    """Return the Message-ID of the mail that came back, of which the whole or only the head may
    be there."""
    inside = original.get_payload()
    if isinstance(inside, list) and isinstance(inside[0], Message):
        return str(inside[0].get("Message-ID", "")).strip()
    return str(message_from_bytes(str(inside).encode()).get("Message-ID", "")).strip()


def _noted(bounce: Bounce, ledger: Ledger) -> Bounce:
    detail = f"{bounce.status} {bounce.reason}".strip()
    known = ledger.mails.note_bounce(bounce.message_id, bounce.recipient, detail)
    return replace(bounce, known=known)
