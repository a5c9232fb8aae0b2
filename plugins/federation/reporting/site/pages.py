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
    """Return file name -> page; `shared` are the values that every page of the site is given."""
    values = _values_of_all_pages(con, nation, shared)
    docs = DataDocs()
    warehouse = read_warehouse(con)
    charts = _svg(pictures.of_nation(con, nation))
    on_first_page = {"charts": charts, "warehouse": warehouse, "warehouse_docs": WAREHOUSE_DOCS}
    rendered = docs.render("warehouse", "national warehouse", nation.today.isoformat(), warehouse)
    title = BilingualText(**load_suite("warehouse").title)
    files = {
        "index.html": page(_TEMPLATES, "nation.html.j2", {**values, **on_first_page}, "index.html"),
        WAREHOUSE_DOCS: _docs(values, WAREHOUSE_DOCS, rendered, about=title, back="index.html"),
    }
    for city in nation.cities:
        charts = _svg(pictures.of_city(con, nation, city))
        on_page = {"city": city, "charts": charts}
        files[city.page] = page(_TEMPLATES, "city.html.j2", {**values, **on_page}, city.page)
        for feed in city.feeds:
            files |= _feed_files(con, nation, feed, docs, values)
    return files


def _values_of_all_pages(
    con: duckdb.DuckDBPyConnection, nation: Nation, shared: Mapping[str, Any]
) -> dict[str, Any]:
    return {
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


def _feed_files(
    con: duckdb.DuckDBPyConnection,
    nation: Nation,
    feed: FeedPage,
    docs: DataDocs,
    values: Mapping[str, Any],
) -> dict[str, str]:
    """Return the page of a feed, and its Data Docs: of the feed, and of extracts with failures."""
    batch = f"{feed.city.key} {feed.dataset}"
    of_feed = docs.render(feed.dataset, batch, nation.today.isoformat(), feed.measured)
    of_extracts = dict(_docs_of_extracts(nation, feed, docs))
    on_page = {
        "feed": feed,
        "docs_page": _docs_page(feed),
        "anchors": of_feed.anchors,
        "extract_pages": {extract_id: _docs_page(feed, extract_id) for extract_id in of_extracts},
        "charts": _svg(pictures.of_feed(con, nation, feed)),
        "shown": EXTRACTS_SHOWN,
        "quarantine": _quarantine(con, feed),
        "history": days_of_measuring(con, (feed.city.key, feed.dataset)),
    }
    about = {"about": feed.about, "back": feed.page}
    files = {
        feed.page: page(_TEMPLATES, "feed.html.j2", {**values, **on_page}, feed.page),
        _docs_page(feed): _docs(values, _docs_page(feed), of_feed, **about),
    }
    for extract_id, rendered in of_extracts.items():
        name = _docs_page(feed, extract_id)
        files[name] = _docs(values, name, rendered, **about, extract_id=extract_id)
    return files


def _docs_of_extracts(
    nation: Nation, feed: FeedPage, docs: DataDocs
) -> Iterator[tuple[str, Rendered]]:
    """Yield the ids of the newest extracts with failures, each with its Data Docs."""
    failing = {result.extract_id for entry in feed.failed for result in entry.failing}
    newest = [extract for extract in feed.standing if extract.extract_id in failing][:DOCS_PER_FEED]
    for extract in newest:
        measured = one_extract(feed.measured, extract.extract_id)
        batch = f"{feed.city.key} {feed.dataset} {extract.partition} {extract.extract_id}"
        yield (
            extract.extract_id,
            docs.render(feed.dataset, batch, nation.today.isoformat(), measured),
        )


def _docs_page(feed: FeedPage, extract_id: str = "") -> str:
    """Return the file of the Data Docs of a feed or of one of its extracts, relative to the
    site."""
    parts = [feed.city.key, feed.dataset]
    if extract_id:
        parts.append(extract_id)
    return f"data-docs/{'-'.join(parts)}.html"


def _docs(values: Mapping[str, Any], file: str, rendered: Rendered, **about: Any) -> str:
    """Return a page of Data Docs; `about` are `about` (what it is of), `back` (the page about it)
    and, for one extract, `extract_id`."""
    on_page = {
        "extract_id": "",
        "rendered": Markup(rendered.html),
        "anchors": rendered.anchors,
        "measured": rendered.measured,
    }
    return page(_TEMPLATES, "data_docs.html.j2", {**values, **on_page, **about}, file)


def _quarantine(con: duckdb.DuckDBPyConnection, feed: FeedPage) -> list[dict[str, Any]]:
    query = """
        SELECT
          reason, status, count(*) AS records, count(DISTINCT extract_id) AS extracts,
          max(age_days) AS age_days
        FROM ops.quarantine
        WHERE city = ? AND dataset = ?
        GROUP BY ALL
        ORDER BY records DESC, reason, status
        """
    return rows(con, query, (feed.city.key, feed.dataset))


def _svg(charts: list[Chart]) -> list[Markup]:
    """Return charts as elements of a page; every text in them is escaped already."""
    return [Markup(svg(chart)) for chart in charts]
