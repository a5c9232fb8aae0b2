"""The head of a mail: who sends it to whom and why, how to answer, how to leave, and how its lines
are folded."""

from email.header import Header
from email.headerregistry import Address as NamedAddress
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any

from federation.contracts.model import Contact
from federation.quality.contacts import national
from federation.reporting.mail.address import Address

DOMAIN = "federation.example.org"
_LIST = f"National Data Federation Hub <reports.{DOMAIN}>"
# Line ends as files and as SMTP have them; UTF8: for an address that is not ASCII (RFC 6531).
_ENDINGS = {"file": "\n", "smtp": "\r\n"}


class WholeWords(EmailPolicy):
    """A policy that loses no blank of a Thai subject or name.

    Python folds such a header between two encoded words where a decoder must drop the blank
    (RFC 2047, 6.2); `email.header.Header` puts the blank inside.
    """

    def _fold(self, name: str, value: Any, refold_binary: bool = False) -> str:
        if name.lower() == "subject":
            return f"{name}: {self._encoded(str(value), name)}{self.linesep}"
        if name.lower() == "to" and hasattr(value, "addresses"):
            addresses = ", ".join(map(self._address, value.addresses))
            return f"{name}: {addresses}{self.linesep}"
        folded: str = super()._fold(name, value, refold_binary)  # type: ignore[misc]
        return folded

    def _encoded(self, text: str, name: str) -> str:
        return Header(text, "utf-8", header_name=name).encode(linesep=self.linesep)

    def _address(self, address: NamedAddress) -> str:
        if not address.display_name:
            return address.addr_spec
        if address.display_name.isascii():
            return str(address)
        return f"{self._encoded(address.display_name, 'To')} <{address.addr_spec}>"


def policy(recipient: Address, ending: str) -> EmailPolicy:
    """Return how a mail to this recipient is written, to a `file` or for `smtp`."""
    return WholeWords(linesep=_ENDINGS[ending], utf8=not recipient.is_ascii)


def named(contact: Contact) -> NamedAddress:
    """Return a recipient with the name that the contract gives."""
    local, _, domain = Address.of(contact.email).text.rpartition("@")
    return NamedAddress(" ".join(contact.name.split()), local, domain)


def add_headers(message: EmailMessage, thread: str) -> None:
    """Say how to answer and leave, in which thread, and that no machine need answer."""
    office = national().publisher.email
    message["Reply-To"] = office
    message["List-Id"] = _LIST
    message["List-Unsubscribe"] = f"<mailto:{office}?subject=unsubscribe>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if thread:
        message["In-Reply-To"] = thread
        message["References"] = thread
