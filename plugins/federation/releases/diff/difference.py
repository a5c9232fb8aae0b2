"""Two kept releases compared in one DuckDB connection, both read-only."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from federation.common.engine import connect
from federation.common.errors import HubError
from federation.common.paths import Home
from federation.common.sql import compose, identifier, literal
from federation.releases.diff.moves import Move, moves
from federation.releases.diff.rows import TableDifference, table_differences
from federation.releases.index import manifest_of


@dataclass(frozen=True)
class Difference:
    """What differs in `core` and `marts`."""

    before: str
    after: str
    # every table of both releases
    tables: list[TableDifference]
    # every cell of marts.city_indicator that differs
    moves: list[Move]

    @property
    def none(self) -> bool:
        return not any(table.differs for table in self.tables)

    def to_json(self) -> dict[str, Any]:
        """Return the object that `hub diff --json` prints."""
        return {
            "from": self.before,
            "to": self.after,
            "identical": self.none,
            "tables": [asdict(table) for table in self.tables],
            "indicators": [move.to_json() for move in self.moves],
        }


def compare(before: str, after: str, home: Home, examples: int) -> Difference:
    """Return what differs from one kept release to another.

    `examples` limits the examples for each table and kind of change. Raises HubError when a
    release cannot be read.
    """
    old, new = manifest_of(before, home), manifest_of(after, home)
    try:
        with _attached(before, after, home) as con:
            tables = table_differences(con, old, new, examples)
            return Difference(before, after, tables, moves(con, old, new, tables))
    except duckdb.Error as error:
        raise HubError(
            f"the releases cannot be compared: {error}",
            where=f"{before} and {after} in {home.releases}",
            todo="hub releases lists those that are kept",
        ) from error


@contextmanager
def _attached(before: str, after: str, home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection with the releases as databases `before` and `after`."""
    home.scratch.mkdir(parents=True, exist_ok=True)
    _sweep(home.scratch)
    with (
        TemporaryDirectory(dir=home.scratch, prefix=f"diff-{os.getpid()}-") as spill,
        connect(spill=Path(spill)) as con,
    ):
        _attach(con, "before", home.release(before))
        # DuckDB opens a file once only: a release is compared with itself as one database.
        if before != after:
            _attach(con, "after", home.release(after))
        yield con


def _attach(con: duckdb.DuckDBPyConnection, name: str, file: Path) -> None:
    template = "ATTACH {file} AS {name} (READ_ONLY)"
    con.execute(compose(template, file=literal(file), name=identifier(name)))


def _sweep(folder: Path) -> None:
    """Remove what killed comparisons left behind."""
    for leftover in folder.glob("diff-*"):
        if not Path(f"/proc/{leftover.name.split('-')[1]}").exists():
            shutil.rmtree(leftover, ignore_errors=True)
