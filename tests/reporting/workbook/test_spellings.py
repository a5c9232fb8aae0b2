"""What stewards say that an unknown name means becomes a patch of their city's file."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from federation.common.paths import REPOSITORY, Home
from federation.contracts.model import Feed
from federation.reporting.workbook.spellings import Spellings, _with_spellings, is_code

Feeds = dict[tuple[str, str], Feed]


def test_a_name_of_the_province_becomes_a_line_that_git_applies(
    feeds: Feeds, home: Home, tmp_path: Path
) -> None:
    told, feed = Spellings(), feeds["phuket", "population"]
    assert told.note(feed, "เมืองภูเก็ต / ตลาดไหญ่", "ตลาดใหญ่ (830101)")
    (name,) = told.write(home)
    folder = tmp_path / "expectations" / "contracts" / "phuket"
    folder.mkdir(parents=True)
    city = folder / "_city.yml"
    city.write_bytes((REPOSITORY / "expectations/contracts/phuket/_city.yml").read_bytes())
    subprocess.run(["git", "apply", str(home.at(name))], cwd=tmp_path, check=True)
    assert yaml.safe_load(city.read_text("utf-8"))["area_spellings"]["ตลาดไหญ่"] == "ตลาดใหญ่"


@pytest.mark.parametrize("meant", ["เชียงใหม่", "ตลาดใหญ่โต", ""])
def test_what_is_no_area_of_the_province_is_not_taken(feeds: Feeds, meant: str) -> None:
    assert not Spellings().note(feeds["phuket", "population"], "ตลาดไหญ่", meant)


def test_a_city_without_spellings_gets_its_first() -> None:
    assert yaml.safe_load(_with_spellings("code: '83'\n", {"ก": "ข"})) == {
        "code": "83",
        "area_spellings": {"ก": "ข"},
    }


def test_a_code_has_no_spelling() -> None:
    assert is_code(" 999901 ")
    assert not is_code("ยางเนิ้ง")
