"""What became of mails, and the claims to send them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from federation.common.vocabulary import MailState
from federation.ledger.store import Row, Store, newest
from federation.ledger.tables import mail

_KEY = ("release_id", "recipient", "kind")
_CLAIMED = (*_KEY, "message_id", "state", "attempt")


class MailKey(NamedTuple):
    """Which mail: its occasion (`release_id`), recipient and kind; and its Message-ID."""

    release_id: str
    recipient: str
    kind: str
    message_id: str = ""


@dataclass(frozen=True)
class Mails:
    """The states of mails; always what is known today.

    A mail is known by its occasion (`release_id`), recipient and kind. It is sent in attempts that
    are numbered from 1: the row `sending` claims one, the row `sent` or `refused` with the same
    number answers it.
    """

    store: Store

    def claim(self, key: MailKey) -> int | None:
        """Return the attempt in which this process alone may send this mail, or None.

        There is a next attempt only once the last one was refused, so two processes never send the
        same mail: both may ask for the same number, and the unique index gives it to one.
        """
        refused = select(func.count()).select_from(mail)
        refused = refused.where(*_is(key), mail.c.attempt.is_not(None))
        refused = refused.where(mail.c.state == MailState.REFUSED)
        claimed = select(*map(literal, (*key, MailState.SENDING)), refused.scalar_subquery() + 1)
        query = insert(mail).from_select(_CLAIMED, claimed).on_conflict_do_nothing()
        with self.store.engine.begin() as con:
            return con.execute(query.returning(mail.c.attempt)).scalar()

    def note(self, key: MailKey, state: str, detail: str = "", attempt: int | None = None) -> None:
        """Record a state of a mail; `attempt` is the claim that it answers."""
        row = {**key._asdict(), "state": state, "detail": detail, "attempt": attempt}
        self.store.append({mail: [row]})

    def last_to(self, recipient: str, kind: str | None = None) -> datetime | None:
        """Return when the last mail of a kind (None: of any) left for this recipient, or None
        when none ever did."""
        query = select(func.max(mail.c.at).label("at")).where(mail.c.recipient == recipient)
        query = query.where(_has_left())
        rows = self.store.rows(query.where(mail.c.kind == kind) if kind else query)
        last: datetime | None = rows[0]["at"]
        return last

    def first_to(self, recipient: str, kind: str) -> str:
        """Return the Message-ID of the first mail of a kind that left for this recipient, empty
        when none did: the one that a thread hangs on."""
        query = select(mail.c.message_id).where(mail.c.recipient == recipient, _has_left())
        query = query.where(mail.c.kind == kind, mail.c.message_id != "")
        rows = self.store.rows(query.order_by(mail.c.mail_id).limit(1))
        return str(rows[0]["message_id"]) if rows else ""

    def note_bounce(self, message_id: str, recipient: str, detail: str) -> bool:
        """Record that a mail came back; return whether it is one of this hub's. Once is enough."""
        is_to = func.lower(mail.c.recipient) == recipient.lower()
        query = newest(mail, "message_id", "recipient")
        rows = self.store.rows(query.where(mail.c.message_id == message_id, is_to))
        for row in rows:
            if row["state"] != MailState.BOUNCED:
                key = MailKey(row["release_id"], row["recipient"], row["kind"], message_id)
                self.note(key, MailState.BOUNCED, detail)
        return bool(rows)

    def latest(self, last: int) -> list[Row]:
        """Return the newest state of the last mails, the newest first."""
        each = newest(mail, *_KEY).subquery()
        shown = (*_KEY, "message_id", "state", "detail", "at", "mail_id")
        query = select(*(each.c[name] for name in shown)).order_by(each.c.mail_id.desc())
        return self.store.rows(query.limit(last))

    def of_release(self, release_id: str) -> list[Row]:
        """Return the newest state of each mail of a release."""
        query = newest(mail, "recipient", "kind").where(mail.c.release_id == release_id)
        return self.store.rows(query)


def _is(key: MailKey) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on rows of this mail, whatever their Message-ID."""
    return tuple(mail.c[name] == getattr(key, name) for name in _KEY)


def _has_left() -> ColumnElement[bool]:
    """Return the condition on rows of mails that left, or may have left: a refused claim did
    not."""
    answer: Any = mail.alias("answer")
    same = [answer.c[name] == mail.c[name] for name in (*_KEY, "attempt")]
    refused = exists().where(*same, answer.c.state == MailState.REFUSED)
    may_have_left = (mail.c.state == MailState.SENDING) & ~refused
    return (mail.c.state == MailState.SENT) | may_have_left
