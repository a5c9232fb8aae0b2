"""Adding rows to the ledger and reading them: all that SQL needs, for one pass."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Engine, Select, Table, insert, select, true
from sqlalchemy.dialects.postgresql import distinct_on

Record = TypeVar("Record")
Row = dict[str, Any]


@dataclass(frozen=True)
class Store:
    """The database as one pass sees it; with `until`, as it was before that instant."""

    engine: Engine
    run_id: str
    until: datetime | None = None

    def append(self, added: Mapping[Table, Iterable[Any]]) -> None:
        """Add rows to tables, all or none; a row is a record or a mapping."""
        with self.engine.begin() as con:
            for table, records in added.items():
                rows = [self.row(table, record) for record in records]
                if rows:
                    con.execute(insert(table), rows)

    def row(self, table: Table, record: Any) -> Row:
        """Return what a new row says: PostgreSQL itself numbers and dates it."""
        values = dict(record) if isinstance(record, Mapping) else asdict(record)
        complete = {"run_id": self.run_id} | values
        given = [entry.name for entry in table.columns if not _set_by_database(entry)]
        return {name: complete[name] for name in given if name in complete}

    def rows(self, query: Select[Any]) -> list[Row]:
        """Return the rows that a query finds."""
        with self.engine.connect() as con:
            return [dict(row) for row in con.execute(query).mappings()]

    def before(self, instant: Column[Any]) -> ColumnElement[bool]:
        """Return the condition that keeps what had happened before `until`, or everything."""
        return instant < self.until if self.until else true()


def newest(table: Table, *key: str) -> Select[Any]:
    """Return the query for the newest row of each key, sorted by the key."""
    named = [table.c[name] for name in key]
    (number,) = table.primary_key.columns
    return select(table).ext(distinct_on(*named)).order_by(*named, number.desc())


def as_record(kind: type[Record], row: Mapping[str, Any]) -> Record:
    """Return the record that a row holds; columns that it has no field for are left out."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    return kind(**{name: row[name] for name in names})


def _set_by_database(entry: Column[Any]) -> bool:
    is_now = entry.server_default is not None and entry.type.python_type is datetime
    return is_now or entry.identity is not None
