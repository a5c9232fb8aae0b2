"""The catalogue's entry of each dataset, from the release, the suites and the cities' contracts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from federation.common.bilingual import BilingualText
from federation.contracts.model import City, Contact, Feed
from federation.datasets.descriptions import described
from federation.datasets.suites import dataset_names, load_suite
from federation.quality.contacts import national
from federation.reporting.catalogue.terms import CADENCES, Licence, licence_of


@dataclass(frozen=True)
class Column:
    """One column of a table, as `ops.dictionary` has it."""

    name: str
    type: str
    unit: str | None
    text: BilingualText
    is_key: bool
    refers_to: str | None  # schema.table.column in which its values stand


@dataclass(frozen=True)
class Table:
    """One table or view of the warehouse with its columns."""

    name: str  # with its schema
    text: BilingualText
    columns: list[Column]


@dataclass(frozen=True)
class FeedEntry:
    """One city's part of a dataset in the release; counts are records of its accepted extracts."""

    city: City
    title: str
    contract_version: str
    cadence: str
    licence: Licence
    purpose: str
    limitations: BilingualText
    due_within_days: int | None  # after a period's end; None where nothing is promised
    replaced: int  # files that a newer one replaced
    stewards: list[Contact]
    extracts: dict[str, int]  # verdict -> extracts that no later one replaced
    first: date | None
    last: date | None
    received: int
    in_core: int
    quarantined: int
    duplicate: int
    superseded: int

    @property
    def cadence_text(self) -> BilingualText:
        return CADENCES[self.cadence].text


@dataclass(frozen=True)
class Entry:
    """One dataset."""

    name: str
    title: BilingualText
    table: Table
    source: BilingualText
    keywords: Mapping[str, list[str]]
    data_type: str
    geo_coverage: str
    theme: str
    personal: bool  # a contract classifies one of its columns
    feeds: list[FeedEntry]

    @property
    def page(self) -> str:
        """The dataset's page, relative to the site."""
        return f"{self.name}.html"

    @property
    def first(self) -> date | None:
        return min((feed.first for feed in self.feeds if feed.first), default=None)

    @property
    def last(self) -> date | None:
        return max((feed.last for feed in self.feeds if feed.last), default=None)

    @property
    def records(self) -> int:
        return sum(feed.in_core for feed in self.feeds)

    @property
    def cadence(self) -> str:
        """The cadence of the city that delivers least often."""
        order = list(CADENCES)
        return max((feed.cadence for feed in self.feeds), key=order.index, default="irregular")


@dataclass(frozen=True)
class Publisher:
    """Who publishes the national catalogue."""

    name: BilingualText
    email: str


def publisher() -> Publisher:
    """Return who publishes the catalogue, as `_national.yml` says."""
    entry = national().publisher
    return Publisher(entry.name.text, entry.email)


def read_tables(con: duckdb.DuckDBPyConnection) -> list[Table]:
    """Return every described table of the release in order of name."""
    dictionary = con.execute("SELECT * FROM ops.dictionary")
    names = [column[0] for column in dictionary.description or ()]
    texts: dict[str, BilingualText] = {}
    columns: dict[str, list[Column]] = {}
    for values in dictionary.fetchall():
        row = dict(zip(names, values, strict=True))
        table = f"{row['schema_name']}.{row['table_name']}"
        if row["column_name"] is None:
            texts[table] = _text(row)
        else:
            columns.setdefault(table, []).append(_column(row))
    return [Table(name, text, columns.get(name, [])) for name, text in sorted(texts.items())]


def _column(row: Mapping[str, Any]) -> Column:
    return Column(
        row["column_name"],
        row["data_type"],
        row["unit"],
        _text(row),
        row["is_key"],
        row.get("refers_to"),  # which releases of earlier code lack
    )


def _text(row: Mapping[str, Any]) -> BilingualText:
    return BilingualText(row["description_en"], row["description_th"])


def read_entries(
    con: duckdb.DuckDBPyConnection, feeds: Sequence[Feed], tables: Sequence[Table]
) -> list[Entry]:
    """Return an entry for every dataset of the suites; one that no city delivers has no feeds."""
    tables_by_name = {table.name: table for table in tables}
    return [
        _entry(con, name, [feed for feed in feeds if feed.dataset == name], tables_by_name)
        for name in dataset_names()
    ]


def _entry(
    con: duckdb.DuckDBPyConnection, name: str, feeds: Sequence[Feed], tables: Mapping[str, Table]
) -> Entry:
    suite = load_suite(name)
    table = f"core.{suite.fact}"
    metadata = suite.catalogue
    return Entry(
        name=name,
        title=BilingualText(**suite.title),
        table=tables.get(table) or Table(table, described()[table].text, []),
        source=BilingualText(**metadata["source"]),
        keywords=metadata["keywords"],
        data_type=metadata["data_type"],
        geo_coverage=metadata["geo_coverage"],
        theme=metadata["theme"],
        personal=any(map(_is_classified, feeds)),
        feeds=[_feed(con, feed) for feed in sorted(feeds, key=lambda feed: feed.city.code)],
    )


def _is_classified(feed: Feed) -> bool:
    (table,) = feed.document["schema"][:1]
    properties: list[dict[str, Any]] = table.get("properties") or []
    classes = {entry.get("classification", "public") for entry in properties}
    return bool(classes - {"public"})


def _feed(con: duckdb.DuckDBPyConnection, feed: Feed) -> FeedEntry:
    verdicts = con.execute(
        """
        SELECT verdict, count(*)
        FROM ops.extracts
        WHERE city = ? AND dataset = ? AND state <> 'superseded'
        GROUP BY ALL
        ORDER BY ALL
        """,
        feed.key,
    ).fetchall()
    first, last, replaced = con.execute(
        """
        SELECT
          min(first_date) FILTER (state = 'current'), max(last_date) FILTER (state = 'current'),
          count(*) FILTER (state = 'superseded')
        FROM ops.extracts
        WHERE city = ? AND dataset = ?
        """,
        feed.key,
    ).fetchall()[0]
    return FeedEntry(
        feed.city,
        feed.title,
        feed.version,
        feed.cadence,
        licence_of(feed),
        feed.description.get("purpose", ""),
        BilingualText(
            feed.description.get("limitations", ""), feed.description.get("limitations_th", "")
        ),
        feed.latency_days,
        replaced,
        list(feed.stewards or feed.city.stewards),
        dict(verdicts),
        first,
        last,
        *_counts(con, feed),
    )


def _counts(con: duckdb.DuckDBPyConnection, feed: Feed) -> list[int]:
    """Return the records received, in core, quarantined, duplicate and superseded."""
    sums = con.execute(
        """
        SELECT
          sum(records_received), sum(records_in_core), sum(records_quarantined),
          sum(records_duplicate), sum(records_superseded)
        FROM ops.row_accounting
        WHERE city = ? AND dataset = ?
        """,
        feed.key,
    ).fetchall()[0]
    return [int(value or 0) for value in sums]
