"""Mails of a release: built here, sent over SMTP or laid into the outbox, never twice."""

import hashlib
import json
import os
import smtplib
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from federation.common.paths import Home
from federation.common.periods import BANGKOK
from federation.common.settings import Settings
from federation.common.vocabulary import MailState
from federation.contracts.model import Contact
from federation.ledger import Ledger
from federation.ledger.mails import MailKey
from federation.reporting.mail.address import Address
from federation.reporting.mail.headers import DOMAIN, add_headers, named, policy

CONNECTION_ID = "smtp_hub"
SENDER = "National Data Federation Hub <hub@federation.example.org>"


@dataclass(frozen=True)
class Smtp:
    """The SMTP connection, with Airflow's meaning of its extras."""

    host: str
    port: int
    user: str
    password: str
    ssl: bool
    starttls: bool
    sender: str
    ca_file: str | None
    # The most that the server accepts; None: as fast as it answers.
    mails_per_minute: float | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> "Smtp | None":
        """Return the hub's SMTP connection, or None: then mails go to the outbox."""
        text = settings.airflow_connection(CONNECTION_ID)
        return cls._parse(text) if text else None

    @classmethod
    def _parse(cls, text: str) -> "Smtp":
        connection = _from_json(text) if text.lstrip().startswith("{") else _from_uri(text)
        extra = connection["extra"]
        plain, rate = _true(extra.get("disable_ssl")), extra.get("mails_per_minute")
        return cls(
            host=connection["host"] or "localhost",
            port=int(connection["port"] or (587 if plain else 465)),
            user=connection["login"] or "",
            password=connection["password"] or "",
            ssl=not plain,
            starttls=plain and not _true(extra.get("disable_tls")),
            sender=extra.get("from_email") or SENDER,
            ca_file=extra.get("ca_file"),
            mails_per_minute=float(rate) if rate else None,
        )

    def connect(self) -> smtplib.SMTP:
        """Return a session, encrypted and logged in; raises OSError or smtplib.SMTPException."""
        context = ssl.create_default_context(cafile=self.ca_file)
        # smtplib's own choice asks the DNS, which may take long to answer that it has no name.
        name = socket.gethostname()
        if self.ssl:
            session: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, name, timeout=30, context=context
            )
        else:
            session = smtplib.SMTP(self.host, self.port, name, timeout=30)
            if self.starttls:
                session.starttls(context=context)
        if self.user:
            session.login(self.user, self.password)
        session.ehlo_or_helo_if_needed()
        return session


def _from_json(text: str) -> dict[str, Any]:
    """Return the fields of a connection in Airflow's JSON form; `extra` may be JSON again."""
    connection = json.loads(text)
    extra = connection.get("extra") or {}
    fields = {key: connection.get(key) for key in ("host", "port", "login", "password")}
    return {**fields, "extra": json.loads(extra) if isinstance(extra, str) else extra}


def _from_uri(text: str) -> dict[str, Any]:
    """Return the fields of a connection in Airflow's URI form."""
    parts = urlsplit(text)
    return {
        "host": parts.hostname,
        "port": parts.port,
        "login": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "extra": {key: values[-1] for key, values in parse_qs(parts.query).items()},
    }


def _true(value: object) -> bool:
    return str(value).lower() in ("true", "1", "yes")


@dataclass(frozen=True)
class Picture:
    """An image inside a mail: PNG of twice `width_px`, and what it shows in words."""

    name: str
    png: bytes
    alt_th: str
    alt_en: str
    width_px: int

    @property
    def content_id(self) -> str:
        return f"{self.name}@{DOMAIN}"


@dataclass(frozen=True)
class Attachment:
    """A file that comes with a mail."""

    filename: str
    media_type: str
    content: bytes
    rows: int = 0  # records that it asks about


@dataclass(frozen=True)
class Mail:
    """One mail to one recipient about one occasion."""

    release_id: str  # the occasion: a release, a day, a week or an alert
    created_at: datetime
    kind: str  # what it is about and to whom: city:<key>, national, alert
    recipient: Contact
    subject: str
    template: str  # of the text and the HTML alternative, without their endings
    content: Mapping[str, Any]
    pictures: tuple[Picture, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    thread: str = ""  # Message-ID of the first mail of its kind to this recipient
    languages: tuple[str, ...] = ("th", "en")

    @property
    def key(self) -> MailKey:
        """By which the ledger knows this mail."""
        return MailKey(self.release_id, self.recipient.email, self.kind, self.message_id)

    @property
    def message_id(self) -> str:
        """The same for the same occasion, recipient and kind, so that a receiver can tell a
        repeat."""
        key = f"{self.release_id}/{self.kind}/{self.recipient.email}"
        return f"<{self.release_id}.{hashlib.sha256(key.encode()).hexdigest()[:16]}@{DOMAIN}>"

    def message(self, sender: str) -> EmailMessage:
        """Return the mail: a text that stands alone, or HTML with its pictures, and the files
        that come with it."""
        message = EmailMessage()
        message["Subject"] = self.subject
        message["From"] = sender
        message["To"] = named(self.recipient)
        message["Date"] = format_datetime(self.created_at.astimezone(BANGKOK))
        message["Message-ID"] = self.message_id
        add_headers(message, "" if self.thread == self.message_id else self.thread)
        message.set_content(plain_text(self.template, self.content), cte="base64")
        page = _TEMPLATES.get_template(f"{self.template}.html.j2").render(self.content)
        message.add_alternative(page, subtype="html", cte="base64")
        self._add_pictures(message)
        for file in self.attachments:
            kind, _, subtype = file.media_type.partition("/")
            message.add_attachment(
                file.content, maintype=kind, subtype=subtype, filename=file.filename
            )
        # Last: with a part more, all of a message's Content- headers become the first part's.
        message["Content-Language"] = ", ".join(self.languages)
        return message

    def _add_pictures(self, message: EmailMessage) -> None:
        page = message.get_body(("html",))
        assert page is not None
        for picture in self.pictures:
            page.add_related(
                picture.png,
                "image",
                "png",
                cid=f"<{picture.content_id}>",
                disposition="inline",
                filename=f"{picture.name}.png",
            )


_TEMPLATES = Environment(
    loader=PackageLoader("federation.reporting.mail"),
    undefined=StrictUndefined,
    trim_blocks=True,
    autoescape=lambda name: bool(name) and ".html" in str(name),
)


def plain_text(template: str, content: Mapping[str, Any]) -> str:
    """Return the text alternative of a mail."""
    return _TEMPLATES.get_template(f"{template}.txt.j2").render(content)


def post(
    mails: Sequence[Mail], ledger: Ledger, home: Home, smtp: Smtp | None
) -> dict[MailState, int]:
    """Send what has not been sent; return how many mails are in each state afterwards.

    A mail is claimed in the ledger just before its body leaves. If the process dies between claim
    and answer, nobody knows whether the server took it: it stays `sending` and is never sent again.
    Whatever goes wrong with one mail is its state, and the others go out.
    """
    for mail, state in zip(mails, _states(mails, ledger), strict=True):
        if state == MailState.SENT:
            continue
        try:
            if smtp is None:
                _lay_into_outbox(mail, ledger, home)
            elif state != MailState.SENDING:
                _send(mail, ledger, smtp)
        except Exception as error:
            _note(mail, ledger, MailState.REFUSED, f"{type(error).__name__}: {error}")
        if smtp and state != MailState.SENDING:
            time.sleep(60 / smtp.mails_per_minute if smtp.mails_per_minute else 0)
    states = _states(mails, ledger)
    return {state: states.count(state) for state in sorted(set(states))}


def _states(mails: Sequence[Mail], ledger: Ledger) -> list[MailState]:
    """Return the state of each mail, `new` for one that was never begun."""
    state_of = {
        (row["release_id"], row["recipient"], row["kind"]): MailState(row["state"])
        for occasion in {mail.release_id for mail in mails}
        for row in ledger.mails.of_release(occasion)
    }
    return [
        state_of.get((mail.release_id, mail.recipient.email, mail.kind), MailState.NEW)
        for mail in mails
    ]


def _note(
    mail: Mail, ledger: Ledger, state: MailState, detail: str = "", attempt: int | None = None
) -> None:
    ledger.mails.note(mail.key, state, detail[:500], attempt)


def _lay_into_outbox(mail: Mail, ledger: Ledger, home: Home) -> None:
    """Write the mail as a file; its name is its Message-ID, so a repeat replaces itself."""
    home.outbox.mkdir(parents=True, exist_ok=True)
    file = home.outbox / f"{mail.message_id.strip('<>').split('@')[0]}.eml"
    temporary = file.with_suffix(f".{os.getpid()}.tmp")
    written = policy(Address.of(mail.recipient.email), "file")
    temporary.write_bytes(mail.message(SENDER).as_bytes(policy=written))
    os.replace(temporary, file)
    _note(mail, ledger, MailState.SENT, str(file.name))


def _send(mail: Mail, ledger: Ledger, smtp: Smtp) -> None:
    """Send a mail and record what the server said; raises what keeps it from being written."""
    recipient = Address.of(mail.recipient.email)
    content = mail.message(smtp.sender).as_bytes(policy=policy(recipient, "smtp"))
    try:
        session = smtp.connect()
    except (OSError, ValueError, smtplib.SMTPException) as error:
        _note(mail, ledger, MailState.UNREACHABLE, str(error))
        return
    try:
        _envelope(session, Address.of(smtp.sender), recipient)
        _hand_over(session, content, mail, ledger)
    except (OSError, smtplib.SMTPException) as error:
        _note(mail, ledger, MailState.REFUSED, str(error))
    finally:
        # Whatever the server says now, what it said of the mail counts.
        with suppress(OSError, smtplib.SMTPException):
            session.quit()
        session.close()


def _envelope(session: smtplib.SMTP, sender: Address, recipient: Address) -> None:
    """Name sender and recipient; raises SMTPException or OSError when the server takes one not."""
    options = []
    if not recipient.is_ascii:
        if not session.has_extn("smtputf8"):
            raise smtplib.SMTPNotSupportedError(
                f"the server takes no address with other letters than ASCII: {recipient.text}"
            )
        options = ["SMTPUTF8"]
    _accepted(session.mail(sender.text, options))
    _accepted(session.rcpt(recipient.text))


def _hand_over(session: smtplib.SMTP, content: bytes, mail: Mail, ledger: Ledger) -> None:
    """Claim the mail, send its content and record the answer.

    A server that refuses to be sent the content certainly has not got it. Where the connection ends
    in the midst of it nobody knows, and the mail stays `sending`.
    """
    attempt = ledger.mails.claim(mail.key)
    if attempt is None:
        return
    try:
        code, answer = session.data(content)
    except smtplib.SMTPDataError as refused:
        code, answer = refused.smtp_code, bytes(refused.smtp_error)  # type: ignore[arg-type]
    except (OSError, smtplib.SMTPException):
        return
    text = answer.decode("utf-8", "replace")
    if code == 250:
        _note(mail, ledger, MailState.SENT, text, attempt)
    else:
        _note(mail, ledger, MailState.REFUSED, f"{code} {text}", attempt)


def _accepted(reply: tuple[int, bytes]) -> None:
    if not 200 <= reply[0] < 300:
        raise smtplib.SMTPResponseException(*reply)
