"""The sandbox's supervisor: a clean process that forks one limited worker per file and never reads
foreign bytes.

Protocol, one line of JSON each way: a job (to conform, or to profile) on standard input, an answer
on standard output. To fork a process with its imports done costs milliseconds; a new interpreter
costs half a second of CPU.
"""

import json
import os
import select
import signal
import sys
import time
from dataclasses import replace

from federation.common.process_end import end
from federation.common.vocabulary import ReasonCode
from federation.conform.profile import FileProfile
from federation.conform.profile.places import learn_areas
from federation.conform.sandbox.isolation import isolate
from federation.conform.sandbox.job import Answer, Job, Look, task_from_json
from federation.conform.sandbox.worker import area_codes, conform, look, make_engine

_ANSWER_BYTES = 4 << 20
_DIED = "the conforming process was ended by"
_KILLED = f"{_DIED} SIGKILL"


def main() -> None:
    """Serve jobs until standard input closes."""
    import pandas  # noqa: F401  DuckDB imports it with the first Arrow stream; once here instead of in each child

    learn_areas()
    area_codes()
    make_engine()
    for line in sys.stdin:
        task = task_from_json(line)
        print(
            run_in_child(task).to_json() if isinstance(task, Job) else look_in_child(task),
            flush=True,
        )
    end(0)  # the engine of the next job is never used


def run_in_child(job: Job) -> Answer:
    """Return the worker's answer, or the refusal that stands for its death.

    A worker is ended with SIGKILL neither by the hub nor by a limit of the hub: the kernel does so
    when the machine runs out of memory.
    """
    text, death = _in_child(job)
    if death:
        return Answer.refusal(*death, trouble=death[1] == _KILLED)
    try:
        return Answer.from_json(text)
    except (ValueError, TypeError, KeyError):
        return Answer.refusal(
            ReasonCode.CONFORM_DIED, "the conforming process ended without an answer"
        )


def look_in_child(task: Look) -> str:
    """Return a file's profile as JSON, or one that says why there is none."""
    text, death = _in_child(task)
    try:
        profile = (
            FileProfile(0, 0, refusal=": ".join(death))
            if death
            else FileProfile.from_json(json.loads(text))
        )
    except (ValueError, TypeError, KeyError):
        profile = FileProfile(
            0, 0, refusal=f"{ReasonCode.CONFORM_DIED}: the process ended without an answer"
        )
    return json.dumps(profile.to_json(), ensure_ascii=False)


def _in_child(job: Job | Look) -> tuple[str, tuple[ReasonCode, str] | None]:
    """Return what a worker wrote, and code and message when it died before its end."""
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
        return "", (
            ReasonCode.OVER_TIME_LIMIT,
            f"conforming took longer than {job.limits.seconds} s",
        )
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        if name == "SIGXCPU":
            return "", (
                ReasonCode.OVER_TIME_LIMIT,
                "conforming took more processor time than a file of its size may",
            )
        return "", (ReasonCode.CONFORM_DIED, f"{_DIED} {name}")
    return text, None


def _live(job: Job | Look, write_end: int) -> None:
    """Be the worker, from start to end; never returns."""
    status = 1
    try:
        # Neither the hub's jobs nor its answers: the child speaks through its own pipe alone.
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1):
            os.dup2(nothing, stream)
        isolation = isolate(job)
        _write_all(write_end, _answer(job, isolation))
        status = 0
    except MemoryError:
        _write_all(write_end, _out_of_memory(job))
        status = 0
    finally:
        os._exit(status)


def _answer(job: Job | Look, isolation: str) -> str:
    if isinstance(job, Job):
        return replace(conform(job), isolation=isolation).to_json()
    return json.dumps(look(job).to_json(), ensure_ascii=False)


def _out_of_memory(job: Job | Look) -> str:
    code, message = ReasonCode.OVER_MEMORY_LIMIT, "the conforming process ran out of memory"
    if isinstance(job, Job):
        return Answer.refusal(code, message).to_json()
    return json.dumps(FileProfile(0, 0, refusal=f"{code}: {message}").to_json())


def _write_all(end: int, text: str) -> None:
    data = text.encode()
    while data:
        data = data[os.write(end, data) :]


def _read_answer(end: int, seconds: int) -> tuple[str, bool]:
    """Return what the worker wrote until it closed its end, and whether that was in time."""
    answer, deadline = bytearray(), time.monotonic() + seconds
    while len(answer) < _ANSWER_BYTES:
        left = deadline - time.monotonic()
        ready = select.select([end, sys.stdin], [], [], left)[0] if left > 0 else []
        # While a job runs, nothing but the hub's end makes standard input readable: the child goes
        # with it.
        if not ready or end not in ready:
            return "", False
        chunk = os.read(end, 1 << 16)
        if not chunk:
            break
        answer += chunk
    return answer.decode("utf-8", "replace"), True


if __name__ == "__main__":
    main()
