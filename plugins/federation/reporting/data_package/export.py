"""`hub export`: each table of a release as files, and what they hold as a Data Package."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import duckdb

from federation.common.errors import HubError
from federation.common.hashing import sha256_of_file
from federation.common.paths import Home
from federation.common.progress import Progress
from federation.common.sql import Sql, compose, identifier, identifiers
from federation.contracts.load import load_feeds
from federation.releases.destination import telling
from federation.releases.formats import Format, Notes, Style, write
from federation.releases.index import manifest_of
from federation.releases.query import opened, release_file, told
from federation.reporting.catalogue.entries import Table, read_entries, read_tables
from federation.reporting.data_package.descriptor import Resource, descriptor
from federation.reporting.data_package.folder import PACKAGE_FILE, replaced


@dataclass(frozen=True)
class Wanted:
    """What is to be exported, and where to."""

    folder: Path
    forms: Sequence[Format]
    tables: Sequence[str] = ()  # names, schemas or patterns; none: all
    release: str | None = None  # None: the one that serves


@dataclass(frozen=True)
class Made:
    """What an export holds; `rows` counts each table once."""

    release_id: str
    folder: Path
    tables: int
    files: int
    rows: int
    bytes: int

    def to_json(self) -> dict[str, Any]:
        """Return the object that `hub export --json` prints."""
        return asdict(self) | {"folder": str(self.folder)}


def export(home: Home, wanted: Wanted, progress: Progress) -> Made:
    """Write the wanted tables of a release, each in order of its key, and their description.

    The same release gives the same bytes. Raises HubError, and leaves what was there, when the
    release is not kept, no table has a wanted name, or nothing can be written.
    """
    file = release_file(home, wanted.release)
    folder = wanted.folder.absolute()
    with opened(file) as con, telling(str(folder)):
        tables = read_tables(con)
        chosen = _chosen(tables, wanted.tables)
        entries = read_entries(con, load_feeds()[0], tables)
        manifest = manifest_of(file.resolve().parent.name, home)
        with replaced(folder) as unfinished:
            writing = _Writing(con, file, unfinished, manifest["release_id"])
            steps = [(table, form) for table in chosen for form in wanted.forms]
            shown = progress.over(steps, "export", len(steps))
            resources = [writing.resource(table, form) for table, form in shown]
            document = descriptor(manifest, resources, entries)
            _write_json(unfinished / PACKAGE_FILE, document)
    return _made(manifest["release_id"], folder, resources)


@dataclass(frozen=True)
class _Writing:
    """One export in the making."""

    con: duckdb.DuckDBPyConnection
    release: Path
    folder: Path
    release_id: str

    def resource(self, table: Table, form: Format) -> Resource:
        """Write one table as one file."""
        path = f"{form}/{table.name}.{form}"
        file = self.folder / path
        file.parent.mkdir(exist_ok=True)
        style = Style(bom=True, notes=_notes(table, self.release_id))
        with file.open("wb") as sink, told(self.release):
            rows = write(self.con.sql(_query(table)), form, sink, style)
            sink.flush()
            os.fsync(sink.fileno())
        return Resource(table, form, path, rows, file.stat().st_size, sha256_of_file(file))


def _query(table: Table) -> str:
    key = [column.name for column in table.columns if column.is_key]
    return str(
        compose(
            "SELECT * FROM {table} ORDER BY {key}",
            table=identifier(*table.name.split(".")),
            key=identifiers(key) if key else Sql("ALL"),
        )
    )


def _notes(table: Table, release_id: str) -> Notes:
    """Return what a Parquet file says of itself."""
    columns = {
        column.name: {
            "description": str(column.text),
            **({"unit": column.unit} if column.unit else {}),
            **({"refers_to": column.refers_to} if column.refers_to else {}),
        }
        for column in table.columns
    }
    key = ", ".join(column.name for column in table.columns if column.is_key)
    about = {"description": str(table.text), "primary_key": key, "release_id": release_id}
    return Notes({name: text for name, text in about.items() if text}, columns)


def _chosen(tables: Sequence[Table], wanted: Sequence[str]) -> list[Table]:
    """Return the tables with a wanted name; raises HubError for a name that none has."""
    names = [table.name for table in tables]
    found = {name for word in wanted for name in _named(word.strip(), names)}
    return [table for table in tables if not wanted or table.name in found]


def _named(word: str, names: Sequence[str]) -> Iterator[str]:
    found = [name for name in names if fnmatchcase(name, word) or name.split(".")[0] == word]
    if not found:
        like = get_close_matches(word, [*names, *(name.split(".")[1] for name in names)])
        hint = f"perhaps {', '.join(like)}; " if like else ""
        raise HubError(
            f"no table of the release is called {word!r}",
            where="--tables",
            todo=f'{hint}hub sql "SHOW ALL TABLES" lists them; * stands for any letters',
        )
    yield from found


def _write_json(file: Path, value: Any) -> None:
    with file.open("w", encoding="utf-8") as sink:
        json.dump(value, sink, ensure_ascii=False, indent=1)
        sink.write("\n")
        sink.flush()
        os.fsync(sink.fileno())


def _made(release_id: str, folder: Path, resources: Sequence[Resource]) -> Made:
    rows = {resource.table.name: resource.rows for resource in resources}
    return Made(
        release_id,
        folder,
        tables=len(rows),
        files=len(resources) + 1,
        rows=sum(rows.values()),
        bytes=sum(resource.bytes for resource in resources),
    )
