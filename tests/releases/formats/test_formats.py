"""What each form of file holds of a result: values, types, zones, and what it refuses."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from federation.common.engine import connect
from federation.common.errors import HubError
from federation.releases.formats import Format, Notes, Style, format_of, write
from federation.releases.formats import workbook as workbooks

BANGKOK = ZoneInfo("Asia/Bangkok")
NEW_YEAR = datetime(2026, 1, 1, 0, 30, tzinfo=BANGKOK)
QUERY = """
SELECT
  'กรุงเทพฯ' AS thai, '' AS nothing, NULL::VARCHAR AS missing, 'say "hi", ครับ' AS quoted,
  TIMESTAMPTZ '2025-12-31 17:30:00+00' AS measured_at,
  TIMESTAMP '2026-01-01 00:30:00.25' AS plain,
  DATE '2026-01-01' AS date, 12.5 AS amount, 7::BIGINT AS persons, true AS is_known,
  sum(3)::HUGEINT AS summed, INTERVAL 90 MINUTE AS lasted, [1, 2] AS listed
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as opened:
        yield opened


def written(
    con: duckdb.DuckDBPyConnection, query: str, form: Format, style: Style | None = None
) -> bytes:
    sink = io.BytesIO()
    write(con.sql(query), form, sink, style or Style())
    return sink.getvalue()


def sheets(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    about = {"release": "20260101T000000-aaaaaa", "query": query}
    return openpyxl.load_workbook(io.BytesIO(written(con, query, Format.XLSX, Style(about=about))))


# -- text ------------------------------------------------------------------------------------------


def test_csv_tells_missing_from_empty_and_times_with_their_zone(
    con: duckdb.DuckDBPyConnection,
) -> None:
    text = written(con, QUERY, Format.CSV).decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert row == {
        "thai": "กรุงเทพฯ",
        "nothing": "",
        "missing": "",
        "quoted": 'say "hi", ครับ',
        "measured_at": "2026-01-01T00:30:00+07:00",
        "plain": "2026-01-01T00:30:00.25",
        "date": "2026-01-01",
        "amount": "12.5",
        "persons": "7",
        "is_known": "true",
        "summed": "3",
        "lasted": "01:30:00",
        "listed": "[1, 2]",
    }
    assert '"กรุงเทพฯ","",,"say' in text
    assert datetime.fromisoformat(row["measured_at"]) == NEW_YEAR
    back = pl.read_csv(io.BytesIO(text.encode()), try_parse_dates=True)
    assert back["measured_at"].dt.convert_time_zone("Asia/Bangkok").to_list() == [NEW_YEAR]


def test_json_is_an_array_and_jsonl_an_object_a_line(con: duckdb.DuckDBPyConnection) -> None:
    query = f"{QUERY} UNION ALL {QUERY}"
    lines = written(con, query, Format.JSONL).decode().splitlines()
    (first, second) = map(json.loads, lines)
    assert first == second == json.loads(written(con, query, Format.JSON))[0]
    assert first["thai"] == "กรุงเทพฯ"
    assert (first["nothing"], first["missing"]) == ("", None)
    assert datetime.fromisoformat(first["measured_at"]) == NEW_YEAR
    assert (first["amount"], first["is_known"], first["listed"]) == (12.5, True, [1, 2])


@pytest.mark.parametrize("form", Format)
def test_a_result_without_rows_is_a_file_that_can_be_read(
    con: duckdb.DuckDBPyConnection, form: Format
) -> None:
    data = written(con, f"FROM ({QUERY}) LIMIT 0", form)
    rows = {
        Format.CSV: lambda: list(csv.DictReader(io.StringIO(data.decode()))),
        Format.JSONL: lambda: data.decode().splitlines(),
        Format.JSON: lambda: json.loads(data),
        Format.PARQUET: lambda: pq.read_table(io.BytesIO(data)).to_pylist(),
        Format.ARROW: lambda: pa.ipc.open_file(data).read_all().to_pylist(),
        Format.XLSX: lambda: list(
            openpyxl.load_workbook(io.BytesIO(data))["result"].iter_rows(min_row=2)
        ),
    }[form]()
    assert rows == []


@pytest.mark.parametrize("form", Format)
def test_rows_stay_in_their_order_over_many_batches(
    con: duckdb.DuckDBPyConnection, form: Format
) -> None:
    data = written(con, "SELECT range AS n FROM range(50000)", form)
    found = {
        Format.CSV: lambda: pd.read_csv(io.BytesIO(data))["n"],
        Format.JSONL: lambda: pd.read_json(io.BytesIO(data), lines=True)["n"],
        Format.JSON: lambda: pd.read_json(io.BytesIO(data))["n"],
        Format.PARQUET: lambda: pd.read_parquet(io.BytesIO(data))["n"],
        Format.ARROW: lambda: pl.read_ipc(io.BytesIO(data))["n"],
        Format.XLSX: lambda: pd.read_excel(io.BytesIO(data))["n"],
    }[form]()
    assert list(found) == list(range(50000))


def test_columns_of_one_name_are_told_apart(con: duckdb.DuckDBPyConnection) -> None:
    line = written(con, "SELECT 1 AS a, 2 AS a, 3 AS \"A\", 4 AS a_1, 5 AS 'it''s'", Format.JSONL)
    assert json.loads(line) == {"a": 1, "a_1": 2, "A_2": 3, "a_1_1": 4, "it's": 5}


# -- Parquet and Arrow -----------------------------------------------------------------------------


@pytest.mark.parametrize("form", [Format.PARQUET, Format.ARROW])
def test_columnar_files_keep_types_zone_and_notes(
    con: duckdb.DuckDBPyConnection, form: Format, tmp_path: Path
) -> None:
    notes = Notes({"release_id": "r"}, {"thai": {"description": "Name. / ชื่อ"}})
    file = tmp_path / "result"
    file.write_bytes(written(con, QUERY, form, Style(notes=notes)))
    table = pq.read_table(file) if form == Format.PARQUET else pa.ipc.open_file(file).read_all()
    types = {
        name: str(kind) for name, kind in zip(table.schema.names, table.schema.types, strict=True)
    }
    assert types["measured_at"] == "timestamp[us, tz=Asia/Bangkok]"
    assert types["summed"] == "decimal128(38, 0)"
    assert (types["date"], types["persons"], types["is_known"]) == ("date32[day]", "int64", "bool")
    (row,) = table.to_pylist()
    assert row["measured_at"] == NEW_YEAR
    assert (row["nothing"], row["missing"], row["lasted"]) == ("", None, "01:30:00")
    assert table.schema.metadata[b"release_id"] == b"r"
    assert table.schema.field("thai").metadata[b"description"].decode() == "Name. / ชื่อ"
    if form == Format.PARQUET:
        keys = dict(con.execute(
            "SELECT key::VARCHAR, decode(value) FROM parquet_kv_metadata(?)", [str(file)]
        ).fetchall())  # fmt: skip
        assert json.loads(keys["columns"]) == {"thai": {"description": "Name. / ชื่อ"}}


# -- workbooks -------------------------------------------------------------------------------------


def test_a_workbook_has_real_times_of_clocks_in_thailand_and_texts_that_stay_texts(
    con: duckdb.DuckDBPyConnection,
) -> None:
    sheet = sheets(con, f"SELECT *, '10' AS city_code FROM ({QUERY})")["result"]
    heading, row = sheet.iter_rows()
    cells = {name.value: cell for name, cell in zip(heading, row, strict=True)}
    assert cells["measured_at"].value == datetime(2026, 1, 1, 0, 30)
    assert cells["measured_at"].is_date
    assert cells["plain"].value == datetime(2026, 1, 1, 0, 30, 0, 250000)
    assert cells["date"].value == datetime(2026, 1, 1)
    assert cells["date"].is_date
    assert (cells["amount"].value, cells["persons"].value, cells["summed"].value) == (12.5, 7, 3)
    assert (cells["thai"].value, cells["thai"].data_type) == ("กรุงเทพฯ", "s")
    assert (cells["city_code"].value, cells["city_code"].data_type) == ("10", "s")
    assert cells["missing"].value is None
    assert cells["is_known"].value is True
    assert (cells["lasted"].value, cells["listed"].value) == ("01:30:00", "[1, 2]")
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["E"].width >= len("2026-01-01 00:30:00")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("999999999999999", 999_999_999_999_999),
        ("1000000000000000", "1000000000000000"),
        ("1234567890123456789::HUGEINT", "1234567890123456789"),
        ("-1234567890123456", "-1234567890123456"),
        ("0.1234567890123456::DECIMAL(18,16)", "0.1234567890123456"),
        ("2.5000000000000000::DECIMAL(18,16)", 2.5),
        ("0.1::DOUBLE", 0.1),
        ("'nan'::DOUBLE", "nan"),
        ("'-infinity'::DOUBLE", "-inf"),
        ("'=1+1'", "=1+1"),
        ("'=HYPERLINK(\"http://x\")'", '=HYPERLINK("http://x")'),
        ("'+66 2 123'", "+66 2 123"),
        ("'@SUM(A1)'", "@SUM(A1)"),
        ("'#N/A'", "#N/A"),
        ("'note' || chr(7)", "note[U+0007]"),
        ("'  two  blanks '", "  two  blanks "),
        ("DATE '1899-12-31'", "1899-12-31"),
        ("DATE '1992-02-29'", datetime(1992, 2, 29)),
        ("'0001'", "0001"),
    ],
)
def test_a_cell_holds_exactly_the_value_or_its_text(
    con: duckdb.DuckDBPyConnection, value: str, expected: object
) -> None:
    cell = sheets(con, f"SELECT {value} AS a")["result"]["A2"]
    assert cell.value == expected
    assert type(cell.value) is type(expected)
    assert cell.data_type == {str: "s", datetime: "d"}.get(type(expected), "n")


def test_a_workbook_says_of_which_release_and_query_it_is(con: duckdb.DuckDBPyConnection) -> None:
    about = sheets(con, "SELECT 1 AS a")["about"]
    assert [[cell.value for cell in row] for row in about.iter_rows()] == [
        ["release", "20260101T000000-aaaaaa"],
        ["query", "SELECT 1 AS a"],
    ]


def test_rows_that_no_sheet_holds_are_refused_before_one_is_written(
    con: duckdb.DuckDBPyConnection,
) -> None:
    sink = io.BytesIO()
    most = workbooks.MOST_ROWS
    assert most == 1_048_576
    with pytest.raises(HubError, match=r"1,048,576 rows.*\n.*csv or parquet"):
        write(con.sql(f"SELECT range FROM range({most})"), Format.XLSX, sink, Style())
    assert sink.getvalue() == b""
    assert workbooks._fitting(con.sql(f"SELECT range FROM range({most - 1})")) == most - 1


def test_a_text_that_no_cell_holds_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    assert len(sheets(con, "SELECT repeat('ก', 32767) AS a")["result"]["A2"].value) == 32_767
    with pytest.raises(HubError, match=r"32,767 letters.*32,768"):
        sheets(con, "SELECT repeat('ก', 32768) AS a")


def test_columns_that_no_sheet_holds_are_refused(con: duckdb.DuckDBPyConnection) -> None:
    columns = ", ".join(f"1 AS c{number}" for number in range(16_385))
    with pytest.raises(HubError, match="16,384 columns"):
        sheets(con, f"SELECT {columns}")


# -- names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", Format)
def test_a_name_or_a_word_says_the_form(form: Format) -> None:
    assert format_of(Path(f"x.{form}"), None) == form
    assert format_of(Path(f"X.{form.upper()}"), form) == form
    assert format_of(Path("ข้อมูล"), form) == form
    with pytest.raises(HubError, match="can have any form"):
        format_of(Path("x.doc"), None)
    other = next(entry for entry in Format if entry != form)
    with pytest.raises(HubError, match=re.escape(f"the name says {form}")):
        format_of(Path(f"x.{form}"), other)


def test_the_date_of_a_workbook_is_no_time(con: duckdb.DuckDBPyConnection) -> None:
    cell = sheets(con, "SELECT DATE '2026-05-31' AS a")["result"]["A2"]
    assert cell.number_format == "yyyy-mm-dd"
    assert cell.value.date() == date(2026, 5, 31)
