"""What does not fit in memory is written where the hub says, never into the folder that somebody
happened to work in."""

from __future__ import annotations

from pathlib import Path

import pytest
from federation.common.engine import connect, own_spill
from federation.common.paths import Home

TOO_MUCH = "SELECT range AS a, repeat('x', 200) || hash(range) AS b FROM range(6000000)"


def test_the_gate_spills_into_the_folder_that_it_is_given(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from federation.gate.gx_duckdb import Validator

    worked_in = tmp_path / "worked in"
    worked_in.mkdir()
    monkeypatch.chdir(worked_in)
    home.scratch.mkdir(parents=True)
    with Validator(spill=home.scratch) as validator:
        engine = validator.source.get_execution_engine()
        with engine.get_connection() as con:
            con.exec_driver_sql(f"CREATE TEMP TABLE large AS {TOO_MUCH}")
            assert list(home.scratch.iterdir())
    assert not list(worked_in.iterdir())


def test_an_engine_in_memory_spills_into_the_machine_s_temporary_folder() -> None:
    with connect() as con:
        asked = "SELECT current_setting('temp_directory')"
        assert con.execute(asked).fetchall() == [(str(own_spill()),)]
