"""Every mail of a first pass: one a person, in plain words, with a subject that says the act, and
read in half a minute."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from support.browser import barriers, overflowing, page_of
from support.hubrun import Site
from support.plain_words import not_plain

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PHONE = {"width": 375, "height": 740}
DESK = {"width": 1280, "height": 900}
# The words of each language above the first table, as readers count them.
WORDS_ABOVE = """() => Object.fromEntries([...document.querySelectorAll('section')].map(part => {
  const table = part.querySelector('table')
  const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
  const words = new Intl.Segmenter(part.lang, {granularity: 'word'})
  let node, count = 0
  while ((node = walk.nextNode()) && !(table && table.contains(node)))
    count += [...words.segment(node.textContent)].filter(word => word.isWordLike).length
  return [part.lang, count]
}))"""


class Sentences(HTMLParser):
    """The texts of a page, without commands, addresses and what names a file."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.skipped = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.skipped += tag in ("code", "a", "style")

    def handle_endtag(self, tag: str) -> None:
        self.skipped -= tag in ("code", "a", "style")

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.texts.append(data)


def plain(text: str) -> list[str]:
    """What a text says in words that its readers cannot know, beside names of files."""
    words = (word for word in text.split() if not word.endswith((".parquet", ".xlsx")))
    return [*not_plain(" ".join(words), iso_days=True)]


def mails_of(folder: Path) -> Iterator[EmailMessage]:
    for file in sorted(folder.glob("[!a]*.eml")):
        mail = message_from_bytes(file.read_bytes(), policy=default)
        assert isinstance(mail, EmailMessage)
        yield mail


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@pytest.fixture(scope="module")
def mails(release: Site) -> list[EmailMessage]:
    return [*mails_of(release.home.outbox)]


def test_a_first_pass_sends_each_person_one_mail_in_both_languages(
    mails: list[EmailMessage],
) -> None:
    people = [mail["To"].addresses[0].addr_spec for mail in mails]
    assert len(set(people)) == len(people) > 24
    for mail in mails:
        assert mail["To"].addresses[0].display_name
        for kind in ("plain", "html"):
            assert "ยินดีต้อนรับ" in body(mail, kind)
            assert "Welcome" in body(mail, kind)
            assert mail["Reply-To"] in body(mail, kind)


def test_subjects_lose_no_blank_and_say_what_the_mail_says(mails: list[EmailMessage]) -> None:
    for mail in mails:
        headings = body(mail, "plain").split("-" * 60)
        for said, text in zip(str(mail["Subject"]).split(" / "), headings, strict=True):
            heading = text.strip().splitlines()[0]
            assert heading.startswith(said.removesuffix(" …"))


def test_no_sentence_holds_a_code_or_a_word_of_the_hub_alone(mails: list[EmailMessage]) -> None:
    for mail in mails:
        page = Sentences()
        page.feed(body(mail, "html"))
        for text in (str(mail["Subject"]), *page.texts):
            assert plain(text) == [], text


def test_each_link_leads_to_the_very_finding(mails: list[EmailMessage]) -> None:
    found = {
        link
        for mail in mails
        for link in re.findall(r'href="file://([^"#]+)#(\w+)"', body(mail, "html"))
    }
    assert len(found) > 20
    for file, incident_id in found:
        assert f'id="{incident_id}"' in Path(unquote(file)).read_text("utf-8")


def test_who_promised_no_day_is_asked_for_one(mails: list[EmailMessage]) -> None:
    asked = [mail for mail in mails if "ยังไม่มีกำหนดส่ง โปรดตอบกลับ" in body(mail, "plain")]
    assert {str(mail["Subject"]).partition(" ไข้เลือดออก")[0] for mail in asked} >= {"ระยอง"}
    assert all("no day of delivery is agreed" in body(mail, "html") for mail in asked)


def written(mail: EmailMessage, folder: Path) -> Path:
    """The page of a mail as a file, with its pictures beside it."""
    page = body(mail, "html")
    for part in mail.walk():
        if part.get_content_type() == "image/png":
            name = part["Content-ID"].strip("<>")
            (folder / f"{name}.png").write_bytes(part.get_payload(decode=True))
            page = page.replace(f"cid:{name}", f"{name}.png")
    file = folder / "mail.html"
    file.write_text(page, "utf-8")
    return file


def different(mails: list[EmailMessage]) -> list[EmailMessage]:
    """The longest mails, and the one that has least to say."""
    by_length = sorted(mails, key=lambda mail: len(body(mail, "html")))
    return [by_length[0], *by_length[-2:]]


@pytest.mark.parametrize("chosen", [different, pytest.param(list, marks=pytest.mark.slow)])
def test_mails_fit_are_read_soon_and_keep_nobody_out(
    chosen: Callable[[list[EmailMessage]], list[EmailMessage]],
    mails: list[EmailMessage],
    browser: Browser,
    tmp_path: Path,
) -> None:
    for mail in chosen(mails):
        file = written(mail, tmp_path)
        for size in (PHONE, DESK):
            with page_of(browser, size) as (page, _):
                page.goto(file.as_uri())
                assert overflowing(page) == []
                assert barriers(page) == []
                is_steward = "example.org" in str(mail["To"]) and "@data.go" not in str(mail["To"])
                if is_steward and "steering" not in str(mail["To"]):
                    assert max(page.evaluate(WORDS_ABOVE).values()) <= 150
