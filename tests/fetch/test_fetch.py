"""Fetching from real servers and directories: what is new, what is not, what fails, and what is
left behind."""

from __future__ import annotations

import fcntl
import gzip
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from federation.common.errors import HubError, Unreachable
from federation.common.paths import Home
from federation.contracts.model import Feed
from federation.fetch.feed import Landing, fetch_feed
from federation.ledger import Check, Ledger
from federation.transport import Limits, Transport, transport_for
from federation.transport.base import ATTEMPTS
from support.meddling import Meddled
from support.servers import Handler, Server, cut_after, first, login, page, serving, silent, status

JANUARY, FEBRUARY = "air/kk_air_2569_01.parquet", "air/kk_air_2569_02.parquet"
Fetch = Callable[..., Check]


@pytest.fixture
def feed(feeds: dict[tuple[str, str], Feed]) -> Feed:
    return feeds["khon_kaen", "air_quality"]


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    """A platform of one file; fetching never looks inside, so any bytes will do."""
    directory = tmp_path / "platform"
    put(directory, JANUARY, b"january" * 1000)
    return directory


@pytest.fixture
def server(platform: Path) -> Iterator[Server]:
    with serving(platform) as running:
        yield running


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Back-off without its waiting; the seconds that would have been slept."""
    slept: list[float] = []
    monkeypatch.setattr("tenacity.nap.time", SimpleNamespace(sleep=slept.append))
    return slept


@pytest.fixture
def fetch(feed: Feed, home: Home, ledger: Ledger) -> Fetch:
    """Fetch the feed from a base URL or directory."""

    def run(base: object, feed: Feed = feed, transport: Transport | None = None) -> Check:
        return fetch_feed(feed, transport or transport_for(str(base)), Landing(home, ledger))

    return run


def put(directory: Path, path: str, data: bytes, seconds: int = 1_770_000_000) -> Path:
    """Write a platform's file with a modification time."""
    file = directory / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    os.utime(file, (seconds, seconds))
    return file


def landed(home: Home) -> dict[str, bytes]:
    """Every file below landing by its path there."""
    root = home.root / "landing"
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for file in sorted(root.rglob("*"))
        if file.is_file()
    }


def counts(check: Check) -> tuple[str, int, int, int]:
    return check.outcome, check.seen, check.new, check.unchanged


# -- what is new -----------------------------------------------------------------------------------


@pytest.fixture(params=["http", "directory", "file"])
def base(request: pytest.FixtureRequest, platform: Path) -> str:
    if request.param == "http":
        return str(request.getfixturevalue("server").url)
    return f"file://{platform}" if request.param == "file" else str(platform)


def test_what_landing_lost_is_fetched_anew(
    base: str, fetch: Fetch, home: Home, ledger: Ledger, feed: Feed
) -> None:
    fetch(base)
    arrived, before = ledger.arrivals.of_feed(*feed.key), landed(home)
    shutil.rmtree(home.root / "landing")
    assert counts(fetch(base)) == ("ok", 1, 0, 1)
    assert landed(home) == before
    assert ledger.arrivals.of_feed(*feed.key) == arrived


def test_a_new_file_lands_with_its_hash_its_time_and_a_ledger_row(
    fetch: Fetch, base: str, home: Home, ledger: Ledger
) -> None:
    assert counts(fetch(base)) == ("ok", 1, 1, 0)
    digest = sha256(b"january" * 1000).hexdigest()
    assert landed(home) == {f"khon_kaen/air_quality/2026-01/{digest}.parquet": b"january" * 1000}
    (arrival,) = ledger.arrivals.of_feed("khon_kaen", "air_quality")
    assert (arrival.path, arrival.sha256, arrival.size_bytes, arrival.outcome) == (
        JANUARY,
        digest,
        7000,
        "new",
    )
    assert (str(arrival.partition), arrival.declared_version) == ("2026-01", 0)
    assert arrival.modified_at is not None
    assert arrival.modified_at.timestamp() == 1_770_000_000


def test_an_unchanged_file_is_not_pulled_again(
    fetch: Fetch, base: str, home: Home, ledger: Ledger
) -> None:
    fetch(base)
    before = landed(home)
    assert counts(fetch(base)) == ("ok", 1, 0, 1)
    assert landed(home) == before
    assert len(ledger.arrivals.of_feed("khon_kaen", "air_quality")) == 1
    (check,) = ledger.checks.latest()
    assert (check.outcome, check.unchanged) == ("ok", 1)


def test_only_headers_are_asked_of_an_unchanged_file(fetch: Fetch, server: Server) -> None:
    fetch(server.url)
    server.asked.clear()
    fetch(server.url)
    assert (server.times("HEAD", ".parquet"), server.times("GET", ".parquet")) == (1, 0)


def test_the_same_bytes_with_a_new_time_are_checked_and_unchanged(
    fetch: Fetch, base: str, platform: Path, home: Home, ledger: Ledger
) -> None:
    fetch(base)
    put(platform, JANUARY, b"january" * 1000, seconds=1_770_005_000)
    assert counts(fetch(base)) == ("ok", 1, 0, 1)
    assert len(landed(home)) == 1
    assert [arrival.outcome for arrival in ledger.arrivals.of_feed("khon_kaen", "air_quality")] == [
        "new",
        "unchanged",
    ]


def test_a_corrected_file_of_the_same_name_is_a_new_version_beside_the_old(
    fetch: Fetch, base: str, platform: Path, home: Home, ledger: Ledger
) -> None:
    fetch(base)
    put(platform, JANUARY, b"corrected", seconds=1_770_005_000)
    assert counts(fetch(base)) == ("ok", 1, 1, 0)
    assert sorted(landed(home).values()) == [b"corrected", b"january" * 1000]
    first_arrival, second = ledger.arrivals.of_feed("khon_kaen", "air_quality")
    assert (second.outcome, second.partition) == ("new", first_arrival.partition)
    assert second.extract_id != first_arrival.extract_id


def test_old_bytes_that_come_back_are_new_again_without_a_second_copy(
    fetch: Fetch, base: str, platform: Path, home: Home, ledger: Ledger
) -> None:
    for place, data in enumerate([b"A", b"B", b"A"]):
        put(platform, JANUARY, data, seconds=1_770_000_000 + 60 * place)
        assert counts(fetch(base)) == ("ok", 1, 1, 0)
    assert sorted(landed(home).values()) == [b"A", b"B"]
    one, _, three = ledger.arrivals.of_feed("khon_kaen", "air_quality")
    assert (three.outcome, three.extract_id) == ("new", one.extract_id)


def test_a_second_month_is_all_that_is_pulled_then(
    fetch: Fetch, platform: Path, server: Server
) -> None:
    fetch(server.url)
    put(platform, FEBRUARY, b"february")
    server.asked.clear()
    assert counts(fetch(server.url)) == ("ok", 2, 1, 1)
    assert [path for how, path in server.asked if how == "GET" and path.endswith(".parquet")] == [
        f"/{FEBRUARY}"
    ]


def test_other_files_in_the_feeds_folder_are_named_and_left(
    fetch: Fetch, base: str, platform: Path, home: Home
) -> None:
    for name in ("README.txt", "kk_air_2569_13.parquet", "kk_air_2569_01.parquet.part"):
        put(platform, f"air/{name}", b"x")
    put(platform, "tourism/kk_tourism_2566.parquet", b"x")
    check = fetch(base)
    assert counts(check) == ("ok", 1, 1, 0)
    assert sorted(check.unmatched) == [
        "air/README.txt",
        "air/kk_air_2569_01.parquet.part",
        "air/kk_air_2569_13.parquet",
    ]
    assert len(landed(home)) == 1


def test_folders_within_the_pattern_are_searched(
    fetch: Fetch, base: str, platform: Path, feeds: dict[tuple[str, str], Feed], home: Home
) -> None:
    put(platform, "air_quality/year=2026/month=01/part-0.parquet", b"hive")
    put(platform, "air_quality/year=2026/month=01/deeper/part-0.parquet", b"too deep")
    put(platform, "air_quality/part-0.parquet", b"too high")
    check = fetch(base, feeds["chiang_mai", "air_quality"])
    assert counts(check) == ("ok", 1, 1, 0)
    assert list(landed(home)) == [
        f"chiang_mai/air_quality/2026-01/{sha256(b'hive').hexdigest()}.parquet"
    ]


def test_names_with_spaces_and_thai_letters_are_fetched(
    fetch: Fetch, base: str, platform: Path, feed: Feed, home: Home
) -> None:
    put(platform, "อากาศ/ปี 2569 #1%.parquet", b"thai")
    thai = replace(feed, pattern=type(feed.pattern)("อากาศ/ปี {be_year} #1%.parquet"))
    assert counts(fetch(base, thai)) == ("ok", 1, 1, 0)
    assert list(landed(home).values()) == [b"thai"]


def test_a_platform_without_the_feeds_folder_is_in_order_and_empty(
    fetch: Fetch, base: str, feeds: dict[tuple[str, str], Feed], home: Home
) -> None:
    assert counts(fetch(base, feeds["phuket", "population"])) == ("ok", 0, 0, 0)
    assert landed(home) == {}


def test_a_whole_generated_city_arrives_over_http(
    feeds: dict[tuple[str, str], Feed], platforms: Path, home: Home, ledger: Ledger
) -> None:
    with serving(platforms / "chonburi") as running:
        for dataset in ("air_quality", "population"):
            fetch_feed(
                feeds["chonburi", dataset], transport_for(running.url), Landing(home, ledger)
            )
    files = [
        file
        for folder in ("air-quality", "population")
        for file in (platforms / "chonburi" / folder).iterdir()
    ]
    assert len(files) > 2
    assert {sha256(file.read_bytes()).hexdigest() for file in files} == {
        Path(name).stem for name in landed(home)
    }


# -- servers that fail -----------------------------------------------------------------------------


def test_a_transfer_cut_once_is_tried_again(
    fetch: Fetch, server: Server, home: Home, waits: list[float]
) -> None:
    server.answers.append(first(1, cut_after(500)))
    assert counts(fetch(server.url)) == ("ok", 1, 1, 0)
    assert list(landed(home).values()) == [b"january" * 1000]
    assert len(waits) == 1


def test_a_transfer_always_cut_leaves_the_feed_unreachable_and_nothing_half(
    fetch: Fetch, server: Server, home: Home, ledger: Ledger, waits: list[float]
) -> None:
    server.answers.append(cut_after(500))
    check = fetch(server.url)
    assert check.outcome == "unreachable"
    assert "transfer failed" in check.message
    assert ledger.arrivals.of_feed("khon_kaen", "air_quality") == []
    assert [name for name in landed(home) if not name.startswith(".incoming/")] == []
    assert server.times("GET", ".parquet") == ATTEMPTS
    assert len(waits) == ATTEMPTS - 1


def test_a_transfer_that_failed_leaves_no_temporary_file(
    fetch: Fetch, server: Server, home: Home
) -> None:
    server.answers.append(cut_after(500))
    fetch(server.url)
    assert landed(home) == {}


@pytest.mark.parametrize("code", [500, 502, 503, 429])
@pytest.mark.parametrize(
    ("ending", "method"), [("/air/", "GET"), (".parquet", "HEAD"), (".parquet", "GET")]
)
def test_a_server_in_trouble_is_asked_again(
    fetch: Fetch, server: Server, waits: list[float], code: int, ending: str, method: str
) -> None:
    server.answers.append(first(2, status(code, ending=ending, method=method)))
    assert counts(fetch(server.url)) == ("ok", 1, 1, 0)
    assert len(waits) == 2


def test_a_server_always_in_trouble_is_unreachable_and_the_other_feeds_go_on(
    fetch: Fetch, server: Server, platform: Path, feeds: dict[tuple[str, str], Feed], ledger: Ledger
) -> None:
    put(platform, "tourism/kk_tourism_2566.parquet", b"tourism")
    server.answers.append(lambda handler: "/air/" in handler.path and status(503)(handler))
    assert fetch(server.url).outcome == "unreachable"
    assert counts(fetch(server.url, feeds["khon_kaen", "tourism"])) == ("ok", 1, 1, 0)
    told = {check.dataset: (check.outcome, check.message) for check in ledger.checks.latest()}
    assert told["air_quality"][0] == "unreachable"
    assert "503" in told["air_quality"][1]
    assert told["tourism"] == ("ok", "")


def test_what_was_fetched_before_the_trouble_stays(
    fetch: Fetch, server: Server, platform: Path, home: Home
) -> None:
    put(platform, FEBRUARY, b"february")
    server.answers.append(status(503, ending="02.parquet"))
    check = fetch(server.url)
    assert (check.outcome, check.new) == ("unreachable", 1)
    assert b"january" * 1000 in landed(home).values()
    server.answers.clear()
    assert counts(fetch(server.url)) == ("ok", 2, 1, 1)


def test_a_refusal_is_not_asked_again(fetch: Fetch, server: Server, waits: list[float]) -> None:
    server.answers.append(status(403, ending="/air/"))
    check = fetch(server.url)
    assert (check.outcome, waits) == ("unreachable", [])
    assert "403" in check.message


def test_a_server_that_says_nothing_is_unreachable(
    fetch: Fetch, server: Server, waits: list[float]
) -> None:
    release = threading.Event()
    server.answers.append(silent(release))
    check = fetch("", transport=transport_for(server.url, Limits(silent_seconds=1)))
    release.set()
    assert check.outcome == "unreachable"
    assert "Timeout" in check.message
    assert len(waits) == ATTEMPTS - 1


def test_nobody_listening_is_unreachable(fetch: Fetch, platform: Path) -> None:
    with serving(platform) as running:
        url = running.url
    check = fetch(url)
    assert check.outcome == "unreachable"
    assert "Connect" in check.message


@pytest.mark.parametrize(
    ("ending", "method"), [("/air/", "GET"), (".parquet", "HEAD"), (".parquet", "GET")]
)
def test_a_redirect_to_another_host_is_not_followed(
    fetch: Fetch, server: Server, home: Home, tmp_path: Path, ending: str, method: str
) -> None:
    put(tmp_path / "elsewhere", JANUARY, b"not the city's")
    with serving(tmp_path / "elsewhere") as elsewhere:
        target = {"Location": f"{elsewhere.url}/{JANUARY}"}
        server.answers.append(status(302, ending=ending, method=method, headers=target))
        assert fetch(server.url).outcome == "unreachable"
        assert elsewhere.asked == []
    assert [name for name in landed(home) if not name.startswith(".incoming/")] == []


def test_links_out_of_the_folder_are_ignored(
    fetch: Fetch, server: Server, home: Home, platform: Path
) -> None:
    put(platform, "secret.parquet", b"x")
    links = [
        "../secret.parquet",
        "..%2Fsecret.parquet",
        "%2e%2e/secret.parquet",
        "/secret.parquet",
        "../",
        "..",
        ".",
        "./",
        "?C=N;O=D",
        f"{server.url}/secret.parquet",
        "//127.0.0.1/secret.parquet",
        "#top",
        "kk_air_2569_01.parquet",
        "",
        "a/b.parquet",
    ]
    html = "".join(f'<a href="{link}">x</a>' for link in links) + "<a name=anchor><a href>empty</a>"
    server.answers.append(page(html, "/air/"))
    check = fetch(server.url)
    assert counts(check) == ("ok", 1, 1, 0)
    assert check.unmatched == ["air/../secret.parquet"]
    assert "leads out of its folder" in check.message
    assert {path for _, path in server.asked} == {"/air/", f"/{JANUARY}"}
    assert list(landed(home).values()) == [b"january" * 1000]


def test_a_server_that_compresses_its_answers_does_not_change_the_bytes(
    fetch: Fetch, server: Server, home: Home
) -> None:
    def compressed(handler: Handler) -> bool:
        if (
            handler.command != "GET"
            or not handler.path.endswith(".parquet")
            or "gzip" not in handler.headers["Accept-Encoding"]
        ):
            return False
        data = gzip.compress(Path(handler.translate_path(handler.path)).read_bytes())
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)
        return True

    server.answers.append(compressed)
    fetch(server.url)
    assert list(landed(home).values()) == [b"january" * 1000]


# -- logins ----------------------------------------------------------------------------------------


def test_a_login_in_the_url_opens_the_platform(fetch: Fetch, server: Server) -> None:
    server.answers.append(login("hub", "geh/eim:1"))
    assert fetch(server.url).outcome == "unreachable"
    assert counts(fetch(server.url.replace("://", "://hub:geh%2Feim%3A1@"))) == ("ok", 1, 1, 0)


def test_a_connection_as_json_opens_the_platform(fetch: Fetch, server: Server) -> None:
    server.answers.append(login("hub", "geh/eim:1"))
    port = server.url.rpartition(":")[2]
    connection = (
        f'{{"conn_type": "http", "host": "127.0.0.1", "port": {port}, "login": "hub", '
        f'"password": "geh/eim:1"}}'
    )
    assert counts(fetch(connection)) == ("ok", 1, 1, 0)


@pytest.mark.parametrize(
    "answer",
    [status(401), status(503), status(404, ending=".parquet"), cut_after(10)],
    ids=["401", "503", "404", "cut"],
)
def test_the_password_is_never_told(
    fetch: Fetch, server: Server, ledger: Ledger, answer: Callable[[Handler], bool]
) -> None:
    server.answers.append(answer)
    check = fetch(server.url.replace("://", "://hub:geheim@"))
    assert check.outcome == "unreachable"
    assert "127.0.0.1" in check.message
    assert "geheim" not in str(check)
    assert "geheim" not in str(ledger.checks.latest())


def test_the_password_is_not_told_when_nobody_listens(fetch: Fetch) -> None:
    check = fetch("http://hub:geheim@127.0.0.1:9")
    assert (check.outcome, "geheim" in check.message) == ("unreachable", False)


def test_a_scheme_that_no_transport_serves_is_refused_without_its_password() -> None:
    with pytest.raises(HubError, match="no transport for ftp://") as refused:
        transport_for("ftp://hub:geheim@files.example.org/")
    assert "geheim" not in str(refused.value)


# -- directories -----------------------------------------------------------------------------------


def test_a_directory_that_is_not_there_is_unreachable(fetch: Fetch, tmp_path: Path) -> None:
    check = fetch(tmp_path / "nowhere")
    assert check.outcome == "unreachable"
    assert str(tmp_path / "nowhere") in check.message


def test_a_link_to_a_file_is_not_followed(
    fetch: Fetch, platform: Path, tmp_path: Path, home: Home
) -> None:
    (platform / FEBRUARY).symlink_to(put(tmp_path, "outside.parquet", b"outside"))
    assert counts(fetch(platform)) == ("ok", 1, 1, 0)
    assert b"outside" not in landed(home).values()


def test_a_link_to_a_folder_below_is_not_followed(
    fetch: Fetch, platform: Path, tmp_path: Path, feeds: dict[tuple[str, str], Feed], home: Home
) -> None:
    put(tmp_path, "outside/month=01/part-0.parquet", b"outside")
    (platform / "air_quality").mkdir()
    (platform / "air_quality" / "year=2026").symlink_to(tmp_path / "outside")
    assert counts(fetch(platform, feeds["chiang_mai", "air_quality"])) == ("ok", 0, 0, 0)
    assert landed(home) == {}


def test_a_link_in_place_of_the_feeds_folder_is_not_followed(
    fetch: Fetch, platform: Path, tmp_path: Path, feeds: dict[tuple[str, str], Feed], home: Home
) -> None:
    put(tmp_path, "outside/Population_2020.parquet", b"outside")
    (platform / "Population").symlink_to(tmp_path / "outside")
    fetch(platform, feeds["phuket", "population"])
    assert landed(home) == {}


def test_a_file_replaced_by_a_link_after_the_listing_is_not_read(
    fetch: Fetch, platform: Path, tmp_path: Path, home: Home
) -> None:
    transport = transport_for(str(platform))
    (listed,) = transport.files("air", 1)
    (platform / JANUARY).unlink()
    (platform / JANUARY).symlink_to(put(tmp_path, "outside.parquet", b"outside"))
    with pytest.raises(Unreachable), transport.stream(listed.path):
        pass


def test_a_file_that_changes_while_it_is_read_is_noticed(platform: Path) -> None:
    def read_on(chunks: Iterator[bytes]) -> None:
        next(chunks)
        put(platform, JANUARY, b"other", seconds=1_770_009_000)

    with (
        pytest.raises(Unreachable, match="changed while it was read"),
        transport_for(str(platform)).stream(JANUARY) as opened,
    ):
        read_on(opened.chunks)


def test_a_file_that_changes_while_it_is_fetched_does_not_land(
    fetch: Fetch, platform: Path, home: Home, ledger: Ledger
) -> None:
    check = fetch(
        "",
        transport=Meddled(transport_for(str(platform)), lambda: put(platform, JANUARY, b"other")),
    )
    assert check.outcome == "unreachable"
    assert ledger.arrivals.of_feed("khon_kaen", "air_quality") == []
    assert [name for name in landed(home) if not name.startswith(".incoming/")] == []
    assert counts(fetch(platform)) == ("ok", 1, 1, 0)
    assert b"other" in landed(home).values()


# -- checksums -------------------------------------------------------------------------------------


@pytest.fixture
def summed(feed: Feed) -> Feed:
    return replace(feed, checksum=".sha256")


def test_a_checksum_that_matches_lets_the_file_land(
    fetch: Fetch, base: str, platform: Path, summed: Feed
) -> None:
    digest = sha256(b"january" * 1000).hexdigest()
    put(platform, JANUARY + ".sha256", f"{digest.upper()}  kk_air_2569_01.parquet\n".encode())
    check = fetch(base, summed)
    assert (counts(check), check.unmatched) == (("ok", 1, 1, 0), [])


@pytest.mark.parametrize("content", [b"0" * 64, b"", b"\xff\xfe", b"kk_air_2569_01.parquet"])
def test_a_checksum_that_does_not_match_keeps_the_file_out(
    fetch: Fetch,
    base: str,
    platform: Path,
    summed: Feed,
    home: Home,
    ledger: Ledger,
    content: bytes,
) -> None:
    put(platform, JANUARY + ".sha256", content)
    check = fetch(base, summed)
    assert (check.new, check.unmatched) == (0, [JANUARY])
    assert "checksum" in check.message
    assert landed(home) == {}
    assert ledger.arrivals.of_feed("khon_kaen", "air_quality") == []


def test_a_checksum_that_is_corrected_lets_the_file_land_later(
    fetch: Fetch, platform: Path, summed: Feed
) -> None:
    put(platform, JANUARY + ".sha256", b"0" * 64)
    fetch(platform, summed)
    put(platform, JANUARY + ".sha256", sha256(b"january" * 1000).hexdigest().encode())
    assert counts(fetch(platform, summed)) == ("ok", 1, 1, 0)


def test_a_missing_checksum_keeps_its_file_out_and_no_other(
    fetch: Fetch, base: str, platform: Path, summed: Feed
) -> None:
    put(platform, FEBRUARY, b"february")
    put(platform, FEBRUARY + ".sha256", sha256(b"february").hexdigest().encode())
    check = fetch(base, summed)
    assert (counts(check), check.unmatched) == (("ok", 2, 1, 0), [JANUARY])


def test_a_server_in_trouble_is_asked_again_for_the_checksum(
    fetch: Fetch, server: Server, platform: Path, summed: Feed
) -> None:
    put(platform, JANUARY + ".sha256", sha256(b"january" * 1000).hexdigest().encode())
    server.answers.append(first(1, status(503, ending=".sha256", method="GET")))
    assert counts(fetch(server.url, summed)) == ("ok", 1, 1, 0)


# -- killed ----------------------------------------------------------------------------------------

FETCHING = """
import sys
from pathlib import Path
from federation.contracts.load import load_feeds
from federation.fetch.feed import Landing, fetch_feed
from federation.ledger import open_ledger
from federation.common.paths import Home
from federation.common.settings import Settings
from federation.transport import transport_for

home, url, database = Home(Path(sys.argv[1])), sys.argv[2], sys.argv[3]
feed = next(feed for feed in load_feeds()[0] if feed.key == ("khon_kaen", "air_quality"))
with open_ledger(Settings(home, database, None)) as ledger:
    fetch_feed(feed, transport_for(url), Landing(home, ledger))
"""


def kill_half_way(home: Home, arguments: list[str]) -> Path:
    """Start a fetch, SIGKILL it when its download grows, and return the half file."""
    before = set(home.incoming.glob("*.part"))
    child = subprocess.Popen([sys.executable, "-c", FETCHING, *arguments])
    try:
        until = time.monotonic() + 60
        while not (found := set(home.incoming.glob("*.part")) - before):
            assert time.monotonic() < until, "the fetch did not begin"
            assert child.poll() is None, "the fetch ended early"
            time.sleep(0.02)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    return found.pop()


def test_a_fetch_killed_half_way_twice_is_made_good_by_the_next(
    fetch: Fetch, server: Server, home: Home, ledger: Ledger, database_url: str
) -> None:
    release = threading.Event()

    def half(handler: Handler) -> bool:
        if handler.command != "GET" or not handler.path.endswith(".parquet"):
            return False
        handler.send_response(200)
        handler.send_header("Content-Length", "7000")
        handler.end_headers()
        handler.wfile.write(b"january" * 500)
        handler.wfile.flush()
        release.wait(60)
        handler.close_connection = True
        return True

    server.answers.append(half)
    killed = {kill_half_way(home, [str(home.root), server.url, database_url]) for _ in range(2)}
    release.set()
    assert len(killed) == 2
    assert [file for file in killed if file.exists()] == list(home.incoming.glob("*.part"))
    assert ledger.arrivals.of_feed("khon_kaen", "air_quality") == []
    server.answers.clear()
    assert counts(fetch(server.url)) == ("ok", 1, 1, 0)
    assert list(landed(home).values()) == [b"january" * 1000]
    assert list(home.incoming.glob("*.part")) == []


def test_a_download_of_a_process_that_lives_is_left_alone(
    fetch: Fetch, platform: Path, home: Home
) -> None:
    home.incoming.mkdir(parents=True)
    ours, dead = home.incoming / "a.part", home.incoming / "b.part"
    for file in (ours, dead):
        file.write_bytes(b"x")
    with ours.open("r+b") as growing:
        fcntl.flock(growing, fcntl.LOCK_EX)
        fetch(platform)
    assert (ours.exists(), dead.exists()) == (True, False)
