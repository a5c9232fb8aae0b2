"""The pages on which stewards answer, over real HTTP and in a real browser."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import httpx
import pytest
import uvicorn
from federation.common.vocabulary import TokenAudience
from federation.contracts.load import load_feeds
from federation.ledger import Ledger
from federation.ledger.tokens import Token
from federation.messages.workbook_words import AnswerKind
from federation.quality.incidents import incidents, refresh
from federation.quality.problems import problems
from federation.quarantine.decisions import Quarantined, quarantined
from federation.reporting.mail.subscriptions import subscription
from federation.serve.app import make_app
from federation.serve.asked import Group, asking
from federation.serve.tokens import in_care_of, issue, revoke
from sqlalchemy import create_engine
from support.browser import DESK, PHONE, barriers, overflowing, page_of
from support.delivering import City, months
from support.hubrun import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGE = "/answers/chonburi/dengue_cases"


@dataclass
class Served:
    """A hub whose pages answer: what is on hold, and a client with a steward's token."""

    city: City
    url: str
    steward: str
    secret: str

    def client(self, secret: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {secret or self.secret}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60)

    def groups(self) -> dict[str, Group]:
        feed = self.city.feed
        found = asking([feed], self.city.hub.ledger, self.city.home)
        return {group.why.en + group.value: group for group in found.groups(feed)}

    def known(self) -> list[Quarantined]:
        return quarantined(self.city.seen())


@pytest.fixture
def served(city: Callable[..., City]) -> Iterator[Served]:
    """Twenty years of one feed; of four records beyond the range two have the same value."""
    opened = city()
    cases = months("2001-01", *[3] * 236, 60_000, 60_000, 70_000)
    opened.deliver("2001-2020", {**cases, "1999-05": 3})
    hub = opened.hub
    refresh(problems(opened.seen(), hub.ledger), hub.ledger)
    steward = opened.feed.stewards[0].email
    secret = issue(steward, 1, "an engineer", [opened.feed], hub.ledger)
    with listening(opened) as url:
        yield Served(opened, url, steward, secret)


@contextmanager
def listening(city: City, ledger: Ledger | None = None) -> Iterator[str]:
    """The URL of a server of these pages on loopback."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        app = make_app(city.hub.settings, ledger or city.hub.ledger)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, args=([bound],), daemon=True)
        thread.start()
        yield "http://{}:{}".format(*bound.getsockname())
        server.should_exit = True
        thread.join()


# -- in a browser ----------------------------------------------------------------------------------


def test_a_steward_signs_in_sees_what_waits_and_answers(browser: Browser, served: Served) -> None:
    with page_of(browser) as (page, seen):
        page.goto(served.url)
        assert barriers(page) == []
        page.get_by_label("Token").fill("hub_wrong")
        page.get_by_role("button", name="Sign in").click()
        assert page.get_by_role("alert").is_visible()
        page.get_by_label("Token").fill(served.secret)
        page.get_by_role("button", name="Sign in").click()
        assert page.get_by_role("cell", name="4", exact=True).is_visible()
        assert barriers(page) == []
        page.get_by_role("link", name="Chonburi").click()
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            assert overflowing(page) == []
            assert barriers(page) == []
        together = page.locator("fieldset", has_text="60000")
        together.get_by_label("Answer", exact=False).first.select_option(AnswerKind.CONFIRM)
        together.get_by_label("Note").fill("a real outbreak")
        page.get_by_role("button", name="Send the answers").click()
        outcome = page.get_by_role("status")
        assert "✓ 2 " in outcome.inner_text()
        assert "taken into the warehouse with the next pass" in outcome.inner_text()
        assert page.locator("fieldset", has_text="60000").count() == 0
        page.get_by_role("button", name="Sign out").click()
        page.goto(served.url + PAGE)
        assert page.get_by_label("Token").is_visible()
        assert seen.outside == []
        # A wrong token is 401; a page that is left before its font has come is no fault.
        assert [it for it in seen.errors if "401" not in it and "ERR_ABORTED" not in it] == []
    decided = [entry for entry in served.known() if entry.status == "released"]
    assert {entry.value_masked for entry in decided} == {"60000"}
    assert {entry.decided_by for entry in decided} == {served.steward}
    assert {entry.decision_reason for entry in decided} == {"a real outbreak"}


# -- answers ---------------------------------------------------------------------------------------


def test_a_record_gets_its_own_answer_and_the_others_that_of_all(served: Served) -> None:
    until = date.today() + timedelta(days=30)
    groups = served.groups()
    many = next(group for group in groups.values() if len(group.records) == 2)
    own, other = (record.quarantine_id for record in many.records)
    form = {
        f"{many.group_id}.answer": AnswerKind.STAYS_OUT,
        f"{many.group_id}.until": str(until),
        f"{many.group_id}.{own}": AnswerKind.CONFIRM,
    }
    with served.client() as client:
        shown = client.post(PAGE, data=form)
        again = client.post(PAGE, data=form)
    assert "taken into the warehouse" in shown.text
    assert "left out until the day given" in shown.text
    states = {entry.quarantine_id: entry for entry in served.known()}
    assert states[own].status == "released"
    assert (states[other].status, states[other].waived_until) == ("waived", until)
    assert [entry.quarantine_id for entry in served.known()].count(own) == 1
    assert "answered before" in again.text


def test_what_cannot_be_taken_says_why_and_the_rest_is(served: Served) -> None:
    groups = sorted(served.groups().values(), key=lambda group: len(group.records))
    unreadable = next(group for group in groups if AnswerKind.CONFIRM not in group.answers)
    without_day, resent = groups[-1], next(group for group in groups if group.value == "70000")
    with served.client() as client:
        shown = client.post(
            PAGE,
            data={
                f"{unreadable.group_id}.answer": AnswerKind.CONFIRM,
                f"{without_day.group_id}.answer": AnswerKind.STAYS_OUT,
                f"{resent.group_id}.answer": AnswerKind.RESEND,
            },
        ).text
    assert "could not read or place this record" in shown
    assert "The day is missing until which it may stay out" in shown
    assert "noted; we wait for the new file" in shown
    assert f'<option value="{AnswerKind.STAYS_OUT}" selected>' in shown  # to be corrected
    assert {entry.status for entry in served.known()} == {"open"}


def test_all_answered_with_a_new_file_is_noted_at_the_incident(served: Served) -> None:
    asked = {entry.reason for entry in served.known()}
    form = {f"{group.group_id}.answer": "resend" for group in served.groups().values()}
    with served.client() as client:
        client.post(PAGE, data=form)
    found = [it for it in incidents(served.city.hub.ledger) if it.problem.key[2] in asked]
    assert {entry.state for entry in found} == {"acknowledged"}
    assert {entry.problem.key[2] for entry in found} == asked


def test_an_answer_comes_from_a_closed_list_and_is_shown_as_text(served: Served) -> None:
    group = next(iter(served.groups().values()))
    with served.client() as client:
        shown = client.post(PAGE, data={f"{group.group_id}.answer": "<script>"}).text
    assert "&lt;script&gt;" in shown
    assert "<script>”" not in shown


# -- how mails come --------------------------------------------------------------------------------


def test_a_steward_chooses_how_to_hear(browser: Browser, served: Served) -> None:
    ledger = served.city.hub.ledger
    assert subscription(served.steward, ledger).when == "change_only"
    with page_of(browser) as (page, seen):
        page.goto(served.url + "/mails")
        page.get_by_label("Token").fill(served.secret)
        page.get_by_role("button", name="Sign in").click()
        assert page.get_by_label("when something is new").is_checked()
        assert (overflowing(page), barriers(page)) == ([], [])
        page.get_by_label("only while something critical").check()
        page.get_by_label("English, then Thai").check()
        page.get_by_role("button", name="Keep").click()
        assert "from the next mail on" in page.get_by_role("status").inner_text()
        assert (seen.outside, seen.errors) == ([], [])
    wish = subscription(served.steward, ledger)
    assert (wish.when, wish.languages) == ("on_error", ("en", "th"))
    with served.client() as client:
        wrong = client.post("/mails", data={"when": "never", "languages": "th"})
    assert wrong.status_code == 400
    assert subscription(served.steward, ledger) == wish


# -- who may ---------------------------------------------------------------------------------------


def test_nobody_gets_in_without_a_good_token(served: Served) -> None:
    ledger = served.city.hub.ledger
    old = "hub_expired"
    past = datetime.now(UTC) - timedelta(minutes=1)
    hashed = sha256(old.encode()).hexdigest()
    ledger.tokens.issue(Token("old", TokenAudience.STEWARD, served.steward, hashed, past, "x"))
    good = httpx.Client(base_url=served.url, headers={"Authorization": f"Bearer {served.secret}"})
    with good as client, httpx.Client(base_url=served.url) as bare:
        for path in ("/answers", PAGE):
            assert bare.get(path).headers["location"] == f"/login?then={path}"
            assert client.get(path, headers={"Authorization": "Bearer x"}).status_code == 401
            assert client.get(path, headers={"Authorization": f"Bearer {old}"}).status_code == 401
            assert client.get(path).status_code == 200
        assert bare.post(PAGE, data={}).headers["location"].startswith("/login")
        number = next(it.token_id for it in ledger.tokens.all() if it.token_id != "old")
        revoke(number[:5], "an engineer", "left the office", ledger)
        assert client.get("/answers").status_code == 401


def test_a_steward_sees_nothing_of_others(served: Served) -> None:
    others = [feed for feed in load_feeds()[0] if feed.city.key == "bangkok"]
    assert others
    assert served.steward not in {contact.email for feed in others for contact in feed.stewards}
    with served.client() as client:
        assert client.get(f"/answers/bangkok/{others[0].dataset}").status_code == 404
        assert client.get("/answers/chonburi/nothing").status_code == 404
        assert "bangkok" not in client.get("/answers").text


def test_a_form_of_another_site_is_refused(served: Served) -> None:
    group = next(iter(served.groups().values()))
    with served.client() as client:
        form = {f"{group.group_id}.answer": "resend"}
        for other in ("https://evil.example", "null"):
            answer = client.post(PAGE, data=form, headers={"Origin": other})
            assert answer.status_code == 403
        assert client.post(PAGE, data=form, headers={"Origin": served.url}).status_code == 200


def test_a_form_without_an_end_is_not_read(served: Served) -> None:
    with served.client() as client:
        assert client.post("/login", content=b"token=" + bytes(5 << 20)).status_code == 413
        assert client.post("/login", content=iter([b"token=x"])).status_code == 413


def test_a_ledger_that_is_away_is_said_in_both_languages(served: Served) -> None:
    away = Ledger(create_engine("postgresql+psycopg2://hub@127.0.0.1:1/hub"))
    with listening(served.city, away) as url, httpx.Client(base_url=url) as client:
        answer = client.get("/answers", headers={"Authorization": "Bearer hub_x"})
    assert answer.status_code == 503
    assert "The hub is in trouble just now" in answer.text
    assert "ระบบขัดข้องชั่วคราว" in answer.text
    assert "psycopg" not in answer.text


def test_every_page_keeps_scripts_frames_and_caches_out(served: Served) -> None:
    with served.client() as client:
        for path in ("/answers", PAGE, "/login", "/nothing"):
            headers = client.get(path).headers
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["cache-control"] == "no-store"
        answer = client.post(
            "/login", data={"token": served.secret, "then": "https://evil.example"}
        )
        assert answer.headers["location"] == "/answers"
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie


def test_a_steward_of_the_city_answers_for_all_its_feeds() -> None:
    feeds, _ = load_feeds()
    of_city = [feed for feed in feeds if feed.city.key == "chonburi"]
    whole = of_city[0].city.stewards[0].email
    assert in_care_of(whole, feeds) == of_city
    assert in_care_of("nobody@example.org", feeds) == []


# -- the command -----------------------------------------------------------------------------------


def test_the_command_serves_until_it_is_ended(release: Site) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    process = release.start("serve", "--port", port)
    assert process.stdout
    assert port in process.stdout.readline()
    transport = httpx.HTTPTransport(retries=10)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", transport=transport) as client:
        assert client.get("/health").json() == {"status": "ok"}
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(30) == 0
    bare = release.hub("serve", "--host", "0.0.0.0", "--port", port)
    assert bare.returncode == 2
    assert "--certificate" in bare.stderr
    refused = release.hub("token", "issue", "nobody@example.org")
    assert refused.returncode == 2
    assert "nobody@example.org is no steward" in refused.stderr
