"""Which rows of core's facts stand behind rows of a table, as SQL made of what the models
declare."""

import re
from collections.abc import Iterator

import duckdb

from federation.common.errors import ContractError
from federation.common.periods import days, period_end
from federation.datasets.tables import Table, by_name

Con = duckdb.DuckDBPyConnection
_PERIOD_END = "$period_end"


def facts_behind(table: Table, rows: str, con: Con) -> dict[str, str]:
    """Return dataset's fact -> SELECT of its rows behind `rows`, a SELECT of rows of the table.

    Empty for reference data.

    Raises duckdb.Error when a declared condition does not fit the tables, ContractError for a
    source without a period.
    """
    if table.dataset:
        return {table.name: rows}
    found: dict[str, str] = {}
    for source, condition in _conditions(table, rows, con):
        given = (
            f"SELECT * FROM {source} SEMI JOIN ({_given(table, rows, con)}) AS given ON {condition}"
        )
        for fact, select in facts_behind(source, given, con).items():
            found[fact] = f"({found[fact]}) UNION ({select})" if fact in found else select
    return found


def _conditions(table: Table, rows: str, con: Con) -> Iterator[tuple[Table, str]]:
    """Yield every table that the rows are computed from, with the condition on its columns and
    `"$column"` of theirs."""
    for name, condition in table.traces.items():
        yield by_name(name), re.sub(r"\$(\w+)", r'"$\1"', condition)
    if table.sources:
        named = con.execute(
            f"SELECT DISTINCT unnest([{', '.join(table.sources)}]) AS source FROM "
            "core.dim_indicator "
            f"SEMI JOIN ({rows}) AS given USING (indicator_code) ORDER BY source"
        ).fetchall()
        yield from ((by_name(name), _same_city_and_period(by_name(name), con)) for (name,) in named)


def _same_city_and_period(source: Table, con: Con) -> str:
    if not source.period:
        raise ContractError(
            f"{source.name}.yml",
            "config.meta.period",
            "an indicator names this table: say which column places its rows in time",
        )
    first, last = days(source.period, source.period, columns_of(source, con)[source.period])
    return f'city_code = "$city_code" AND {first} < "{_PERIOD_END}" AND {last} >= "$period_start"'


def _given(table: Table, rows: str, con: Con) -> str:
    """Return the rows with `$` before each column's name.

    One of the whole nation stands for one of every city.
    """
    columns = columns_of(table, con)
    named = {name: f"rows.{name}" for name in columns}
    cities = ""
    if "city_code" in columns:
        named["city_code"] = "city.city_code"
        cities = " JOIN core.dim_city AS city ON rows.city_code IN (city.city_code, 'TH')"
    listed = [f'{value} AS "${name}"' for name, value in named.items()]
    if {"period_kind", "period_start"} <= columns.keys():
        listed.append(f'{period_end("rows.period_kind", "rows.period_start")} AS "{_PERIOD_END}"')
    return f"SELECT {', '.join(listed)} FROM ({rows}) AS rows{cities}"


def columns_of(table: Table, con: Con) -> dict[str, str]:
    """Return column -> type of a table as the release holds it, in order."""
    return dict(
        con.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = ? AND "
            "table_name = ? "
            "ORDER BY column_index",
            [table.schema, table.name],
        ).fetchall()
    )
