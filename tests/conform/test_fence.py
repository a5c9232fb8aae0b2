"""Foreign bytes stay in the fence: what it refuses, what it survives, what it cannot reach."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from federation.common.errors import DataProblem
from federation.common.hashing import sha256_of_file
from federation.conform.sandbox.isolation import COMPLETE, isolate
from federation.conform.sandbox.job import Answer, Limits
from federation.conform.sandbox.sandbox import LandedExtract, Sandbox, job_for
from federation.contracts.model import Feed
from federation.contracts.pattern import Partition
from federation.extracts.extract import Extract
from federation.ledger import Arrival, Conformed
from support.native import Outcome, conform, native_table, write_native

DAY = Partition(date(2026, 1, 1), date(2026, 1, 1))
PATH = "AirQuality/AirQuality_2026_01.parquet"
Conform = Callable[..., Outcome]


@pytest.fixture
def feed(feeds: dict[tuple[str, str], Feed]) -> Feed:
    return feeds["phuket", "air_quality"]


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    return [
        {
            "StationId": f"{number}t",
            "District": "เมือง",
            "DateTime": "2026-01-15T12:00:00",
            "PM25": float(number),
        }
        for number in range(40)
    ]


@pytest.fixture
def extract(feed: Feed, rows: list[dict[str, Any]], tmp_path: Path) -> Path:
    """A good extract; other tests spoil it."""
    return write_native(tmp_path / "extract.parquet", feed, rows)


@pytest.fixture
def conformed(sandbox: Sandbox, feed: Feed, tmp_path: Path) -> Conform:
    def run(source: Path, sandbox: Sandbox = sandbox, feed: Feed = feed) -> Outcome:
        return conform(sandbox, feed, source, PATH, tmp_path / "conformed" / "out.parquet")

    return run


def refused(outcome: Outcome) -> list[str]:
    """The codes of a rejected extract, after making sure that nothing was left behind."""
    assert outcome.answer.rejected
    assert list(outcome.file.parent.iterdir()) == []
    return outcome.codes


def test_a_good_extract_passes(conformed: Conform, extract: Path) -> None:
    outcome = conformed(extract)
    assert (outcome.codes, len(outcome.records), outcome.answer.source_rows) == ([], 40, 40)
    assert outcome.answer.output_sha256 == sha256_of_file(outcome.file)
    assert [path.name for path in outcome.file.parent.iterdir()] == ["out.parquet"]


# -- schema ----------------------------------------------------------------------------------------


@pytest.fixture
def rewritten(feed: Feed, rows: list[dict[str, Any]], tmp_path: Path) -> Callable[..., Path]:
    """Write the good rows after a change to their table."""

    def write(change: Callable[[pa.Table], pa.Table]) -> Path:
        pq.write_table(
            change(native_table(feed, rows)), tmp_path / "changed.parquet", store_schema=False
        )
        return tmp_path / "changed.parquet"

    return write


def test_each_missing_column_is_named(conformed: Conform, rewritten: Callable[..., Path]) -> None:
    outcome = conformed(rewritten(lambda table: table.drop_columns(["PM25", "DateTime"])))
    assert refused(outcome) == ["missing_column", "missing_column"]
    assert [finding.column for finding in outcome.answer.findings] == ["DateTime", "PM25"]
    assert all(repr(finding.column) in finding.message for finding in outcome.answer.findings)


def test_a_missing_text_column_is_named(conformed: Conform, rewritten: Callable[..., Path]) -> None:
    outcome = conformed(rewritten(lambda table: table.drop_columns(["District"])))
    assert refused(outcome) == ["missing_column"]
    assert outcome.answer.findings[0].column == "District"


def test_a_renamed_text_column_is_named(conformed: Conform, rewritten: Callable[..., Path]) -> None:
    outcome = conformed(
        rewritten(
            lambda table: table.rename_columns(
                ["district" if name == "District" else name for name in table.column_names]
            )
        )
    )
    assert refused(outcome) == ["renamed_column"]
    assert outcome.answer.findings[0].column == "District"


def test_a_renamed_column_is_named_with_its_new_name(
    conformed: Conform, rewritten: Callable[..., Path]
) -> None:
    outcome = conformed(
        rewritten(
            lambda table: table.rename_columns(
                ["pm_25" if name == "PM25" else name for name in table.column_names]
            )
        )
    )
    assert refused(outcome) == ["renamed_column"]
    assert "'PM25'" in outcome.answer.findings[0].message
    assert "'pm_25'" in outcome.answer.findings[0].message


@pytest.mark.parametrize(
    ("column", "kind"), [("PM25", pa.string()), ("PM25", pa.float32()), ("DateTime", pa.string())]
)
def test_a_retyped_column_is_named_with_both_types(
    conformed: Conform, rewritten: Callable[..., Path], column: str, kind: pa.DataType
) -> None:
    outcome = conformed(
        rewritten(
            lambda table: table.set_column(
                table.column_names.index(column), column, table[column].cast(kind)
            )
        )
    )
    assert refused(outcome) == ["retyped_column"]
    assert outcome.answer.findings[0].column == column
    assert str(kind) in outcome.answer.findings[0].message


def test_a_timestamp_that_gains_a_zone_is_retyped(
    conformed: Conform, rewritten: Callable[..., Path]
) -> None:
    outcome = conformed(
        rewritten(
            lambda table: table.set_column(
                table.column_names.index("DateTime"),
                "DateTime",
                table["DateTime"].cast(pa.timestamp("us", "UTC")),
            )
        )
    )
    assert refused(outcome) == ["retyped_column"]


def test_an_extra_column_is_a_warning_and_not_carried(
    conformed: Conform, rewritten: Callable[..., Path]
) -> None:
    outcome = conformed(rewritten(lambda table: table.append_column("Wind", pa.array([1.0] * 40))))
    assert [
        (finding.code, finding.consequence, finding.column) for finding in outcome.answer.findings
    ] == [("unexpected_column", "warn", "Wind")]
    assert "Wind" not in outcome.records[0]


def test_every_trouble_with_columns_is_told_at_once(
    conformed: Conform, rewritten: Callable[..., Path]
) -> None:
    def spoil(table: pa.Table) -> pa.Table:
        table = table.drop_columns(["PM10"]).append_column("Wind", pa.array([1.0] * 40))
        return table.set_column(table.column_names.index("CO"), "CO", table["CO"].cast(pa.string()))

    assert sorted(refused(conformed(rewritten(spoil)))) == [
        "missing_column",
        "retyped_column",
        "unexpected_column",
    ]


def test_two_columns_of_one_name_are_refused(
    conformed: Conform, rewritten: Callable[..., Path]
) -> None:
    outcome = conformed(rewritten(lambda table: table.append_column("PM25", pa.array([1.0] * 40))))
    assert refused(outcome) == ["repeated_column"]


def test_the_order_of_columns_and_timestamp_units_do_not_matter(
    conformed: Conform, rewritten: Callable[..., Path]
) -> None:
    def shuffle(table: pa.Table) -> pa.Table:
        table = table.select(table.column_names[::-1])
        return table.set_column(
            table.column_names.index("DateTime"),
            "DateTime",
            table["DateTime"].cast(pa.timestamp("ms")),
        )

    outcome = conformed(rewritten(shuffle))
    assert (outcome.codes, outcome.records[0]["measured_at"]) == ([], "2026-01-15T05:00:00Z")


# -- bytes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"StationId,PM25\n1t,5\n",
        lambda data: b"",
        lambda data: b"PAR1",
        lambda data: b"PAR1PAR1",
        lambda data: b"PARX" + data[4:],
        lambda data: data[:-4] + b"PARX",
        lambda data: data[: len(data) // 2],
        lambda data: data + b"\n",
        lambda data: b"<html>502 Bad Gateway</html>",
    ],
    ids=[
        "text",
        "empty",
        "magic only",
        "two magics",
        "wrong head",
        "wrong tail",
        "cut off",
        "longer",
        "html",
    ],
)
def test_what_is_no_parquet_file_is_refused_before_it_is_decoded(
    conformed: Conform, extract: Path, spoil: Callable[[bytes], bytes]
) -> None:
    extract.write_bytes(spoil(extract.read_bytes()))
    assert refused(conformed(extract)) == ["not_parquet"]


def test_a_file_with_a_hole_is_unreadable(conformed: Conform, extract: Path) -> None:
    data = extract.read_bytes()
    footer = int.from_bytes(data[-8:-4], "little") + 8
    extract.write_bytes(data[:40] + data[-footer:])
    assert refused(conformed(extract)) == ["unreadable_file"]


def test_a_footer_of_noise_is_unreadable(conformed: Conform, extract: Path) -> None:
    extract.write_bytes(b"PAR1" + b"\xff" * 400 + (300).to_bytes(4, "little") + b"PAR1")
    assert refused(conformed(extract)) == ["unreadable_file"]


def test_a_flipped_bit_is_found_where_the_city_writes_checksums(
    conformed: Conform, feed: Feed, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    source = write_native(
        tmp_path / "summed.parquet",
        feed,
        rows,
        write_page_checksum=True,
        compression="none",
        use_dictionary=False,
    )
    assert conformed(source).codes == []
    (tmp_path / "conformed" / "out.parquet").unlink()
    data = bytearray(source.read_bytes())
    place = data.index(pa.array([20.0, 21.0]).buffers()[1].to_pybytes()[:16])
    data[place + 6] ^= 1
    source.write_bytes(data)
    assert refused(conformed(source)) == ["unreadable_file"]


def test_old_timestamps_of_a_buddhist_year_do_not_wrap_into_the_past(
    conformed: Conform, feed: Feed, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    # INT96 read as nanoseconds turns the year 2569 into 1984.
    source = write_native(
        tmp_path / "int96.parquet",
        feed,
        [rows[0] | {"DateTime": "2569-01-15T12:00:00"}],
        use_deprecated_int96_timestamps=True,
    )
    (record,) = conformed(source).records
    assert (record["measured_at"], record["reasons"]) == (
        "2569-01-15T05:00:00Z",
        ["outside_partition"],
    )


# -- limits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(columns=10), "footer_over_limit"),
        (Limits(row_groups=3), "footer_over_limit"),
        (Limits(source_rows=39), "footer_over_limit"),
        (Limits(footer_bytes=100), "footer_over_limit"),
        (Limits(file_bytes=1000), "over_size_limit"),
        (Limits(decoded_bytes=100), "over_size_limit"),
    ],
    ids=["columns", "row groups", "rows", "footer", "file", "decoded"],
)
def test_beyond_a_limit_an_extract_is_refused(
    conformed: Conform,
    feed: Feed,
    rows: list[dict[str, Any]],
    tmp_path: Path,
    limits: Limits,
    code: str,
) -> None:
    source = write_native(tmp_path / "groups.parquet", feed, rows, row_group_size=10)
    with Sandbox(limits) as small:
        assert refused(conformed(source, small)) == [code]


def test_at_its_limits_an_extract_passes(
    conformed: Conform, feed: Feed, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    source = write_native(tmp_path / "groups.parquet", feed, rows, row_group_size=10)
    exact = Limits(
        columns=len(feed.columns), row_groups=4, source_rows=40, file_bytes=source.stat().st_size
    )
    with Sandbox(exact) as small:
        assert conformed(source, small).codes == []


def test_a_dictionary_bomb_is_counted_by_what_it_unfolds_to(
    conformed: Conform, feed: Feed, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    """A few kilobytes of file that say 40 MB of text."""
    bomb = native_table(feed, [rows[0] | {"StationName": "ก" * 341}]).take(pa.array([0] * 40_000))
    hours = pa.array(range(40_000), pa.int64()).cast(pa.timestamp("us"))
    bomb = bomb.set_column(bomb.column_names.index("DateTime"), "DateTime", hours)
    pq.write_table(bomb, tmp_path / "bomb.parquet", store_schema=False, compression="zstd")
    assert (tmp_path / "bomb.parquet").stat().st_size < 400_000
    with Sandbox(Limits(decoded_bytes=10 << 20)) as small:
        assert refused(conformed(tmp_path / "bomb.parquet", small)) == ["over_size_limit"]


def test_a_small_file_that_unfolds_a_thousandfold_is_refused_by_its_size(
    conformed: Conform, feed: Feed, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    """The limits of production: some kilobytes that say 1.4 GB of text."""
    name = pa.DictionaryArray.from_arrays(pa.array([0] * 1_200_000, pa.int32()), ["ก" * 400])
    bomb = native_table(feed, rows[:1]).take(pa.array([0] * len(name)))
    bomb = bomb.set_column(bomb.column_names.index("StationName"), "StationName", name)
    pq.write_table(bomb, tmp_path / "bomb.parquet", store_schema=False, compression="zstd")
    assert (tmp_path / "bomb.parquet").stat().st_size < 1_000_000
    with Sandbox() as usual:
        assert refused(conformed(tmp_path / "bomb.parquet", usual)) == ["over_size_limit"]


@pytest.mark.parametrize(
    ("size_bytes", "usual_rows", "decoded_bytes", "rows", "cpu_seconds"),
    [
        (1_000, 0, 1 << 30, 200_000_000, 60),
        (2_000_000, 500, 2_000_000_000, 1_000_000, 100),
        (50_000_000, 4_000, 50_000_000_000, 4_000_000, 1_060),
        (1 << 30, 10_000_000, 64 << 30, 200_000_000, 1_800),
    ],
)
def test_limits_grow_with_the_file_and_with_what_its_feed_has_sent(
    size_bytes: int, usual_rows: int, decoded_bytes: int, rows: int, cpu_seconds: int
) -> None:
    limits = Limits().for_file(size_bytes, usual_rows)
    assert (limits.decoded_bytes, limits.source_rows) == (decoded_bytes, rows)
    assert limits.cpu_seconds(size_bytes) == cpu_seconds


def test_a_feed_of_small_files_sends_no_millions_of_rows(
    sandbox: Sandbox, feed: Feed, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    """What the footer claims is enough: no row is decoded."""
    many = native_table(feed, rows[:1]).take(pa.array([0] * 1_000_001))
    pq.write_table(many, tmp_path / "many.parquet", store_schema=False)
    sent = LandedExtract(feed, DAY, "e", tmp_path / "many.parquet", usual_rows=24)
    answer = sandbox.conform(sent, tmp_path / "out.parquet")
    assert [finding.code for finding in answer.findings] == ["footer_over_limit"]


def test_an_output_beyond_its_limit_is_refused_as_too_large(
    conformed: Conform, feed: Feed, tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    source = write_native(
        tmp_path / "many.parquet",
        feed,
        [rows[0] | {"StationId": os.urandom(8).hex()} for _ in range(20_000)],
    )
    with Sandbox(Limits(output_bytes=50_000)) as small:
        assert refused(conformed(source, small)) == ["over_size_limit"]


ENDLESS = "(SELECT count(*) FROM range(1000000000000) AS endless(i) WHERE i % 7 = 3) < 0"
LIST = "(SELECT len(list(i)) FROM range({rows}) AS wide(i)) < 0"


def test_beyond_its_time_an_extract_is_refused(
    conformed: Conform, feed: Feed, extract: Path
) -> None:
    with Sandbox(Limits(seconds=1)) as small:
        assert refused(conformed(extract, small, replace(feed, out_of_scope=ENDLESS))) == [
            "over_time_limit"
        ]
        assert conformed(extract, small).codes == []


def test_beyond_its_memory_an_extract_is_refused(
    conformed: Conform, feed: Feed, extract: Path
) -> None:
    greedy = replace(feed, out_of_scope=LIST.format(rows=600_000_000))  # 4.8 GB
    with Sandbox(Limits(memory_bytes=3 << 30, engine_memory_mb=100_000)) as small:
        assert refused(conformed(extract, small, greedy)) == ["over_memory_limit"]
        assert conformed(extract, small).codes == []


def test_beyond_the_engines_memory_an_extract_is_refused(
    conformed: Conform, feed: Feed, extract: Path
) -> None:
    with Sandbox(Limits(engine_memory_mb=100)) as small:
        greedy = replace(feed, out_of_scope=LIST.format(rows=60_000_000))
        assert refused(conformed(extract, small, greedy)) == ["over_memory_limit"]


# -- a child that dies or hangs --------------------------------------------------------------------


@contextmanager
def running_child(
    sandbox: Sandbox, conformed: Conform, feed: Feed, extract: Path
) -> Iterator[tuple[psutil.Process, list[Outcome]]]:
    """A fenced child in the middle of its work; its outcome is in the list afterwards."""
    outcomes: list[Outcome] = []
    slow = replace(feed, out_of_scope=ENDLESS)
    worker = threading.Thread(target=lambda: outcomes.append(conformed(extract, sandbox, slow)))
    worker.start()
    until = time.monotonic() + 30
    children: list[psutil.Process] = []
    while not children and time.monotonic() < until:
        supervisor = sandbox._supervisor
        children = psutil.Process(supervisor.pid).children() if supervisor else []
        time.sleep(0.02)
    assert children, "the fence started no child"
    while children[0].cpu_times().user < 0.2:  # past its set-up, in the endless query
        time.sleep(0.02)
    try:
        yield children[0], outcomes
    finally:
        with suppress(psutil.NoSuchProcess):
            children[0].kill()
        worker.join(timeout=60)


def test_a_killed_child_rejects_its_extract_only(
    conformed: Conform, feed: Feed, extract: Path
) -> None:
    with Sandbox(Limits(seconds=60)) as sandbox:
        with running_child(sandbox, conformed, feed, extract) as (child, outcomes):
            child.kill()
        assert refused(outcomes[0]) == ["conform_died"]
        assert "SIGKILL" in outcomes[0].answer.findings[0].message
        assert conformed(extract, sandbox).codes == []


def test_a_stopped_child_is_over_its_time(conformed: Conform, feed: Feed, extract: Path) -> None:
    with Sandbox(Limits(seconds=4)) as sandbox:
        with running_child(sandbox, conformed, feed, extract) as (child, outcomes):
            child.suspend()
            child.wait(timeout=30)
        assert refused(outcomes[0]) == ["over_time_limit"]


def test_a_killed_warden_rejects_its_extract_and_a_new_one_takes_its_place(
    conformed: Conform, feed: Feed, extract: Path
) -> None:
    with Sandbox(Limits(seconds=60)) as sandbox:
        with running_child(sandbox, conformed, feed, extract) as (_, outcomes):
            assert sandbox._supervisor is not None
            sandbox._supervisor.kill()
        assert refused(outcomes[0]) == ["conform_died"]
        assert conformed(extract, sandbox).codes == []


def test_a_killed_warden_takes_its_child_along(
    conformed: Conform, feed: Feed, extract: Path
) -> None:
    with (
        Sandbox(Limits(seconds=60)) as sandbox,
        running_child(sandbox, conformed, feed, extract) as (child, _),
    ):
        assert sandbox._supervisor is not None
        sandbox._supervisor.kill()
        child.wait(timeout=3)


CONFORMING = """
import sys
from dataclasses import replace
from pathlib import Path
from federation.conform.sandbox.sandbox import LandedExtract, Sandbox
from federation.conform.sandbox.job import Limits
from federation.contracts.load import load_feeds

feed = next(feed for feed in load_feeds()[0] if feed.key == ("phuket", "air_quality"))
with Sandbox(Limits(seconds=20)) as sandbox:
    slow = replace(feed, out_of_scope=sys.argv[3])
    period, _ = feed.pattern.match("AirQuality/AirQuality_2026_01.parquet")
    sandbox.conform(LandedExtract(slow, period, "e", Path(sys.argv[1])), Path(sys.argv[2]))
"""


def test_what_a_killed_hub_leaves_behind_is_swept_by_the_next(
    conformed: Conform, extract: Path, tmp_path: Path
) -> None:
    target = tmp_path / "conformed" / "out.parquet"
    hub = subprocess.Popen([sys.executable, "-c", CONFORMING, str(extract), str(target), ENDLESS])
    until = time.monotonic() + 60
    while not (below := psutil.Process(hub.pid).children(recursive=True))[1:]:
        assert time.monotonic() < until
        time.sleep(0.05)
    hub.kill()
    hub.wait()
    psutil.wait_procs(below, timeout=0.1)
    for process in below:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    assert list(target.parent.iterdir())
    assert conformed(extract).codes == []
    assert [path.name for path in target.parent.iterdir()] == ["out.parquet"]


def test_closing_the_fence_ends_its_warden(conformed: Conform, extract: Path) -> None:
    with Sandbox() as sandbox:
        conformed(extract, sandbox)
        assert sandbox._supervisor is not None
        supervisor = psutil.Process(sandbox._supervisor.pid)
    assert not supervisor.is_running()


# -- what the child can reach ----------------------------------------------------------------------

SECRETS = {
    "AIRFLOW_CONN_SMTP_HUB": "smtp://hub:s3cret@mail",
    "HUB_DATABASE": "postgresql://hub:s3cret@db/hub",
    "PGPASSWORD": "s3cret",
    "HTTP_PROXY": "http://s3cret@proxy",
}


def test_the_child_sees_no_secret_of_our_environment(
    conformed: Conform, feed: Feed, extract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with Sandbox() as sandbox, running_child(sandbox, conformed, feed, extract) as (child, _):
        environment = child.environ()
        handles = child.open_files()
        child.kill()
    assert "PATH" in environment
    assert not SECRETS.keys() & environment.keys()
    assert "s3cret" not in str(environment)
    assert {handle.path for handle in handles if ".conform-" not in handle.path} <= {str(extract)}


def test_the_child_stands_in_a_network_of_its_own(
    conformed: Conform, feed: Feed, extract: Path
) -> None:
    if conformed(extract).answer.isolation != COMPLETE:
        pytest.skip("this machine allows not every wall; conforming says so in its answer")
    with Sandbox() as sandbox, running_child(sandbox, conformed, feed, extract) as (child, _):
        ours, theirs = os.readlink("/proc/self/ns/net"), os.readlink(f"/proc/{child.pid}/ns/net")
        interfaces = Path(f"/proc/{child.pid}/net/dev").read_text().splitlines()[2:]
        child.kill()
    assert ours != theirs
    assert [line.split(":")[0].strip() for line in interfaces] == ["lo"]


def in_fenced_child(job: Any, work: Callable[[], str]) -> str:
    """Return what `work` says in a forked child after it was fenced in."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            isolation = isolate(job)
            os.write(write_end, f"{isolation}|{work()}".encode())
        finally:
            os._exit(0)
    os.close(write_end)
    os.waitpid(pid, 0)
    with os.fdopen(read_end) as answer:
        return answer.read()


def test_a_fenced_process_cannot_reach_even_loopback(
    feed: Feed, extract: Path, tmp_path: Path
) -> None:
    job = job_for(LandedExtract(feed, DAY, "e", extract), tmp_path, Limits())

    def reach() -> str:
        try:
            socket.create_connection(address, timeout=2).close()
        except OSError as error:
            return type(error).__name__
        return "reached"

    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        assert reach() == "reached"
        isolation, said = in_fenced_child(job, reach).split("|")
    if isolation != COMPLETE:
        pytest.skip(f"this machine allows not every wall: {isolation}")
    assert said != "reached"


def test_a_fenced_process_cannot_write_beyond_its_limit(
    feed: Feed, extract: Path, tmp_path: Path
) -> None:
    job = job_for(LandedExtract(feed, DAY, "e", extract), tmp_path, Limits(output_bytes=1000))

    def write() -> str:
        try:
            (tmp_path / "large").write_bytes(b"x" * 5000)
        except OSError as error:
            return type(error).__name__
        return "written"

    assert in_fenced_child(job, write).endswith("|OSError")
    assert (tmp_path / "large").stat().st_size <= 1000


# -- the conformed file ----------------------------------------------------------------------------


@pytest.fixture
def accepted(conformed: Conform, feed: Feed, extract: Path) -> Extract:
    """The work list's entry of a conformed extract."""
    outcome = conformed(extract)
    answer: Answer = outcome.answer
    record = Conformed(
        *feed.key,
        extract_id="e" * 16,
        conform_key="k",
        findings=[],
        source_rows=40,
        source_rows_out_of_scope=0,
        records_received=40,
        records_duplicate=0,
        output_sha256=answer.output_sha256,
        isolation=answer.isolation,
    )
    match = feed.pattern.match(PATH)
    assert match
    arrival = Arrival(
        *feed.key,
        path=PATH,
        token="t",
        partition=match[0],
        declared_version=0,
        modified_at=None,
        size_bytes=1,
        sha256="s",
        extract_id="e" * 16,
    )
    return Extract(feed, arrival, extract, outcome.file, record, None)


def flip_a_page_byte(file: Path) -> None:
    column = pq.read_metadata(file).row_group(0).column(2)
    assert column.path_in_schema == "measured_at"
    data = bytearray(file.read_bytes())
    data[column.data_page_offset + column.total_compressed_size - 3] ^= 1
    file.write_bytes(data)


def test_an_intact_conformed_file_is_verified(accepted: Extract) -> None:
    accepted.verify_conformed()
    assert accepted.conformed.exists()


def test_a_damaged_conformed_file_is_noticed_and_removed(accepted: Extract) -> None:
    flip_a_page_byte(accepted.conformed)
    with pytest.raises(DataProblem, match="damaged"):
        accepted.verify_conformed()
    assert not accepted.conformed.exists()
    assert accepted.needs_conforming


def test_a_conformed_file_carries_page_checksums(accepted: Extract) -> None:
    assert pq.ParquetFile(accepted.conformed, page_checksum_verification=True).read().num_rows == 40
    flip_a_page_byte(accepted.conformed)
    with pytest.raises(OSError, match=r"(?i)crc|checksum"):
        pq.ParquetFile(accepted.conformed, page_checksum_verification=True).read()


def test_conforming_twice_gives_the_same_bytes(conformed: Conform, extract: Path) -> None:
    first = conformed(extract).answer.output_sha256
    assert conformed(extract).answer.output_sha256 == first


def test_national_columns_have_the_suites_types(accepted: Extract, feed: Feed) -> None:

    schema = pq.read_schema(accepted.conformed)
    types = {
        "VARCHAR": "string",
        "DOUBLE": "double",
        "BIGINT": "int64",
        "INTEGER": "int32",
        "DATE": "date32[day]",
    }
    for column in feed.suite.columns:
        found = str(schema.field(column.name).type)
        assert (
            found.startswith("timestamp[us, tz=")
            if column.type == "TIMESTAMPTZ"
            else found == types[column.type]
        )
    assert str(schema.field("reasons").type).startswith("list<")
