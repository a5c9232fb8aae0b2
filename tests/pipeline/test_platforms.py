"""`hub platforms serve` and `hub run` over all six transports, as a newcomer starts them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import httpx
import psutil
import pytest
from federation.common.paths import Home
from federation.transport import transport_for
from federation_demo.generate import CITIES, SERVED_BY
from federation_demo.platform_servers.serve import SERVERS
from support.hubrun import Site
from support.platforms import Request, make_platforms


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("platforms")
    make_platforms(made, Request(months=1), datasets=["tourism", "population"])
    return made


@pytest.fixture(scope="module")
def serving(directory: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "federation.cli.main",
            "platforms",
            "serve",
            str(directory),
            "--json",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    try:
        yield process, dict(json.loads(process.stdout.readline()))
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


Serving = tuple[subprocess.Popen[str], dict[str, str]]


def test_every_city_is_served_by_its_own_kind_of_server() -> None:
    assert set(SERVED_BY) == set(CITIES)
    assert sorted(SERVED_BY.values()) == sorted(SERVERS)


@pytest.mark.slow
def test_a_pass_over_six_transports_ends_as_one_over_the_directories(
    serving: Serving, directory: Path, tmp_path: Path
) -> None:
    site = Site(Home(tmp_path / "hub"), Path())
    done = site.hub("run", "--json", HUB_PLATFORMS="", **serving[1])
    assert done.returncode == 0, done.stderr[-4000:]
    assert not any(
        json.loads(text).get("password", " ") in done.stdout + done.stderr
        for text in serving[1].values()
        if text.startswith("{")
    )
    files = {sha256(file.read_bytes()).hexdigest() for file in directory.rglob("*.parquet")}
    assert {file.stem for file in (site.home.root / "landing").rglob("*.parquet")} == files
    first = site.manifest()

    again = Site(site.home, directory).run()

    assert {feed["verdict"] for feed in again["feeds"]} <= {"unchanged"}
    assert sum(feed["extracts"]["unchanged"] for feed in again["feeds"]) == len(first["inputs"])
    assert (again["published"], Site(site.home, directory).manifest()["content_hash"]) == (
        False,
        first["content_hash"],
    )


def test_only_loopback_is_listened_on_and_nobody_gets_in_without_the_secret(
    serving: Serving,
) -> None:
    process, connections = serving
    listening = [
        entry.laddr
        for entry in psutil.Process(process.pid).net_connections("inet")
        if entry.status == "LISTEN"
    ]
    assert len(listening) == len(SERVERS) - 1
    assert {address.ip for address in listening} == {"127.0.0.1"}
    for text in connections.values():
        given = json.loads(text) if text.startswith("{") else {}
        if given.get("conn_type") == "https":
            url = f"https://127.0.0.1:{given['port']}/"
            with httpx.Client(verify=transport_context(given), trust_env=False) as client:
                assert client.get(url).status_code == 401


def transport_context(given: dict[str, dict[str, str]]) -> object:
    import ssl

    return ssl.create_default_context(cafile=given["extra"]["ca_file"])


def test_a_corrected_file_is_served_corrected(serving: Serving, directory: Path) -> None:
    for variable, connection in serving[1].items():
        city = variable.removeprefix("AIRFLOW_CONN_CITY_").lower()
        file = sorted((directory / city).rglob("*.parquet"))[0]
        path = file.relative_to(directory / city)
        transport = transport_for(connection)
        before = {entry.path: entry.token for entry in transport.files(path.parts[0], 9)}
        file.write_bytes(b"corrected")
        os.utime(file, (1_790_000_000, 1_790_000_000))
        for _ in range(200):
            if {entry.path: entry.token for entry in transport.files(path.parts[0], 9)} != before:
                break
        with transport.stream(path.as_posix()) as opened:
            assert b"".join(opened.chunks) == b"corrected", variable
        transport.close()


def test_ctrl_c_ends_everything_and_what_is_missing_is_said(
    serving: Serving, tmp_path: Path
) -> None:
    process, connections = serving
    ca_file = next(
        json.loads(text)["extra"]["ca_file"] for text in connections.values() if "ca_file" in text
    )
    assert Path(ca_file).exists()
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert not Path(ca_file).exists()
    nothing = Site(Home(tmp_path / "hub"), Path()).hub(
        "platforms", "serve", str(tmp_path / "nowhere")
    )
    assert nothing.returncode == 2
    assert "no city's folder to serve" in nothing.stderr
