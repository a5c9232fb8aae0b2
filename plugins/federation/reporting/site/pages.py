"""The pages of the report: nation, cities, feeds, and what Great Expectations says of them."""

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
from markupsafe import Markup

from federation.common.bilingual import BilingualText
from federation.datasets.suites import load_suite
from federation.messages.reasons import SEVERITY_EN, SEVERITY_TH
from federation.quality.scores import DIMENSIONS
from federation.reporting.charts.marks import Chart
from federation.reporting.charts.svg import svg
from federation.reporting.pages import page, templates
from federation.reporting.site import pictures
from federation.reporting.site.data_docs import DataDocs, Rendered, one_extract
from federation.reporting.site.downloads import ROWS, TABLES, download
from federation.reporting.site.expectations import (
    OUTCOMES,
    Measured,
    days_of_measuring,
    read_warehouse,
)
from federation.reporting.site.read import FeedPage, Nation, has_table, rows

WAREHOUSE_DOCS = "data-docs/warehouse.html"
DOCS_PER_FEED = 3  # extracts with failures that get Data Docs of their own, the newest ones
EXTRACTS_SHOWN = 40
DIMENSIONS_TH = {
    "completeness": "ความครบถ้วน",
    "validity": "ความถูกต้องตามกฎ",
    "uniqueness": "ความไม่ซ้ำ",
    "consistency": "ความสอดคล้อง",
    "timeliness": "ความทันเวลา",
    "accuracy": "ความแม่นยำ",
}
_TEMPLATES = templates("federation.reporting.site")


def report_files(
    con: duckdb.DuckDBPyConnection, nation: Nation, shared: Mapping[str, Any]
) -> dict[str, str]:
    """Return file name -> page; `shared` is what every page of the site is told."""
    docs = DataDocs()
    known = {
        **shared,
        "nation": nation,
        "outcomes": OUTCOMES,
        "dimensions": DIMENSIONS,
        "dimensions_th": DIMENSIONS_TH,
        "rows": ROWS,
        "severity_th": SEVERITY_TH,
        "severity_en": SEVERITY_EN,
        "files": {name: download(name) for name in TABLES if has_table(con, name)},
    }
    warehouse = read_warehouse(con)
    first = known | {
        "charts": _svg(pictures.of_nation(con, nation)),
        "warehouse": warehouse,
        "warehouse_docs": WAREHOUSE_DOCS,
    }
    whole = docs.render("warehouse", "national warehouse", nation.today.isoformat(), warehouse)
    files = {
        "index.html": page(_TEMPLATES, "nation.html.j2", first),
        WAREHOUSE_DOCS: _docs(
            known, BilingualText(**load_suite("warehouse").title), "index.html", whole, warehouse
        ),
    }
    for city in nation.cities:
        told = known | {"city": city, "charts": _svg(pictures.of_city(con, nation, city))}
        files[city.page] = page(_TEMPLATES, "city.html.j2", told)
        for feed in city.feeds:
            files |= _feed_files(con, nation, feed, docs, known)
    return files


def _feed_files(
    con: duckdb.DuckDBPyConnection,
    nation: Nation,
    feed: FeedPage,
    docs: DataDocs,
    known: Mapping[str, Any],
) -> dict[str, str]:
    whole = docs.render(
        feed.dataset, f"{feed.city.key} {feed.dataset}", nation.today.isoformat(), feed.measured
    )
    single = dict(_single(nation, feed, docs))
    told = {
        **known,
        "feed": feed,
        "docs_page": _docs_page(feed),
        "anchors": whole.anchors,
        "extract_pages": {extract_id: _docs_page(feed, extract_id) for extract_id in single},
        "charts": _svg(pictures.of_feed(con, nation, feed)),
        "shown": EXTRACTS_SHOWN,
        "quarantine": _quarantine(con, feed),
        "history": days_of_measuring(con, (feed.city.key, feed.dataset)),
    }
    files = {
        feed.page: page(_TEMPLATES, "feed.html.j2", told),
        _docs_page(feed): _docs(known, feed.about, feed.page, whole, feed.measured),
    }
    for extract_id, (rendered, measured) in single.items():
        files[_docs_page(feed, extract_id)] = _docs(
            known, feed.about, feed.page, rendered, measured, extract_id
        )
    return files


def _single(
    nation: Nation, feed: FeedPage, docs: DataDocs
) -> Iterator[tuple[str, tuple[Rendered, list[Measured]]]]:
    """Yield the newest extracts with failures, each with what GX says of it."""
    failing = {result.extract_id for entry in feed.failed for result in entry.failing}
    newest = [extract for extract in feed.standing if extract.extract_id in failing][:DOCS_PER_FEED]
    for extract in newest:
        measured = one_extract(feed.measured, extract.extract_id)
        batch = f"{feed.city.key} {feed.dataset} {extract.partition} {extract.extract_id}"
        yield (
            extract.extract_id,
            (docs.render(feed.dataset, batch, nation.today.isoformat(), measured), measured),
        )


def _docs_page(feed: FeedPage, extract_id: str = "") -> str:
    """Return where the Data Docs of a feed or of one of its extracts stand, relative to the
    site."""
    return f"data-docs/{feed.city.key}-{feed.dataset}{'-' if extract_id else ''}{extract_id}.html"


def _docs(
    known: Mapping[str, Any],
    about: BilingualText,
    back: str,
    rendered: Rendered,
    measured: list[Measured],
    extract_id: str = "",
) -> str:
    told = {
        **known,
        "about": about,
        "back": back,
        "rendered": Markup(rendered.html),
        "anchors": rendered.anchors,
        "measured": measured,
        "extract_id": extract_id,
    }
    return page(_TEMPLATES, "data_docs.html.j2", told, root="../")


def _quarantine(con: duckdb.DuckDBPyConnection, feed: FeedPage) -> list[dict[str, Any]]:
    return rows(
        con,
        "SELECT reason, status, count(*) AS records, count(DISTINCT extract_id) AS extracts, "
        "max(age_days) AS age_days FROM ops.quarantine WHERE city = ? AND dataset = ? GROUP BY ALL "
        "ORDER BY records DESC, reason, status",
        (feed.city.key, feed.dataset),
    )


def _svg(charts: list[Chart]) -> list[Markup]:
    """Return charts as elements of a page; every text in them is escaped already."""
    return [Markup(svg(chart)) for chart in charts]
