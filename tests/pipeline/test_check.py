"""`hub check`: the verdict on a file before it is sent, as a program reads it.

Nothing is written.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from federation.cli.main import main
from federation.common.errors import HubError
from federation.common.hashing import sha256_of_file
from federation.contracts.model import Feed
from federation.pipeline.check import partition_of
from support import contracts
from support.native import write_native

KEYS = [
    "city",
    "dataset",
    "partition",
    "file",
    "sha256",
    "verdict",
    "source_rows",
    "records_received",
    "records_valid",
    "records_quarantined",
    "records_duplicate",
    "reasons",
]
REASON_KEYS = {"code", "consequence", "column", "records", "message"}
BUDDHIST_JANUARY = "khunaphap-akat_256901.parquet"


@dataclass(frozen=True)
class Said:
    """What one run of the command answered."""

    code: int
    out: str
    err: str
    home: Path

    @property
    def json(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def hub(tmp_path: Path) -> Any:
    """Run `hub check` with a home of its own."""

    def run(*arguments: object) -> Said:
        home = tmp_path / "hub"
        scratch = tmp_path / "tmp"
        scratch.mkdir(exist_ok=True)
        done = subprocess.run(
            [sys.executable, "-m", "federation.cli.main", "check", *map(str, arguments)],
            capture_output=True,
            text=True,
            env=contracts.environment() | {"HUB_HOME": str(home), "TMPDIR": str(scratch)},
            cwd=tmp_path,
            timeout=180,
            check=False,
        )
        assert "Traceback" not in done.stderr
        assert list(scratch.iterdir()) == []
        assert not home.exists()
        return Said(done.returncode, done.stdout, done.stderr, home)

    return run


def _month(month: int) -> dict[str, Any]:
    """A month of Phuket's tourism; of February the occupancy cannot be."""
    return {
        "Province": "ภูเก็ต",
        "Year": 2022,
        "Month": month,
        "ThaiVisitors": 100,
        "ForeignVisitors": 200,
        "TotalVisitors": 300,
        "RevenueTotal": 3_000_000,
        "OccupancyRate": 101.0 if month == 2 else 50.0,
    }


def _counts(checked: dict[str, Any]) -> tuple[int, ...]:
    kinds = ("received", "valid", "quarantined", "duplicate")
    return tuple(checked[f"records_{kind}"] for kind in kinds)


def test_good_and_bad_files_each_have_a_verdict(
    hub: Any, platforms: Path, feeds: dict[tuple[str, str], Feed], tmp_path: Path
) -> None:
    good = next((platforms / "phuket" / "Tourism").glob("Tourism_2023*.parquet"))
    quarantining = write_native(
        tmp_path / "Tourism_2022.parquet",
        feeds["phuket", "tourism"],
        [_month(month) for month in (1, *range(1, 13))],
    )
    broken = tmp_path / "Tourism_2021.parquet"
    broken.write_bytes(good.read_bytes()[:-1000])
    said = hub(good, quarantining, broken, "--city", "phuket", "--dataset", "tourism", "--json")
    assert said.code == 1
    fine, spotted, rejected = said.json
    for entry in said.json:
        assert list(entry) == KEYS
        assert all(set(reason) == REASON_KEYS for reason in entry["reasons"])
        assert (entry["city"], entry["dataset"]) == ("phuket", "tourism")
        assert entry["sha256"] == sha256_of_file(Path(entry["file"]))
    assert (fine["verdict"], fine["partition"], fine["reasons"]) == ("accepted", "2023", [])
    assert (fine["source_rows"], *_counts(fine)) == (12, 12, 12, 0, 0)
    assert spotted["verdict"] == "accepted_with_warning"
    assert (spotted["source_rows"], *_counts(spotted)) == (13, 13, 11, 1, 1)
    assert [
        (reason["code"], reason["consequence"], reason["column"], reason["records"])
        for reason in spotted["reasons"]
    ] == [("occupancy_range", "quarantine", "occupancy_pct", 1)]
    assert (rejected["verdict"], *_counts(rejected)) == ("rejected", 0, 0, 0, 0)
    assert [reason["code"] for reason in rejected["reasons"]] == ["not_parquet"]


def test_a_file_of_another_city_is_rejected_column_by_column(
    hub: Any, platforms: Path, tmp_path: Path
) -> None:
    foreign = shutil.copy(
        next((platforms / "chonburi" / "population").glob("*.parquet")),
        tmp_path / "Population_2020.parquet",
    )
    said = hub(foreign, "--city", "phuket", "--dataset", "population", "--json")
    assert said.code == 1
    (entry,) = said.json
    assert (entry["verdict"], entry["records_valid"]) == ("rejected", 0)
    rejecting = {
        reason["column"] for reason in entry["reasons"] if reason["consequence"] == "reject"
    }
    assert rejecting == {"District", "Subdistrict", "Male", "Female", "Total", "Houses", "AsOf"}


def test_a_person_reads_verdict_counts_and_reasons(hub: Any, platforms: Path) -> None:
    file = next((platforms / "bangkok" / "prachakon").glob("*.parquet"))
    said = hub(file, "--city", "bangkok", "--dataset", "population")
    assert said.code == 0
    assert said.out.startswith(f"accepted: {file} (bangkok/population 2")
    assert "records received" in said.out


def test_usage_is_told_apart_from_data_and_as_json_where_json_is_asked_for(hub: Any) -> None:
    said = hub("nothing.parquet", "--city", "phuket", "--dataset", "tourism", "--json")
    assert said.code == 2
    assert said.json[0]["error"] == "no such file"
    assert "hub: no such file" in said.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nothing.parquet", "--city", "phuket", "--dataset", "tourism"], "no such file"),
        (["nothing.parquet", "--city", "trang", "--dataset", "tourism"], "no feed trang/tourism"),
        (["nothing.parquet", "--city", "phuket", "--dataset", "rice"], "no feed phuket/rice"),
        (["named-otherwise.parquet", "--city", "phuket", "--dataset", "tourism"], "which period"),
        (
            [
                "named-otherwise.parquet",
                "--city",
                "phuket",
                "--dataset",
                "tourism",
                "--partition",
                "soon",
            ],
            "which period",
        ),
    ],
    ids=["no file", "no city", "no dataset", "no period", "no date"],
)
def test_usage_is_told_with_what_to_do(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("named-otherwise.parquet").write_bytes(b"PAR1")
    assert main(["check", *arguments]) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert said.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["named-otherwise.parquet"]


def test_a_command_line_without_a_city_is_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["check", "x.parquet"])
    assert left.value.code == 2
    assert "--city" in capsys.readouterr().err


# -- which period ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "given", "expected"),
    [
        (BUDDHIST_JANUARY, None, "2026-01"),
        (f"khunaphap-akat/{BUDDHIST_JANUARY}", None, "2026-01"),
        (f"outbox/khunaphap-akat/{BUDDHIST_JANUARY}", None, "2026-01"),
        ("x.parquet", "2026-01", "2026-01"),
        ("x.parquet", BUDDHIST_JANUARY, "2026-01"),
        ("x.parquet", f"khunaphap-akat/{BUDDHIST_JANUARY}", "2026-01"),
        ("x.parquet", "2026", "2026"),
        ("x.parquet", "2018-10..2019-09", "2018-10..2019-09"),
        ("x.parquet", "1993..2002", "1993..2002"),
        ("x.parquet", "2017-08-01..2017-08-08", "2017-08-01..2017-08-08"),
        ("x.parquet", "2020-02-29", "2020-02-29..2020-02-29"),
    ],
)
def test_the_period_is_in_the_name_or_given(
    feeds: dict[tuple[str, str], Feed], tmp_path: Path, file: str, given: str | None, expected: str
) -> None:
    assert str(partition_of(tmp_path / file, feeds["bangkok", "air_quality"], given)) == expected


def test_the_period_of_a_hive_folder_is_in_its_folders(
    feeds: dict[tuple[str, str], Feed], tmp_path: Path
) -> None:
    file = tmp_path / "air_quality/year=2026/month=02/part-0.parquet"
    assert str(partition_of(file, feeds["chiang_mai", "air_quality"], None)) == "2026-02"


@pytest.mark.parametrize("given", ["2026-13", "2026-02-30", "soon", "..2026-01", "-5"])
def test_what_is_no_period_is_refused(
    feeds: dict[tuple[str, str], Feed], tmp_path: Path, given: str
) -> None:
    with pytest.raises(HubError, match="which period") as refused:
        partition_of(tmp_path / "x.parquet", feeds["bangkok", "air_quality"], given)
    assert refused.value.exit_code == 2
    assert "--partition" in refused.value.todo


@pytest.mark.parametrize("given", ["2026-05..2026-01", "2002..1993"])
def test_a_period_that_ends_before_it_begins_is_refused(
    feeds: dict[tuple[str, str], Feed], tmp_path: Path, given: str
) -> None:
    with pytest.raises(HubError):
        partition_of(tmp_path / "x.parquet", feeds["bangkok", "air_quality"], given)
