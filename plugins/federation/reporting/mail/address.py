"""Addresses as SMTP takes them."""

import unicodedata
from dataclasses import dataclass
from email.utils import parseaddr

_UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")  # Unicode categories of what cannot be seen


@dataclass(frozen=True)
class Address:
    """A mailbox; the domain is ASCII (punycode, RFC 5891), the local part whatever it is."""

    text: str

    @classmethod
    def of(cls, written: str) -> "Address":
        """Return the mailbox that a contact's text means.

        What a web page or a mail program put around it is left out: blanks that look like none, a
        name before `<…>`. Raises ValueError for what is no address.
        """
        seen = "".join(
            " " if unicodedata.category(letter) in _UNSEEN else letter for letter in written
        )
        local, at, domain = parseaddr(seen)[1].rpartition("@")
        if not (local and at and domain) or " " in local + domain:
            raise ValueError(f"{written!r} is no mail address")
        return cls(f"{local}@{domain.encode('idna').decode()}")

    @property
    def is_ascii(self) -> bool:
        """Whether every server takes it; else the server must know SMTPUTF8 (RFC 6531)."""
        return self.text.isascii()
