"""Profiles of whole files come from the fence; what cannot be looked at says why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from federation.conform.sandbox.job import Limits
from federation.conform.sandbox.sandbox import Sandbox


def test_every_column_of_a_generated_file_is_told(sandbox: Sandbox, platforms: Path) -> None:
    found = sandbox.profile(platforms / "khon_kaen" / "accident" / "kk_accident_2563.parquet")
    assert not found.refusal
    assert found.rows > 100
    calendar, digits = found.column("date_th").fact("calendar"), found.column("dead").fact("digits")
    assert calendar is not None
    assert (calendar.value, calendar.candidates) == ("ambiguous", ("BE2", "CE2"))
    assert digits is not None
    assert digits.value == "thai"
    assert {found.column(name).fact("coordinate").value for name in ("lat", "long")} == {
        "lat",
        "lon",
    }  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "not_parquet"), (b"PAR1" + bytes(40) + b"PAR1", "unreadable_file")]
)
def test_what_is_no_parquet_file_has_a_reason_and_no_columns(
    sandbox: Sandbox, tmp_path: Path, data: bytes, code: str
) -> None:
    file = tmp_path / "x.parquet"
    file.write_bytes(data)
    found = sandbox.profile(file)
    assert found.refusal.startswith(code)
    assert found.columns == ()


def test_limits_hold_for_profiles_too(tmp_path: Path) -> None:
    file = tmp_path / "wide.parquet"
    pq.write_table(pa.table({f"c{number}": [1] for number in range(30)}), file)
    with Sandbox(replace(Limits(), columns=20)) as narrow:
        assert narrow.profile(file).refusal.startswith("footer_over_limit")


def test_a_file_can_be_conformed_after_one_was_profiled(sandbox: Sandbox, platforms: Path) -> None:
    file = platforms / "phuket" / "Tourism" / "Tourism_2021.parquet"
    assert sandbox.profile(file) == sandbox.profile(file)
    assert len(sandbox.profile(file).columns) == 10
