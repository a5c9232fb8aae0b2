"""DuckDB as the hub opens it: Bangkok time, bounded memory, nothing fetched from outside."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import duckdb

from federation.common.sql import compose, literals

# The oldest DuckDB that reads a file written here: many BI tools carry an older one than the hub.
# It counts when a file is made; later writers keep it.
STORAGE_VERSION = "v1.2.0"
_ASSUMED = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}


def connect(
    path: Path | None = None,
    *,
    read_only: bool = False,
    memory_mb: int = 700,
    threads: int | None = None,
    spill: Path | None = None,
) -> duckdb.DuckDBPyConnection:
    """Return a connection with the hub's settings; close it, or the interpreter complains at exit.

    `path` None is a database in memory. With one of `threads` the engine starts none beside the
    caller's, so that it may be forked. `spill` is where the engine may write what does not fit in
    memory: beside the database, or for one in memory in `own_spill` where none is given. Raises
    duckdb.Error as DuckDB does.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        **_ASSUMED,
        "memory_limit": f"{memory_mb}MB",
    }
    if path and not read_only:
        config["storage_compatibility_version"] = STORAGE_VERSION
    if threads:
        config["threads"] = threads
    if threads == 1:
        config["async_threads"] = 0
    if spill:
        spill.mkdir(parents=True, exist_ok=True)
    if spill or not path:
        config["temp_directory"] = str(spill or own_spill())
    con = duckdb.connect(str(path) if path else ":memory:", read_only=read_only, config=config)
    in_bangkok(con)
    return con


def own_spill() -> Path:
    """Return where this process's engines in memory spill, in the machine's temporary folder.

    DuckDB's own choice is the working folder, which may be anybody's. It makes the folder when it
    first spills, and removes it with the database.
    """
    return Path(tempfile.gettempdir(), f"hub-spill-{os.getpid()}")


def in_bangkok(con: duckdb.DuckDBPyConnection) -> None:
    """Set Bangkok time for the connection and every cursor of it."""
    con.execute("SET GLOBAL TimeZone = 'Asia/Bangkok'")


def restrict_engine(con: duckdb.DuckDBPyConnection, folders: Iterable[Path]) -> None:
    """Take away from this connection every file outside `folders`, the network and extensions.

    No setting can be changed afterwards, so the time zone must be set before.
    """
    allowed = literals(f"{folder}/" for folder in folders)
    con.execute(compose("SET allowed_directories = {allowed}", allowed=allowed))
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
