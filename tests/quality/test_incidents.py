"""Incidents open and close by what is found; what changed since the last mail follows from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from federation.common.errors import HubError
from federation.common.paths import Home
from federation.contracts.model import Feed
from federation.extracts.catalogue import Catalogue
from federation.extracts.snapshot import read_snapshot
from federation.ledger import Check, Ledger
from federation.quality.incidents import (
    Incident,
    Problem,
    acknowledge,
    close_incident,
    incidents,
    open_incident,
    refresh,
)
from federation.quality.problems import problems
from federation.reporting.mail.changes import changes
from federation.reporting.mail.recipients import Scope
from federation.reporting.mail.subscriptions import Subscription, load_subscriptions
from support.delivering import City, months

Opened = Callable[..., City]
LATE = Problem(
    "rayong",
    "tourism",
    "late",
    "warning",
    "timeliness",
    "ขาด",
    "missing",
    "tourism@example.org",
    extracts=1,
)
BROKEN = Problem(
    "",
    "",
    "build_failed",
    "critical",
    "consistency",
    "สร้างไม่สำเร็จ",
    "the build failed",
    "oncall@example.org",
)


def states(ledger: Ledger) -> list[tuple[str, str]]:
    return [(entry.problem.reason, entry.state) for entry in reversed(incidents(ledger))]


def test_a_trouble_is_one_incident_until_it_is_gone_and_another_when_it_comes_back(
    ledger: Ledger,
) -> None:
    for found in ([LATE], [LATE], [LATE, BROKEN], [BROKEN], [LATE]):
        refresh(found, ledger)
    assert states(ledger) == [("late", "closed"), ("build_failed", "closed"), ("late", "open")]
    first, *_, again = reversed(incidents(ledger))
    assert first.incident_id != again.incident_id
    assert first.hours_to_repair is not None


def test_an_incident_keeps_up_with_its_trouble(ledger: Ledger) -> None:
    refresh([LATE], ledger)
    refresh([replace(LATE, extracts=3)], ledger)
    (found,) = incidents(ledger)
    assert (found.problem.extracts, found.state) == (3, "open")


def test_an_incident_is_to_be_mended_by_a_working_day() -> None:
    friday = datetime(2026, 11, 20, 18, tzinfo=UTC)  # Saturday in Bangkok
    told = {
        severity: Incident("i1", replace(LATE, severity=severity), "open", friday).repair_by
        for severity in ("critical", "warning", "info")
    }
    # the 7th and 10th of December are holidays
    assert told == {
        "critical": date(2026, 11, 23),
        "warning": date(2026, 11, 27),
        "info": None,
    }


def test_two_passes_that_see_the_same_trouble_open_it_once(ledger: Ledger) -> None:
    assert open_incident(LATE, ledger, [])
    assert not open_incident(
        LATE, ledger, []
    )  # as a pass that read the incidents before the other one wrote
    assert states(ledger) == [("late", "open")]


def test_a_person_takes_an_incident_up(ledger: Ledger) -> None:
    refresh([LATE], ledger)
    acknowledge(incidents(ledger)[0], "a person", "the office was asked", ledger)
    (found,) = incidents(ledger)
    assert (found.state, found.acknowledged_by) == ("acknowledged", "a person")
    assert found.hours_to_acknowledge is not None
    refresh([], ledger)
    assert states(ledger) == [("late", "closed")]


def test_what_others_report_is_not_closed_by_a_pass(ledger: Ledger) -> None:
    failed = replace(BROKEN, reason="task_failed:reports.send_reports")
    open_incident(failed, ledger)
    refresh([], ledger)
    assert states(ledger) == [("task_failed:reports.send_reports", "open")]
    close_incident(failed.key, ledger)
    assert [state for _, state in states(ledger)] == ["closed"]


def test_deliveries_open_and_close_incidents_with_evidence(city: Opened, ledger: Ledger) -> None:
    chonburi = city()
    for december, expected in ((-5, ["open"]), (4, ["closed"])):
        chonburi.deliver("2001-2001", months("2001-01", *range(11), december))
        refresh(problems(chonburi.seen(), ledger), ledger)
        assert [state for _, state in states(ledger)] == expected
    (found,) = incidents(ledger)
    assert (found.problem.reason, found.problem.records, found.problem.owner) == (
        "cases_range",
        1,
        "health@city.chonburi.example.org",
    )
    assert found.problem.message_th == "จำนวนผู้ป่วยไม่สมเหตุผล (dengueCases)"
    (evidence,) = found.problem.evidence
    assert (evidence["partition"], evidence["row_number"]) == ("2001", 12)


def test_a_platform_that_answers_for_no_feed_is_one_trouble_of_its_city(
    feeds: dict[tuple[str, str], Feed], ledger: Ledger, home: Home
) -> None:
    ours = [feed for feed in feeds.values() if feed.city.key == "rayong"]
    for feed in ours:
        ledger.checks.add(Check(*feed.key, outcome="unreachable", message="no route"))
    (found,) = [
        problem
        for problem in problems(read_snapshot(ledger, home, Catalogue(ours)), ledger)
        if problem.reason == "unreachable"
    ]
    assert (found.city, found.dataset, found.owner) == (
        "rayong",
        "",
        "data@platform.rayong.example.org",
    )
    ledger.checks.add(Check(*ours[0].key, outcome="ok"))
    left = {
        problem.dataset
        for problem in problems(read_snapshot(ledger, home, Catalogue(ours)), ledger)
        if problem.reason == "unreachable"
    }
    assert left == {feed.dataset for feed in ours[1:]}


# -- what a mail tells -----------------------------------------------------------------------------

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def incident(
    name: str,
    opened: int,
    closed: int | None = None,
    severity: str = "warning",
    city: str = "rayong",
) -> Incident:
    """An incident of these days before now."""
    problem = replace(LATE, city=city, severity=severity)
    ended = None if closed is None else NOW - timedelta(days=closed)
    return Incident(
        name, problem, "closed" if ended else "open", NOW - timedelta(days=opened), closed_at=ended
    )


def test_new_mended_and_still_open_are_told_apart_by_the_last_mail() -> None:
    known = [
        incident("new", 1),
        incident("old", 9),
        incident("mended", 9, 1),
        incident("over", 9, 5),
        incident("brief", 2, 1),
        incident("other", 1, city="phuket"),
    ]
    found = changes(known, Scope("rayong"), NOW - timedelta(days=3))
    assert [
        [entry.incident_id for entry in part] for part in (found.new, found.fixed, found.still_open)
    ] == [["new"], ["mended"], ["old"]]
    assert found.changed
    assert not found.critical


def test_to_a_new_recipient_all_that_is_open_is_new() -> None:
    found = changes([incident("a", 9), incident("b", 9, 1)], Scope("rayong"), None)
    assert ([entry.incident_id for entry in found.new], found.fixed, found.still_open) == (
        ["a"],
        [],
        [],
    )


@pytest.mark.parametrize(
    ("when", "changed", "critical", "wanted"),
    [
        ("change_only", False, True, False),
        ("change_only", True, False, True),
        ("always", False, False, True),
        ("on_error", True, False, False),
        ("on_error", False, True, True),
    ],
)
def test_a_subscription_says_which_releases_are_told(
    when: str, changed: bool, critical: bool, wanted: bool
) -> None:
    asked = Subscription(email="a@example.org", when=when)
    assert asked.wants(changed=changed, critical=critical) is wanted


def test_subscriptions_are_refused_with_file_and_key(tmp_path: object) -> None:
    assert load_subscriptions()["steering@smartcity.example.org"].when == "always"
    file = tmp_path / "subscriptions.yml"  # type: ignore[operator]
    wrong = {
        "{email: a@example.org, when: never}": "'never' is none of",
        "{when: always}": "must be given",
        "{email: a@example.org, languages: [fr]}": "'fr' is none of 'th' or 'en'",
        "{email: a@example.org, x: 1}": "unknown key",
    }
    for entry, said in wrong.items():
        file.write_text(f"subscriptions:\n  - {entry}\n", "utf-8")
        load_subscriptions.cache_clear()
        with pytest.raises(HubError, match=said):
            load_subscriptions(file)
