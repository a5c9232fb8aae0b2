"""A city that is new: drafted, answered, judged in shadow, in no release.

It joins when one line is deleted.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from federation.cli.main import main
from federation.common.paths import Home
from onboarding.measure import guesses
from onboarding.new_style import CODE, KEY, write_platform
from support.contracts import of_checkout
from support.hubrun import Site, edit

CODE_FILES = ("*.py", "*.sql")


def _status(site: Site, **ours: str) -> list[dict[str, Any]]:
    return [
        entry
        for entry in json.loads(site.hub("status", "--json", **ours).stdout)["feeds"]
        if entry["city"] == KEY
    ]


def _code(checkout: Path) -> dict[str, bytes]:
    return {
        str(file): file.read_bytes()
        for folder in ("plugins", "dbt_project")
        for pattern in CODE_FILES
        for file in (checkout / folder).rglob(pattern)
        if "target" not in file.parts
    }


def _joined(text: str) -> str:
    """The city's file without the line that keeps it in shadow."""
    lines = text.splitlines(True)
    return "".join(line for line in lines if not line.startswith("shadow_periods"))


def _draft(site: Site, contracts: Path) -> None:
    """Draft the city's contracts from its files, and answer what the draft asks."""
    samples = str(site.platforms / KEY)
    arguments = ["city", "draft", KEY, "--from", samples, "--out", str(contracts), "--json"]
    assert main(arguments) == 1  # there are questions
    for file in (contracts / KEY).glob("*.yml"):
        edit(file, guesses)


@pytest.mark.slow
def test_a_seventh_city_is_judged_in_shadow_and_joins_by_one_line(checkout: Path) -> None:
    contracts, ours = checkout / "expectations" / "contracts", of_checkout(checkout)
    for city in contracts.glob("*/_city.yml"):
        shutil.rmtree(city.parent)
    site, before = Site(Home(checkout / "hub"), checkout / "platforms"), _code(checkout)
    write_platform(site.platforms / KEY)
    _draft(site, contracts)

    shadow = site.hub("run", "--json", **ours)
    assert shadow.returncode == 0, shadow.stdout[-2000:] + shadow.stderr[-2000:]
    assert json.loads(shadow.stdout.strip().splitlines()[-1])["release_id"] is None
    assert not site.home.current.exists()
    found = {entry["dataset"]: entry for entry in _status(site, **ours)}
    assert {dataset: entry["clean_periods"] for dataset, entry in found.items()} == {
        "dengue_cases": 27,
        "population": 4,
        "tourism": 5,
    }
    for entry in found.values():
        assert (entry["score"], entry["shadow_periods"], entry["ready"]) == (None, 3, True)
    told = site.hub("status", **ours).stdout
    assert "in shadow: " + KEY in told
    assert "delete the line shadow_periods: 3" in told

    edit(contracts / KEY / "_city.yml", _joined)
    joined = site.hub("run", "--json", **ours)
    assert joined.returncode == 0, joined.stderr[-2000:]
    assert json.loads(joined.stdout.strip().splitlines()[-1])["published"]
    query = "SELECT count(DISTINCT year(month)) FROM core.fct_dengue_cases WHERE city_code = "
    assert site.sql(f"{query}'{CODE}'") == [(27,)]
    people = site.sql(f"SELECT count(*) FROM core.fct_population WHERE city_code = '{CODE}'")
    assert people[0][0] > 400
    assert [entry["clean_periods"] for entry in _status(site, **ours)] == [None, None, None]
    assert _code(checkout) == before
