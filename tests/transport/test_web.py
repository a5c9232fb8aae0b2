"""HTTPS platforms: whom we trust, where we do not follow, and what a server may not do to us."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from federation.common.errors import HubError, Unreachable
from federation.transport import Limits, transport_for
from federation_demo.platform_servers.certificates import make_certificates
from support.servers import Handler, page, serving, status

from .conftest import JANUARY, Fetch, Platform


def test_a_certificate_of_another_authority_is_not_trusted(
    named: Callable[[str], Platform], fetch: Fetch, tmp_path: Path
) -> None:
    platform = named("https_token")
    other, _ = make_certificates(tmp_path)
    for extra in ({"ca_file": str(other)}, {"ca_file": ""}):
        check = fetch(platform.transport(extra=extra))
        assert check.outcome == "unreachable"
        assert "certificate is not trusted" in check.message
        assert platform.secret not in check.message


def test_a_ca_file_that_is_not_there_is_said(named: Callable[[str], Platform]) -> None:
    with pytest.raises(HubError, match="ca_file cannot be read"):
        named("https_token").transport(extra={"ca_file": "/nowhere/ca.pem"})


def test_a_secret_is_not_sent_in_plain_text_to_another_machine() -> None:
    for connection in (
        "http://hub:geheim@data.example.org/",
        "ckan://:geheim@data.example.org/?scheme=http",
        "s3://key:geheim@data.example.org/bucket?scheme=http",
    ):
        with pytest.raises(HubError, match="without TLS") as refused:
            transport_for(connection)
        assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    ["{", '{"host": "x"}', "https://hub:geheim@[::1/", '{"conn_type": "https", "port": "geheim"}'],
)
def test_a_connection_that_cannot_be_read_is_not_repeated(text: str) -> None:
    with pytest.raises(HubError) as refused:
        transport_for(text)
    assert "geheim" not in str(refused.value)


def test_limits_of_a_connection_go_before_the_general_ones(
    named: Callable[[str], Platform],
) -> None:
    platform = named("https_token")
    transport = platform.transport(
        Limits(file_bytes=7, redirects=1), extra={"limits": {"file_bytes": 8}}
    )
    assert (transport.limits.file_bytes, transport.limits.redirects) == (8, 1)
    for wrong in ({"file_byte": 8}, {"file_bytes": 0}, {"file_bytes": "8"}):
        with pytest.raises(HubError, match="file_byte"):
            platform.transport(extra={"limits": wrong})


def test_a_redirect_on_the_same_host_is_followed_and_a_circle_is_not(
    fetch: Fetch, tmp_path: Path
) -> None:
    (tmp_path / "moved" / "air").mkdir(parents=True)
    (tmp_path / "moved" / JANUARY).write_bytes(b"january")

    def moved(handler: Handler) -> bool:
        there = {"Location": f"/moved{handler.path}"}
        return handler.path.startswith("/air/") and status(302, headers=there)(handler)

    with serving(tmp_path) as server:
        server.answers.append(moved)
        assert fetch(transport_for(server.url)).new == 1
        server.answers[:] = [status(302, headers={"Location": "/air/"})]
        check = fetch(transport_for(server.url))
        assert "redirects in a row" in check.message


def endless(
    piece: bytes, stop: threading.Event, headers: dict[str, str]
) -> Callable[[Handler], bool]:
    """Answer a file, or a page, without end."""

    def answered(handler: Handler) -> bool:
        if handler.command != "GET":
            return False
        handler.send_response(200)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        while not stop.is_set():
            try:
                handler.wfile.write(piece)
            except OSError:
                stop.set()
        handler.close_connection = True
        return True

    return answered


def test_a_page_without_end_is_ended_at_the_limit(fetch: Fetch, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        server.answers.append(
            endless(b"<a href=x>x</a>" * 1000, threading.Event(), {"Content-Type": "text/html"})
        )
        check = fetch(transport_for(server.url, Limits(listing_bytes=100_000)))
    assert check.outcome == "unreachable"
    assert "longer than 100,000 bytes" in check.message


def test_a_file_without_end_is_ended_at_the_limit(
    fetch: Fetch, tmp_path: Path, home: object
) -> None:
    (tmp_path / "air").mkdir()
    (tmp_path / JANUARY).write_bytes(b"january")
    stop = threading.Event()
    chunk = b"1000\r\n" + b"x" * 4096 + b"\r\n"
    with serving(tmp_path) as server:
        never = endless(chunk, stop, {"Transfer-Encoding": "chunked"})
        server.answers.append(lambda handler: handler.path.endswith(".parquet") and never(handler))
        check = fetch(transport_for(server.url, Limits(file_bytes=100_000)))
    assert stop.is_set()
    assert (check.outcome, check.new, check.unmatched) == ("ok", 0, [JANUARY])
    assert "file_bytes" in check.message


def test_a_file_of_unknown_length_is_not_taken_because_a_cut_could_not_be_seen(
    fetch: Fetch, tmp_path: Path
) -> None:
    (tmp_path / "air").mkdir()
    (tmp_path / JANUARY).write_bytes(b"january")

    def unmeasured(handler: Handler) -> bool:
        if handler.command != "GET" or not handler.path.endswith(".parquet"):
            return False
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"janu")
        handler.close_connection = True
        return True

    with serving(tmp_path) as server:
        server.answers.append(unmeasured)
        check = fetch(transport_for(server.url))
    assert (check.outcome, check.new) == ("unreachable", 0)
    assert "how long the file is" in check.message


@pytest.mark.parametrize("said", ["bytes 0-3/7", "bytes 3-6/7", "words 2-6/7", ""])
def test_another_part_than_was_asked_for_is_not_taken(tmp_path: Path, said: str) -> None:
    def part(handler: Handler) -> bool:
        return status(206, headers={"Content-Range": said, "ETag": '"1"'})(handler)

    with serving(tmp_path) as server:
        server.answers.append(part)
        transport = transport_for(server.url)
        with (
            pytest.raises(Unreachable, match="another part"),
            transport.stream(JANUARY, start=2, token='"1"||') as opened,
        ):
            list(opened.chunks)
        transport.close()


def test_links_that_name_the_whole_path_are_files_of_the_folder(
    fetch: Fetch, tmp_path: Path
) -> None:
    (tmp_path / "air").mkdir()
    (tmp_path / JANUARY).write_bytes(b"january")
    with serving(tmp_path) as server:
        server.answers.append(
            page(f'<a href="/{JANUARY}">x</a><a href="{server.url}/{JANUARY}">x</a>', "/air/")
        )
        assert fetch(transport_for(server.url)).new == 1


def test_a_hidden_way_out_is_left_out_with_its_reason(fetch: Fetch, tmp_path: Path) -> None:
    (tmp_path / "secret.parquet").write_bytes(b"secret")
    with serving(tmp_path) as server:
        server.answers.append(page('<a href="..%2Fsecret.parquet">x</a>', "/air/"))
        check = fetch(transport_for(server.url))
        assert check.unmatched == ["air/../secret.parquet"]
        assert "leads out of its folder" in check.message
        assert [path for _, path in server.asked] == ["/air/"]


def test_a_token_of_several_lines_is_refused_and_told_to_nobody(
    named: Callable[[str], Platform],
) -> None:
    with pytest.raises(HubError, match="line break") as refused:
        named("https_token").transport(password="geheim\n")
    assert "geheim" not in str(refused.value)
