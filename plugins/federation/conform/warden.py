"""The fence's warden: a clean process that forks one limited child per extract and never reads foreign bytes.

Protocol, one line of JSON each way: a job on standard input, an answer on standard output. Forking a process
that has its imports done costs milliseconds, a new interpreter half a second of CPU.
"""

import os
import select
import signal
import sys
import time
from dataclasses import replace

from federation.areas import all_areas
from federation.conform.child import conform
from federation.conform.isolation import fence_in
from federation.conform.job import Answer, Job

_ANSWER_BYTES = 4 << 20


def main() -> None:
    """Serve jobs until standard input closes."""
    import pandas  # noqa: F401  DuckDB imports it with the first Arrow stream; once here instead of in each child

    all_areas()
    for line in sys.stdin:
        print(run_in_child(Job.from_json(line)).to_json(), flush=True)


def run_in_child(job: Job) -> Answer:
    """Return the child's answer, or the refusal that its death stands for."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read_end)
        _live(job, write_end)
    os.close(write_end)
    text, in_time = _read_answer(read_end, job.limits.seconds)
    os.close(read_end)
    if not in_time:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    if not in_time:
        return Answer.refusal("over_time_limit", f"conforming took longer than {job.limits.seconds} s")
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        return Answer.refusal("conform_died", f"the conforming process was ended by {name}")
    try:
        return Answer.from_json(text)
    except (ValueError, TypeError, KeyError):
        return Answer.refusal("conform_died", f"the conforming process ended without an answer (status {status})")


def _live(job: Job, write_end: int) -> None:
    """The child's whole life; never returns."""
    status = 1
    try:
        # Neither the hub's jobs nor its answers: the child speaks through its own pipe alone.
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1):
            os.dup2(nothing, stream)
        isolation = fence_in(job)
        answer = replace(conform(job), isolation=isolation)
        _write_all(write_end, answer)
        status = 0
    except MemoryError:
        _write_all(write_end, Answer.refusal("over_memory_limit", "the conforming process ran out of memory"))
        status = 0
    finally:
        os._exit(status)


def _write_all(end: int, answer: Answer) -> None:
    data = answer.to_json().encode()
    while data:
        data = data[os.write(end, data):]


def _read_answer(end: int, seconds: int) -> tuple[str, bool]:
    """Return what the child wrote until it closed its end, and whether that was in time."""
    answer, deadline = bytearray(), time.monotonic() + seconds
    while len(answer) < _ANSWER_BYTES:
        left = deadline - time.monotonic()
        ready = select.select([end, sys.stdin], [], [], left)[0] if left > 0 else []
        # While a job runs, nothing but the hub's end makes standard input readable: the child goes with it.
        if not ready or end not in ready:
            return "", False
        chunk = os.read(end, 1 << 16)
        if not chunk:
            break
        answer += chunk
    return answer.decode("utf-8", "replace"), True


if __name__ == "__main__":
    main()
