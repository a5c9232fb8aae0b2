"""The trace of some rows of one table: what each was computed from, down to extracts and ledger."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from federation.common.engine import connect
from federation.common.errors import HubError
from federation.common.paths import Home
from federation.datasets.tables import Table, by_name, tables
from federation.ledger import Ledger
from federation.releases.release import manifest_of
from federation.releases.trace.lineage import Con, facts_behind
from federation.releases.trace.records import by_extract, records
from federation.releases.trace.story import stories


@dataclass(frozen=True)
class Trace:
    """Rows of one table of one release with where they are from, and the stories of the extracts
    that they name."""

    release_id: str
    table: str
    rows: list[
        dict[str, Any]
        # {row} with {extract_id, row_number} of a fact, {computed_from} of a mart, {reference} of a dim
    ]
    extracts: dict[str, dict[str, Any]]

    def to_json(self) -> dict[str, Any]:
        """Return the object that `hub trace --json` prints."""
        return vars(self)


def trace(table: str, where: str, limit: int, release_id: str, ledger: Ledger, home: Home) -> Trace:
    """Return the trace of the first rows, by key, that the SQL condition picks.

    `limit` holds for samples as well.

    Raises HubError for a table that is none of core and marts, and for a condition that does not
    fit it.
    """
    known, manifest = _table(table), manifest_of(release_id, home)
    with connect(home.release(release_id), read_only=True) as con:
        try:
            rows = _Tracing(manifest, home, con, limit).rows(known, where)
        except duckdb.Error as error:
            raise HubError(
                f"the rows cannot be traced: {error}",
                where=f"{table} of release {release_id}",
                todo=(
                    "--where takes a SQL condition on the table's columns, e.g. \"city_code = "
                    "'10'\""
                ),
            ) from error
    named = {extract_id for row in rows for extract_id in _extracts(row)}
    entries = [entry for entry in manifest["inputs"] if entry["extract_id"] in named]
    return Trace(release_id, table, rows, stories(entries, ledger, home))


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
    """One release that rows are traced in."""

    manifest: Mapping[str, Any]
    home: Home
    con: Con
    limit: int

    def rows(self, table: Table, where: str) -> list[dict[str, Any]]:
        """Return the rows of a table that fit, each with where it is from."""
        if table.dataset:
            return self._records(table, f"SELECT * FROM {table} WHERE ({where})")
        order = ", ".join(f'"{name}"' for name in table.key) or "ALL"
        found = self.con.execute(
            f"SELECT rowid, to_json({table.name}) FROM {table} WHERE ({where}) ORDER BY {order} "
            f"LIMIT {self.limit}"
        ).fetchall()
        return [{"row": json.loads(text)} | self._from(table, rowid) for rowid, text in found]

    def _from(self, table: Table, rowid: int) -> dict[str, Any]:
        if table.reference:
            return {"reference": self._reference(table)}
        behind = facts_behind(table, f"SELECT * FROM {table} WHERE rowid = {rowid}", self.con)
        return {
            "computed_from": [self._source(by_name(fact), rows) for fact, rows in behind.items()]
        }

    def _source(self, fact: Table, rows: str) -> dict[str, Any]:
        """Return how many rows of a fact stand behind a row, from which extracts, and the first
        of them."""
        counts = by_extract(rows, self.con)
        return {
            "table": str(fact),
            "rows": sum(counts.values()),
            "extracts": counts,
            "sample": self._records(fact, rows),
        }

    def _records(self, fact: Table, rows: str) -> list[dict[str, Any]]:
        files = {
            entry["extract_id"]: self.home.at(entry["conformed"])
            for entry in self.manifest["inputs"]
        }
        return records(fact, rows, self.limit, files, self.con)

    def _reference(self, table: Table) -> dict[str, str]:
        """Return the package or file that a dimension is made from, with the version that the
        release was made with."""
        version = self.manifest.get("packages", {}).get(table.reference.get("package"))
        return dict(table.reference) | ({"version": version} if version else {})
