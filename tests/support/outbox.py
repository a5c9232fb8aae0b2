"""Mails that a hub without a mail server laid into its outbox."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path


def recipients(outbox: Path) -> set[str]:
    """Return the addresses that any mail of an outbox goes to, without people's names."""
    mails = [message_from_bytes(file.read_bytes(), policy=default) for file in outbox.glob("*.eml")]
    return {address.addr_spec for mail in mails for address in mail["To"].addresses}
