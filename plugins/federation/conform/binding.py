"""Proof that a contract's SQL holds, before any data come: its expressions and its whole SELECT
bind."""

from collections.abc import Iterable
from datetime import date

import duckdb
import pyarrow as pa

from federation.common.engine import connect
from federation.common.errors import ContractError
from federation.common.sql import identifier
from federation.conform.arrow_types import arrow_type
from federation.conform.select import conforming_select, word_selects
from federation.contracts.model import Feed
from federation.contracts.pattern import Partition

_SCALARS = {
    "string": "VARCHAR",
    "large_string": "VARCHAR",
    "binary": "VARCHAR",
    "bool": "BOOLEAN",
    "double": "DOUBLE",
    "float": "FLOAT",
    "int8": "TINYINT",
    "int16": "SMALLINT",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "date32[day]": "DATE",
}


def check_bindings(feeds: Iterable[Feed]) -> tuple[list[Feed], list[ContractError]]:
    """Return the feeds whose SQL holds, and for each other feed the first expression that does
    not parse or bind."""
    proven: list[Feed] = []
    refused: list[ContractError] = []
    with connect() as con:
        con.execute(_LOOKUPS)
        for feed in feeds:
            try:
                for version in feed.versions:
                    _prove(con, version)
                proven.append(feed)
            except ContractError as error:
                refused.append(error)
    return proven, refused


_LOOKUPS = """
    CREATE TABLE area_codes (area_code VARCHAR, level VARCHAR);
    CREATE TABLE district_names (district VARCHAR, area_code VARCHAR);
    CREATE TABLE subdistrict_names (district VARCHAR, subdistrict VARCHAR, area_code VARCHAR)"""


def _prove(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    columns = [
        f"{identifier(name)} {_engine_type(feed, name, kind)}"
        for name, kind in feed.columns.items()
    ]
    types = {column.name: column.type for column in feed.suite.columns}
    words = word_selects(feed)
    for part, kind in (("value", ""), ("given", "BOOLEAN"), ("said", "VARCHAR")):
        columns += [f"{identifier(f'{name}:{part}')} {kind or types[name]}" for name in words]
    con.execute(f"CREATE OR REPLACE TEMP TABLE extract (row_number BIGINT, {', '.join(columns)})")
    for name, (source, select) in words.items():
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE words (row_number BIGINT, {identifier(source)} VARCHAR)"
        )
        _bind(con, feed, f"schema.properties.{name}", select)
    for column in feed.national:
        if column.transform:
            _bind(
                con,
                feed,
                f"schema.properties.{column.name}.transformLogic",
                f"SELECT {column.transform} FROM extract",
            )
    if feed.out_of_scope:
        _bind(
            con,
            feed,
            "schema.customProperties.out_of_scope",
            f"SELECT * FROM extract WHERE {feed.out_of_scope}",
        )
    select = conforming_select(feed, Partition(date(2020, 1, 1), date(2020, 12, 31)), "proof")
    _bind(con, feed, "schema.properties", select)


def _bind(con: duckdb.DuckDBPyConnection, feed: Feed, key: str, query: str) -> None:
    try:
        con.execute(f"EXPLAIN {query}").fetchall()
    except duckdb.Error as error:
        raise ContractError(
            feed.file, key, f"the expression does not hold: {str(error).splitlines()[0]}"
        ) from error


def _engine_type(feed: Feed, column: str, kind: str) -> str:
    try:
        return engine_type(kind)
    except ValueError as error:
        raise ContractError(
            feed.file, f"schema.customProperties.columns.{column}", str(error)
        ) from error


def engine_type(kind: str) -> str:
    """Return the DuckDB type of an Arrow type as contracts write it.

    Raises ValueError for an unknown one.
    """
    return _engine_type_of(arrow_type(kind))


def _engine_type_of(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return _engine_type_of(kind.value_type) + "[]"
    if pa.types.is_struct(kind):
        members = (f"{identifier(field.name)} {_engine_type_of(field.type)}" for field in kind)
        return f"STRUCT({', '.join(members)})"
    if pa.types.is_decimal128(kind):
        return f"DECIMAL({kind.precision}, {kind.scale})"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMPTZ" if kind.tz else "TIMESTAMP"
    if str(kind) in _SCALARS:
        return _SCALARS[str(kind)]
    raise ValueError(f"unknown Arrow type {str(kind)!r}")
