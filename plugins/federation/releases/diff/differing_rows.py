"""The rows of one table that differ between two releases, in a temporary table of DuckDB.

Extracts whose rows are the same in both releases are skipped.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import duckdb

from federation.common.sql import Sql, compose, identifier, identifiers, listed

Con = duckdb.DuckDBPyConnection
# It says where a row is from, not what the row says.
EXTRACT = "extract_id"
_NOTHING = Sql("false")


@dataclass(frozen=True)
class Columns:
    """The columns of one table in the two releases; none where a release lacks the table."""

    before: list[str]
    after: list[str]
    # the key as the table's model declares it
    declared: list[str]

    @property
    def common(self) -> list[str]:
        return [name for name in self.after or self.before if name in (self.before or self.after)]

    @property
    def key(self) -> list[str]:
        return self.declared if set(self.declared) <= set(self.common) else []

    @property
    def compared(self) -> list[str]:
        """The columns whose values make a difference: neither the key nor the extract."""
        return [name for name in self.common if name not in self.key and name != EXTRACT]

    @property
    def added(self) -> list[str]:
        return [name for name in self.after if name not in self.before]

    @property
    def removed(self) -> list[str]:
        return [name for name in self.before if name not in self.after]


def columns_of(con: Con, table: str, declared: list[str]) -> Columns:
    """Return a table's columns in the databases `before` and `after`."""
    return Columns(_names(con, "before", table), _names(con, "after", table), declared)


def _names(con: Con, database: str, table: str) -> list[str]:
    rows = con.execute(
        """
        SELECT column_name
        FROM duckdb_columns()
        WHERE database_name = ? AND schema_name || '.' || table_name = ?
        ORDER BY column_index
        """,
        [database, table],
    ).fetchall()
    return [row[0] for row in rows]


def differing(table: str) -> Sql:
    """Return the name of the temporary table with a table's differing rows.

    Its columns: `_change`, the key, and `from <column>`, `to <column>` for the other columns.
    """
    return identifier("temp", table)


def lay_out_differing_rows(con: Con, table: str, columns: Columns) -> None:
    """Create the temporary table `differing(table)`."""
    before = _rows(table, columns, "before")
    after = _rows(table, columns, "after")
    if EXTRACT in columns.common:
        _lay_out_unlike_extracts(con, before, after, columns)
        before, after = _of_unlike_extracts(before), _of_unlike_extracts(after)
    select = _by_key(before, after, columns) if columns.key else _by_row(before, after, columns)
    create = "CREATE TEMP TABLE {table} AS {select}"
    con.execute(compose(create, table=differing(table), select=select))


def _rows(table: str, columns: Columns, database: str) -> Sql:
    """Return the SELECT of a table's common columns; of no row where a release lacks the table."""
    schema, name = table.split(".")
    names = identifiers(columns.common)
    present = columns.before if database == "before" else columns.after
    if present:
        relation = identifier(database, schema, name)
        return compose("SELECT {names} FROM {relation}", names=names, relation=relation)
    other = "after" if database == "before" else "before"
    relation = identifier(other, schema, name)
    return compose("SELECT {names} FROM {relation} WHERE false", names=names, relation=relation)


def _lay_out_unlike_extracts(con: Con, before: Sql, after: Sql, columns: Columns) -> None:
    """Create `unlike`: the extracts whose rows differ in number or content."""
    template = """
        CREATE OR REPLACE TEMP TABLE unlike AS
        SELECT extract_id
        FROM ({before}) AS a
        FULL JOIN ({after}) AS b USING (extract_id)
        WHERE (a.n, a.x, a.s) IS DISTINCT FROM (b.n, b.x, b.s)
    """
    hashes = [_hashes_by_extract(rows, columns) for rows in (before, after)]
    con.execute(compose(template, before=hashes[0], after=hashes[1]))


def _hashes_by_extract(rows: Sql, columns: Columns) -> Sql:
    template = """
        SELECT
            extract_id,
            count(*) AS n,
            bit_xor(hash({names})) AS x,
            sum(CAST(hash({names}) AS HUGEINT)) AS s
        FROM ({rows})
        GROUP BY extract_id
    """
    return compose(template, names=identifiers(columns.common), rows=rows)


def _of_unlike_extracts(rows: Sql) -> Sql:
    return compose("SELECT * FROM ({rows}) SEMI JOIN unlike USING (extract_id)", rows=rows)


def _by_row(before: Sql, after: Sql, columns: Columns) -> Sql:
    """Return the SELECT of added and removed rows of a table without a key."""
    template = """
        SELECT 'added' AS _change, * FROM ({after} EXCEPT ALL {before})
        UNION ALL
        SELECT 'removed', * FROM ({before} EXCEPT ALL {after})
    """
    names = identifiers(columns.compared)
    sides = [compose("SELECT {n} FROM ({rows})", n=names, rows=rows) for rows in (before, after)]
    return compose(template, before=sides[0], after=sides[1])


def _by_key(before: Sql, after: Sql, columns: Columns) -> Sql:
    """Return the SELECT of added, removed and changed rows of a table with a key."""
    template = """
        SELECT
            CASE
                WHEN {key_before} IS NULL THEN 'added'
                WHEN {key_after} IS NULL THEN 'removed'
                ELSE 'changed'
            END AS _change,
            {columns}
        FROM ({before}) AS a
        FULL JOIN ({after}) AS b ON {same_key}
        WHERE {key_before} IS NULL OR {key_after} IS NULL OR {changed}
    """
    return compose(
        template,
        key_before=identifier("a", columns.key[0]),
        key_after=identifier("b", columns.key[0]),
        columns=listed(_keys_and_pairs(columns)),
        before=before,
        after=after,
        same_key=listed(_compared(columns.key, Sql("=")), " AND "),
        changed=any_of(_compared(columns.compared, Sql("IS DISTINCT FROM"))),
    )


def _keys_and_pairs(columns: Columns) -> Iterator[Sql]:
    """Yield each key column once, and each other column as `from <column>` and `to <column>`."""
    for name in columns.key:
        old, new = identifier("a", name), identifier("b", name)
        template = "coalesce({old}, {new}) AS {name}"
        yield compose(template, old=old, new=new, name=identifier(name))
    for name in columns.common:
        if name not in columns.key:
            old, new = identifier("a", name), identifier("b", name)
            yield compose("{old} AS {name}", old=old, name=identifier(f"from {name}"))
            yield compose("{new} AS {name}", new=new, name=identifier(f"to {name}"))


def _compared(names: Iterable[str], operator: Sql) -> Iterator[Sql]:
    for name in names:
        old, new = identifier("a", name), identifier("b", name)
        yield compose("{old} {operator} {new}", old=old, operator=operator, new=new)


def value_differs(name: str) -> Sql:
    """Return the condition on differing rows that a column's value differs."""
    old, new = identifier(f"from {name}"), identifier(f"to {name}")
    return compose("{old} IS DISTINCT FROM {new}", old=old, new=new)


def any_of(conditions: Iterable[Sql]) -> Sql:
    """Return the condition that at least one of the conditions is true."""
    return listed([*conditions] or [_NOTHING], " OR ")
