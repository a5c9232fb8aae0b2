"""Many jobs at once, few of them of one group; a job that shows no sign of life is given up."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class GivenUpError(Exception):
    """This job was given up; it must not write anything."""


@dataclass
class Heartbeat:
    """A running job's sign of life."""

    last: float = field(default_factory=time.monotonic)
    given_up: bool = False

    def beat(self) -> None:
        """Say that the job goes on; raises GivenUpError when the job was given up."""
        if self.given_up:
            raise GivenUpError
        self.last = time.monotonic()


@dataclass(frozen=True)
class Job(Generic[T]):
    """Work of one group; it calls its heartbeat whenever it makes progress."""

    group: str
    work: Callable[[Heartbeat], T]
    stuck_seconds: float


@dataclass
class _Ended(Generic[T]):
    place: int
    result: T | None = None
    error: Exception | None = None


def run_jobs(
    jobs: Sequence[Job[T]], per_group: int, at_once: int
) -> Iterator[tuple[int, T | None]]:
    """Yield (place in `jobs`, result) as jobs end.

    The result is None for a job that showed no sign of life for its `stuck_seconds`. Raises what a
    job raises. The thread of a job that was given up goes on until its next heartbeat, or until the
    process ends.
    """
    waiting, running = list(range(len(jobs))), dict[int, Heartbeat]()
    ended: SimpleQueue[_Ended[T]] = SimpleQueue()
    try:
        while waiting or running:
            while (place := _next(jobs, waiting, running, per_group, at_once)) is not None:
                waiting.remove(place)
                running[place] = Heartbeat()
                Thread(
                    target=_run, args=(place, jobs[place], running[place], ended), daemon=True
                ).start()
            yield from _take(jobs, running, ended)
    finally:
        for heartbeat in running.values():
            heartbeat.given_up = True


def _next(
    jobs: Sequence[Job[T]],
    waiting: Sequence[int],
    running: dict[int, Heartbeat],
    per_group: int,
    at_once: int,
) -> int | None:
    """Return the next job to start: the first of the group that has fewest under way."""
    busy = Counter(jobs[place].group for place in running)
    free = [place for place in waiting if busy[jobs[place].group] < per_group]
    return (
        min(free, key=lambda place: busy[jobs[place].group])
        if free and len(running) < at_once
        else None
    )


def _run(place: int, job: Job[T], heartbeat: Heartbeat, ended: "SimpleQueue[_Ended[T]]") -> None:
    try:
        ended.put(_Ended(place, job.work(heartbeat)))
    except Exception as error:
        ended.put(_Ended(place, error=error))


def _take(
    jobs: Sequence[Job[T]], running: dict[int, Heartbeat], ended: "SimpleQueue[_Ended[T]]"
) -> Iterator[tuple[int, T | None]]:
    try:
        result = ended.get(timeout=1)
    except Empty:
        now = time.monotonic()
        for place in [
            place
            for place, heartbeat in running.items()
            if now - heartbeat.last > jobs[place].stuck_seconds
        ]:
            running.pop(place).given_up = True
            yield place, None
        return
    if running.pop(result.place, None) is None:
        return  # given up before
    if result.error:
        raise result.error
    yield result.place, result.result
