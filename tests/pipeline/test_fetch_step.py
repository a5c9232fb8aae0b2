"""The fetch step over all cities: one city's trouble stays its own, whatever it is."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from federation.common.errors import HubError
from federation.common.paths import Home
from federation.common.progress import Progress
from federation.common.settings import Settings
from federation.contracts.model import Feed
from federation.ledger import Check, Ledger
from federation.pipeline.fetch import fetch
from federation.pipeline.hub import Hub

Feeds = dict[tuple[str, str], Feed]
DATASETS = ("tourism", "population", "dengue_cases")


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Back-off without its waiting."""
    monkeypatch.setattr("tenacity.nap.time", SimpleNamespace(sleep=lambda _: None))


@pytest.fixture
def hub(home: Home, ledger: Ledger, platforms: Path) -> Hub:
    return Hub(Settings(home, None, str(platforms)), ledger, Progress(silent=True))


@pytest.fixture
def chosen(feeds: Feeds) -> list[Feed]:
    """Three feeds of each of two cities."""
    return [feeds[city, dataset] for city in ("rayong", "phuket") for dataset in DATASETS]


def outcomes(checks: Sequence[Check]) -> dict[str, set[str]]:
    return {
        city: {check.outcome for check in checks if check.city == city}
        for city in {check.city for check in checks}
    }


def test_checks_come_in_the_order_of_the_feeds(hub: Hub, chosen: list[Feed]) -> None:
    checks = fetch(hub, chosen)
    assert [(check.city, check.dataset) for check in checks] == [feed.key for feed in chosen]
    assert outcomes(checks) == {"rayong": {"ok"}, "phuket": {"ok"}}
    assert all(check.new for check in checks)


@pytest.mark.parametrize(
    "connection",
    [
        "ftp://hub:geheim@files.example.org/",
        "{",
        '{"conn_type": "https", "password": "geheim", "extra": {"verify": false}}',
        "sftp://hub:geheim@127.0.0.1/",
        "s3://key:geheim@127.0.0.1/bucket?ca_file=/nowhere",
        "s3://key:geheim@127.0.0.1/",
        "https://:geheim@127.0.0.1/?limits=%7B%22x%22%3A1%7D",
    ],
)
def test_a_wrong_connection_stops_its_own_city_only_and_its_secret_is_not_told(
    hub: Hub, chosen: list[Feed], monkeypatch: pytest.MonkeyPatch, ledger: Ledger, connection: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CITY_RAYONG", connection)
    checks = fetch(hub, chosen)
    assert outcomes(checks) == {"rayong": {"unreachable"}, "phuket": {"ok"}}
    assert all(check.message for check in checks if check.city == "rayong")
    assert "geheim" not in f"{checks} {ledger.checks.latest()}"


def test_a_city_that_does_not_answer_is_not_waited_for_by_each_of_its_feeds(
    hub: Hub, chosen: list[Feed], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        asked: list[object] = []
        monkeypatch.setattr("federation.transport.web.Web._below", _counted(asked))
        extra = {"limits": {"silent_seconds": 1}}
        connection = {
            "conn_type": "http",
            "host": "127.0.0.1",
            "port": mute.getsockname()[1],
            "extra": extra,
        }
        monkeypatch.setenv("AIRFLOW_CONN_CITY_RAYONG", json.dumps(connection))
        checks = fetch(
            replace(hub, settings=replace(hub.settings, limits='{"feeds_per_city": 1}')), chosen
        )
    assert outcomes(checks) == {"rayong": {"unreachable"}, "phuket": {"ok"}}
    assert len(asked) == 1


def _counted(asked: list[object]) -> Callable[..., object]:
    from federation.transport.web import Web

    original = Web._below

    def below(self: Web, folder: str, depth: int) -> object:
        asked.append(folder)
        return original(self, folder, depth)

    return below


def test_a_city_that_gets_nowhere_is_given_up_and_the_others_are_done(
    hub: Hub, chosen: list[Feed], monkeypatch: pytest.MonkeyPatch, ledger: Ledger
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        extra = {"limits": {"stuck_seconds": 1, "silent_seconds": 20}}
        connection = {
            "conn_type": "http",
            "host": "127.0.0.1",
            "port": mute.getsockname()[1],
            "extra": extra,
        }
        monkeypatch.setenv("AIRFLOW_CONN_CITY_RAYONG", json.dumps(connection))
        checks = fetch(hub, chosen[2:])
    assert outcomes(checks) == {"rayong": {"unreachable"}, "phuket": {"ok"}}
    assert "stuck_seconds" in checks[0].message
    assert {check.city: check.outcome for check in ledger.checks.latest()} == {
        "rayong": "unreachable",
        "phuket": "ok",
    }


@pytest.mark.parametrize(
    "text", ["{", "[]", "7", '{"unknown": 1}', '{"file_bytes": -1}', '{"redirects": true}']
)
def test_limits_that_are_none_are_refused_before_anything_is_fetched(
    hub: Hub, chosen: list[Feed], text: str
) -> None:
    with pytest.raises(HubError, match="limit"):
        fetch(replace(hub, settings=replace(hub.settings, limits=text)), chosen)


def test_a_connection_that_airflow_knows_is_used_where_the_environment_has_none(
    hub: Hub, chosen: list[Feed], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    known = {"city_rayong": empty.as_uri()}
    inside = replace(hub, settings=replace(hub.settings, connection=known.get))
    assert [check.seen > 0 for check in fetch(inside, chosen)] == [False] * 3 + [True] * 3
    monkeypatch.setenv(
        "AIRFLOW_CONN_CITY_RAYONG", str(Path(str(hub.settings.platforms)) / "rayong")
    )
    assert all(check.seen for check in fetch(inside, chosen))
