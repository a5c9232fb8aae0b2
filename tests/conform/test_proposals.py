"""An extract that came otherwise than promised, and the contract change that would let it in."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from federation.cli.main import main
from federation.common.paths import CONTRACTS, Home
from federation.common.progress import Progress
from federation.common.settings import Settings
from federation.conform.sandbox.sandbox import LandedExtract, Sandbox
from federation.contracts.city_file import load_city
from federation.contracts.load import load_feed, load_feeds
from federation.contracts.model import Feed
from federation.contracts.pattern import PathPattern
from federation.contracts.versions import contract_files
from federation.extracts.status import extract_statuses
from federation.ledger import Ledger, read_ledger
from federation.pipeline.conform import conform
from federation.pipeline.fetch import fetch
from federation.pipeline.gate import gate
from federation.pipeline.hub import Hub
from support.hubrun import edit
from support.platforms import Request, make_platforms

Change = Callable[[pa.Table], pa.Table]
Feeds = dict[tuple[str, str], Feed]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("samples")
    make_platforms(
        directory, Request(seed=1, months=1), datasets=["tourism", "dengue_cases", "rainfall"]
    )
    return directory


def renamed(old: str, new: str) -> Change:
    return lambda table: table.rename_columns(
        [new if name == old else name for name in table.column_names]
    )


def retyped(name: str, kind: pa.DataType) -> Change:
    return lambda table: table.set_column(
        table.column_names.index(name), name, table[name].cast(kind)
    )


def without(name: str) -> Change:
    return lambda table: table.drop_columns([name])


def with_column(name: str) -> Change:
    return lambda table: table.append_column(name, pa.array(["x"] * table.num_rows))


def other_measure(old: str, new: str) -> Change:
    def change(table: pa.Table) -> pa.Table:
        words = [new if word == old else word for word in table["parameter"].to_pylist()]
        return table.set_column(table.column_names.index("parameter"), "parameter", pa.array(words))

    return change


def more_measures(name: str) -> Change:
    def change(table: pa.Table) -> pa.Table:
        first = table.slice(0, 1)
        return pa.concat_tables(
            [
                table,
                first.set_column(
                    first.column_names.index("parameter"), "parameter", pa.array([name])
                ),
            ]
        )

    return change


def not_a_number(name: str) -> Change:
    def change(table: pa.Table) -> pa.Table:
        values = [float("nan") if n % 4 else v for n, v in enumerate(table[name].to_pylist())]
        return table.set_column(
            table.column_names.index(name), name, pa.array(values, table[name].type)
        )

    return change


DRIFTS = [
    (
        "phuket",
        "Tourism/Tourism_2022.parquet",
        not_a_number("OccupancyRate"),
        "minor",
        "1.1.0",
    ),
    (
        "khon_kaen",
        "tourism/kk_tourism_2565.parquet",
        renamed("visit_all", "visitAll"),
        "major",
        "2.0.0",
    ),
    ("phuket", "Tourism/Tourism_2022.parquet", without("OccupancyRate"), "major", "2.0.0"),
    ("phuket", "Tourism/Tourism_2022.parquet", without("Province"), "major", "2.0.0"),
    (
        "chonburi",
        "tourism/tourism-2022.parquet",
        retyped("visitorsThai", pa.float32()),
        "major",
        "2.0.0",
    ),
    (
        "chiang_mai",
        "tourism/year=2022/part-0.parquet",
        other_measure("occupancy_rate", "occupancy"),
        "major",
        "2.0.0",
    ),
    ("chiang_mai", "tourism/year=2022/part-0.parquet", more_measures("cruises"), "minor", "1.1.0"),
    (
        "bangkok",
        "kan-thongthiao/kan-thongthiao_pingop2565.parquet",
        with_column("หมายเหตุ"),
        "minor",
        "1.1.0",
    ),
    ("rayong", "TourismStatistics/2022.parquet", with_column("remark"), "minor", "1.1.0"),
]


def _proposed(
    city: str, file: Path, partition: str, capsys: pytest.CaptureFixture[str]
) -> tuple[int, dict[str, Any]]:
    code = main(
        [
            "contract",
            "propose",
            str(file),
            "--city",
            city,
            "--dataset",
            "tourism",
            "--partition",
            partition,
            "--json",
        ]
    )
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("city", "path", "change", "level", "version"), DRIFTS, ids=lambda value: str(value)[:40]
)
def test_the_patch_lets_the_extract_in_and_earlier_periods_keep_their_version(
    city: str,
    path: str,
    change: Change,
    level: str,
    version: str,
    samples: Path,
    tmp_path: Path,
    feeds: Feeds,
    sandbox: Sandbox,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = feeds[city, "tourism"]
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    pq.write_table(change(pq.read_table(samples / city / path)), file)
    period = before.match(path)
    assert period
    code, found = _proposed(city, file, path, capsys)
    assert code == 0
    assert (found["change"]["level"], found["change"]["version"]) == (level, version)

    after = _applied(found["change"]["patch"], before, tmp_path)
    assert [feed.version for feed in after.versions] == (
        [version, "1.0.0"] if level == "major" else [version]
    )
    answer = sandbox.conform(
        LandedExtract(after.at(period[0]), period[0], "after", file), tmp_path / "after.parquet"
    )
    assert [
        finding
        for finding in answer.findings
        if finding.consequence == "reject" or "unexpected" in finding.code
    ] == []
    earlier = sorted(
        other.relative_to(samples / city).as_posix()
        for other in (samples / city).rglob("*.parquet")
        if before.match(other.relative_to(samples / city).as_posix())
    )[0]
    match = after.match(earlier)
    assert match
    assert after.at(match[0]).version == ("1.0.0" if level == "major" else version)
    again = sandbox.conform(
        LandedExtract(after.at(match[0]), match[0], "before", samples / city / earlier),
        tmp_path / "before.parquet",
    )
    assert not again.rejected, again.findings


def _applied(patch: str, feed: Feed, folder: Path) -> Feed:
    """Apply a patch to a copy of a city's contracts, in a repository of its own, and return the
    feed."""
    repository = folder / "repository"
    contracts = repository / "expectations" / "contracts" / feed.city.key
    contracts.mkdir(parents=True)
    for name in ("_city.yml", "tourism.yml"):
        (contracts / name).write_text((feed.file.parent / name).read_text("utf-8"), "utf-8")
    (folder / "change.patch").write_text(patch, "utf-8")
    subprocess.run(
        ["git", "apply", "--directory", "repository", str(folder / "change.patch")],
        cwd=folder,
        check=True,
    )
    assert [len(files) for files in contract_files(contracts)] == [1 + ("/dev/null" in patch)]
    found, refused = load_feeds(contracts.parent)
    assert [str(error) for error in refused] == []
    return found[0]


def test_a_key_without_its_column_is_no_change_that_could_be_proposed(
    samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kk_tourism_2565.parquet"
    pq.write_table(
        pq.read_table(samples / "khon_kaen/tourism/kk_tourism_2565.parquet").drop_columns(
            ["month_th"]
        ),
        file,
    )
    code, found = _proposed("khon_kaen", file, "2022", capsys)
    assert (code, found["change"]) == (1, None)
    assert [finding["code"] for finding in found["findings"]] == ["missing_column"]


def test_a_time_of_another_type_is_asked_or_read(
    samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = pq.read_table(samples / "chonburi/tourism/tourism-2022.parquet")
    months = table["monthStart"].cast(pa.timestamp("ms", "Asia/Bangkok")).to_pylist()
    texts = pa.array([f"{month:%Y-%m-%d}" for month in months])
    file = tmp_path / "tourism-2022.parquet"
    pq.write_table(
        table.set_column(table.column_names.index("monthStart"), "monthStart", texts), file
    )
    code, found = _proposed("chonburi", file, "2022", capsys)
    assert code == 0
    assert (
        "+         customProperties: [{property: format, value: iso8601}]}"
        in found["change"]["patch"]
    )


def test_one_more_member_of_a_struct_and_a_column_without_a_type_ask_for_nothing(
    samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "2022.parquet"
    table = pq.read_table(samples / "rayong/TourismStatistics/2022.parquet")
    name = next(field.name for field in table.schema if pa.types.is_struct(field.type))
    kind = pa.struct([*table.schema.field(name).type, pa.field("precision", pa.float64())])
    table = table.set_column(
        table.column_names.index(name), name, pa.array(table[name].to_pylist(), kind)
    )
    pq.write_table(table.append_column("note", pa.nulls(len(table))), file)
    code, found = _proposed("rayong", file, "2022", capsys)
    assert (code, found["change"]) == (1, None)
    assert [finding["column"] for finding in found["findings"]] == ["note", f"{name}.precision"]


def test_a_file_that_keeps_to_its_contract_asks_for_nothing(
    samples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = _proposed(
        "khon_kaen", samples / "khon_kaen/tourism/kk_tourism_2565.parquet", "2022", capsys
    )
    assert (code, found["change"], found["findings"]) == (0, None, [])


def test_a_pass_writes_the_patch_and_the_verdict_names_it(
    tmp_path: Path, samples: Path, ledger: Ledger, home: Home
) -> None:
    contracts = tmp_path / "expectations" / "contracts" / "chonburi"
    contracts.mkdir(parents=True)
    for name in ("_city.yml", "dengue_cases.yml"):
        (contracts / name).write_text((CONTRACTS / "chonburi" / name).read_text("utf-8"), "utf-8")
    platforms = tmp_path / "platforms"
    shutil.copytree(samples / "chonburi" / "dengue", platforms / "chonburi" / "dengue")
    delivered = platforms / "chonburi" / "dengue" / "dengueCases-2011-2019.parquet"
    pq.write_table(renamed("dengueCases", "denguecases")(pq.read_table(delivered)), delivered)
    hub = Hub(Settings(home, None, str(platforms)), ledger, Progress(silent=True))

    def pass_over() -> dict[str, tuple[str, str]]:
        feeds, refused = load_feeds(contracts.parent)
        assert not refused
        fetch(hub, feeds)
        conform(hub, feeds)
        gate(hub, feeds)
        return {
            str(entry.extract.arrival.partition): (entry.verdict, entry.extract.feed.version)
            for entry in extract_statuses(feeds, read_ledger(ledger), home)
        }

    assert pass_over() == {
        "1993..2000": ("accepted", "1.0.0"),
        "2001..2010": ("accepted", "1.0.0"),
        "2011..2019": ("rejected", "1.0.0"),
    }
    (patch,) = (home.root / "proposals").rglob("*.patch")
    feeds, _ = load_feeds(contracts.parent)
    told = [
        reason.message
        for entry in extract_statuses(feeds, read_ledger(ledger), home)
        for reason in entry.reasons
    ]
    assert len(told) == 1
    assert home.name_of(patch) in told[0]
    subprocess.run(["patch", "-p1", "-s", "-i", str(patch)], cwd=tmp_path, check=True)
    assert pass_over() == {
        "1993..2000": ("accepted", "1.0.0"),
        "2001..2010": ("accepted", "1.0.0"),
        "2011..2019": ("accepted", "2.0.0"),
    }


# -- optional columns ------------------------------------------------------------------------------


def test_an_optional_column_that_a_file_lacks_is_null(
    feeds: Feeds, samples: Path, tmp_path: Path, sandbox: Sandbox
) -> None:
    folder, path = tmp_path / "phuket", "Rainfall/Rainfall_2017_08_P1.parquet"
    folder.mkdir()
    for name in ("_city.yml", "rainfall.yml"):
        (folder / name).write_text(
            (feeds["phuket", "rainfall"].file.parent / name).read_text("utf-8"), "utf-8"
        )
    optional = "      - {property: optional_columns, value: [StationName, Latitude, District]}\n"
    edit(
        folder / "rainfall.yml",
        lambda text: text.replace("    properties:\n", f"{optional}    properties:\n"),
    )
    feed = load_feed(folder / "rainfall.yml", load_city(folder / "_city.yml"))
    match = PathPattern(feed.pattern.text).match(path)
    assert match
    table = pq.read_table(samples / "phuket" / path)
    pq.write_table(
        table.drop_columns(["StationName", "Latitude", "District"]), tmp_path / "old.parquet"
    )
    for source, given in (
        (samples / "phuket" / path, table.num_rows),
        (tmp_path / "old.parquet", 0),
    ):
        answer = sandbox.conform(
            LandedExtract(feed, match[0], "x", source), tmp_path / "out.parquet"
        )
        assert not answer.rejected, answer.findings
        found = pq.read_table(tmp_path / "out.parquet")
        assert found.num_rows == table.num_rows
        for name in ("station_name_th", "lat"):
            assert found.num_rows - found[name].null_count == given
    pq.write_table(table.drop_columns(["StationCode"]), tmp_path / "keyless.parquet")
    answer = sandbox.conform(
        LandedExtract(feed, match[0], "x", tmp_path / "keyless.parquet"), tmp_path / "out.parquet"
    )
    assert [finding.code for finding in answer.findings] == ["missing_column"]
