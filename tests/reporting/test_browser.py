"""The browser of the tests sees what is wrong with a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from support.browser import PHONE, barriers, overflowing, page_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGE = """<!doctype html><title>t</title><body style="margin:0">
<img src="https://example.org/x.png" alt=""><script>console.error("broken")</script>
<div style="overflow-x:auto"><p style="width:2000px">boxed</p></div>{more}"""


def test_a_request_to_the_outside_is_refused_and_told_of(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE.format(more=""), "utf-8")
    with page_of(browser) as (page, seen):
        page.goto((tmp_path / "page.html").as_uri())
        assert seen.outside == ["https://example.org/x.png"]
        assert "broken" in seen.errors


def test_what_is_too_wide_is_named_but_not_what_scrolls_in_its_box(
    browser: Browser, tmp_path: Path
) -> None:
    for more, wrong in (("", False), ('<p id="wide" style="width:400px">wide</p>', True)):
        (tmp_path / "page.html").write_text(PAGE.format(more=more), "utf-8")
        with page_of(browser, PHONE) as (page, _):
            page.goto((tmp_path / "page.html").as_uri())
            assert any('id="wide"' in found for found in overflowing(page)) is wrong
            assert bool(overflowing(page)) is wrong


def test_what_keeps_people_out_is_named(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE.format(more=""), "utf-8")
    with page_of(browser) as (page, _):
        page.goto((tmp_path / "page.html").as_uri())
        found = barriers(page)
        assert any(entry.startswith("html-has-lang") for entry in found)
