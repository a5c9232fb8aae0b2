"""Names, values and paths in SQL that the hub writes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from federation.common.sql import (
    Sql,
    compose,
    identifier,
    identifiers,
    literal,
    literals,
    parquet,
)
from hypothesis import given
from hypothesis import strategies as st

# DuckDB takes no NUL inside SQL text; the hub escapes it before it comes to SQL.
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


def answer(query: Sql) -> Any:
    with duckdb.connect() as con:
        return con.execute(query).fetchall()[0][0]


@given(TEXTS)
def test_a_text_comes_back_from_sql_as_it_went_in(text: str) -> None:
    assert answer(compose("SELECT {value}", value=literal(text))) == text


@given(TEXTS.filter(bool))
def test_a_column_may_have_any_name(name: str) -> None:
    query = compose("SELECT {name} FROM (SELECT 7 AS {name})", name=identifier(name))
    assert answer(query) == 7


@pytest.mark.parametrize("value", [7, -1, 2.5, True, False, None, date(2026, 11, 26)])
def test_a_value_comes_back_from_sql_as_it_went_in(value: Any) -> None:
    assert answer(compose("SELECT {value}", value=literal(value))) == value


def test_a_path_may_hold_quotes_blanks_and_thai(tmp_path: Path) -> None:
    file = tmp_path / 'ผู้ดูแล\'s "home"' / "a.parquet"
    file.parent.mkdir()
    with duckdb.connect() as con:
        con.execute(compose("COPY (SELECT 1 AS n) TO {file}", file=literal(file)))
    assert answer(compose("SELECT n FROM {files}", files=parquet(file, file))) == 1


def test_a_plain_string_is_no_part_of_a_query() -> None:
    with pytest.raises(TypeError, match="quote it first"):
        compose("SELECT {value}", value="1; DROP TABLE t")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="has no SQL literal"):
        literal(object())  # type: ignore[arg-type]


def test_several_names_and_values() -> None:
    assert identifier("core", "dim_city") == '"core"."dim_city"'
    assert identifiers(["a", 'b"c']) == '"a", "b""c"'
    assert literals(["it's", 2]) == "['it''s', 2]"
