"""A real browser for tests: Debian's Chromium, driven by Playwright, that reaches loopback and
files only."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@dataclass
class Seen:
    """What a page asked for and complained of while it was open."""

    outside: list[str] = field(
        default_factory=list
    )  # addresses that are neither files nor loopback; all were refused
    errors: list[str] = field(
        default_factory=list
    )  # console errors, uncaught exceptions, requests that failed


@pytest.fixture(
    scope="module"
)  # no longer: while Playwright is there, no other test of its process may run an event loop
def browser() -> Iterator[Browser]:
    """Chromium without a window; skips where it is not installed."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed (`make test` installs it as root)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=list(_QUIET))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures of pages go: `SCREENSHOTS` when it names a folder, for the CI's artefacts,
    else the tests' own."""
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def page_of(
    browser: Browser, size: dict[str, int] | None = None, **more: Any
) -> Iterator[tuple[Page, Seen]]:
    """A page in a context of its own, and what it asks for and complains of.

    Requests to the outside are refused.
    """
    context = browser.new_context(
        viewport=size or DESK, locale="th-TH", timezone_id="Asia/Bangkok", **more
    )
    seen = Seen()
    context.route("**/*", lambda route: _let_through(route, seen))
    page = context.new_page()
    page.on(
        "console",
        lambda message: seen.errors.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on(
        "requestfailed", lambda request: seen.errors.append(f"{request.url}: {request.failure}")
    )
    try:
        yield page, seen
    finally:
        context.close()


def _let_through(route: Route, seen: Seen) -> None:
    parts = urlsplit(route.request.url)
    if parts.scheme in ("file", "data", "blob") or parts.hostname in (
        "127.0.0.1",
        "localhost",
        "::1",
    ):
        route.continue_()
    else:
        seen.outside.append(route.request.url)
        route.abort()


def overflowing(page: Page) -> list[str]:
    """What reaches beyond the page's right edge outside a box that scrolls.

    Empty when the page does not scroll sideways.
    """
    return list(
        page.evaluate("""() => {
      const root = document.documentElement
      if (root.scrollWidth <= root.clientWidth) return []
      const scrolls = node => getComputedStyle(node).overflowX !== 'visible'
      const boxed = node => node && (scrolls(node) || boxed(node.parentElement))
      const wide = node => node.getBoundingClientRect().right > root.clientWidth + 1
      return [...document.body.querySelectorAll('*')]
        .filter(node => wide(node) && !boxed(node.parentElement))
        .map(node => node.outerHTML.slice(0, 120)).concat(['(the page itself)'])
    }""")
    )


def barriers(page: Page) -> list[str]:
    """What axe-core finds that keeps people out of the page, each with the first place."""
    from axe_playwright_python.sync_playwright import Axe

    # It need not fetch style sheets itself, which a browser refuses for files.
    found = Axe().run(page, options={"preload": False}).response["violations"]
    return [
        f"{rule['id']} ({len(rule['nodes'])}): {rule['nodes'][0]['html'][:160]} "
        f"{rule['nodes'][0].get('failureSummary', '')[:200]}"
        for rule in found
    ]
