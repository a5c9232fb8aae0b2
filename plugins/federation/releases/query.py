"""SQL on one release, read-only and cut off from everything outside it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from federation.common.engine import connect, restrict_engine
from federation.common.errors import HubError, is_of_the_machine
from federation.common.paths import Home
from federation.common.progress import Progress
from federation.releases.destination import becomes_file, whole_file
from federation.releases.formats import Format, Style, format_of, is_binary, write
from federation.releases.index import find

# Where a table is looked for whose schema the query does not name.
_SEARCH_PATH = "SET search_path = 'marts,core,ops'"
_KINDS = duckdb.StatementType
# A PIVOT is several statements to the engine. The fence holds for these as well.
_ANSWERED = frozenset({_KINDS.SELECT, _KINDS.EXPLAIN, _KINDS.PRAGMA, _KINDS.CALL, _KINDS.MULTI})


@dataclass(frozen=True)
class Query:
    """What a person asks, and how they want the answer."""

    text: str
    form: Format | None = None  # None: by the name of `out`, or a table to look at
    out: Path | None = None  # None: standard output
    bom: bool | None = None  # of CSV; None: where it becomes a file
    release: str | None = None  # None: the one that serves


def query(home: Home, asked: Query, progress: Progress) -> int | None:
    """Write the result of one query to a file or to standard output.

    Return the number of rows; None for a table, which shows some. Raises HubError when the release
    is not kept, the query fails or is none, or nothing can be written.
    """
    form = format_of(asked.out, asked.form) if asked.out else asked.form
    if form and not asked.out:
        _refuse_terminal(form)
    file = release_file(home, asked.release)
    with opened(file) as con:
        result = ask(con, asked.text, file)
        if not form:
            result.show(max_rows=200, max_width=160)
            return None
        style = Style(
            bom=becomes_file(asked.out) if asked.bom is None else asked.bom,
            about=_about(file, asked.text),
            progress=progress,
        )
        with whole_file(asked.out) as sink, told(file):
            return write(result, form, sink, style)


def release_file(home: Home, release: str | None) -> Path:
    """Return the warehouse file of a kept release, or of the one that serves.

    Raises HubError when there is none.
    """
    if not release and not home.current.exists():
        raise HubError("there is no release yet", where=str(home.current), todo="hub run")
    return home.release(find(release, home)) if release else home.current


@contextmanager
def opened(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a release for reading; nothing else can be read, written or set."""
    with (
        TemporaryDirectory(prefix="hub-sql-") as folder,
        connect(file, read_only=True, spill=Path(folder)) as con,
    ):
        con.execute(_SEARCH_PATH)
        restrict_engine(con, [Path(folder)])
        yield con


def ask(con: duckdb.DuckDBPyConnection, text: str, file: Path) -> duckdb.DuckDBPyRelation:
    """Return the result of one query, which runs when it is read.

    Raises HubError when the text is no query, more than one, or would do anything but read.
    """
    with told(file):
        statements = con.extract_statements(text)
        if len(statements) != 1:
            raise _not_one(statements)
        if statements[0].type not in _ANSWERED:
            raise _only_read(statements[0].type.name)
        return con.sql(statements[0])


@contextmanager
def told(file: Path) -> Iterator[None]:
    """Raise what the engine, or Arrow on its behalf, says of a query as HubError."""
    try:
        yield
    except duckdb.Error as error:
        raise _failed(error, file) from error
    except OSError as error:
        if error.errno:  # of the file that is written
            raise
        raise _failed(error, file) from error
    except (ValueError, ArithmeticError, NotImplementedError) as error:  # what no form can hold
        raise _failed(error, file) from error


def _failed(error: Exception, file: Path) -> HubError:
    text = str(error)
    if "read-only mode" in text:
        return _only_read("a change inside the query")
    if isinstance(error, duckdb.PermissionException):
        return HubError(
            f"a query sees its release and nothing else: {text}",
            where=str(file),
            todo="ask for tables of core, marts and ops (SHOW TABLES)",
        )
    todo = "make room, or name another place with --out" if is_of_the_machine(text) else ""
    return HubError(f"the query failed: {text}", where=str(file), todo=todo)


def _not_one(statements: list[duckdb.Statement]) -> HubError:
    if not statements:
        return HubError("the query is empty", todo='hub sql "SELECT * FROM city_indicator"')
    return HubError(
        f"these are {len(statements)} queries, and one is answered at a time",
        where=statements[1].query.strip(),
        todo="ask each by itself",
    )


def _only_read(kind: str) -> HubError:
    return HubError(
        f"a release is only read, never changed: {kind} is refused",
        todo="write a SELECT; to work on the data, take them along with hub export",
    )


def _refuse_terminal(form: Format) -> None:
    if is_binary(form) and sys.stdout.isatty():
        raise HubError(
            f"{form} is no text that a terminal can show",
            where="standard output",
            todo=f"add --out result.{form}",
        )


def _about(file: Path, text: str) -> dict[str, str]:
    """Return what a workbook says of its result."""
    return {
        "release": file.resolve().parent.name,
        "query": text,
        "times": "Asia/Bangkok (UTC+7)",
    }
