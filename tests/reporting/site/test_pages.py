"""The report of a release in a real browser, on a phone and on a desk: whole, shaped, fetching
nothing from outside."""

from __future__ import annotations

import csv
import re
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from federation.contracts.model import Feed
from federation.datasets.suites import load_suite
from federation.reporting.site.downloads import ROWS, TABLES
from support.browser import DESK, PHONE, overflowing, page_of
from support.hubrun import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SHAPES = """() => {
  const width = (text, family) => {
    const span = document.createElement('span')
    span.style.cssText = `position:absolute;font:40px ${family}`
    span.textContent = text
    document.body.append(span)
    const found = span.getBoundingClientRect().width
    span.remove()
    return found
  }
  return {loaded: document.fonts.check('16px "Noto Sans Thai"', 'น้ำที่'),
          known: [...document.fonts].map(font => font.status),
          marked: width('น้ำที่', '"Noto Sans Thai"'), bare: width('นำที', '"Noto Sans Thai"'),
          other: width('น้ำที่', 'monospace')}
}"""


class Outline(HTMLParser):
    """The headings of a page in order, and its pictures without words."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.mute: list[str] = []
        self.page = page.read_text("utf-8")
        self.feed(self.page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.headings += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        self.mute += [tag] if tag == "img" and "alt" not in given else []


@pytest.fixture(scope="module")
def folder(release: Site) -> Path:
    return release.home.reports(release.manifest()["release_id"])


@pytest.fixture(scope="module")
def pages(folder: Path) -> list[Path]:
    """The pages of the report and of Data Docs."""
    return [
        folder / "index.html",
        *sorted(folder.glob("*-*.html")),
        *sorted(folder.glob("data-docs/*.html")),
    ]


def one_of_each(folder: Path, feeds: dict[tuple[str, str], Feed]) -> list[Path]:
    """The first page, and one city with all its feeds and what Great Expectations says of two of
    them."""
    city = sorted({city for city, _ in feeds})[0]
    own = [folder / f"{city}.html", *sorted(folder.glob(f"{city}-*.html"))]
    return [
        folder / "index.html",
        folder / "catalogue.html",
        *own,
        *sorted(folder.glob(f"data-docs/{city}-*.html"))[:2],
    ]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_fit_their_screen_fetch_nothing_from_outside_and_complain_of_nothing(
    browser: Browser,
    folder: Path,
    feeds: dict[tuple[str, str], Feed],
    size: dict[str, int],
    screenshots: Path,
) -> None:
    looked_at = one_of_each(folder, feeds)
    assert len(looked_at) > 8
    with page_of(browser, size) as (page, seen):
        for file in looked_at:
            page.goto(file.as_uri())
            page.evaluate("document.fonts.ready")
            assert overflowing(page) == [], file.name
            page.screenshot(path=screenshots / f"{file.stem}-{size['width']}.png", full_page=True)
        assert seen.outside == []
        assert seen.errors == []


def test_thai_is_shaped_by_the_font_that_comes_with_the_site(
    browser: Browser, folder: Path
) -> None:
    with page_of(browser) as (page, _):
        page.goto((folder / "index.html").as_uri())
        page.evaluate("document.fonts.ready")
        found = page.evaluate(SHAPES)
    assert found["loaded"]
    assert set(found["known"]) == {"loaded"}
    # Marks above a letter take no room of their own: a font without their shapes sets them side by
    # side.
    assert found["marked"] == pytest.approx(found["bare"], abs=0.5)
    assert found["marked"] > 40
    assert found["marked"] != found["other"]


def test_dbt_s_page_unpacks_itself(browser: Browser, folder: Path) -> None:
    with page_of(browser) as (page, seen):
        page.goto((folder / "dbt.html").as_uri() + "#!/model/model.national.air_quality_daily")
        page.wait_for_selector("text=One row per city and local day")
        assert seen.outside == []


def test_every_feed_has_its_pages(folder: Path, feeds: dict[tuple[str, str], Feed]) -> None:
    for city, dataset in feeds:
        told = (folder / f"{city}-{dataset}.html").read_text("utf-8")
        assert f'href="data-docs/{city}-{dataset}.html#section-' in told
        assert f'href="{city}-{dataset}.html"' in (folder / "index.html").read_text("utf-8")
        assert f'href="{city}-{dataset}.html"' in (folder / f"{city}.html").read_text("utf-8")


def test_headings_go_down_by_one_and_every_picture_has_words(pages: list[Path]) -> None:
    assert len(pages) > 80
    for file in pages:
        outline = Outline(file)
        assert outline.headings[0] == 1, file.name
        assert outline.headings.count(1) == 1, file.name
        assert all(after <= before + 1 for before, after in pairwise(outline.headings)), file.name
        assert outline.mute == []
        assert (
            outline.page.count("<svg")
            == outline.page.count("<desc>")
            == outline.page.count('role="img"')
        )


def test_what_great_expectations_renders_needs_no_other_host(folder: Path) -> None:
    files = sorted(folder.glob("data-docs/*.html"))
    assert len(files) >= 42
    for file in files:
        told = file.read_text("utf-8")
        assert "Evaluated Expectations" in told
        assert re.findall("<script[^>]*>", told) == ['<script src="../hub.js" defer>']
        assert re.findall(r'(?:src|href)="(?:https?:)?//', told) == []


def test_what_the_warehouse_was_held_against_is_in_its_own_release_and_site(
    release: Site, folder: Path
) -> None:
    held = {
        row[0]
        for row in release.sql(
            "SELECT expectation FROM ops.quality_results WHERE suite = 'warehouse'"
        )
    }
    assert held == {entry.id for entry in load_suite("warehouse").expectations}
    assert "data-docs/warehouse.html" in (folder / "index.html").read_text("utf-8")
    assert "Great Expectations" in (folder / "data-docs" / "warehouse.html").read_text("utf-8")


def test_the_numbers_are_those_of_the_release(release: Site, folder: Path) -> None:
    counts = "sum(records_in_core), sum(records_quarantined)"
    for city, dataset, in_core, quarantined in release.sql(
        f"SELECT city, dataset, {counts} FROM ops.row_accounting GROUP BY ALL"
    ):
        told = (folder / f"{city}-{dataset}.html").read_text("utf-8")
        assert f"<strong>{in_core:,}</strong>" in told
        assert f"<strong>{quarantined:,}</strong>" in told
    for city, grade, score in release.sql(
        "SELECT city, grade, score FROM ops.scores WHERE scope = 'city' AND dimension = "
        "'overall' AND score IS NOT NULL"
    ):
        assert f'<span class="grade">{grade}</span> {score:.1f}' in (
            folder / f"{city}.html"
        ).read_text("utf-8")


def test_downloads_hold_what_the_release_holds(release: Site, folder: Path) -> None:
    for table in TABLES:
        with (folder / "downloads" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert len(rows) - 1 == min(
            ROWS, release.sql(f"SELECT count(*) FROM ops.{table} WHERE {TABLES[table]}")[0][0]
        )
        assert f'href="downloads/{table}.csv"' in unescape(
            (folder / "index.html").read_text("utf-8")
        )
