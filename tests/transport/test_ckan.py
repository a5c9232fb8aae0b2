"""CKAN platforms: which resources are files of the feed, where they may lie, and what CKAN
states of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest
from federation.transport import transport_for
from support.servers import Handler, Server, serving

from .conftest import JANUARY, Fetch

DATA = b"january" * 100
Resource = dict[str, Any]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "air").mkdir()
    (tmp_path / JANUARY).write_bytes(DATA)
    with serving(tmp_path) as running:
        yield running


@pytest.fixture
def package(server: Server) -> Callable[..., str]:
    """Let the server answer `package_show` with these resources; return the connection."""

    def offer(*resources: Resource, **extra: Any) -> str:
        def shown(handler: Handler) -> bool:
            if not handler.path.startswith("/api/3/action/package_show?id=air"):
                return False
            answer = json.dumps({"success": True, "result": {"resources": resources}}).encode()
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(answer)))
            handler.end_headers()
            handler.wfile.write(answer)
            return True

        server.answers[:] = [shown]
        port = int(server.url.rpartition(":")[2])
        return json.dumps(
            {
                "conn_type": "ckan",
                "host": "127.0.0.1",
                "port": port,
                "password": "geheim",
                "extra": {"scheme": "http", **extra},
            }
        )

    return offer


def resource(server: Server, **more: Any) -> Resource:
    return {
        "id": "1",
        "name": "January",
        "url": f"{server.url}/{JANUARY}",
        "last_modified": "2026-02-02T02:40:00",
        **more,
    }


def test_a_title_is_no_file_name_and_the_urls_last_part_is(
    server: Server, package: Callable[..., str], fetch: Fetch
) -> None:
    assert fetch(transport_for(package(resource(server)))).new == 1
    named = resource(server, name="kk_air_2569_02.parquet", id="2")
    assert fetch(transport_for(package(named))).new == 1


@pytest.mark.parametrize(
    "place",
    [
        "https://other.example.org/air/kk_air_2569_01.parquet",
        "file:///etc/passwd",
        "http://127.0.0.1:9/air/kk_air_2569_01.parquet",
        "",
        "http://[::1/",
        "ftp://127.0.0.1/x",
    ],
)
def test_a_resource_elsewhere_is_left_out_with_its_reason(
    server: Server, package: Callable[..., str], fetch: Fetch, place: str
) -> None:
    check = fetch(
        transport_for(package(resource(server, url=place, name="kk_air_2569_01.parquet")))
    )
    assert (check.outcome, check.new, check.unmatched) == ("ok", 0, [JANUARY])
    assert "does not allow" in check.message


def test_a_host_that_the_connection_allows_is_asked_without_the_token(
    server: Server, package: Callable[..., str], fetch: Fetch, tmp_path: Path
) -> None:
    heard: list[str | None] = []
    with serving(tmp_path) as other:
        other.answers.append(
            lambda handler: heard.append(handler.headers.get("Authorization")) or False
        )
        listed = resource(server, url=f"{other.url}/{JANUARY}")
        assert fetch(transport_for(package(listed, hosts=[other.url.partition("//")[2]]))).new == 1
    assert set(heard) == {None}


@pytest.mark.parametrize(
    "stated", [{"size": len(DATA)}, {"hash": md5(DATA).hexdigest()}, {"hash": ""}, {"size": None}]
)
def test_what_ckan_states_rightly_lets_the_file_land(
    server: Server, package: Callable[..., str], fetch: Fetch, stated: Resource
) -> None:
    assert fetch(transport_for(package(resource(server, **stated)))).new == 1


@pytest.mark.parametrize("stated", [{"size": len(DATA) + 1}, {"hash": md5(b"other").hexdigest()}])
def test_what_ckan_states_wrongly_keeps_the_file_out(
    server: Server, package: Callable[..., str], fetch: Fetch, stated: Resource
) -> None:
    check = fetch(transport_for(package(resource(server, **stated))))
    assert (check.outcome, check.new, check.unmatched) == ("ok", 0, [JANUARY])


def test_two_resources_of_one_name_are_not_chosen_between(
    server: Server, package: Callable[..., str], fetch: Fetch
) -> None:
    check = fetch(
        transport_for(
            package(resource(server), resource(server, id="2", last_modified="2026-02-03T00:00:00"))
        )
    )
    assert (check.new, check.unmatched) == (1, [JANUARY])
    assert "listed twice" in check.message


@pytest.mark.parametrize(
    "answer",
    [b"", b"[]", b"<html>", b'{"success": true}', b'{"success": true, "result": {"resources": 3}}'],
)
def test_what_is_no_answer_of_ckan_is_said(
    server: Server, package: Callable[..., str], fetch: Fetch, answer: bytes
) -> None:
    connection = package()

    def nonsense(handler: Handler) -> bool:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(answer)))
        handler.end_headers()
        handler.wfile.write(answer)
        return True

    server.answers[:] = [nonsense]
    check = fetch(transport_for(connection))
    assert check.outcome == "unreachable"
    assert "no answer of CKAN" in check.message
