"""All 77 provinces in one federation: a first pass releases them, and a second finds nothing
new."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from federation.common.paths import Home
from federation_demo.generate import DATASETS
from support import nation
from support.contracts import of_checkout
from support.hubrun import Site


@pytest.mark.slow
def test_a_nation_of_77_provinces_is_released_and_looked_at_again(checkout: Path) -> None:
    nation.write_contracts(checkout / "expectations" / "contracts")
    assert nation.write_platforms(checkout / "platforms") == 77 * len(DATASETS)
    site, ours = (
        Site(Home(checkout / "hub"), checkout / "platforms"),
        of_checkout(checkout),
    )
    first = site.hub("run", "--json", **ours)
    assert first.returncode == 0, first.stderr[-3000:]
    assert site.sql("SELECT count(DISTINCT city_code) FROM core.fct_population") == [(77,)]
    assert site.sql(
        "SELECT sum(extracts) FROM (SELECT count(*) AS extracts FROM ops.extracts WHERE state = "
        "'current')"
    ) == [(77 * len(DATASETS),)]
    again = json.loads(site.hub("run", "--json", **ours).stdout.splitlines()[-1])
    assert again["published"] is False
    assert {feed["verdict"] for feed in again["feeds"]} == {"unchanged"}
    assert len(again["feeds"]) == 77 * len(DATASETS)
