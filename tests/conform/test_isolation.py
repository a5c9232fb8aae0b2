"""The walls around foreign bytes, attacked from inside: what a child that has gone over to the
enemy can do."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from federation.conform.sandbox.isolation import COMPLETE, isolate
from federation.conform.sandbox.job import Job, Limits
from federation.conform.sandbox.sandbox import LandedExtract, job_for
from federation.contracts.model import Feed

Attack = Callable[[], object]


@pytest.fixture
def job(feeds: dict[tuple[str, str], Feed], tmp_path: Path) -> Job:
    """A job whose extract lies beside other deliveries, and whose folder is one of several."""
    feed = feeds["khon_kaen", "air_quality"]
    landing, scratch = tmp_path / "landing", tmp_path / "scratch"
    for folder in (landing, scratch):
        folder.mkdir()
    (landing / "ours.parquet").write_bytes(b"PAR1")
    (landing / "theirs.parquet").write_bytes(b"somebody else's")
    match = feed.match("air/kk_air_2569_01.parquet")
    assert match
    return job_for(LandedExtract(feed, match[0], "e", landing / "ours.parquet"), scratch, Limits())


@pytest.fixture
def inside(job: Job) -> Callable[[Attack], str]:
    """Make an attack from a fenced child; return what came of it: `done`, or the error's name."""

    def attempt(attack: Attack) -> str:
        read_end, write_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                walls = isolate(job)
                if walls != COMPLETE:
                    os.write(write_end, f"skip {walls}".encode())
                    return ""
                attack()
                os.write(write_end, b"done")
            except BaseException as error:
                os.write(write_end, type(error).__name__.encode())
            finally:
                os._exit(0)
        os.close(write_end)
        with os.fdopen(read_end) as answer:
            said = answer.read()
        os.waitpid(pid, 0)
        if said.startswith("skip "):
            pytest.skip(f"this kernel does not offer every wall: {said}")
        return said

    return attempt


def test_its_own_folder_and_extract_are_open(inside: Callable[[Attack], str], job: Job) -> None:
    def work() -> None:
        assert Path(job.source).read_bytes() == b"PAR1"
        (Path(job.scratch) / "spill").mkdir()
        (Path(job.scratch) / "spill" / "block").write_bytes(b"block")
        os.replace(Path(job.scratch) / "spill" / "block", Path(job.scratch) / "block")

    assert inside(work) == "done"


def targets(job: Job) -> Iterator[tuple[str, Attack]]:
    """Attacks on files, each of which our own process could carry out."""
    beside, parent = Path(job.source).with_name("theirs.parquet"), Path("/proc") / str(os.getpid())
    yield "read another delivery", beside.read_bytes
    yield "list the deliveries", lambda: list(beside.parent.iterdir())
    yield "change another delivery", lambda: beside.write_bytes(b"forged")
    yield "change its own delivery", lambda: Path(job.source).write_bytes(b"forged")
    yield "remove a delivery", beside.unlink
    yield (
        "write beside its folder",
        lambda: (Path(job.scratch).parent / "verdict").write_bytes(b"accepted"),
    )
    yield (
        "climb out of its folder",
        lambda: (Path(job.scratch) / ".." / "verdict").write_bytes(b"accepted"),
    )
    yield (
        "leave a link that leads out",
        lambda: (_link(job, beside), (Path(job.scratch) / "link").read_bytes()),
    )
    yield "link a delivery into its folder", lambda: os.link(beside, Path(job.scratch) / "hard")
    yield "read the accounts", Path("/etc/passwd").read_bytes
    yield "read the secrets of its parent", (parent / "environ").read_bytes
    yield "look into the memory of its parent", (parent / "mem").read_bytes
    yield "change the code", lambda: Path(__file__).write_bytes(b"forged")


def _link(job: Job, target: Path) -> None:
    (Path(job.scratch) / "link").symlink_to(target)


def test_no_other_file_can_be_read_written_or_removed(
    inside: Callable[[Attack], str], job: Job
) -> None:
    before = {file: file.read_bytes() for file in Path(job.source).parent.iterdir()}
    code = Path(__file__).read_bytes()
    came_of = {name: inside(attack) for name, attack in targets(job)}
    assert set(came_of.values()) <= {"PermissionError", "OSError"}, came_of
    assert {file: file.read_bytes() for file in Path(job.source).parent.iterdir()} == before
    assert Path(__file__).read_bytes() == code
    assert not (Path(job.scratch).parent / "verdict").exists()


def test_no_socket_can_be_made_be_it_of_the_network_or_a_path(
    inside: Callable[[Attack], str], tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX) as server, socket.create_server(("127.0.0.1", 0)) as web:
        server.bind(str(tmp_path / "ledger"))
        server.listen()
        address = web.getsockname()
        for family, place in (
            (socket.AF_UNIX, str(tmp_path / "ledger")),
            (socket.AF_INET, address),
        ):
            with socket.socket(family) as ours:
                ours.connect(place)  # the door is open to us

            def reach(family: int = family, place: object = place) -> None:
                with socket.socket(family) as theirs:
                    theirs.connect(place)  # type: ignore[arg-type]

            assert inside(reach) == "PermissionError"


def test_no_program_can_be_started_and_no_process_traced(inside: Callable[[Attack], str]) -> None:
    assert inside(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True)) in (
        "PermissionError",
        "SubprocessError",
    )
    libc = ctypes.CDLL(None, use_errno=True)

    def trace() -> None:
        if libc.ptrace(16, os.getppid(), 0, 0):  # PTRACE_ATTACH
            raise PermissionError

    assert inside(trace) == "PermissionError"


def test_no_other_process_can_be_signalled(inside: Callable[[Attack], str]) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as victim:
        said = inside(lambda: os.kill(victim.pid, signal.SIGKILL))
        alive = psutil.Process(victim.pid).status() != psutil.STATUS_ZOMBIE
        victim.kill()
    assert (said, alive) == ("PermissionError", True)


def test_threads_still_run_inside(inside: Callable[[Attack], str]) -> None:
    def work() -> None:
        done: list[int] = []
        thread = threading.Thread(target=lambda: done.append(1))
        thread.start()
        thread.join()
        assert done == [1]

    assert inside(work) == "done"
