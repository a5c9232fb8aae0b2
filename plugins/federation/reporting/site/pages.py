"""The pages of the report: nation, cities, feeds, and what Great Expectations says of them."""

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
from markupsafe import Markup

from federation.common.bilingual import BilingualText
from federation.datasets.suites import load_suite
from federation.messages.reasons import SEVERITY_EN, SEVERITY_TH, english, thai
from federation.quality.scores import DIMENSIONS
from federation.reporting.charts.marks import Chart
from federation.reporting.charts.svg import svg
from federation.reporting.pages import page, templates, words
from federation.reporting.site import pictures
from federation.reporting.site.data_docs import DataDocs, Rendered, one_extract
from federation.reporting.site.downloads import ROWS, TABLES, download
from federation.reporting.site.expectations import days_of_measuring, read_warehouse
from federation.reporting.site.model import FeedPage, Nation
from federation.reporting.site.rows import has_table, rows

WAREHOUSE_DOCS = "data-docs/warehouse.html"
DOCS_PER_FEED = 3  # extracts with failures that get Data Docs of their own, the newest ones
FILES_SHOWN = 12  # the rest is folded
ROWS_SHOWN = 50  # of records on hold; the download has all
ACTS_SHOWN = 5
_TEMPLATES = templates("federation.reporting.site")


def report_files(
    con: duckdb.DuckDBPyConnection, nation: Nation, shared: Mapping[str, Any]
) -> dict[str, str]:
    """Return file name -> page; `shared` are the values that every page of the site is given."""
    values = _values_of_all_pages(con, shared)
    docs = DataDocs()
    warehouse = read_warehouse(con)
    on_first_page = {
        "charts": _svg(pictures.of_nation(con, nation)),
        "coverage": _svg(pictures.coverage(con, nation)),
        "warehouse": warehouse,
        "warehouse_docs": WAREHOUSE_DOCS,
    }
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
    con: duckdb.DuckDBPyConnection, shared: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        **shared,
        "outcomes": words.OUTCOMES,
        "dimensions": DIMENSIONS,
        "words": words,
        "rows": ROWS,
        "severity_th": SEVERITY_TH,
        "severity_en": SEVERITY_EN,
        "acts_shown": ACTS_SHOWN,
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
        "of_suite": {entry.id for entry in load_suite(feed.dataset).expectations},
        "names": {extract.extract_id: extract.name for extract in feed.extracts},
        "files_of_site": values["files"],
        "charts": _svg(pictures.of_feed(con, nation, feed)),
        "shown": FILES_SHOWN,
        "on_hold": _on_hold(con, feed),
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


def _on_hold(con: duckdb.DuckDBPyConnection, feed: FeedPage) -> list[dict[str, Any]]:
    """Return the newest records that wait to be corrected, with the city's own columns."""
    query = """
        SELECT
          partition, extract_id, row_number, value_masked, reason, status,
          coalesce(source_columns, column_name, '') AS column_name
        FROM ops.quarantine
        LEFT JOIN (
          SELECT city, dataset, column_name, max(source_columns) AS source_columns
          FROM ops.contract_columns
          GROUP BY ALL
        ) USING (city, dataset, column_name)
        WHERE city = ? AND dataset = ? AND status IN ('open', 'expired')
        ORDER BY partition DESC, row_number, reason
        LIMIT ?
        """
    found = rows(con, query, (feed.city.key, feed.dataset, ROWS_SHOWN))
    return [row | {"words": _words(feed.dataset, row["reason"])} for row in found]


def _words(dataset: str, reason: str) -> BilingualText:
    return BilingualText(english(dataset, reason), thai(dataset, reason))


def _svg(charts: list[Chart]) -> list[Markup]:
    """Return charts as elements of a page; every text in them is escaped already."""
    return [Markup(svg(chart)) for chart in charts]
