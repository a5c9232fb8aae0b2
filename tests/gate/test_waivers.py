"""Waivers let a named expectation fail for one feed until a day, and hold a build up once the
day has passed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from federation.common.errors import ContractError, DataProblem
from federation.common.paths import WAIVERS, Home
from federation.contracts.model import Feed
from federation.gate import exemptions, waivers
from federation.gate.waivers import Waiver, load_waivers
from federation.ledger import Ledger
from federation.quality.incidents import Problem
from federation.quality.problems import problems
from federation.warehouse import verify
from support.delivering import City, months

Opened = Callable[..., City]
BAD = [
    *range(8),
    60_000,
    60_000,
    60_000,
    60_000,
]  # a third of the months beyond the range: the file is refused


def waiver(expectation: str, expires: date) -> Waiver:
    return Waiver(
        city="chonburi",
        dataset="dengue_cases",
        expectation=expectation,
        owner="health@city.chonburi.example.org",
        reason="a new register",
        expires=expires,
    )


@pytest.fixture
def waived(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def write(*entries: Waiver) -> None:
        monkeypatch.setattr(waivers, "load_waivers", lambda: entries)

    return write


def test_the_repository_s_waivers_can_be_read() -> None:
    assert all(entry.expires for entry in load_waivers(WAIVERS))


def test_a_waived_expectation_may_fail_and_says_so(
    city: Opened, waived: Callable[..., None], ledger: Ledger
) -> None:
    chonburi = city()
    chonburi.deliver("2001-2001", months("2001-01", *BAD))
    assert [entry.verdict for entry in chonburi.placed()] == ["rejected"]
    until = date.today() + timedelta(days=2)
    waived(waiver("mostly_in_range", until), waiver("cases_range", until))
    chonburi.deliver(
        "2001-2001", months("2001-01", *BAD)
    )  # nothing new came, but the waivers are new work
    (placed,) = chonburi.placed()
    assert placed.verdict == "accepted"
    assert {reason.consequence for reason in placed.reasons} == {"waive"}
    assert chonburi.core()["2001-12"] == 60_000
    results = {row["expectation"]: row for row in ledger.results.all()}
    assert (results["mostly_in_range"]["outcome"], results["mostly_in_range"]["waiver"]) == (
        "failed",
        f"health@city.chonburi.example.org, until {until}",
    )


def test_a_waiver_lets_in_nothing_that_the_national_table_forbids(
    city: Opened, waived: Callable[..., None]
) -> None:
    waived(waiver("cases_range", date.today()))
    chonburi = city()
    chonburi.deliver("2001-2001", months("2001-01", *range(11), -5))
    assert [entry.as_input(chonburi.home).records_quarantined for entry in chonburi.placed()] == [1]


def test_after_its_last_day_a_waiver_holds_no_more_and_stops_the_build(
    city: Opened, waived: Callable[..., None], ledger: Ledger, home: Home
) -> None:
    yesterday = waiver("mostly_in_range", date.today() - timedelta(days=2))
    waived(yesterday)
    chonburi = city()
    chonburi.deliver("2001-2001", months("2001-01", *BAD))
    assert [entry.verdict for entry in chonburi.placed()] == ["rejected"]
    with pytest.raises(
        DataProblem, match=r"expired waivers: chonburi/dengue_cases mostly_in_range \(health@city"
    ):
        verify._refuse_expired_waivers()
    found = {problem.reason: problem for problem in problems(chonburi.seen(), ledger)}
    told: Problem = found["expired_waiver:mostly_in_range"]
    assert (told.severity, told.owner) == ("critical", yesterday.owner)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("expectation: gauge_stuck", "expires"),
        ("expectation: gauge_stuck, expires: soon", "is no date"),
        ("expectation: nothing, expires: 2026-12-31", "has no 'nothing'"),
        ("expectation: gauge_stuck, expires: 2026-12-31, x: 1", "unknown"),
    ],
)
def test_a_waiver_without_owner_day_or_expectation_is_refused(
    tmp_path: Path, entry: str, said: str
) -> None:
    file = tmp_path / "waivers.yml"
    file.write_text(
        f"waivers:\n  - {{city: phuket, dataset: rainfall, owner: a@b.c, reason: r, {entry}}}\n",
        "utf-8",
    )
    with pytest.raises(ContractError, match=said):
        load_waivers(file)


def test_a_waiver_of_an_unknown_city_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "waivers.yml"
    entry = "owner: a@b.c, reason: r, expectation: gauge_stuck, expires: 2026-12-31"
    file.write_text(f"waivers:\n  - {{city: pukhet, dataset: rainfall, {entry}}}\n", "utf-8")
    with pytest.raises(ContractError, match=r"waivers.yml refused: no city is called 'pukhet'"):
        load_waivers(file)


def test_a_fact_s_own_rules_are_those_of_its_model(feeds: dict[tuple[str, str], Feed]) -> None:
    assert "coalesce(NOT (cases >= 0), false)" in exemptions.breaks_the_fact("dengue_cases").split(
        " OR "
    )
