"""A mail is sent by one process, once, and tried again only after the server refused it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from federation.ledger import Ledger
from federation.ledger.mails import MailKey
from federation.ledger.tables import mail
from sqlalchemy.exc import IntegrityError
from support.ledgers import rows_of

MAIL = MailKey("r1", "a@example.org", "city:rayong", "<1@hub>")
PROCESSES, ATTEMPTS = 8, 100


def test_a_mail_is_claimed_once(ledger: Ledger) -> None:
    assert ledger.mails.claim(MAIL) == 1
    assert ledger.mails.claim(MAIL) is None
    ledger.mails.note(MAIL, "sent", attempt=1)
    assert ledger.mails.claim(MAIL) is None


def test_a_refused_claim_may_be_taken_again_and_nothing_is_removed(ledger: Ledger) -> None:
    for attempt in (1, 2, 3):
        assert ledger.mails.claim(MAIL) == attempt
        ledger.mails.note(MAIL, "refused", "451 try later", attempt)
    states = [(row["state"], row["attempt"]) for row in rows_of(ledger, mail)]
    assert states == [(state, n) for n in (1, 2, 3) for state in ("sending", "refused")]


def test_a_recipient_refused_before_any_claim_counts_for_no_attempt(ledger: Ledger) -> None:
    ledger.mails.note(MAIL, "refused", "550 no such user")
    ledger.mails.note(MAIL, "refused", "550 no such user")
    assert ledger.mails.claim(MAIL) == 1


def test_a_claim_is_answered_once(ledger: Ledger) -> None:
    ledger.mails.claim(MAIL)
    ledger.mails.note(MAIL, "sent", attempt=1)
    with pytest.raises(IntegrityError, match="mail_answered_once"):
        ledger.mails.note(MAIL, "refused", attempt=1)


def test_of_many_that_claim_and_are_refused_at_once_one_has_each_attempt(ledger: Ledger) -> None:
    together, sent = Barrier(PROCESSES), Event()

    def send(_: int) -> list[int]:
        """Claim until the mail is sent; the server refuses each attempt but the last."""
        together.wait(30)
        had = []
        while not sent.is_set():
            attempt = ledger.mails.claim(MAIL)
            if attempt is not None:
                had.append(attempt)
                state = "sent" if attempt == ATTEMPTS else "refused"
                ledger.mails.note(MAIL, state, attempt=attempt)
                if state == "sent":
                    sent.set()
        return [*had, *filter(None, [ledger.mails.claim(MAIL)])]

    with ThreadPoolExecutor(PROCESSES) as pool:
        attempts = [attempt for had in pool.map(send, range(PROCESSES)) for attempt in had]
    assert sorted(attempts) == list(range(1, ATTEMPTS + 1))
    states = Counter(row["state"] for row in rows_of(ledger, mail))
    assert states == {"sending": ATTEMPTS, "refused": ATTEMPTS - 1, "sent": 1}
    order = [(row["attempt"], row["state"] != "sending") for row in rows_of(ledger, mail)]
    assert order == sorted(order)  # no attempt began before the last one was answered


def test_the_last_mail_is_one_that_left_or_may_have_left(ledger: Ledger) -> None:
    to, kind = MAIL[1], MAIL[2]
    assert ledger.mails.last_to(to) is None
    assert ledger.mails.claim(MAIL) == 1
    assert ledger.mails.last_to(to, kind) is not None  # nobody knows
    ledger.mails.note(MAIL, "refused", attempt=1)
    assert ledger.mails.last_to(to) is None
    assert ledger.mails.claim(MAIL) == 2
    ledger.mails.note(MAIL, "sent", attempt=2)
    assert ledger.mails.last_to(to, kind) is not None
    assert ledger.mails.last_to(to, "nation") is None


def test_the_newest_state_is_the_mail_s(ledger: Ledger) -> None:
    ledger.mails.claim(MAIL)
    ledger.mails.note(MAIL, "refused", "451 try later", 1)
    (known,) = ledger.mails.of_release("r1")
    (shown,) = ledger.mails.latest(5)
    assert (known["state"], shown["state"], shown["detail"]) == (
        "refused",
        "refused",
        "451 try later",
    )
    assert "attempt" not in shown
