"""Each piece of the SELECT generator on DuckDB, one by one, against Python's datetime and
decimal."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from federation.common.engine import connect
from federation.conform import expressions as sql
from federation.contracts.vocabulary import TIME_FORMATS
from federation.datasets.units import known_units
from hypothesis import given
from hypothesis import strategies as st

Evaluate = Callable[..., Any]
UNITS = known_units()
BANGKOK = timezone(timedelta(hours=7))
MONTHS = [
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
]
DAYS = st.dates(date(1957, 1, 1), date(2056, 12, 31))
MOMENTS = st.datetimes(datetime(1957, 1, 1), datetime(2056, 12, 31, 23, 59), timezones=st.just(UTC))


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as opened:
        yield opened


@pytest.fixture(scope="module")
def evaluate(con: duckdb.DuckDBPyConnection) -> Evaluate:
    """Evaluate an expression over columns `a`, `b` that hold the given values."""

    def evaluated(expression: str, a: Any = None, b: Any = None, kind: str = "VARCHAR") -> Any:
        query = f"SELECT {expression} FROM (SELECT CAST(? AS {kind}) AS a, CAST(? AS {kind}) AS b)"
        return con.execute(query, [a, b]).fetchall()[0][0]

    return evaluated


def local(form: str, *columns: str, calendar: str = "CE", zone: str = "Asia/Bangkok") -> str:
    return sql.local_time(form, columns or ("a",), calendar=calendar, zone=zone)


# -- times -----------------------------------------------------------------------------------------


def test_every_declared_time_format_has_an_expression() -> None:
    for form, reads in TIME_FORMATS.items():
        assert "a" in local(form, *(["a", "b"][:reads]), calendar="BE")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("29/02/2563", datetime(2020, 2, 29)),  # 2563 is no leap year, 2020 is
        ("29/02/2564", None),
        ("31/12/2568", datetime(2025, 12, 31)),
        ("31/04/2568", None),
        ("1/2/2568", None),
        ("2568-01-01", None),
        ("00/01/2568", None),
        ("01/13/2568", None),
        ("-", None),
    ],
)
def test_a_slashed_buddhist_date(evaluate: Evaluate, text: str, expected: datetime | None) -> None:
    assert evaluate(local("dd/mm/yyyy", calendar="BE"), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("29/02/2563 23:59", datetime(2020, 2, 29, 23, 59)),
        ("01/01/2569 00:00", datetime(2026, 1, 1)),
        ("01/01/2569 25:00", None),
        ("01/01/2569 10:60", None),
        ("01/01/2569", None),
        ("01/01/2569 1:00", None),
    ],
)
def test_a_slashed_date_with_a_time(
    evaluate: Evaluate, text: str, expected: datetime | None
) -> None:
    assert evaluate(local("dd/mm/yyyy hh:mi", calendar="BE"), text) == expected


def test_a_date_and_a_time_in_two_columns(evaluate: Evaluate) -> None:
    assert evaluate(
        local("dd/mm/yyyy hh:mi", "a", "b", calendar="BE"), "29/02/2563", "07:05"
    ) == datetime(2020, 2, 29, 7, 5)
    assert evaluate(local("dd/mm/yyyy hh:mi", "a", "b", calendar="BE"), "29/02/2563", None) is None


@pytest.mark.parametrize(
    ("day", "hours", "expected"),
    [
        (
            "1 ม.ค. 69",
            "08:00-09:00",
            datetime(2026, 1, 1, 8),
        ),  # a range means the hour at which it begins
        ("31 ธ.ค. 68", "23:00-00:00", datetime(2025, 12, 31, 23)),
        ("29 ก.พ. 63", "00:15", datetime(2020, 2, 29, 0, 15)),
        ("29 ก.พ. 64", "00:15", None),
        ("1 ม.ค. 2569", "08:00", None),  # four digits are another format
        ("1 มค. 69", "08:00", None),
        ("1 ม.ค. 69", "8:00", None),
        ("1 ม.ค.", "08:00", None),
        ("1 ม.ค. 69", None, None),
    ],
)
def test_a_thai_short_date_with_hours(
    evaluate: Evaluate, day: str, hours: str | None, expected: datetime | None
) -> None:
    assert evaluate(local("d mon yy hh:mi", "a", "b", calendar="BE"), day, hours) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("มี.ค. 63", datetime(2020, 3, 1)),
        ("ธ.ค. 00", datetime(1957, 12, 1)),
        ("ม.ค. 99", datetime(2056, 1, 1)),
        ("มี.ค. 2563", None),
        ("มีนาคม 63", None),
        ("63", None),
    ],
)
def test_a_thai_month(evaluate: Evaluate, text: str, expected: datetime | None) -> None:
    assert evaluate(local("mon yy", calendar="BE"), text) == expected


@pytest.mark.parametrize(
    ("year", "month", "expected"),
    [
        ("2563", "1", datetime(2019, 10, 1)),
        ("2563", "3", datetime(2019, 12, 1)),
        ("2563", "4", datetime(2020, 1, 1)),
        ("2563", "12", datetime(2020, 9, 1)),
        ("2563", "0", None),
        ("2563", "13", None),
        ("2563", "ต.ค.", None),
        ("-", "1", None),
    ],
)
def test_a_month_of_the_fiscal_year(
    evaluate: Evaluate, year: str, month: str, expected: datetime | None
) -> None:
    assert (
        evaluate(local("fiscal_year fiscal_month", "a", "b", calendar="BE"), year, month)
        == expected
    )


@pytest.mark.parametrize(
    ("year", "month", "expected"),
    [
        ("2563", "2", datetime(2020, 2, 1)),
        ("2563", "0", None),
        ("2563", "13", None),
        (None, "1", None),
        ("2563", None, None),
    ],
)
def test_a_year_and_a_month(
    evaluate: Evaluate, year: str | None, month: str | None, expected: datetime | None
) -> None:
    assert evaluate(local("year month", "a", "b", calendar="BE"), year, month) == expected


@pytest.mark.parametrize("text", ["1.6", "1e1", "0x1"])
def test_a_month_number_with_anything_but_digits_is_unreadable(
    evaluate: Evaluate, text: str
) -> None:
    assert (
        evaluate(local("fiscal_year fiscal_month", "a", "b", calendar="BE"), "2563", text) is None
    )


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("dd/mm/yyyy hh:mi", "20/01/25.9 10:00"),
        ("dd/mm/yyyy hh:mi", "20/01/2569 1.:30"),
        ("dd/mm/yyyy hh:mi", "20/01/2569 10x30"),
        ("dd/mm/yyyy hh:mi", "20/01/2569_10:30"),
        ("d mon yy", "1.6 ม.ค. 69"),
        ("d mon yy", "1 ม.ค. -1"),
        ("d mon yy", "1 ม.ค. 6."),
        ("mon yy", "ม.ค. 6."),
    ],
)
def test_a_date_with_anything_but_digits_in_its_numbers_is_unreadable(
    evaluate: Evaluate, form: str, text: str
) -> None:
    assert evaluate(local(form, calendar="BE"), text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-01T00:00:00+07:00", datetime(2026, 1, 1)),
        ("2025-12-31T17:00:00Z", datetime(2026, 1, 1)),
        ("2025-12-31T17:00:00+00:00", datetime(2026, 1, 1)),
        ("2026-01-01T02:00:00+09:00", datetime(2026, 1, 1)),
        ("2026-01-01T00:00:00.5+07:00", datetime(2026, 1, 1, 0, 0, 0, 500_000)),
        ("2026-01-01", datetime(2026, 1, 1)),
        ("2026-01-01T00:00:00", None),  # without an offset nobody knows which hour is meant
        ("2026-02-29T00:00:00+07:00", None),
        ("2026-02-29", None),
        ("01/01/2026", None),
        ("yesterday", None),
    ],
)
def test_an_iso_8601_text(evaluate: Evaluate, text: str, expected: datetime | None) -> None:
    assert evaluate(local("iso8601"), text) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1_767_200_400_000, datetime(2026, 1, 1)),
        (0, datetime(1970, 1, 1, 7)),
        (-1, datetime(1970, 1, 1, 6, 59, 59, 999_000)),
        (-2_208_988_800_001, None),
        (4_102_444_800_001, None),
        (1_767_200_400_000_000, None),  # microseconds
        (2**63 - 1, None),
        (-(2**63), None),
        (None, None),
    ],
)
def test_epoch_milliseconds(
    evaluate: Evaluate, number: int | None, expected: datetime | None
) -> None:
    assert evaluate(local("epoch_ms"), number, kind="BIGINT") == expected


def test_a_local_timestamp_and_a_date_stay_as_they_are(evaluate: Evaluate) -> None:
    assert evaluate(
        local("local_timestamp"), datetime(2026, 1, 1, 23, 5), kind="TIMESTAMP"
    ) == datetime(2026, 1, 1, 23, 5)
    assert evaluate(local("date"), date(2020, 2, 29), kind="DATE") == datetime(2020, 2, 29)


@pytest.mark.parametrize(
    ("form", "kind", "value"),
    [
        ("date", "DATE", "make_date(2147000000)"),
        ("instant", "TIMESTAMPTZ", "make_timestamptz(9223372036854770000)"),
        ("local_timestamp", "TIMESTAMP", "make_timestamp(-9223372022400000000)"),
    ],
)
def test_a_time_beyond_every_calendar_is_unreadable_and_no_error(
    con: duckdb.DuckDBPyConnection, form: str, kind: str, value: str
) -> None:
    query = (
        f"SELECT {sql.as_instant(local(form), 'Asia/Bangkok')} FROM (SELECT CAST({value} AS "
        f"{kind}) AS a)"
    )
    assert con.execute(query).fetchall()[0][0] is None


@given(DAYS)
def test_a_buddhist_date_is_the_same_day_543_years_earlier(evaluate: Evaluate, day: date) -> None:
    text = f"{day.day:02}/{day.month:02}/{day.year + 543}"
    assert evaluate(local("dd/mm/yyyy", calendar="BE"), text) == datetime.combine(day, time())


@given(st.integers(1950, 2060), st.integers(1, 12), st.integers(1, 31))
def test_a_buddhist_date_is_read_exactly_when_the_common_era_has_that_day(
    evaluate: Evaluate, year: int, month: int, day: int
) -> None:
    exists = day <= monthrange(year, month)[1]
    text = f"{day:02}/{month:02}/{year + 543}"
    assert evaluate(local("dd/mm/yyyy", calendar="BE"), text) == (
        datetime(year, month, day) if exists else None
    )


@pytest.mark.parametrize("year", range(1960, 2061, 4))
def test_every_29_february_is_read_in_both_eras(evaluate: Evaluate, year: int) -> None:
    expected = datetime(year, 2, 29)
    assert evaluate(local("dd/mm/yyyy", calendar="BE"), f"29/02/{year + 543}") == expected
    assert evaluate(local("dd/mm/yyyy", calendar="CE"), f"29/02/{year}") == expected


@given(DAYS)
def test_a_two_digit_year_means_the_26th_buddhist_century(evaluate: Evaluate, day: date) -> None:
    text = f"{day.day} {MONTHS[day.month - 1]} {day.year + 543 - 2500:02}"
    assert evaluate(local("d mon yy", calendar="BE"), text) == datetime.combine(day, time())


@given(DAYS)
def test_a_fiscal_year_begins_in_october_of_the_year_before(evaluate: Evaluate, day: date) -> None:
    fiscal_year = day.year + (day.month >= 10)
    fiscal_month = (day.month - 10) % 12 + 1
    read = evaluate(
        local("fiscal_year fiscal_month", "a", "b", calendar="BE"),
        str(fiscal_year + 543),
        str(fiscal_month),
    )
    assert read == datetime(day.year, day.month, 1)


@given(MOMENTS)
def test_an_instant_is_its_bangkok_wall_clock(evaluate: Evaluate, moment: datetime) -> None:
    wall = moment.astimezone(BANGKOK).replace(tzinfo=None)
    assert evaluate(local("instant"), moment, kind="TIMESTAMPTZ") == wall
    assert evaluate(local("iso8601"), moment.strftime("%Y-%m-%dT%H:%M:%SZ")) == wall.replace(
        microsecond=0
    )
    assert evaluate(f"CAST({local('instant')} AS DATE)", moment, kind="TIMESTAMPTZ") == wall.date()


@given(DAYS)
def test_midnight_in_bangkok_is_17_hours_utc_of_the_day_before(
    evaluate: Evaluate, day: date
) -> None:
    text = f"{day.day:02}/{day.month:02}/{day.year + 543} 00:00"
    read = evaluate(sql.as_instant(local("dd/mm/yyyy hh:mi", calendar="BE"), "Asia/Bangkok"), text)
    assert read.astimezone(UTC) == datetime.combine(day - timedelta(days=1), time(17), UTC)


@given(MOMENTS)
def test_local_time_and_instant_undo_each_other(evaluate: Evaluate, moment: datetime) -> None:
    for zone in ("Asia/Bangkok", "UTC"):
        assert (
            evaluate(sql.as_instant(local("instant", zone=zone), zone), moment, kind="TIMESTAMPTZ")
            == moment
        )


@given(MOMENTS)
def test_milliseconds_since_1970_are_the_instant(evaluate: Evaluate, moment: datetime) -> None:
    milliseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    read = evaluate(sql.as_instant(local("epoch_ms"), "Asia/Bangkok"), milliseconds, kind="BIGINT")
    assert read == moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@given(DAYS)
def test_month_and_year_of_a_day(evaluate: Evaluate, day: date) -> None:
    assert evaluate(sql.as_month(local("date")), day, kind="DATE") == day.replace(day=1)
    assert evaluate(sql.as_year(local("date")), day, kind="DATE") == day.year


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("year", "2524", 1981),
        ("year", "24", None),
        ("year", "25240", None),
        ("year", "-2524", None),
        ("year", "2524.0", None),
        ("yy", "24", 1981),
        ("yy", "00", 1957),
        ("yy", "2524", None),
        ("yy", "4", None),
        ("yy", "ab", None),
    ],
)
def test_a_year_alone(evaluate: Evaluate, form: str, text: str, expected: int | None) -> None:
    assert evaluate(sql.as_year(local(form, calendar="BE")), text) == expected


def test_a_year_as_a_number_is_read_in_its_era(evaluate: Evaluate) -> None:
    assert evaluate(sql.as_year(local("year")), 1981, kind="INTEGER") == 1981
    assert evaluate(sql.as_year(local("year", calendar="BE")), 2524, kind="INTEGER") == 1981


@given(DAYS)
def test_a_day_stays_a_day(evaluate: Evaluate, day: date) -> None:
    assert evaluate(sql.as_day(local("date")), day, kind="DATE") == day


# -- words -----------------------------------------------------------------------------------------


def test_a_word_is_translated_and_an_unknown_one_is_unreadable(evaluate: Evaluate) -> None:
    words = sql.translated("a", {"นาปี": "major_rice", "it's": "second_rice"})
    assert [evaluate(words, text) for text in ("นาปี", "it's", "major_rice", "", None)] == [
        "major_rice", "second_rice", None, None, None]  # fmt: skip


# -- numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12,962.8", 12962.8),
        ("1,234,567", 1234567.0),
        ("1234567", 1234567.0),
        ("-1,000", -1000.0),
        ("0", 0.0),
        ("1,23", None),
        ("12,34,567", None),
        ("1,2345", None),
        (",123", None),
        ("1,234,", None),
        ("1.234,5", None),
        ("nan", None),
        ("inf", None),
        ("-Infinity", None),
        ("abc", None),
        ("1e400", None),
        ("12 345", None),
        ("0x1F", None),
    ],
)
def test_thousands_separators_stand_where_they_belong(
    evaluate: Evaluate, text: str, expected: float | None
) -> None:
    assert evaluate(sql.number("a", text=True, thousands=","), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.028", 0.028),
        ("-5", -5.0),
        ("1,234", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        ("5 µg", None),
    ],
)
def test_a_number_as_text_without_separators(
    evaluate: Evaluate, text: str, expected: float | None
) -> None:
    assert evaluate(sql.number("a", text=True), text) == expected


@pytest.mark.parametrize("value", ["'nan'", "'inf'", "'-inf'"])
def test_a_number_that_is_none_is_unreadable(con: duckdb.DuckDBPyConnection, value: str) -> None:
    query = f"SELECT {sql.number('a', text=False)} FROM (SELECT CAST({value} AS DOUBLE) AS a)"
    assert con.execute(query).fetchall() == [(None,)]


@given(st.integers(-(10**15), 10**15))
def test_thousands_as_python_writes_them(evaluate: Evaluate, number: int) -> None:
    assert evaluate(sql.number("a", text=True, thousands=","), f"{number:,}") == number


@given(st.integers(0, 10**12))
def test_thai_digits_are_the_same_number(evaluate: Evaluate, number: int) -> None:
    thai = str(number).translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    assert evaluate(sql.number(sql.arabic_digits("a"), text=True), thai) == number


@pytest.mark.parametrize(
    ("value", "expected"), [(3.0, 3), (-0.0, 0), (2.5, None), (2.0**53, 2**53), (None, None)]
)
def test_a_count_has_no_fraction(
    evaluate: Evaluate, value: float | None, expected: int | None
) -> None:
    assert evaluate(sql.whole("a"), value, kind="DOUBLE") == expected


@pytest.mark.parametrize("value", [1e19, -1e30])
def test_a_count_beyond_64_bits_is_unreadable_and_no_error(
    evaluate: Evaluate, value: float
) -> None:
    assert evaluate(sql.whole("a"), value, kind="DOUBLE") is None


def test_markers_are_missing_and_nothing_else_is(evaluate: Evaluate) -> None:
    text = sql.without_markers("a", ["-", "-1", -999], text=True)
    assert [evaluate(text, value) for value in ("-", "-1", "", "-999", "-1.0", "5")] == [
        None,
        None,
        None,
        "-999",
        "-1.0",
        "5",
    ]
    number = sql.without_markers("a", ["-", -999, -9999], text=False)
    assert [evaluate(number, value, kind="DOUBLE") for value in (-999, -9999, -1, 0)] == [
        None,
        None,
        -1,
        0,
    ]


def test_a_column_without_markers_is_left_alone() -> None:
    assert sql.without_markers("a", ["-"], text=False) == "a"


# -- units -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "unit", "national", "expected"),
    [
        ("0.028", "ppm", "ppb", 28.0),  # 0.028 * 1000 is 28.000000000000004
        ("12962.8", "million_baht", "baht", 12_962_800_000.0),
        ("8.2", "million_baht", "baht", 8_200_000.0),
        ("28", "ppb", "ppm", 0.028),
        ("35.5", "GQ", "ug/m3", 35.5),
        ("0.1234567", "ug/m3", "ug/m3", 0.1234567),
    ],
)
def test_a_value_in_the_national_unit_is_exact(
    evaluate: Evaluate, text: str, unit: str, national: str, expected: float
) -> None:
    factor = UNITS[unit].factor / UNITS[national].factor
    assert float(evaluate(sql.in_unit(sql.number("a", text=True), factor), text)) == expected


@given(st.integers(0, 999_999), st.sampled_from([("ppm", "ppb"), ("million_baht", "baht")]))
def test_three_decimals_survive_every_factor(
    evaluate: Evaluate, thousandths: int, units: tuple[str, str]
) -> None:
    factor = UNITS[units[0]].factor / UNITS[units[1]].factor
    text = Decimal(thousandths).scaleb(-3)
    expected = float(text * Decimal(factor))
    assert float(evaluate(sql.in_unit(sql.number("a", text=True), factor), str(text))) == expected


@given(st.integers(0, 3_000_000), st.integers(0, 3), st.integers(0, 99))
def test_rai_ngan_and_square_wah_add_up_exactly(
    evaluate: Evaluate, rai: int, ngan: int, wah: int
) -> None:
    parts = zip((rai, ngan, wah), ("rai", "ngan", "square_wah"), strict=True)
    summed = sql.added_up(
        [
            sql.in_unit(f"{value}.0::DOUBLE", UNITS[unit].factor / UNITS["ha"].factor)
            for value, unit in parts
        ]
    )
    square_metres = Decimal(rai * 1600 + ngan * 400 + wah * 4)
    assert evaluate(summed) == float(square_metres / 10_000)


def test_a_sum_of_which_a_part_is_missing_is_missing(evaluate: Evaluate) -> None:
    assert evaluate(sql.added_up(["a", "b"]), 1.0, None, kind="DOUBLE") is None
