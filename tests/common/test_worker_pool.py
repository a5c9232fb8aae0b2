"""Jobs of many groups at once: bounded, fair, and not waited for when they get stuck."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from federation.common.worker_pool import GivenUpError, Heartbeat, Job, run_jobs


def test_every_job_ends_once_with_its_result() -> None:
    jobs = [
        Job(f"group {place % 3}", lambda _, place=place: place * place, 60) for place in range(20)
    ]
    assert dict(run_jobs(jobs, 2, 4)) == {place: place * place for place in range(20)}


def test_no_more_than_the_limits_run_at_once() -> None:
    lock, busy, most = threading.Lock(), Counter[str](), Counter[str]()

    def work(group: str) -> None:
        with lock:
            busy.update([group, "all"])
            most[group], most["all"] = max(most[group], busy[group]), max(most["all"], busy["all"])
        threading.Event().wait(0.01)
        with lock:
            busy.subtract([group, "all"])

    jobs = [Job(group, lambda _, group=group: work(group), 60) for group in "aaaaaaaabbbbcccc"]
    assert len(list(run_jobs(jobs, 2, 5))) == len(jobs)
    assert max(most[group] for group in "abc") == 2
    assert 2 < most["all"] <= 5


def test_a_group_that_hangs_keeps_nobody_waiting() -> None:
    release, others = threading.Event(), threading.Event()

    def hang(heartbeat: Heartbeat) -> str:
        assert others.wait(30)  # the others end although this one does not
        release.wait(30)
        return "late"

    jobs = [Job("hung", hang, 60) for _ in range(3)] + [
        Job("well", lambda _: "well", 60) for _ in range(6)
    ]
    ended = run_jobs(jobs, 2, 3)
    assert sorted(next(ended)[0] for _ in range(6)) == [3, 4, 5, 6, 7, 8]
    others.set()
    release.set()
    assert sorted(place for place, _ in ended) == [0, 1, 2]


def test_a_job_without_a_sign_of_life_is_given_up_and_may_not_go_on() -> None:
    release, stopped = threading.Event(), threading.Event()

    def stuck(heartbeat: Heartbeat) -> str:
        release.wait(30)
        with pytest.raises(GivenUpError):
            heartbeat.beat()
        stopped.set()
        return "late"

    assert list(run_jobs([Job("hung", stuck, 0), Job("well", lambda _: "well", 60)], 1, 2)) == [
        (1, "well"),
        (0, None),
    ]
    release.set()
    assert stopped.wait(30)


def test_what_a_job_raises_is_raised() -> None:
    def wrong(_: Heartbeat) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(run_jobs([Job("a", wrong, 60)], 1, 1))
