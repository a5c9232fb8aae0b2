"""A changed contract is tried as a candidate, which does not serve until it is promoted."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from federation.common.paths import Home
from support.contracts import SETTING, of_cities
from support.hubrun import Site, edit
from support.platforms import Request, make_platforms

CITY = "phuket"
VISITORS = "SELECT sum(visitors_total) FROM core.fct_tourism"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A hub of one city with one release."""
    make_platforms(tmp_path / "platforms", Request(months=1), datasets=["tourism"], cities=[CITY])
    site = Site(Home(tmp_path / "hub"), tmp_path / "platforms", of_cities(tmp_path, CITY))
    site.run()
    return site


@pytest.fixture
def trial(site: Site, tmp_path: Path) -> Site:
    """The same hub with contracts that read another column as all visitors."""
    serving = Path(site.settings[SETTING])
    changed = tmp_path / "changed" / "contracts"
    shutil.copytree(serving, changed)
    contract = changed / CITY / "tourism.yml"
    edit(contract, lambda text: text.replace("version: 1.0.0", "version: 1.1.0"))
    edit(
        contract,
        lambda text: text.replace("physicalName: TotalVisitors", "physicalName: ThaiVisitors"),
    )
    return replace(site, settings={SETTING: str(changed)})


def told(site: Site, code: int, *arguments: str) -> Any:
    done = site.hub(*arguments, "--json")
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_a_candidate_serves_when_it_is_promoted_and_not_before(site: Site, trial: Site) -> None:
    first, before = site.manifest()["release_id"], site.sql(VISITORS)
    tried = told(trial, 0, "run", "--as-candidate")
    assert tried["difference"]["tables"]
    assert site.manifest()["release_id"] == first
    assert site.sql(VISITORS) == before
    assert told(site, 0, "status")["release"]["release_id"] == first
    promote = ("release", "promote", tried["candidate"], "--reason", "looked at")
    told(site, 1, *promote)  # the serving checkout would build something else
    assert site.manifest()["release_id"] == first
    told(trial, 0, *promote)
    promoted = site.manifest()
    assert promoted["promoted"]["candidate"] == tried["candidate"]
    assert promoted["promoted"]["reason"] == "looked at"
    assert site.sql(VISITORS) != before
    assert not trial.run()["published"]
    assert site.manifest()["release_id"] == promoted["release_id"]
