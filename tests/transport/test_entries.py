"""One entry of a listing that is in trouble is named and left; the others are fetched."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path
from stat import filemode
from typing import Any

import asyncssh
import pytest
from federation.common.errors import Unreachable
from federation.common.paths import Home
from federation.common.vocabulary import RemarkKind
from federation.ledger import Check, Ledger
from federation.transport import transport_for
from federation_demo.platform_servers import served, sftp
from support.servers import Answer, Handler, Server, page, serving, status

from .conftest import FEBRUARY, JANUARY, Fetch, Platform, landed

MARCH = "air/kk_air_2569_03.parquet"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "air").mkdir()
    for path in (JANUARY, FEBRUARY):
        (tmp_path / path).write_bytes(path.encode())
    with serving(tmp_path) as running:
        yield running


def remarks(check: Check) -> list[tuple[str, str]]:
    return [(remark.kind, remark.path) for remark in check.remarks]


def with_headers(change: Callable[[dict[str, str]], dict[str, str]]) -> Answer:
    """Serve files with other headers than the usual ones."""

    def answered(handler: Handler) -> bool:
        if not handler.path.endswith(".parquet"):
            return False
        file = Path(handler.translate_path(handler.path))
        data = file.read_bytes()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data)))
        for name, value in change({}).items():
            handler.send_header(name, value)
        handler.end_headers()
        if handler.command == "GET":
            handler.wfile.write(data)
        return True

    return answered


# -- index pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [401, 403, 418])
def test_a_file_that_the_server_does_not_give_is_named_and_the_others_land(
    server: Server, fetch: Fetch, home: Home, code: int
) -> None:
    server.answers.append(status(code, ending=JANUARY))
    check = fetch(transport_for(server.url))
    assert (check.outcome, check.new) == ("ok", 1)
    assert remarks(check) == [(RemarkKind.LEFT_OUT, JANUARY)]
    assert str(code) in check.message
    assert landed(home) == [FEBRUARY.encode()]


@pytest.mark.parametrize("code", [403, 404, 503])
def test_a_file_of_nobody_that_cannot_be_looked_at_does_not_keep_the_feed(
    server: Server, fetch: Fetch, code: int
) -> None:
    (server.directory / "air/000-readme.txt").write_text("for the office only")
    server.answers.append(status(code, ending="readme.txt"))
    check = fetch(transport_for(server.url))
    assert (check.outcome, check.new, check.unmatched) == ("ok", 2, ["air/000-readme.txt"])
    assert remarks(check) == [(RemarkKind.OTHER_FILE, "air/000-readme.txt")]


def test_a_platform_that_gives_none_of_its_files_is_unreachable(
    server: Server, fetch: Fetch
) -> None:
    server.answers.append(status(403, ending=".parquet"))
    check = fetch(transport_for(server.url))
    assert (check.outcome, check.new) == ("unreachable", 0)
    assert "403" in check.message


def test_many_files_in_a_row_that_are_not_given_do_not_keep_the_rest(
    server: Server, fetch: Fetch
) -> None:
    refused = [f"air/kk_air_2568_{month:02}.parquet" for month in range(1, 7)]
    for path in refused:
        (server.directory / path).write_bytes(b"x")
    server.answers.append(lambda handler: "2568" in handler.path and status(403)(handler))
    check = fetch(transport_for(server.url))
    assert (check.outcome, check.new, check.unmatched) == ("ok", 2, refused)


@pytest.mark.parametrize("code", [403, 404, 405, 501])
def test_where_head_is_refused_get_is_asked(server: Server, fetch: Fetch, code: int) -> None:
    server.answers.append(status(code, method="HEAD", ending=".parquet"))
    assert fetch(transport_for(server.url)).new == 2
    assert fetch(transport_for(server.url)).unchanged == 2


def test_a_name_that_is_no_utf_8_is_named(server: Server, fetch: Fetch) -> None:
    name = "".join(f"%{byte:02X}" for byte in "ฝน.parquet".encode("tis-620"))
    names = [name, *(Path(path).name for path in (JANUARY, FEBRUARY))]
    server.answers.append(page("".join(f'<a href="{name}">.</a>' for name in names), "/air/"))
    check = fetch(transport_for(server.url))
    assert (check.outcome, check.new) == ("ok", 2)
    assert "no UTF-8 (in TIS-620: ฝน.parquet)" in check.message


LOGIN = """<form action="/login"><input name="user"><INPUT type="Password" name="word"></form>
<a href="/forgot">forgot</a>"""


def test_a_login_page_in_place_of_the_listing_is_told(server: Server, fetch: Fetch) -> None:
    fine = list(server.answers)
    server.answers.append(page(LOGIN, "/air/"))
    check = fetch(transport_for(server.url))
    assert (check.outcome, "login page" in check.message) == ("unreachable", True)
    server.answers[:] = fine
    assert fetch(transport_for(server.url)).new == 2
    server.answers.append(page(LOGIN, "/air/"))
    check = fetch(transport_for(server.url))
    assert (check.outcome, "login page" in check.message) == ("emptied", True)
    server.answers[:] = [status(404, ending="/air/")]
    assert fetch(transport_for(server.url)).outcome == "emptied"


def test_a_correction_is_found_where_the_server_states_neither_etag_nor_time(
    server: Server, fetch: Fetch, ledger: Ledger
) -> None:
    server.answers.append(with_headers(lambda _: {}))
    check = fetch(transport_for(server.url))
    assert (check.new, {kind for kind, _ in remarks(check)}) == (2, {RemarkKind.NO_VALIDATOR})
    (server.directory / JANUARY).write_bytes(JANUARY.encode()[::-1])
    assert fetch(transport_for(server.url)).new == 1
    assert fetch(transport_for(server.url)).unchanged == 2
    assert len(ledger.arrivals.of_feed("khon_kaen", "air_quality")) == 3


def test_an_etag_that_changes_with_each_answer_keeps_no_file_out_and_is_told(
    server: Server, fetch: Fetch
) -> None:
    answers = count()
    server.answers.append(
        with_headers(
            lambda _: {
                "ETag": f'"{next(answers)}"',
                "Last-Modified": "Mon, 02 Feb 2026 02:40:00 GMT",
            }
        )
    )
    assert fetch(transport_for(server.url)).new == 2
    assert fetch(transport_for(server.url)).unchanged == 2
    check = fetch(transport_for(server.url))
    assert (check.outcome, check.unchanged) == ("ok", 2)
    assert {kind for kind, _ in remarks(check)} == {RemarkKind.NO_VALIDATOR}


def test_a_file_that_changes_while_it_is_read_is_noticed_by_its_etag_alone(
    server: Server,
) -> None:
    etag = ['"1"']
    server.answers.append(with_headers(lambda _: {"ETag": etag[0]}))

    def read_on(chunks: Iterator[bytes]) -> None:
        list(chunks)
        etag[0] = '"2"'

    with (
        pytest.raises(Unreachable, match="changed while it was read"),
        transport_for(server.url).stream(JANUARY) as opened,
    ):
        read_on(opened.chunks)


@pytest.mark.parametrize("stated", ["Mon, 01 Feb 2569 02:00:00 GMT", "yesterday", "-1", ""])
def test_an_odd_time_keeps_no_file_out(server: Server, fetch: Fetch, stated: str) -> None:
    server.answers.append(with_headers(lambda _: {"ETag": '"1"', "Last-Modified": stated}))
    check = fetch(transport_for(server.url))
    assert (check.outcome, check.new) == ("ok", 2)
    assert bool(remarks(check)) == ("2569" in stated)


# -- CKAN ------------------------------------------------------------------------------------------


def ckan(server: Server, *resources: dict[str, Any]) -> str:
    body = json.dumps({"success": True, "result": {"resources": list(resources)}})
    server.answers.insert(0, page(body, "/api/3/action/package_show?id=air"))
    port = int(server.url.rpartition(":")[2])
    extra = {"scheme": "http"}
    return json.dumps({"conn_type": "ckan", "host": "127.0.0.1", "port": port, "extra": extra})


@pytest.mark.parametrize(
    "title", ["คุณภาพอากาศ ม.ค.2569", "ประชากร ปี พ.ศ. 2563", "รายงาน จ.ขอนแก่น", "v1.final", ""]
)
def test_a_title_that_looks_like_a_name_is_none(server: Server, fetch: Fetch, title: str) -> None:
    resource = {"id": "1", "name": title, "url": f"{server.url}/{JANUARY}"}
    check = fetch(transport_for(ckan(server, resource)))
    assert (check.outcome, check.new, check.unmatched) == ("ok", 1, [])


def test_a_resource_whose_file_is_refused_is_named_and_the_others_land(
    server: Server, fetch: Fetch
) -> None:
    resources = [
        {"id": path, "name": "ม.ค.2569", "url": f"{server.url}/{path}"}
        for path in (JANUARY, FEBRUARY)
    ]
    connection = ckan(server, *resources, {"id": "3", "name": "\ud800.parquet", "url": 7})
    server.answers.append(status(403, ending=JANUARY))
    check = fetch(transport_for(connection))
    assert (check.outcome, check.new) == ("ok", 1)
    assert (RemarkKind.LEFT_OUT, JANUARY) in remarks(check)


def test_a_linked_file_that_is_replaced_without_ckans_knowledge_is_found(
    server: Server, fetch: Fetch
) -> None:
    resource = {"id": "1", "url": f"{server.url}/{JANUARY}", "last_modified": "2020-01-01T00:00:00"}
    connection = ckan(server, resource)
    assert fetch(transport_for(connection)).new == 1
    assert fetch(transport_for(connection)).unchanged == 1
    (server.directory / JANUARY).write_bytes(b"corrected")
    assert fetch(transport_for(connection)).new == 1


# -- SFTP ------------------------------------------------------------------------------------------


def bare(attrs: Any) -> Any:
    """Take from a file's attributes what says of which type it is."""
    attrs.permissions, attrs.type = None, asyncssh.FILEXFER_TYPE_UNKNOWN
    return attrs


@pytest.fixture(params=[True, False], ids=["with a line of ls", "without"])
def bare_sftp(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Platform]:
    """An SFTP server that states no permissions."""
    read_only = sftp._read_only()

    class Bare(read_only):  # type: ignore[misc, valid-type]
        async def scandir(self, path: bytes) -> AsyncIterator[Any]:
            async for entry in super().scandir(path):
                entry.longname = (
                    filemode(entry.attrs.permissions or 0).encode() if request.param else b"?"
                )
                bare(entry.attrs)
                yield entry

        def stat(self, path: bytes) -> Any:
            return bare(asyncssh.SFTPAttrs.from_local(super().stat(path)))

        def lstat(self, path: bytes) -> Any:
            return bare(asyncssh.SFTPAttrs.from_local(super().lstat(path)))

        def fstat(self, file: Any) -> Any:
            return bare(asyncssh.SFTPAttrs.from_local(super().fstat(file)))

    monkeypatch.setattr(sftp, "_read_only", lambda: Bare)
    (tmp_path / "bare").mkdir()
    with served(tmp_path, {"bare": "sftp"}) as (platform,):
        yield Platform("sftp", tmp_path / "bare", platform.connection, None)


def test_files_of_a_server_that_states_no_permissions_are_fetched(
    bare_sftp: Platform, fetch: Fetch, home: Home
) -> None:
    bare_sftp.put(JANUARY, b"january")
    bare_sftp.put(FEBRUARY, b"february")
    bare_sftp.put("air/old/kk_air_2569_03.parquet", b"march")
    (bare_sftp.directory / MARCH).symlink_to(bare_sftp.directory / JANUARY)
    check = fetch(bare_sftp.transport())
    assert (check.outcome, check.seen, check.new) == ("ok", 2, 2)
    assert check.unmatched == [MARCH]
    assert landed(home) == [b"february", b"january"]
    transport = bare_sftp.transport()
    assert [entry.path for entry in transport.files("", 3) if not entry.refused] == [
        JANUARY,
        FEBRUARY,
        "air/old/kk_air_2569_03.parquet",
    ]
    transport.close()
