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


@pytest.mark.slow
def test_a_seventh_city_is_judged_in_shadow_and_joins_by_one_line(checkout: Path) -> None:
    contracts, ours = (
        checkout / "expectations" / "contracts",
        of_checkout(checkout),
    )
    for city in contracts.glob("*/_city.yml"):
        shutil.rmtree(city.parent)
    site, before = Site(Home(checkout / "hub"), checkout / "platforms"), _code(checkout)
    write_platform(site.platforms / KEY)
    assert (
        main(
            [
                "city",
                "draft",
                KEY,
                "--from",
                str(site.platforms / KEY),
                "--out",
                str(contracts),
                "--json",
            ]
        )
        == 1
    )
    for file in (contracts / KEY).glob("*.yml"):
        edit(file, guesses)

    shadow = site.hub("run", "--json", **ours)
    assert shadow.returncode == 0, shadow.stdout[-2000:] + shadow.stderr[-2000:]
    assert json.loads(shadow.stdout.strip().splitlines()[-1])["release_id"] is None
    assert not site.home.current.exists()
    found = _status(site, **ours)
    assert {entry["dataset"] for entry in found} == {"dengue_cases", "population", "tourism"}
    assert all(entry["score"] is None and entry["shadow_periods"] == 3 for entry in found)
    assert {entry["dataset"]: entry["clean_periods"] for entry in found} == {
        "dengue_cases": 27,
        "population": 4,
        "tourism": 5,
    }
    assert all(entry["ready"] for entry in found)
    told = site.hub("status", **ours).stdout
    assert "in shadow: " + KEY in told
    assert "delete the line shadow_periods: 3" in told

    edit(
        contracts / KEY / "_city.yml",
        lambda text: "".join(
            line for line in text.splitlines(True) if not line.startswith("shadow_periods")
        ),
    )
    joined = site.hub("run", "--json", **ours)
    assert joined.returncode == 0, joined.stderr[-2000:]
    assert json.loads(joined.stdout.strip().splitlines()[-1])["published"]
    assert site.sql(
        f"SELECT count(DISTINCT year(month)) FROM core.fct_dengue_cases WHERE city_code = '{CODE}'"
    ) == [(27,)]
    assert site.sql(
        f"SELECT count(*) > 400 FROM core.fct_population WHERE city_code = '{CODE}'"
    ) == [(True,)]
    assert [entry["clean_periods"] for entry in _status(site, **ours)] == [None, None, None]
    assert _code(checkout) == before
