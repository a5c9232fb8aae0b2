"""What became of mails, and the claims to send them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from federation.common.vocabulary import MailState
from federation.ledger.store import Row, Store, newest
from federation.ledger.tables import mail

_KEY = ("release_id", "recipient", "kind")
_CLAIMED = (*_KEY, "message_id", "state", "attempt")


@dataclass(frozen=True)
class Mails:
    """The states of mails; always what is known today.

    A mail is known by its occasion (`release_id`), recipient and kind. It is sent in attempts that
    are numbered from 1: the row `sending` claims one, the row `sent` or `refused` with the same
    number answers it.
    """

    store: Store

    def claim(self, release_id: str, recipient: str, kind: str, message_id: str) -> int | None:
        """Return the attempt in which this process alone may send this mail, or None.

        There is a next attempt only once the last one was refused, so two processes never send the
        same mail: both may ask for the same number, and the unique index gives it to one.
        """
        refused = select(func.count()).select_from(mail)
        refused = refused.where(*_is(release_id, recipient, kind), mail.c.attempt.is_not(None))
        refused = refused.where(mail.c.state == MailState.REFUSED)
        values = (release_id, recipient, kind, message_id, MailState.SENDING)
        claimed = select(*map(literal, values), refused.scalar_subquery() + 1)
        query = insert(mail).from_select(_CLAIMED, claimed).on_conflict_do_nothing()
        with self.store.engine.begin() as con:
            return con.execute(query.returning(mail.c.attempt)).scalar()

    def note(
        self,
        release_id: str,
        recipient: str,
        kind: str,
        message_id: str,
        state: str,
        detail: str = "",
        attempt: int | None = None,
    ) -> None:
        """Record a state of a mail; `attempt` is the claim that it answers."""
        row = {
            "release_id": release_id,
            "recipient": recipient,
            "kind": kind,
            "message_id": message_id,
            "state": state,
            "detail": detail,
            "attempt": attempt,
        }
        self.store.append({mail: [row]})

    def last_to(self, recipient: str, kind: str | None = None) -> datetime | None:
        """Return when the last mail of a kind (None: of any) left for this recipient, or None
        when none ever did."""
        query = select(func.max(mail.c.at).label("at")).where(mail.c.recipient == recipient)
        query = query.where(_has_left())
        rows = self.store.rows(query.where(mail.c.kind == kind) if kind else query)
        last: datetime | None = rows[0]["at"]
        return last

    def note_bounce(self, message_id: str, recipient: str, detail: str) -> bool:
        """Record that a mail came back; return whether it is one of this hub's. Once is enough."""
        is_to = func.lower(mail.c.recipient) == recipient.lower()
        query = newest(mail, "message_id", "recipient")
        rows = self.store.rows(query.where(mail.c.message_id == message_id, is_to))
        for row in rows:
            if row["state"] != MailState.BOUNCED:
                key = (row["release_id"], row["recipient"], row["kind"])
                self.note(*key, message_id, MailState.BOUNCED, detail)
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


def _is(release_id: str, recipient: str, kind: str) -> tuple[ColumnElement[bool], ...]:
    values = {"release_id": release_id, "recipient": recipient, "kind": kind}
    return tuple(mail.c[name] == value for name, value in values.items())


def _has_left() -> ColumnElement[bool]:
    """Return the condition on rows of mails that left, or may have left: a refused claim did
    not."""
    answer: Any = mail.alias("answer")
    same = [answer.c[name] == mail.c[name] for name in (*_KEY, "attempt")]
    refused = exists().where(*same, answer.c.state == MailState.REFUSED)
    may_have_left = (mail.c.state == MailState.SENDING) & ~refused
    return (mail.c.state == MailState.SENT) | may_have_left
