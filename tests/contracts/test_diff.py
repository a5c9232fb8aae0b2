"""How much a changed contract breaks, and whether its version number says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from federation.cli.main import main
from federation.common.errors import ContractError
from federation.common.paths import CONTRACTS

FEED = CONTRACTS / "khon_kaen" / "tourism.yml"
Diff = Callable[..., tuple[int, dict[str, object]]]


@pytest.fixture
def diff(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Diff:
    """Edit a copy of a contract and compare it with the one of today."""

    def run(*edits: tuple[str, str], feed: Path = FEED) -> tuple[int, dict[str, object]]:
        folder = tmp_path / feed.parent.name
        folder.mkdir(exist_ok=True)
        (folder / "_city.yml").write_text((feed.parent / "_city.yml").read_text("utf-8"), "utf-8")
        text = feed.read_text("utf-8")
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        (folder / feed.name).write_text(text, "utf-8")
        code = main(["contract", "diff", str(feed), str(folder / feed.name), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_the_same_contract_asks_for_nothing(diff: Diff) -> None:
    code, found = diff()
    assert (code, found["changes"], found["asked"], found["taken"]) == (0, [], "none", "none")


def test_a_corrected_unit_is_a_patch_and_needs_a_number(diff: Diff) -> None:
    corrected = ("million_baht", "baht")
    code, found = diff(corrected)
    assert (code, found["asked"], found["taken"], found["says_enough"]) == (
        1,
        "patch",
        "none",
        False,
    )
    code, found = diff(corrected, ("version: 1.0.0", "version: 1.0.1"))
    assert (code, found["asked"], found["taken"]) == (0, "patch", "patch")


def test_another_path_breaks_and_a_patch_does_not_say_so(diff: Diff) -> None:
    feed = CONTRACTS / "bangkok" / "air_quality.yml"
    code, found = diff(("parquet'", "pq'"), ("version: 1.0.1", "version: 1.0.2"), feed=feed)
    assert (code, found["asked"], found["taken"]) == (1, "major", "patch")
    assert [change["what"] for change in found["changes"]] == ["path"]  # type: ignore[attr-defined, index]


def test_it_names_the_tables_and_indicators_that_read_the_dataset(diff: Diff) -> None:
    _, found = diff()
    assert {"core.fct_tourism", "marts.tourism_monthly", "marts.measure"} <= set(found["tables"])  # type: ignore[call-overload]
    assert "core.fct_population" not in found["tables"]  # type: ignore[operator]
    assert "TH:VISITS_PER_RESIDENT" in found["indicators"]  # type: ignore[operator]
    assert "TH:PM25_MEAN" not in found["indicators"]  # type: ignore[operator]


def test_contracts_of_two_feeds_are_not_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["contract", "diff", str(FEED), str(FEED.with_name("population.yml"))])
        == ContractError.exit_code
    )
    assert "khon_kaen/tourism" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["contract", "diff", "nothing.yml", str(FEED)]) == 2
    assert "no such file" in capsys.readouterr().err


def test_a_major_version_needs_its_day_and_the_version_before_beside_it(diff: Diff) -> None:
    renamed = ("visit_all", "visitors_all")
    code, found = diff(renamed, ("version: 1.0.0", "version: 2.0.0"))
    assert (code, found["asked"], found["cities"]) == (0, "major", ["40", "TH"])
    assert [what.split(" ")[0] for what in found["lacks"]] == ["effective_from", "the"]  # type: ignore[attr-defined]
    dated = (
        "    properties:\n",
        "      - {property: effective_from, value: 2026-01-01}\n    properties:\n",
    )
    _, found = diff(renamed, dated, ("version: 1.0.0", "version: 2.0.0"))
    assert len(found["lacks"]) == 1  # type: ignore[arg-type]
    assert "tourism-1.0.0.yml" in str(found["lacks"])


def test_a_patch_reads_the_past_too_and_lacks_nothing(diff: Diff) -> None:
    _, found = diff(("million_baht", "baht"), ("version: 1.0.0", "version: 1.0.1"))
    assert found["lacks"] == []
