"""What a pass tells as OpenLineage events: whole, as the specification says, without a secret,
and never in the way."""

from __future__ import annotations

import copy
import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from federation.common.paths import Home
from federation.extracts.status import ReleaseInput
from federation.lineage.events import airflow_settings, emit_dbt_lineage, emit_input_lineage
from jsonschema import ValidationError, validate
from support import lineage_events
from support.hubrun import Site


@pytest.fixture(scope="module")
def events(release: Site) -> list[dict[str, Any]]:
    return lineage_events.read(release.home.openlineage_of("hub"))


@pytest.fixture
def dbt_done(release: Site, home: Home) -> Home:
    """A home in which dbt has just run its tests."""
    home.dbt_target.mkdir(parents=True, exist_ok=True)
    home.dbt_manifest.write_bytes(release.home.dbt_manifest.read_bytes())
    home.dbt_results.write_bytes(release.home.dbt_results.read_bytes())
    return home


def test_the_schema_refuses_what_is_no_event(events: list[dict[str, Any]]) -> None:
    schema = json.loads(lineage_events.SCHEMA.read_text("utf-8"))
    for spoil in (
        {"run": {"runId": "1"}},
        {"eventType": "DONE"},
        {"job": {"name": "x"}},
        {"eventTime": "today"},
    ):
        with pytest.raises(ValidationError):
            validate(copy.deepcopy(events[0]) | spoil, schema)


def test_every_table_comes_from_what_landed(release: Site, events: list[dict[str, Any]]) -> None:
    made_from, home = lineage_events.fed_by(events), release.home
    of_mart = made_from["national.marts.air_quality_daily"]
    assert {"national.inputs.air_quality", "national.core.fct_air_quality"} <= of_mart
    assert any(name.startswith("national.staging.") for name in of_mart)
    for city, dataset in {
        (entry["city"], entry["dataset"]) for entry in release.manifest()["inputs"]
    }:
        assert (
            str(home.landing_of(city, dataset)) in made_from[str(home.conformed_of(city, dataset))]
        )
        assert str(home.conformed_of(city, dataset)) in made_from["national.marts.city_indicator"]


def test_every_model_that_ran_has_an_event_with_its_columns_and_sources(
    events: list[dict[str, Any]],
) -> None:
    facts = {
        output["name"]: output
        for event in events
        if event["eventType"] == "COMPLETE"
        for output in event["outputs"]
    }
    air = facts["national.core.fct_air_quality"]
    assert air["namespace"].startswith("duckdb://")
    assert "pm25_ugm3" in {field["name"] for field in air["facets"]["schema"]["fields"]}
    assert {event["eventType"] for event in events} == {"START", "COMPLETE"}
    assert sum("columnLineage" in output["facets"] for output in facts.values()) > 20


def test_the_tests_of_a_model_are_told(events: list[dict[str, Any]]) -> None:
    told = [
        assertion
        for event in events
        for entry in event["inputs"]
        if entry["name"] == "national.core.fct_population"
        for assertion in entry.get("inputFacets", {})
        .get("dataQualityAssertions", {})
        .get("assertions", [])
    ]
    assert told
    assert all(assertion["success"] for assertion in told)


def test_a_test_that_failed_is_told_as_failed(dbt_done: Home) -> None:
    results = json.loads(dbt_done.dbt_results.read_text("utf-8"))
    results["results"][0] |= {"status": "fail", "failures": 3}
    dbt_done.dbt_results.write_text(json.dumps(results), "utf-8")
    emit_dbt_lineage(dbt_done)
    events = lineage_events.read(dbt_done.openlineage_of("hub"))
    told = [
        assertion
        for event in events
        if event["eventType"] == "FAIL"
        for entry in event["inputs"]
        for assertion in entry.get("inputFacets", {})
        .get("dataQualityAssertions", {})
        .get("assertions", [])
    ]
    assert [
        (assertion["success"], assertion["actual"])
        for assertion in told
        if not assertion["success"]
    ] == [(False, "3")]


def test_no_event_holds_a_secret_or_a_person(release: Site) -> None:
    text = release.home.openlineage_of("hub").read_text("utf-8")
    assert not re.search(r"[\w.]+@[\w.]+\.\w+", text)
    assert not re.search(r"password|secret|token|postgres(ql)?://", text, flags=re.I)


def test_a_place_that_cannot_be_written_fails_nothing(
    dbt_done: Home, caplog: pytest.LogCaptureFixture
) -> None:
    dbt_done.openlineage.write_text("in the way", "utf-8")
    with caplog.at_level(logging.WARNING):
        emit_dbt_lineage(dbt_done)
    assert "OpenLineage events could not be told" in caplog.text


def test_events_go_where_the_user_says(
    dbt_done: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere.jsonl"
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TYPE", "file")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__LOG_FILE_PATH", str(elsewhere))
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__APPEND", "true")
    emit_dbt_lineage(dbt_done)
    assert lineage_events.read(elsewhere)
    assert not dbt_done.openlineage.exists()
    assert airflow_settings(dbt_done) == {}


def test_nothing_pending_tells_nothing(home: Home) -> None:
    nothing: list[ReleaseInput] = []
    emit_input_lineage(nothing, home)
    assert not home.openlineage_of("hub").exists()


def test_what_airflow_tells_goes_into_the_home_without_addresses(home: Home) -> None:
    from openlineage.client import OpenLineageClient
    from openlineage.client.event_v2 import Job, Run, RunEvent, RunState
    from openlineage.client.generated.base import RunFacet

    facet = RunFacet().with_additional_properties(
        dag={"dag_id": "x", "owner_links": {"Office": "mailto:data@city.example"}}
    )
    transport = json.loads(airflow_settings(home)["AIRFLOW__OPENLINEAGE__TRANSPORT"])
    run = Run("01a20f19-e872-76bd-ac33-cf7124c4c14b", {"airflow": facet})
    OpenLineageClient(config={"transport": transport}).emit(
        RunEvent(
            eventType=RunState.START,
            eventTime="2026-11-24T20:00:00Z",
            run=run,
            job=Job("federation", "x"),
        )
    )
    (event,) = lineage_events.read(home.openlineage_of("airflow"))
    assert event["run"]["facets"]["airflow"]["dag"] == {"dag_id": "x"}
