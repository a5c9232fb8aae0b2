"""The report of a release in a real browser, on a phone and on a desk: whole, shaped, fetching
nothing from outside."""

from __future__ import annotations

import csv
import re
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from federation.contracts.model import Feed
from federation.datasets.suites import load_suite
from federation.reporting.site.downloads import ROWS, TABLES
from support.browser import DESK, PHONE, barriers, overflowing, page_of
from support.hubrun import Site
from support.plain_words import not_plain

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SHAPES = """() => {
  const width = text => {
    const span = document.createElement('span')
    span.style.cssText = 'position:absolute;font:40px "Noto Sans Thai"'
    span.textContent = text
    document.body.append(span)
    const found = span.getBoundingClientRect().width
    span.remove()
    return found
  }
  return {loaded: document.fonts.check('16px "Noto Sans Thai"', 'น้ำที่'),
          known: [...document.fonts].map(font => font.status),
          marked: width('น้ำที่'), bare: width('นำที')}
}"""


def fonts_used(page: Page, selector: str) -> list[dict[str, Any]]:
    """Return the fonts that the browser draws an element's letters with, most letters first."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    found = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})
    return session.send("CSS.getPlatformFontsForNode", {"nodeId": found["nodeId"]})["fonts"]


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
    """The first page, and of one city its page, two feeds and what Great Expectations says."""
    city = sorted({city for city, _ in feeds})[0]
    return [
        folder / "index.html",
        folder / "catalogue.html",
        folder / f"{city}.html",
        folder / f"{city}-air_quality.html",
        folder / f"{city}-road_accidents.html",
        folder / f"data-docs/{city}-air_quality.html",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_fits_and_keeps_nobody_out(
    browser: Browser, folder: Path, pages: list[Path], size: dict[str, int]
) -> None:
    with page_of(browser, size) as (page, seen):
        for file in [*pages, *folder.glob("[a-z]*.html")]:
            if file.name == "dbt.html":  # dbt's own page
                continue
            page.goto(file.as_uri())
            page.evaluate("document.fonts.ready")
            page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
            assert overflowing(page) == [], file.name
            assert barriers(page) == [], file.name
        assert (seen.outside, seen.errors) == ([], [])


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_fit_their_screen_fetch_nothing_from_outside_and_complain_of_nothing(
    browser: Browser,
    folder: Path,
    feeds: dict[tuple[str, str], Feed],
    size: dict[str, int],
    screenshots: Path,
) -> None:
    looked_at = one_of_each(folder, feeds)
    with page_of(browser, size) as (page, seen):
        for file in looked_at:
            page.goto(file.as_uri())
            page.evaluate("document.fonts.ready")
            page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
            assert overflowing(page) == [], file.name
            assert barriers(page) == [], file.name
            page.screenshot(path=screenshots / f"{file.stem}-{size['width']}.png", full_page=True)
        assert seen.outside == []
        assert seen.errors == []


def test_the_first_page_answers_within_three_screens(browser: Browser, folder: Path) -> None:
    with page_of(browser, {"width": 1280, "height": 800}) as (page, _):
        page.goto((folder / "index.html").as_uri())
        page.evaluate("document.fonts.ready")
        answer = page.locator(".answer").bounding_box()
        details = page.locator("main > details").first.bounding_box()
        order = page.locator("main h2").evaluate_all("found => found.map(head => head.id)")
        lines = page.locator(".acts > li[class]").count()
    assert answer
    assert answer["y"] + answer["height"] < 400
    assert details
    assert details["y"] <= 3 * 800
    assert order[:3] == ["act", "feeds", "league"]
    assert 0 < lines <= 5


def test_a_reader_sees_one_language_at_will_and_keeps_it(browser: Browser, folder: Path) -> None:
    with page_of(browser) as (page, _):
        page.goto((folder / "index.html").as_uri())
        assert page.locator("h1 span:visible").count() == 2
        page.get_by_label("English", exact=True).check()
        assert page.locator("h1 span:visible").get_attribute("lang") == "en"
        assert page.locator("html").get_attribute("lang") == "en"
        page.goto((folder / "catalogue.html").as_uri())
        assert page.locator("h1 span:visible").get_attribute("lang") == "en"
        page.locator("#in-thai").check()
        assert page.locator("h1 span:visible").get_attribute("lang") == "th"


def test_languages_are_told_apart_without_the_script(browser: Browser, folder: Path) -> None:
    with page_of(browser, java_script_enabled=False) as (page, _):
        page.goto((folder / "index.html").as_uri())
        page.locator("#in-thai").check()
        assert page.locator("h1 span:visible").count() == 1
        assert page.locator("table.matrix a").count() > 40


def test_tables_sort_and_search(browser: Browser, folder: Path) -> None:
    scores = "table.sorts >> nth=0"
    with page_of(browser) as (page, _):
        page.goto((folder / "index.html").as_uri())
        for turn, sign in enumerate(("ascending", "descending")):
            page.locator(scores).get_by_role("button").nth(1).click()
            cells = page.locator(scores).locator("tbody tr td:nth-child(2)")
            found = cells.evaluate_all("cells => cells.map(cell => Number(cell.dataset.sort))")
            assert len(found) == 6
            assert found == sorted(found, reverse=bool(turn))
            assert (
                page.locator(scores).locator("thead th").nth(1).get_attribute("aria-sort") == sign
            )
        page.goto((folder / "dictionary.html").as_uri())
        page.keyboard.press("/")
        page.keyboard.type("published_aqi")
        shown = page.locator("section.find:visible")
        assert 0 < shown.count() < 10
        assert "published_aqi" in shown.first.inner_text()


def test_a_way_past_the_navigation_and_the_place_in_it(browser: Browser, folder: Path) -> None:
    with page_of(browser) as (page, _):
        page.goto((folder / "dictionary.html").as_uri())
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        assert page.locator('nav [aria-current="page"]').get_attribute("href") == "dictionary.html"


def test_a_printed_page_loses_nothing_at_its_edge(browser: Browser, folder: Path) -> None:
    a4_landscape = {"width": round((297 - 24) / 25.4 * 96), "height": 718}
    with page_of(browser, a4_landscape) as (page, _):
        page.emulate_media(media="print")
        for name in ("index.html", "catalogue.html"):
            page.goto((folder / name).as_uri())
            wide = page.locator("table").evaluate_all(
                "tables => tables.filter(table => table.scrollWidth > innerWidth).length"
            )
            assert wide == 0, name
            assert page.locator("nav").is_hidden()


class Sentences(HTMLParser):
    """What a page says to people: its texts, without what is code, a name of a file or an
    address."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("code", "script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("code", "script", "style")

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._silent:
            self.said.append(re.sub(r"\S+\.parquet|\S+@\S+|\d{8}T\d{6}-\w+", "", data).strip())


def test_no_sentence_holds_a_code_or_a_word_of_the_hub_s_engineers(
    folder: Path, feeds: dict[tuple[str, str], Feed]
) -> None:
    cities = sorted({city for city, _ in feeds})
    files = [folder / "index.html", *(folder / f"{city}.html" for city in cities)]
    files += [folder / f"{city}-{dataset}.html" for city, dataset in feeds]
    files += [folder / "catalogue.html", folder / "overlap.html"]
    assert len(files) == 51
    for file in files:
        for sentence in Sentences(file).said:
            assert [*not_plain(sentence)] == [], f"{file.name}: {sentence}"


def test_thai_is_shaped_by_the_font_that_comes_with_the_site(
    browser: Browser, folder: Path
) -> None:
    with page_of(browser) as (page, _):
        page.goto((folder / "index.html").as_uri())
        page.evaluate("document.fonts.ready")
        found = page.evaluate(SHAPES)
        fonts = fonts_used(page, "h1")
    assert found["loaded"]
    assert set(found["known"]) == {"loaded"}
    # Marks above a letter take no room of their own: a font without their shapes sets them side by
    # side.
    assert found["marked"] == pytest.approx(found["bare"], abs=0.5)
    assert found["marked"] > 40
    # Another font of the machine may be as wide: only the browser knows which one it took.
    assert fonts[0]["familyName"].startswith("Noto Sans Thai")
    assert fonts[0]["isCustomFont"]


def test_dbt_s_page_unpacks_itself(browser: Browser, folder: Path) -> None:
    with page_of(browser) as (page, seen):
        page.goto((folder / "dbt.html").as_uri() + "#!/model/model.national.air_quality_daily")
        page.wait_for_selector("text=One row per city and local day")
        assert seen.outside == []


def test_every_feed_has_its_pages(folder: Path, feeds: dict[tuple[str, str], Feed]) -> None:
    for city, dataset in feeds:
        told = (folder / f"{city}-{dataset}.html").read_text("utf-8")
        assert f'href="data-docs/{city}-{dataset}.html' in told
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
    on_hold = dict(
        release.sql(
            "SELECT city || '-' || dataset, count(DISTINCT (extract_id, row_number)) FROM "
            "ops.quarantine WHERE status IN ('open', 'expired') GROUP BY ALL"
        )
    )
    for city, dataset, in_core in release.sql(
        "SELECT city, dataset, sum(records_in_core) FROM ops.row_accounting GROUP BY ALL"
    ):
        told = (folder / f"{city}-{dataset}.html").read_text("utf-8")
        assert f"<strong>{in_core:,}</strong>" in told
        assert f"<strong>{on_hold.get(f'{city}-{dataset}', 0):,}</strong>" in told
    for city, grade, score in release.sql(
        "SELECT city, grade, score FROM ops.scores WHERE scope = 'city' AND dimension = "
        "'overall' AND score IS NOT NULL"
    ):
        assert f'<span class="grade grade-{grade}">{grade}</span> {score:.1f}' in (
            folder / f"{city}.html"
        ).read_text("utf-8")


def test_data_up_to_is_the_newest_record_in_the_warehouse(release: Site, folder: Path) -> None:
    newest = release.sql(
        "SELECT city, last_day(max(month)) FROM core.fct_tourism JOIN core.dim_city USING "
        "(city_code) GROUP BY city"
    )
    assert len(newest) == 6
    for city, day in newest:
        told = (folder / f"{city}-tourism.html").read_text("utf-8")
        answer = told.partition('class="answer"')[2].partition("</p>")[0]
        assert f'datetime="{day}"' in answer


def test_every_open_incident_is_on_its_page_with_owner_and_day(release: Site, folder: Path) -> None:
    found = release.sql(
        "SELECT incident_id, city, dataset, owner, repair_by FROM ops.incidents WHERE "
        "state <> 'closed' AND dataset <> ''"
    )
    assert len(found) > 30
    for incident_id, city, dataset, owner, repair_by in found:
        told = (folder / f"{city}-{dataset}.html").read_text("utf-8")
        about = told.partition(f'id="{incident_id}"')[2].partition("</li>")[0]
        assert owner in about
        assert repair_by is None or f'datetime="{repair_by}"' in about


def test_downloads_hold_what_the_release_holds(release: Site, folder: Path) -> None:
    for table in TABLES:
        with (folder / "downloads" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert not any(cell.startswith(("{", "[")) for row in rows for cell in row)
        assert len(rows) - 1 == min(
            ROWS, release.sql(f"SELECT count(*) FROM ops.{table} WHERE {TABLES[table]}")[0][0]
        )
        assert f'href="downloads/{table}.csv"' in unescape(
            (folder / "index.html").read_text("utf-8")
        )
