"""The trace of some rows of a table: what each is computed from, down to extracts and ledger."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from federation.common.engine import connect
from federation.common.errors import HubError
from federation.common.paths import Home
from federation.common.sql import Sql, compose, identifier, identifiers, literal
from federation.datasets.tables import Table, by_name, tables
from federation.ledger import Ledger
from federation.releases.index import manifest_of
from federation.releases.trace.lineage import Con, facts_behind, relation
from federation.releases.trace.records import by_extract, records
from federation.releases.trace.story import stories

_EXAMPLE = "\"city_code = '10'\""


@dataclass(frozen=True)
class Trace:
    """Rows of one table of one release with their origin, and the history of their extracts."""

    release_id: str
    table: str
    # {row} with {extract_id, row_number} of a fact, {computed_from} of a mart, {reference} of a dim
    rows: list[dict[str, Any]]
    extracts: dict[str, dict[str, Any]]

    def to_json(self) -> dict[str, Any]:
        """Return the object that `hub trace --json` prints."""
        return vars(self)


@dataclass(frozen=True)
class RowsToTrace:
    """The first rows of a table, by its key, that meet the SQL condition `where`.

    `limit` applies to samples too.
    """

    table: str
    where: str
    limit: int


def trace(asked: RowsToTrace, release_id: str, ledger: Ledger, home: Home) -> Trace:
    """Return the trace of some rows of a release.

    Raises HubError for a table that is not in core or marts, and for a condition that does not fit
    it.
    """
    table, manifest = _table(asked.table), manifest_of(release_id, home)
    with connect(home.release(release_id), read_only=True) as con:
        try:
            # The condition is SQL that the user writes.
            rows = _Tracing(manifest, home, con, asked.limit).rows(table, Sql(asked.where))
        except duckdb.Error as error:
            raise HubError(
                f"the rows cannot be traced: {error}",
                where=f"{asked.table} of release {release_id}",
                todo=f"--where takes a SQL condition on the table's columns, e.g. {_EXAMPLE}",
            ) from error
    extract_ids = {extract_id for row in rows for extract_id in _extracts(row)}
    inputs = [entry for entry in manifest["inputs"] if entry["extract_id"] in extract_ids]
    return Trace(release_id, asked.table, rows, stories(inputs, ledger, home))


def _table(name: str) -> Table:
    if name not in tables():
        raise HubError(
            f"there is no table {name!r}",
            where="core and marts",
            todo=f"one of: {', '.join(tables())}",
        )
    return tables()[name]


def _extracts(row: Mapping[str, Any]) -> set[str]:
    if "computed_from" in row:
        return {extract_id for entry in row["computed_from"] for extract_id in entry["extracts"]}
    return {row["extract_id"]} if "extract_id" in row else set()


@dataclass(frozen=True)
class _Tracing:
    """One release in which rows are traced."""

    manifest: Mapping[str, Any]
    home: Home
    con: Con
    limit: int

    def rows(self, table: Table, where: Sql) -> list[dict[str, Any]]:
        """Return the rows of a table that meet the condition, each with its origin."""
        if table.dataset:
            return self._records(table, _rows_where(table, where))
        # In one line: DuckDB shows the line of an error, and the condition is the user's.
        template = (
            "SELECT rowid, to_json({name}) FROM {table} WHERE ({where}) "
            "ORDER BY {order} LIMIT {limit}"
        )
        query = compose(
            template,
            name=identifier(table.name),
            table=relation(table),
            where=where,
            order=identifiers(table.key) if table.key else Sql("ALL"),
            limit=literal(self.limit),
        )
        rows = self.con.execute(query).fetchall()
        return [{"row": json.loads(text)} | self._origin(table, rowid) for rowid, text in rows]

    def _origin(self, table: Table, rowid: int) -> dict[str, Any]:
        if table.reference:
            return {"reference": self._reference(table)}
        row = _rows_where(table, compose("rowid = {rowid}", rowid=literal(rowid)))
        facts = facts_behind(table, row, self.con).items()
        return {"computed_from": [self._source(by_name(fact), rows) for fact, rows in facts]}

    def _source(self, fact: Table, rows: Sql) -> dict[str, Any]:
        """Return a fact's rows behind a row: how many, of which extracts, and the first ones."""
        counts = by_extract(rows, self.con)
        return {
            "table": str(fact),
            "rows": sum(counts.values()),
            "extracts": counts,
            "sample": self._records(fact, rows),
        }

    def _records(self, fact: Table, rows: Sql) -> list[dict[str, Any]]:
        files = {
            entry["extract_id"]: self.home.at(entry["conformed"])
            for entry in self.manifest["inputs"]
        }
        return records(fact, rows, self.limit, files, self.con)

    def _reference(self, table: Table) -> dict[str, str]:
        """Return the package or file that a dimension is made from, with its version."""
        version = self.manifest.get("packages", {}).get(table.reference.get("package"))
        return dict(table.reference) | ({"version": version} if version else {})


def _rows_where(table: Table, condition: Sql) -> Sql:
    template = "SELECT * FROM {table} WHERE ({condition})"
    return compose(template, table=relation(table), condition=condition)
