"""The rows of core's facts that rows of a table are computed from, as SQL.

The SQL is made from what the models declare.
"""

import re
from collections.abc import Iterator

import duckdb

from federation.common.errors import ContractError
from federation.common.periods import days, period_end
from federation.common.sql import Sql, compose, identifier, listed
from federation.datasets.tables import Table, by_name

Con = duckdb.DuckDBPyConnection
_PERIOD_END = "$period_end"


def relation(table: Table) -> Sql:
    """Return the table's name in SQL."""
    return identifier(table.schema, table.name)


def facts_behind(table: Table, rows: Sql, con: Con) -> dict[str, Sql]:
    """Return the name of each dataset's fact -> SELECT of its rows behind `rows`.

    `rows` is a SELECT of rows of the table. The result is empty for reference data. Raises
    duckdb.Error when a declared condition does not fit the tables, ContractError for a source
    without a period.
    """
    if table.dataset:
        return {table.name: rows}
    facts: dict[str, Sql] = {}
    for source, condition in _conditions(table, rows, con):
        source_rows = _source_rows(source, condition, _prefixed(table, rows, con))
        for fact, select in facts_behind(source, source_rows, con).items():
            facts[fact] = _union(facts[fact], select) if fact in facts else select
    return facts


def _source_rows(source: Table, condition: Sql, prefixed: Sql) -> Sql:
    """Return the SELECT of a source's rows that meet the condition with one of the rows."""
    template = "SELECT * FROM {source} SEMI JOIN ({prefixed}) AS given ON {condition}"
    return compose(template, source=relation(source), prefixed=prefixed, condition=condition)


def _union(left: Sql, right: Sql) -> Sql:
    return compose("({left}) UNION ({right})", left=left, right=right)


def _conditions(table: Table, rows: Sql, con: Con) -> Iterator[tuple[Table, Sql]]:
    """Yield every source of the rows, with the condition on its columns and `"$column"` of theirs.

    The conditions of `traces` are SQL of the dbt project.
    """
    for name, condition in table.traces.items():
        yield by_name(name), Sql(re.sub(r"\$(\w+)", r'"$\1"', condition))
    if table.sources:
        for name, is_numerator in _named_sources(rows, con):
            source = by_name(name)
            yield source, _same_city_and_period(source, con, may_be_earlier=not is_numerator)


def _named_sources(rows: Sql, con: Con) -> list[tuple[str, bool]]:
    """Return the tables that the indicators of these rows are computed from.

    True stands beside those of numerators. A row of all cities together may have weights too.
    """
    template = """
        SELECT source, bool_or(is_numerator)
        FROM (
            SELECT indicator_code, numerator_source AS source, true AS is_numerator, '' AS city_code
            FROM core.dim_indicator
            UNION ALL SELECT indicator_code, denominator_source, false, '' FROM core.dim_indicator
            UNION ALL SELECT indicator_code, weight_source, false, 'TH' FROM core.dim_indicator
        ) AS indicator
        SEMI JOIN ({rows}) AS given
            ON indicator.indicator_code = given.indicator_code
            AND indicator.city_code IN ('', given.city_code)
        WHERE source IS NOT NULL
        GROUP BY source
        ORDER BY source
    """
    return con.execute(compose(template, rows=rows)).fetchall()


def _same_city_and_period(source: Table, con: Con, *, may_be_earlier: bool) -> Sql:
    """Return the condition that a row of the source is of the city and period of a given row.

    A denominator's rows may be of an earlier period, from `denominator_start` on.
    """
    if not source.period:
        raise ContractError(
            f"{source.name}.yml",
            "config.meta.period",
            "an indicator names this table: say which column places its rows in time",
        )
    column_type = columns_of(source, con)[source.period]
    first, last = days(identifier(source.period), source.period, column_type)
    start = '"$period_start"'
    if may_be_earlier:  # least() leaves NULL out
        start = 'least("$period_start", "$denominator_start")'
    template = 'city_code = "$city_code" AND {first} < {end} AND {last} >= {start}'
    return compose(template, first=first, last=last, end=identifier(_PERIOD_END), start=Sql(start))


def _prefixed(table: Table, rows: Sql, con: Con) -> Sql:
    """Return the SELECT of the rows with `$` before each column's name.

    A row of the whole nation becomes one row for each city.
    """
    columns = columns_of(table, con)
    values = {name: identifier("rows", name) for name in columns}
    cities = Sql("")
    if "city_code" in columns:
        values["city_code"] = identifier("city", "city_code")
        cities = Sql(
            "JOIN core.dim_city AS city ON rows.city_code IN (city.city_code, 'TH') "
            "AND city.city_code <> 'TH'"
        )
    if {"period_kind", "period_start"} <= columns.keys():
        kind, start = identifier("rows", "period_kind"), identifier("rows", "period_start")
        values["period_end"] = period_end(kind, start)
    selected = [
        compose("{value} AS {name}", value=value, name=identifier(f"${name}"))
        for name, value in values.items()
    ]
    template = "SELECT {columns} FROM ({rows}) AS rows {cities}"
    return compose(template, columns=listed(selected), rows=rows, cities=cities)


def columns_of(table: Table, con: Con) -> dict[str, str]:
    """Return column -> type of a table as the release holds it, in order."""
    query = """
        SELECT column_name, data_type
        FROM duckdb_columns()
        WHERE schema_name = ? AND table_name = ?
        ORDER BY column_index
    """
    return dict(con.execute(query, [table.schema, table.name]).fetchall())
