"""Cases as folders: `given.yml` holds rows of one city's file, `expected.yml` the national
records and their reasons.

given:    city, dataset, path (as on the platform), shared (values that every row has), rows
expected: counts (named fields of the answer), findings (codes),
    records (the columns that matter; `reasons` and
          `is_duplicate` are empty and false unless they are said)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from federation.conform.sandbox.sandbox import Sandbox
from federation.contracts.model import Feed
from support.native import conform_rows

CASES = sorted(folder for folder in (Path(__file__).parent / "cases").iterdir() if folder.is_dir())


def read(file: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(file.read_text("utf-8")))


def test_there_are_cases_of_every_city(feeds: dict[tuple[str, str], Feed]) -> None:
    assert len(CASES) >= 15
    assert {read(case / "given.yml")["city"] for case in CASES} == {city for city, _ in feeds}


def test_every_dataset_has_a_case(feeds: dict[tuple[str, str], Feed]) -> None:
    assert {read(case / "given.yml")["dataset"] for case in CASES} == {
        dataset for _, dataset in feeds
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(
    case: Path, feeds: dict[tuple[str, str], Feed], sandbox: Sandbox, tmp_path: Path
) -> None:
    given, expected = read(case / "given.yml"), read(case / "expected.yml")
    feed = feeds[given["city"], given["dataset"]]
    rows = [given.get("shared", {}) | row for row in given["rows"]]
    outcome = conform_rows(sandbox, feed, rows, given["path"], tmp_path)
    assert sorted(outcome.codes) == sorted(expected.get("findings", [])), outcome.answer
    assert {name: getattr(outcome.answer, name) for name in expected["counts"]} == expected[
        "counts"
    ]
    wanted = [{"reasons": [], "is_duplicate": False} | record for record in expected["records"]]
    found = [
        {name: record[name] for name in want}
        for want, record in zip(wanted, outcome.records, strict=True)
    ]
    assert found == wanted
    assert {record["city_code"] for record in outcome.records} <= {feed.city.code}
