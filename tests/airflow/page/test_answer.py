"""What the page is told: the same as `hub status --json`, and where every record of the release
went."""

from __future__ import annotations

import json

import pytest
from federation.airflow.page.answer import Answers, visible
from federation.common.paths import Home
from federation.common.settings import Settings
from federation.ledger import Check, open_ledger
from support.hubrun import Site


@pytest.fixture(scope="module")
def settings(release: Site) -> Settings:
    return Settings(release.home, None, None)


def test_the_feeds_are_those_of_hub_status(release: Site, settings: Settings) -> None:
    told = Answers().get(settings)
    assert told["feeds"] == json.loads(release.hub("status", "--json").stdout)["feeds"]
    assert told["release"]["release_id"] == release.manifest()["release_id"]
    assert "index.html" in told["release"]["pages"]
    json.dumps(told)  # nothing but JSON's types


def test_every_record_received_is_in_the_flow(settings: Settings) -> None:
    told = Answers().get(settings)
    assert {(entry["city"], entry["dataset"]) for entry in told["flow"]} == {
        (entry["city"], entry["dataset"]) for entry in told["feeds"] if entry["extracts"]
    }
    for entry in told["flow"]:
        went = [
            entry[f"records_{where}"]
            for where in ("in_core", "quarantined", "duplicate", "superseded")
        ]
        assert entry["records_received"] == sum(went) > 0


def test_who_may_read_one_dag_sees_one_city(settings: Settings) -> None:
    told = Answers().get(settings)
    key = told["cities"][0]["city"]
    seen = visible(told, {f"ingest_{key}", "warehouse"})
    for name in ("feeds", "cities", "flow"):
        assert {entry["city"] for entry in seen[name]} == {key}


def test_the_answer_is_kept_until_the_ledger_says_more(database_url: str, home: Home) -> None:
    settings, answers = Settings(home, database_url, None), Answers()
    first = answers.get(settings)
    assert first["release"] is None
    assert answers.get(settings) is first
    feed = first["feeds"][0]
    assert feed["platform"] == "never"
    with open_ledger(settings) as ledger:
        ledger.checks.add(Check(feed["city"], feed["dataset"], outcome="unreachable"))
    assert answers.get(settings)["feeds"][0]["platform"] == "unreachable"
