"""What a column becomes where a form of file has no type of its own for it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from federation.common.sql import Sql, compose, identifier, listed, literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

Become = Callable[[str], str]  # DuckDB's name of a type -> template of SQL over {column}

_SAME = "{column}"
_TEXT = "CAST({column} AS VARCHAR)"
_LOCAL = "CAST(timezone('Asia/Bangkok', {column}) AS TIMESTAMP)"
_NUMBERS = frozenset(
    {
        *("tinyint", "smallint", "integer", "bigint", "hugeint"),
        *("utinyint", "usmallint", "uinteger", "ubigint", "uhugeint"),
        *("float", "double", "decimal"),
    }
)
_PLAIN = _NUMBERS | {"boolean", "varchar", "date", "null"}
_INSTANT = "timestamp with time zone"
_TIMESTAMPS = frozenset({"timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns"})
_NESTED = frozenset({"list", "array", "struct", "map"})


def in_text(kind: str) -> str:
    """Numbers, texts and dates as they are, times in ISO 8601, all else in DuckDB's words."""
    if kind in _PLAIN:
        return _SAME
    return _times_in_iso(kind) or _TEXT


def in_json(kind: str) -> str:
    """Times in ISO 8601, all else as DuckDB writes JSON."""
    return _times_in_iso(kind) or _SAME


def in_arrow(kind: str) -> str:
    """What every reader of Arrow and Parquet has a type for as it is, all else in DuckDB's
    words."""
    known = _PLAIN | _TIMESTAMPS | _NESTED | {_INSTANT, "blob", "enum", "time"}
    return _SAME if kind in known else _TEXT


def in_workbook(kind: str) -> str:
    """Times as the clock in Thailand showed them, because a workbook knows no zones."""
    if kind == _INSTANT:
        return _LOCAL
    if kind in _TIMESTAMPS:
        return "CAST({column} AS TIMESTAMP)"
    return _SAME if kind in _PLAIN else _TEXT


def read_through(result: "DuckDBPyRelation", become: Become) -> "DuckDBPyRelation":
    """Return the result with each column as `become` says; a name that came twice gets a number."""
    columns = zip(unique(result.columns), _read(result, become), strict=True)
    named = (
        compose("{column} AS {name}", column=column, name=identifier(name))
        for name, column in columns
    )
    return _projected(result, listed(named))


def as_json_lines(result: "DuckDBPyRelation") -> "DuckDBPyRelation":
    """Return the result with each row as one text, a JSON object."""
    columns = zip(unique(result.columns), _read(result, in_json), strict=True)
    members = (
        compose("{name}: {column}", name=literal(name), column=column) for name, column in columns
    )
    return _projected(result, compose("to_json({{{members}}})", members=listed(members)))


def unique(names: Sequence[str]) -> list[str]:
    """Return the names, and a number behind those that came before in any case."""
    taken: set[str] = set()
    found = []
    for name in names:
        free, number = name, 0
        while free.lower() in taken:
            number += 1
            free = f"{name}_{number}"
        taken.add(free.lower())
        found.append(free)
    return found


def _projected(result: "DuckDBPyRelation", columns: Sql) -> "DuckDBPyRelation":
    return result.project(str(columns))  # DuckDB takes what is no plain str for a column's name


def _read(result: "DuckDBPyRelation", become: Become) -> list[Sql]:
    """Return each column's expression; it is named by its place, because names may come twice."""
    return [
        compose(become(str(kind.id)), column=Sql(f"#{place}"))
        for place, kind in enumerate(result.types, 1)
    ]


def _times_in_iso(kind: str) -> str:
    iso = "replace(CAST({column} AS VARCHAR), ' ', 'T')"
    if kind == _INSTANT:
        return iso.replace("{column}", "timezone('Asia/Bangkok', {column})") + " || '+07:00'"
    return iso if kind in _TIMESTAMPS else ""
