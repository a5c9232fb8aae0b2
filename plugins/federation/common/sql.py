"""SQL that the hub writes itself: names, values and paths enter it here and nowhere else.

`compose` fills a template with parts that are SQL already. A plain string is refused, so a name,
value or path that nobody quoted cannot get into a query. Where a statement takes parameters, bind
values instead.
"""

from collections.abc import Iterable
from datetime import date
from math import isfinite
from pathlib import Path

Value = str | int | float | bool | date | Path | None


class Sql(str):
    """A piece of SQL that is whole and quoted: safe to stand in a query."""

    __slots__ = ()


def identifier(*names: str) -> Sql:
    """Return a name quoted for SQL; several names are joined by dots, such as schema and table."""
    return Sql(".".join('"' + name.replace('"', '""') + '"' for name in names))


def literal(value: Value) -> Sql:
    """Return a value as a SQL literal; a path is its text, a date a DATE, None is NULL.

    Raises TypeError for a value of any other type.
    """
    if value is None:
        return Sql("NULL")
    if isinstance(value, bool):
        return Sql("true" if value else "false")
    if isinstance(value, float) and not isfinite(value):
        return Sql(f"CAST('{value!r}' AS DOUBLE)")
    if isinstance(value, int | float):
        return Sql(repr(value))
    if isinstance(value, date):
        return Sql(f"DATE '{value.isoformat()}'")
    if isinstance(value, str | Path):
        return Sql("'" + str(value).replace("'", "''") + "'")
    raise TypeError(f"{type(value).__name__} has no SQL literal")


def listed(parts: Iterable[Sql], separator: str = ", ") -> Sql:
    """Return the parts with a separator between them."""
    return Sql(separator.join(map(_checked, parts)))


def identifiers(names: Iterable[str]) -> Sql:
    """Return quoted names with commas between them."""
    return listed(map(identifier, names))


def literals(values: Iterable[Value]) -> Sql:
    """Return a DuckDB list of literals, such as the files that `read_parquet` takes."""
    return Sql(f"[{listed(map(literal, values))}]")


def parquet(*files: Path) -> Sql:
    """Return the DuckDB table function that reads these Parquet files."""
    return Sql(f"read_parquet({literals(files)})")


def compose(template: str, **parts: Sql) -> Sql:
    """Return the template, a text of the code, with its `{name}` places filled.

    Raises TypeError for a part that is not SQL yet.
    """
    return Sql(template.format(**{name: _checked(part) for name, part in parts.items()}))


def _checked(part: Sql) -> Sql:
    if not isinstance(part, Sql):
        raise TypeError(f"quote it first, with identifier() or literal(): {part!r}")
    return part
