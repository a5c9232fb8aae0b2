"""The same values, as other writers write them, are the same records."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from federation.conform.arrow_types import arrow_type, as_promised, can_hold, written
from federation.conform.sandbox.sandbox import Sandbox
from federation.contracts.model import Feed
from support.native import Outcome, conform, native_table

Change = Callable[[pa.Table], pa.Table]
Run = Callable[..., Outcome]

PHUKET = "AirQuality/AirQuality_2026_01.parquet"
RAYONG = "AirQualityObserved/2026-01.parquet"
CHIANG_MAI = "air_quality/year=2026/month=01/part-0.parquet"
MEASURES = ("pm25", "pm10", "o3", "co", "no2", "so2")


def hours(count: int) -> list[str]:
    return [f"2026-01-{1 + n // 24:02}T{n % 24:02}:00:00" for n in range(count)]


@pytest.fixture
def flat(feeds: dict[tuple[str, str], Feed]) -> pa.Table:
    """Rows of plain columns; nothing reads O3, CO, NO2 and SO2 from them."""
    rows = [
        {"StationId": "43t", "StationName": "ศาลากลาง", "District": "อ.เมือง", "DateTime": hour}
        | ({} if n == 3 else {"PM25": n / 4})
        for n, hour in enumerate(hours(40))
    ]
    return native_table(feeds["phuket", "air_quality"], rows)


@pytest.fixture
def nested(feeds: dict[tuple[str, str], Feed]) -> pa.Table:
    """Rows of structs and lists, some of them null."""

    def measure(value: float, unit: str, hour: str) -> dict[str, Any]:
        return {"value": value, "unitCode": unit, "observedAt": f"{hour}+07:00"}

    units = ["ug/m3", "ug/m3", "ppb", "ppm", "ppb", "ppb"]
    rows = [
        {
            "id": f"urn:{n}",
            "type": "AirQualityObserved",
            "refDevice": ["urn:ngsi-ld:Device:pcd:74t"],
            "dateObserved": {"type": "DateTime", "value": f"{hour}+07:00"},
            "location": {"type": "Point", "coordinates": [101.28, 12.68]},
            "stationName": "ระยอง",
            "areaServed": "อ.เมือง ระยอง",
        }
        | {
            name: None if (n, name) == (2, "pm10") else measure(n / 8 + 1, unit, hour)
            for name, unit in zip(MEASURES, units, strict=True)
        }
        for n, hour in enumerate(hours(30))
    ]
    return native_table(feeds["rayong", "air_quality"], rows)


@pytest.fixture
def instants(feeds: dict[tuple[str, str], Feed]) -> pa.Table:
    rows = [
        {
            "station_id": "35t",
            "province_code": "50",
            "parameter": parameter,
            "value": 7.5,
            "unit": unit,
            "measured_at": f"{hour}+07:00",
        }
        for hour in hours(12)
        for parameter, unit in (
            ("pm25", "ug/m3"),
            ("pm10", "ug/m3"),
            ("o3", "ppb"),
            ("co", "ppm"),
            ("no2", "ppb"),
            ("so2", "ppb"),
        )
    ]
    return native_table(feeds["chiang_mai", "air_quality"], rows)


@pytest.fixture
def run(feeds: dict[tuple[str, str], Feed], sandbox: Sandbox, tmp_path: Path) -> Run:
    """Conform a file, or a table that is written first."""

    def run(city: str, path: str, given: pa.Table | Path, **options: Any) -> Outcome:
        file = given if isinstance(given, Path) else tmp_path / "given.parquet"
        if not isinstance(given, Path):
            pq.write_table(given, file, **({"store_schema": True} | options))
        feed = feeds[city, "air_quality"]
        return conform(sandbox, feed, file, path, tmp_path / "conformed" / "out.parquet")

    return run


def same(outcome: Outcome, control: Outcome) -> bool:
    return (outcome.codes, outcome.records) == ([], control.records) and bool(control.records)


def put(table: pa.Table, name: str, column: Any) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, column)


def to(kind: pa.DataType, *names: str) -> Change:
    """The change that casts columns."""

    def change(table: pa.Table) -> pa.Table:
        for name in names:
            table = put(table, name, table[name].combine_chunks().cast(kind))
        return table

    return change


def rebuilt(kinds: dict[str, pa.DataType]) -> Change:
    """The change that makes columns anew in other types."""

    def change(table: pa.Table) -> pa.Table:
        for name, kind in kinds.items():
            table = put(table, name, pa.array(table[name].to_pylist(), kind))
        return table

    return change


# -- encodings -------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY", "PLAIN"])
def test_texts_in_every_encoding_are_read(run: Run, flat: pa.Table, encoding: str) -> None:
    outcome = run(
        "phuket",
        PHUKET,
        flat,
        use_dictionary=False,
        data_page_version="2.0",
        column_encoding=dict.fromkeys(["StationId", "StationName", "District"], encoding),
        row_group_size=7,
    )
    assert same(outcome, run("phuket", PHUKET, flat))


def test_figures_in_other_encodings_are_read(run: Run, flat: pa.Table) -> None:
    encodings = {"PM25": "BYTE_STREAM_SPLIT", "DateTime": "DELTA_BINARY_PACKED"}
    outcome = run("phuket", PHUKET, flat, use_dictionary=False, column_encoding=encodings)
    assert same(outcome, run("phuket", PHUKET, flat))


@pytest.mark.parametrize("version", ["V1", "V2"])
def test_what_duckdb_writes_is_read(run: Run, flat: pa.Table, tmp_path: Path, version: str) -> None:
    with duckdb.connect() as con:
        con.register("flat", flat)
        con.execute(
            f"COPY flat TO '{tmp_path}/duck.parquet' (FORMAT parquet, PARQUET_VERSION {version})"
        )
    assert same(run("phuket", PHUKET, tmp_path / "duck.parquet"), run("phuket", PHUKET, flat))


@pytest.mark.parametrize("categorical", [False, True])
def test_what_polars_writes_is_read(
    run: Run, flat: pa.Table, tmp_path: Path, categorical: bool
) -> None:
    frame = pl.from_arrow(flat)
    assert isinstance(frame, pl.DataFrame)
    if categorical:
        frame = frame.with_columns(pl.col("StationId", "District").cast(pl.Categorical))
    frame.write_parquet(tmp_path / "polars.parquet")
    assert same(run("phuket", PHUKET, tmp_path / "polars.parquet"), run("phuket", PHUKET, flat))


@pytest.mark.parametrize("use_pyarrow", [False, True])
def test_structs_and_lists_that_polars_writes_are_read(
    run: Run, nested: pa.Table, tmp_path: Path, use_pyarrow: bool
) -> None:
    frame = pl.from_arrow(nested)
    assert isinstance(frame, pl.DataFrame)
    frame.write_parquet(tmp_path / "polars.parquet", use_pyarrow=use_pyarrow)
    assert same(run("rayong", RAYONG, tmp_path / "polars.parquet"), run("rayong", RAYONG, nested))


# -- types of flat columns -------------------------------------------------------------------------

FLAT = {
    "large strings": to(pa.large_string(), "StationId", "District"),
    "string views": to(pa.string_view(), "StationId", "District"),
    "dictionaries": to(pa.dictionary(pa.int8(), pa.string()), "StationId", "District"),
    "dictionaries of large strings": to(
        pa.dictionary(pa.int64(), pa.large_string()), "StationId", "District"
    ),
    "a column without a value": lambda table: put(table, "O3", pa.nulls(len(table))),
    "a text column without a value": lambda table: put(table, "StationName", pa.nulls(len(table))),
    "a dictionary of figures": lambda table: put(
        table, "PM25", table["PM25"].combine_chunks().dictionary_encode()
    ),
    "decimals": to(pa.decimal128(18, 4), "PM25"),
    "decimals of many digits": to(pa.decimal256(40, 4), "PM25"),
    "seconds": to(pa.timestamp("s"), "DateTime"),
    "nanoseconds": to(pa.timestamp("ns"), "DateTime"),
    "another order": lambda table: table.select(table.column_names[::-1]),
}


@pytest.mark.parametrize("change", FLAT.values(), ids=FLAT.keys())
def test_a_column_in_another_type_of_the_same_values_is_the_same(
    run: Run, flat: pa.Table, change: Change
) -> None:
    changed = change(flat)
    assert changed.schema != flat.schema or changed.schema.names != flat.schema.names
    control = run("phuket", PHUKET, _gone(changed, flat))
    assert same(run("phuket", PHUKET, changed), control)


def _gone(changed: pa.Table, flat: pa.Table) -> pa.Table:
    """The control: what the change took away is null in its own type."""
    for field in changed.schema:
        if pa.types.is_null(field.type):
            kind = flat.schema.field(field.name).type
            flat = put(flat, field.name, pa.nulls(len(flat), kind))
    return flat


@pytest.mark.parametrize(
    "kind", [pa.float32(), pa.string(), pa.bool_()], ids=lambda kind: str(kind)
)
def test_a_type_that_holds_other_values_is_refused(
    run: Run, flat: pa.Table, kind: pa.DataType
) -> None:
    ones = pa.array([True] * len(flat)) if pa.types.is_boolean(kind) else pa.array([1] * len(flat))
    assert run("phuket", PHUKET, put(flat, "PM25", ones.cast(kind))).codes == ["retyped_column"]


def test_whole_numbers_may_have_another_width_when_they_fit(
    feeds: dict[tuple[str, str], Feed], sandbox: Sandbox, tmp_path: Path
) -> None:
    feed, wide = feeds["chonburi", "population"], "houses"
    table = native_table(feed, [{wide: n} for n in range(9)])

    def codes(column: pa.Array) -> list[str]:
        file = tmp_path / "given.parquet"
        pq.write_table(put(table, wide, column), file)
        path = "population/population-2020.parquet"
        return conform(sandbox, feed, file, path, tmp_path / "out" / "out.parquet").codes

    control = codes(table[wide])
    for kind in (pa.int8(), pa.int32(), pa.uint16(), pa.uint64(), pa.decimal128(20, 0)):
        assert codes(table[wide].combine_chunks().cast(kind)) == control, kind
    assert codes(table[wide].combine_chunks().cast(pa.float64())) == control  # as pandas has it
    assert codes(pa.array([2**64 - 1] * 9, pa.uint64())) == ["retyped_column"]
    assert codes(pa.array([*range(8), 2.5])) == ["retyped_column"]


def test_a_month_of_whole_readings_may_come_as_whole_numbers(run: Run, flat: pa.Table) -> None:
    whole = put(flat, "PM25", pa.array(range(len(flat)), pa.float64()))
    control = run("phuket", PHUKET, whole)
    for kind in (pa.int16(), pa.int64()):
        assert same(run("phuket", PHUKET, to(kind, "PM25")(whole)), control)
    too_long = put(flat, "PM25", pa.array([2**53 + 1] * len(flat)))  # no double is that number
    assert run("phuket", PHUKET, too_long).codes == ["retyped_column"]


# -- instants --------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Asia/Bangkok", "+00:00", "Etc/UTC", "+07:00", "America/Lima"])
@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_an_instant_is_an_instant_in_every_zone(
    run: Run, instants: pa.Table, zone: str, unit: str
) -> None:
    changed = to(pa.timestamp(unit, zone), "measured_at")(instants)
    assert same(run("chiang_mai", CHIANG_MAI, changed), run("chiang_mai", CHIANG_MAI, instants))


def test_a_time_without_a_zone_is_no_instant(run: Run, instants: pa.Table) -> None:
    changed = to(pa.timestamp("us"), "measured_at")(instants)
    assert run("chiang_mai", CHIANG_MAI, changed).codes == ["retyped_column"]


def test_old_times_where_instants_are_promised_are_utc_and_said(
    run: Run, instants: pa.Table
) -> None:
    control = run("chiang_mai", CHIANG_MAI, instants)
    outcome = run(
        "chiang_mai",
        CHIANG_MAI,
        to(pa.timestamp("us"), "measured_at")(instants),
        use_deprecated_int96_timestamps=True,
        store_schema=False,
    )
    assert outcome.records == control.records
    (finding,) = outcome.answer.findings
    assert (finding.code, finding.consequence, finding.column) == (
        "other_time_format",
        "warn",
        "measured_at",
    )
    assert "INT96" in finding.message


# -- structs and lists -----------------------------------------------------------------------------

MEMBERS = {"value": pa.float64(), "unitCode": pa.string(), "observedAt": pa.string()}


def structs(**members: pa.DataType) -> Change:
    return rebuilt(dict.fromkeys(MEASURES, pa.struct(list(members.items()))))


def inner(name: str) -> Change:
    texts, numbers = pa.list_(pa.field(name, pa.string())), pa.list_(pa.field(name, pa.float64()))
    return rebuilt(
        {
            "refDevice": texts,
            "location": pa.struct([("type", pa.string()), ("coordinates", numbers)]),
        }
    )


def lists(kind: Callable[[pa.DataType], pa.DataType]) -> Change:
    return rebuilt(
        {
            "refDevice": kind(pa.string()),
            "location": pa.struct([("type", pa.string()), ("coordinates", kind(pa.float64()))]),
        }
    )


def dictionary_members(table: pa.Table) -> pa.Table:
    for name in MEASURES:
        rows = table[name].to_pylist()
        parts = [
            pa.array([row and row["value"] for row in rows], pa.float64()),
            pa.array([row and row["unitCode"] for row in rows]).dictionary_encode(),
            pa.array([row and row["observedAt"] for row in rows]).dictionary_encode(),
        ]
        mask = pa.array([row is None for row in rows])
        struct = pa.StructArray.from_arrays(parts, names=[*MEMBERS], mask=mask)
        table = put(table, name, struct)
    devices = pa.ListArray.from_arrays(
        pa.array(range(len(table) + 1), pa.int32()),
        pa.array([row[0] for row in table["refDevice"].to_pylist()]).dictionary_encode(),
    )
    return put(table, "refDevice", devices)


NESTED = {
    "sorted members": structs(**dict(sorted(MEMBERS.items()))),
    "large members": structs(**MEMBERS | {"unitCode": pa.large_string()}),
    "viewed members": structs(**MEMBERS | {"unitCode": pa.string_view()}),
    "dictionaries in structs and lists": dictionary_members,
    "Avro's and old Spark's items": inner("array"),
    "Hive's items": inner("array_element"),
    "Arrow's items": inner("item"),
    "large lists": lists(pa.large_list),
    "list views": lists(pa.list_view),
    "bytes in large binaries": rebuilt(
        {"stationName": pa.large_binary(), "areaServed": pa.binary_view()}
    ),
    "pairs of a fixed size": rebuilt(
        {"location": pa.struct([("type", pa.string()), ("coordinates", pa.list_(pa.float64(), 2))])}
    ),
    "members that are never null": rebuilt(
        {
            "dateObserved": pa.struct(
                [
                    pa.field("type", pa.string(), nullable=False),
                    pa.field("value", pa.string(), nullable=False),
                ]
            ),
            "refDevice": pa.list_(pa.field("element", pa.string(), nullable=False)),
        }
    ),
}


@pytest.mark.parametrize("change", NESTED.values(), ids=NESTED.keys())
@pytest.mark.parametrize("stored", [True, False], ids=["schema stored", "no schema stored"])
def test_structs_and_lists_of_the_same_values_are_the_same(
    run: Run, nested: pa.Table, change: Change, stored: bool
) -> None:
    outcome = run(
        "rayong",
        RAYONG,
        change(nested),
        use_compliant_nested_type=False,
        store_schema=stored,
    )
    assert same(outcome, run("rayong", RAYONG, nested))


def test_dictionaries_inside_structs_may_be_in_several_row_groups(
    run: Run, nested: pa.Table
) -> None:
    outcome = run("rayong", RAYONG, dictionary_members(nested), row_group_size=7)
    assert same(outcome, run("rayong", RAYONG, nested))


def test_a_struct_whose_members_have_no_value_is_read(run: Run, nested: pa.Table) -> None:
    kind = pa.struct([("value", pa.null()), ("unitCode", pa.null()), ("observedAt", pa.null())])
    empty = [None] * len(nested)
    control = put(nested, "o3", pa.array(empty, nested.schema.field("o3").type))
    changed = put(nested, "o3", pa.array(empty, kind))
    assert same(run("rayong", RAYONG, changed), run("rayong", RAYONG, control))


def test_one_more_member_is_told_and_not_carried(run: Run, nested: pa.Table) -> None:
    changed = structs(**{"precision": pa.float64()} | MEMBERS)(nested)
    outcome = run("rayong", RAYONG, changed)
    assert outcome.records == run("rayong", RAYONG, nested).records
    assert {(f.code, f.consequence) for f in outcome.answer.findings} == {
        ("unexpected_column", "warn")
    }
    assert [f.column for f in outcome.answer.findings] == [f"{name}.precision" for name in MEASURES]


def test_one_member_less_is_refused(run: Run, nested: pa.Table) -> None:
    changed = structs(value=pa.float64(), observedAt=pa.string())(nested)
    assert set(run("rayong", RAYONG, changed).codes) == {"retyped_column"}


def test_a_dictionary_inside_a_struct_counts_as_the_texts_that_it_spreads_to(
    feeds: dict[tuple[str, str], Feed], nested: pa.Table, tmp_path: Path
) -> None:
    from federation.conform.sandbox.job import Limits

    long = nested["pm25"].to_pylist()
    for row in long:
        row["unitCode"] = "x" * 100_000
    changed = dictionary_members(put(nested, "pm25", pa.array(long, nested["pm25"].type)))
    pq.write_table(changed, tmp_path / "bomb.parquet")
    assert (tmp_path / "bomb.parquet").stat().st_size < 200_000
    with Sandbox(Limits(decoded_bytes=2_000_000)) as small:
        outcome = conform(
            small,
            feeds["rayong", "air_quality"],
            tmp_path / "bomb.parquet",
            RAYONG,
            tmp_path / "out" / "out.parquet",
        )
    assert outcome.codes == ["over_size_limit"]


# -- the types themselves --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    [
        "string",
        "list<struct<name: string, value: double>>",
        "struct<type: string, coordinates: list<double>>",
        "timestamp[us, UTC]",
        "decimal128(12, 2)",
        "date32[day]",
    ],
)
def test_a_type_is_read_as_it_is_written(kind: str) -> None:
    assert written(arrow_type(kind)) == kind


@pytest.mark.parametrize("kind", ["text", "list<text>", "struct<value>", "list<>", "decimal(x, 2)"])
def test_what_is_no_type_is_said(kind: str) -> None:
    with pytest.raises(ValueError, match="type"):
        arrow_type(kind)


def test_lists_of_structs_go_by_name_whatever_the_list() -> None:
    promised = arrow_type("list<struct<a: string, b: double>>")
    member = pa.struct([("b", pa.float64()), ("c", pa.int8()), ("a", pa.large_string())])
    rows = [None, [{"a": "x", "b": 1.0, "c": 2}, None], []]
    expected = [None, [{"a": "x", "b": 1.0}, None], []]
    for kind in (pa.list_(member), pa.large_list(member), pa.list_view(member)):
        array = pa.array(rows, kind)
        assert can_hold(promised, kind)
        assert as_promised(array, promised).to_pylist() == expected
        assert as_promised(array.slice(1), promised).to_pylist() == expected[1:]
