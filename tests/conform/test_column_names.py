"""Names of columns and measures are normalised as texts are; what cannot be seen is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from federation.common.reason import Reason
from federation.conform.sandbox.sandbox import Sandbox
from federation.contracts.model import Feed
from support.native import Outcome, conform, native_table

POPULATION = ("bangkok", "population", "prachakon/prachakon_2563.parquet")
ACCIDENTS = ("bangkok", "road_accidents", "ubattihet-thanon/ubattihet-thanon_2564.parquet")
TOURISM = ("chiang_mai", "tourism", "tourism/year=2023/part-0.parquet")
Run = Callable[..., Outcome]


@pytest.fixture
def run(feeds: dict[tuple[str, str], Feed], sandbox: Sandbox, tmp_path: Path) -> Run:
    """Conform rows of a feed after a change to their table."""

    def run(
        feed: tuple[str, str, str],
        rows: list[dict[str, Any]],
        change: Callable[[pa.Table], pa.Table] = lambda table: table,
    ) -> Outcome:
        contract = feeds[feed[0], feed[1]]
        pq.write_table(change(native_table(contract, rows)), tmp_path / "x.parquet")
        return conform(
            sandbox, contract, tmp_path / "x.parquet", feed[2], tmp_path / "out" / "x.parquet"
        )

    return run


def named(change: Callable[[str], str]) -> Callable[[pa.Table], pa.Table]:
    return lambda table: table.rename_columns([*map(change, table.column_names)])


def also(name: str, like: str = "") -> Callable[[pa.Table], pa.Table]:
    return lambda table: table.append_column(
        name, table[like] if like else pa.array(["x"] * len(table))
    )


PEOPLE = [{"รหัส": "100101", "รวม (คน)": f"{n}", "ชาย (คน)": f"{n}"} for n in range(3)]


@pytest.mark.parametrize(
    "change",
    [
        lambda name: f"\ufeff{name}",
        lambda name: f"{name} ",
        lambda name: f"  {name}",
        lambda name: name.replace(" ", "\u00a0"),
        lambda name: f"{name[:2]}\u200b{name[2:]}",
        lambda name: f"{name}\0",
        lambda name: name.replace(" ", "\n"),
    ],
    ids=["bom", "trailing", "leading", "nbsp", "zero width", "nul", "line break"],
)
def test_a_name_that_differs_in_what_nobody_sees_is_read(
    run: Run, change: Callable[[str], str]
) -> None:
    control, outcome = run(POPULATION, PEOPLE), run(POPULATION, PEOPLE, named(change))
    assert (outcome.codes, outcome.records) == (control.codes, control.records)
    assert outcome.records


def test_sara_am_in_two_letters_is_sara_am(run: Run) -> None:
    rows = [{"รวมจำนวนผู้บาดเจ็บ (คน)": f"{n}", "จังหวัด": "กรุงเทพมหานคร"} for n in range(3)]
    split = named(lambda name: name.replace("\u0e33", "\u0e4d\u0e32"))
    control, outcome = run(ACCIDENTS, rows), run(ACCIDENTS, rows, split)
    assert outcome.records == control.records
    assert outcome.records


def test_of_two_such_names_the_one_that_is_as_promised_is_read(run: Run) -> None:
    outcome = run(POPULATION, PEOPLE, also("\ufeffรหัส", "ชาย (คน)"))
    assert outcome.records == run(POPULATION, PEOPLE).records
    (finding,) = outcome.answer.findings
    assert (finding.code, finding.consequence, finding.column) == (
        "unexpected_column",
        "warn",
        "[U+FEFF]รหัส",
    )


def test_a_profile_tells_names_as_they_look(sandbox: Sandbox, tmp_path: Path) -> None:
    pq.write_table(pa.table({"\ufeffรหัส ": ["1"], "แข\u200bวง": ["x"]}), tmp_path / "x.parquet")
    assert dict(sandbox.profile(tmp_path / "x.parquet").schema) == {
        "รหัส": "string",
        "แขวง": "string",
    }


def test_two_such_names_of_which_none_is_as_promised_are_refused(run: Run) -> None:
    def change(table: pa.Table) -> pa.Table:
        return also("รหัส ", "\ufeffรหัส")(named(lambda n: f"\ufeff{n}" if n == "รหัส" else n)(table))

    outcome = run(POPULATION, PEOPLE, change)
    assert outcome.codes == ["repeated_column"]
    assert "letters that nobody sees" in outcome.answer.findings[0].message


def test_an_unknown_name_with_a_nul_is_shown(run: Run) -> None:
    outcome = run(POPULATION, PEOPLE, also("note\0x"))
    (finding,) = outcome.answer.findings
    assert (finding.code, finding.column) == ("unexpected_column", "note[U+0000]x")
    assert "\0" not in finding.message


def test_names_that_differ_in_case_only_are_told_with_the_one_that_is_read(run: Run) -> None:
    feed = ("phuket", "air_quality", "AirQuality/AirQuality_2026_01.parquet")
    rows = [
        {"StationId": "43t", "District": "เมือง", "DateTime": f"2026-01-01T{n:02}:00:00", "PM25": n}
        for n in range(3)
    ]
    twin = lambda table: table.append_column("pm25", pa.array([99.0] * len(table)))  # noqa: E731
    outcome = run(feed, rows, twin)
    assert [record["pm25_ugm3"] for record in outcome.records] == [0.0, 1.0, 2.0]
    (finding,) = outcome.answer.findings
    assert (finding.code, finding.consequence, finding.column) == (
        "unexpected_column",
        "warn",
        "pm25",
    )
    assert "differs from 'PM25' in case only; 'PM25' is read" in finding.message


# -- measures --------------------------------------------------------------------------------------


def months(name: str = "visitors_thai") -> list[dict[str, Any]]:
    """Twelve months of every measure; the first row's is called `name`."""
    people = dict.fromkeys(["visitors_thai", "visitors_foreign", "visitors_total"], "persons")
    revenue = ["revenue_total", "revenue_thai", "revenue_foreign"]
    money = dict.fromkeys(revenue, "million_baht") | {"occupancy_rate": "percent"}
    rows = [
        {
            "province_code": "50",
            "month_start": f"2023-{month:02}-01",
            "parameter": parameter,
            "value": 10.0 * month,
            "unit": unit,
        }
        for month in range(1, 13)
        for parameter, unit in (people | money).items()
    ]
    first = next(row for row in rows if row["parameter"] == "visitors_thai")
    first["parameter"] = name
    return rows


def found(outcome: Outcome, code: str) -> list[Reason]:
    return [finding for finding in outcome.answer.findings if finding.code == code]


@pytest.mark.parametrize("name", ["visitors_thai\0", "visitors_thai ", "\ufeffvisitors_thai"])
def test_a_measures_name_is_read_as_it_looks(run: Run, name: str) -> None:
    control, outcome = run(TOURISM, months()), run(TOURISM, months(name))
    assert outcome.records == control.records
    assert found(outcome, "unexpected_measure") == found(control, "unexpected_measure")
    told = [finding.message for finding in found(outcome, "control_letters")]
    assert any("visitors_thai[U+0000]" in message for message in told) == ("\0" in name)
