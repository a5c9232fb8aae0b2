"""From a verified build to an immutable release that `national.duckdb` points at."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from federation.common.engine import STORAGE_VERSION, connect
from federation.common.hashing import sha256_of_file, short_hash
from federation.common.paths import Home
from federation.common.retention import RELEASES_KEPT
from federation.common.sql import Sql, compose, identifier, identifiers, literal
from federation.common.warehouse_schemas import DATA_SCHEMAS, PUBLIC_SCHEMAS
from federation.contracts.model import Feed
from federation.datasets.suites import dataset_names, load_suite
from federation.datasets.tables import keys
from federation.extracts.code_keys import code_version
from federation.ledger import Ledger
from federation.reference.tables import reference_packages
from federation.releases.index import RELEASE_FOLDER, newest_manifest, ordinary, serving
from federation.releases.vintages import tell_vintages
from federation.warehouse.plan import Plan, models_hash

_SCORE = ("scope", "city", "dataset", "dimension", "score", "grade")


@dataclass(frozen=True)
class Label:
    """What a release is called: its id, when it was made, and more facts for its manifest."""

    release_id: str
    created_at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)


def release(
    plan: Plan,
    feeds: Sequence[Feed],
    ledger: Ledger,
    home: Home,
    facts: Mapping[str, Any] | None = None,
) -> Mapping[str, Any]:
    """Publish the verified build; return the manifest that release.json holds, with these facts.

    After a kill at any moment, either the old release serves or the new one; `reconcile` finishes
    the rest. While another release is pinned, the pinned one keeps serving.
    """
    created = datetime.now(UTC)
    release_id = f"{created:%Y%m%dT%H%M%S}-{short_hash(plan.signature, created)[:6]}"
    manifest = stage_release(Label(release_id, created, facts or {}), plan, feeds, home)
    ledger.releases.add(release_id, manifest)
    activate(release_id, ledger, home)
    return manifest


def stage_release(label: Label, plan: Plan, feeds: Sequence[Feed], home: Home) -> Mapping[str, Any]:
    """Move the verified build to its folder of releases, completely or not at all.

    Return its manifest.
    """
    tell_release(label, plan, feeds, home)
    manifest = _manifest(label, plan, feeds, home)
    _tell_content_hash(manifest["content_hash"], home)
    staged = home.releases / f".{label.release_id}"
    file = staged / home.build.name
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    _write_anew(home.build, file)
    manifest["file_sha256"] = sha256_of_file(file)
    file.chmod(0o444)
    write_durably(home.manifest(staged.name), json.dumps(manifest, ensure_ascii=False, indent=1))
    os.replace(staged, home.releases / label.release_id)
    return manifest


def _write_anew(build: Path, file: Path) -> None:
    """Write the build into a new file, and remove the build.

    DuckDB 1.2 refuses a file in which a later checkpoint wrote a table anew whose rows had been
    deleted, whatever storage version it has.
    """
    with connect(spill=build.parent) as con:
        con.execute(compose("ATTACH {build} AS build (READ_ONLY)", build=literal(str(build))))
        template = "ATTACH {file} AS released (STORAGE_VERSION {version})"
        con.execute(compose(template, file=literal(str(file)), version=literal(STORAGE_VERSION)))
        con.execute("COPY FROM DATABASE build TO released")
        con.execute("DETACH released")
    build.unlink()


def tell_release(label: Label, plan: Plan, feeds: Sequence[Feed], home: Home) -> None:
    """Write into the build what it is called, and what the releases before it said.

    A release of the knowledge of an earlier instant has no vintages.
    """
    row = {
        "release_id": label.release_id,
        "created_at": label.created_at,
        "as_of": label.facts.get("as_of"),
        "code_version": code_version(),
        "models": models_hash(),
        "contracts": json.dumps({str(feed): feed.version for feed in feeds}),
        "packages": json.dumps(reference_packages()),
    }
    with connect(home.build, spill=home.scratch) as con:
        con.execute("DELETE FROM ops.this_release")
        columns, marks = identifiers(row), Sql(", ".join("?" * len(row)))
        template = "INSERT INTO ops.this_release ({columns}) VALUES ({marks})"
        con.execute(compose(template, columns=columns, marks=marks), list(row.values()))
        if not label.facts.get("as_of"):
            newest = max(ordinary(home), default=None)
            earlier = home.release(newest) if newest else None
            tell_vintages(con, label.release_id, label.created_at, earlier)


def _tell_content_hash(content_hash: str, home: Home) -> None:
    with connect(home.build, spill=home.scratch) as con:
        con.execute("UPDATE ops.this_release SET content_hash = ?", [content_hash])


def _manifest(label: Label, plan: Plan, feeds: Sequence[Feed], home: Home) -> dict[str, Any]:
    tables = _tables_with_keys(home)
    return {
        "release_id": label.release_id,
        **label.facts,
        "created_at": label.created_at.isoformat(),
        "signature": plan.signature,
        "models": models_hash(),
        "code_version": code_version(),
        "contracts": {str(feed): feed.version for feed in feeds},
        "suites": {name: load_suite(name).hash for name in dataset_names()},
        "packages": reference_packages(),
        "inputs": [asdict(entry) for entry in plan.inputs],
        "cities": plan.cities,
        "averaging": plan.averaging,
        "tables": tables,
        "scores": scores(home),
        "content_hash": short_hash({name: table["content_hash"] for name, table in tables.items()}),
    }


def _tables_with_keys(home: Home) -> dict[str, dict[str, Any]]:
    key_of = keys()
    tables = hash_contents(home).items()
    return {name: table | {"key": key_of.get(name, [])} for name, table in tables}


def scores(home: Home) -> list[dict[str, Any]]:
    """Return the scores of the build without their reasons, for the history in later releases."""
    query = compose("SELECT {columns} FROM ops.scores", columns=identifiers(_SCORE))
    with connect(home.build, read_only=True, spill=home.scratch) as con:
        rows = con.execute(query).fetchall()
    return [dict(zip(_SCORE, row, strict=True)) for row in rows]


def hash_contents(home: Home) -> dict[str, dict[str, Any]]:
    """Drop what is not public, read every block once, and return rows and content hash per table.

    A content hash does not depend on row order and is the same for the same inputs; `ops` has none,
    because it says when things happened.
    """
    with connect(home.build, spill=home.scratch) as con:
        _drop_private_schemas(con)
        con.execute("CHECKPOINT")
    with connect(home.build, read_only=True, spill=home.scratch) as con:
        return content_of(con)


def content_of(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """Return rows and content hash of each table of an open warehouse, reading every block."""
    return {f"{schema}.{table}": _scan(con, schema, table) for schema, table in _tables(con)}


def _drop_private_schemas(con: duckdb.DuckDBPyConnection) -> None:
    schemas = con.execute(
        """
        SELECT schema_name
        FROM duckdb_schemas()
        WHERE database_name = current_database() AND NOT internal
        """
    )
    for (schema,) in schemas.fetchall():
        if schema not in PUBLIC_SCHEMAS and schema != "main":
            con.execute(compose("DROP SCHEMA {schema} CASCADE", schema=identifier(schema)))


def _tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return con.execute(
        """
        SELECT schema_name, table_name
        FROM duckdb_tables()
        WHERE database_name = current_database()
        ORDER BY schema_name, table_name
        """
    ).fetchall()


def _scan(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> dict[str, Any]:
    columns = _column_names(con, schema, table)
    query = compose(
        """
        SELECT count(*), sum(CAST(hash({columns}) AS HUGEINT)), bit_xor(hash({columns}))
        FROM {table}
        """,
        columns=identifiers(columns),
        table=identifier(schema, table),
    )
    rows, total, mixed = con.execute(query).fetchall()[0]
    if schema not in DATA_SCHEMAS:
        return {"rows": rows, "content_hash": None}
    return {"rows": rows, "content_hash": short_hash(columns, rows, str(total), str(mixed))}


def _column_names(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> list[str]:
    rows = con.execute(
        """
        SELECT column_name
        FROM duckdb_columns()
        WHERE schema_name = ? AND table_name = ?
        ORDER BY column_name
        """,
        [schema, table],
    ).fetchall()
    return [row[0] for row in rows]


def write_durably(file: Path, text: str) -> None:
    """Write a file and have it on disk when this returns."""
    with file.open("w", encoding="utf-8") as target:
        target.write(text)
        target.flush()
        os.fsync(target.fileno())


def point_at(release_id: str, home: Home) -> None:
    """Point `national.duckdb` at a release, in one step: a reader opens the old one or the new."""
    temporary = home.current.with_name(f".{home.current.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(home.release(release_id).relative_to(home.root))
    os.replace(temporary, home.current)


def activate(newest: str, ledger: Ledger, home: Home) -> None:
    """Let the pinned release serve, or the newest when no pinned one is kept; remove the oldest."""
    with ledger.locks.activation():
        pinned = ledger.releases.pinned()
        chosen = pinned if pinned and home.release(pinned).exists() else newest
        if serving(home) != chosen:
            point_at(chosen, home)
        prune(home, chosen, newest)


def reconcile(home: Home, ledger: Ledger) -> Mapping[str, Any] | None:
    """Finish a release or a rollback that was killed between its parts.

    Return the newest release's manifest, or None.
    """
    for unfinished in home.releases.glob(".*"):
        if RELEASE_FOLDER.fullmatch(unfinished.name[1:]):  # a file system's own folders stay
            shutil.rmtree(unfinished)
    manifest = newest_manifest(home)
    if manifest:
        ledger.releases.add(manifest["release_id"], manifest)
        activate(manifest["release_id"], ledger, home)
    return manifest


def prune(home: Home, *wanted: str) -> None:
    """Remove all but the newest releases and those wanted, with their sites.

    Readers that have one open keep it.
    """
    for release_id in surplus(home, *wanted):
        # Unfinished sites too.
        for site in home.reports(release_id).parent.glob(f"*{release_id}*"):
            shutil.rmtree(site, ignore_errors=True)
        shutil.rmtree(home.releases / release_id)


def surplus(home: Home, *wanted: str) -> list[str]:
    """Return the releases made to serve that are neither among the newest nor wanted."""
    older = sorted(ordinary(home), reverse=True)[RELEASES_KEPT:]
    return [release_id for release_id in older if release_id not in wanted]
