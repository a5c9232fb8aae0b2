"""The same bytes under another contract, then under other models: the diff blames the method,
and no city's delivery."""

import json
from pathlib import Path
from typing import Any

import pytest
from federation.common.paths import Home
from support.contracts import of_checkout
from support.hubrun import Site, edit
from support.platforms import Request, make_platforms

CONTRACT = "expectations/contracts/khon_kaen/tourism.yml"


@pytest.mark.slow
def test_a_contract_and_a_model_that_changed_are_the_method(checkout: Path) -> None:
    make_platforms(
        checkout / "platforms", Request(seed=3, months=1), datasets=["tourism", "population"]
    )
    site = Site(Home(checkout / "hub"), checkout / "platforms")
    ours = of_checkout(checkout)

    def difference() -> dict[str, Any]:
        assert site.hub("run", "--json", **ours).returncode == 0
        return dict(json.loads(site.hub("diff", "previous", "current", "--json", **ours).stdout))

    assert site.hub("run", "--json", **ours).returncode == 0
    edit(checkout / CONTRACT, lambda text: text.replace("version: 1.0.0", "version: 1.1.0"))
    edit(
        checkout / CONTRACT,
        lambda text: text.replace("physicalName: visit_all", "physicalName: visit_thai"),
    )
    by_contract = difference()
    moved = ("TH:FOREIGN_VISITOR_SHARE", "TH:REVENUE_PER_VISIT", "TH:VISITS_PER_RESIDENT")
    assert {(move["indicator_code"], move["city_code"]) for move in by_contract["indicators"]} == {
        (code, city) for code in moved for city in ("40", "TH")
    }
    assert {
        (cause["cause"], cause["what"], cause["city"], cause["dataset"])
        for move in by_contract["indicators"]
        for cause in move["causes"]
    } == {("method", "contract 1.0.0 -> 1.1.0", "khon_kaen", "tourism")}

    neutral = "polarity: neutral\nvalue_kind: ratio\n"
    for file in (checkout / "dbt_project/indicators").glob("*.yml"):
        if f"{neutral}numerator" in file.read_text("utf-8"):  # the factor is 1
            edit(file, lambda text: text.replace(neutral, f"{neutral}factor: 2\n"))
    by_models = difference()
    changed = {table["table"] for table in by_models["tables"] if table["changed"]}
    assert changed == {
        "core.dim_indicator",
        "marts.city_indicator",
        "marts.city_profile",
        "marts.city_scorecard",
    }
    assert len({move["city_code"] for move in by_models["indicators"]}) == 7
    assert {
        (cause["cause"], cause["what"])
        for move in by_models["indicators"]
        for cause in move["causes"]
    } == {("method", "models")}
