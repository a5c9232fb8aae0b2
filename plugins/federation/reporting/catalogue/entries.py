"""What the catalogue says of each dataset: from the release, the suites and the cities'
contracts."""

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
    limitations: str
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
    told = national().publisher
    return Publisher(told.name.text, told.email)


def read_tables(con: duckdb.DuckDBPyConnection) -> list[Table]:
    """Return every described table of the release in order of name."""
    rows = con.execute(
        "SELECT schema_name || '.' || table_name, column_name, data_type, unit, description_en, "
        "description_th, "
        "is_key FROM ops.dictionary"
    ).fetchall()
    texts = {row[0]: BilingualText(row[4], row[5]) for row in rows if row[1] is None}
    columns = [
        (row[0], Column(row[1], row[2], row[3], BilingualText(row[4], row[5]), row[6]))
        for row in rows
        if row[1]
    ]
    return [
        Table(name, text, [column for table, column in columns if table == name])
        for name, text in sorted(texts.items())
    ]


def read_entries(
    con: duckdb.DuckDBPyConnection, feeds: Sequence[Feed], tables: Sequence[Table]
) -> list[Entry]:
    """Return an entry for every dataset of the suites.

    One that no city delivers yet has no feeds.
    """
    known = {table.name: table for table in tables}
    return [
        _entry(con, name, [feed for feed in feeds if feed.dataset == name], known)
        for name in dataset_names()
    ]


def _entry(
    con: duckdb.DuckDBPyConnection, name: str, feeds: Sequence[Feed], tables: Mapping[str, Table]
) -> Entry:
    suite = load_suite(name)
    table = f"core.{suite.fact}"
    told = suite.catalogue
    return Entry(
        name,
        BilingualText(**suite.title),
        tables.get(table) or Table(table, described()[table].text, []),
        BilingualText(**told["source"]),
        told["keywords"],
        told["data_type"],
        told["geo_coverage"],
        told["theme"],
        any(map(_is_classified, feeds)),
        [_feed(con, feed) for feed in sorted(feeds, key=lambda feed: feed.city.code)],
    )


def _is_classified(feed: Feed) -> bool:
    properties: list[dict[str, Any]] = feed.document["schema"][0].get("properties") or []
    return any(entry.get("classification", "public") != "public" for entry in properties)


def _feed(con: duckdb.DuckDBPyConnection, feed: Feed) -> FeedEntry:
    place = [feed.city.key, feed.dataset]
    verdicts = con.execute(
        "SELECT verdict, count(*) FROM ops.extracts WHERE city = ? AND dataset = ? "
        "AND state <> 'superseded' GROUP BY ALL ORDER BY ALL",
        place,
    ).fetchall()
    first, last = con.execute(
        "SELECT min(first_date), max(last_date) FROM ops.extracts WHERE city = ? AND dataset = ? "
        "AND state = 'current'",
        place,
    ).fetchall()[0]
    counts = con.execute(
        "SELECT coalesce(sum(records_received), 0), coalesce(sum(records_in_core), 0), "
        "coalesce(sum(records_quarantined), 0), coalesce(sum(records_duplicate), 0), "
        "coalesce(sum(records_superseded), 0) FROM ops.row_accounting WHERE city = ? AND dataset "
        "= ?",
        place,
    ).fetchall()[0]
    return FeedEntry(
        feed.city,
        feed.title,
        feed.version,
        feed.cadence,
        licence_of(feed),
        feed.description.get("limitations", ""),
        list(feed.stewards or feed.city.stewards),
        dict(verdicts),
        first,
        last,
        *map(int, counts),
    )
