"""Quarantined records: let in, waived, sent again.

And what turns many of them into a rejected file.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest
from federation.common.engine import connect
from federation.common.errors import HubError
from federation.common.vocabulary import RecordDecision
from federation.quarantine.decisions import (
    Decider,
    Decision,
    Quarantined,
    find,
    quarantined,
)
from federation.quarantine.masking import masked, masked_sql
from federation.quarantine.table import Quarantine
from support.delivering import City, months

Opened = Callable[..., City]
TOO_MANY = 60_000  # cases in a month, beyond the suite's range and within the fact's own rules


def known(city: City) -> list[Quarantined]:
    return quarantined(city.seen())


def decide(city: City, kind: str, reason: str, until: date | None = None, by: str = "") -> int:
    """Decide on all quarantined records; return how many the decision is about."""
    decider = Decider(city.hub.ledger, city.seen(), by)
    return decider.decide(known(city), Decision(RecordDecision(kind), reason, until))


def judge_again(city: City) -> None:
    from federation.pipeline.gate import gate

    gate(city.hub, [city.feed])


def with_one_bad_month(city: Opened, value: int = TOO_MANY) -> City:
    chonburi = city()
    chonburi.deliver("2001-2001", months("2001-01", *range(11), value))
    return chonburi


def test_a_quarantined_record_tells_which_why_and_since_when(city: Opened) -> None:
    (found,) = known(with_one_bad_month(city))
    assert (found.city, found.dataset, found.partition, found.row_number) == (
        "chonburi",
        "dengue_cases",
        "2001",
        12,
    )
    assert (found.reason, found.expectation, found.column_name, found.value_masked) == (
        "cases_range",
        "cases_range",
        "cases",
        str(TOO_MANY),
    )
    assert (found.record_key, found.status, found.age_days) == ("month=2001-12-01", "open", 0)


def test_what_could_not_be_read_is_shown_as_the_city_wrote_it(city: Opened, feeds: Any) -> None:
    # Months of another year lie outside of the file's period: the value that says so is shown.
    chonburi = city()
    chonburi.deliver("2001-2001", {**months("2001-01", *range(12)), "1999-05": 3})
    (found,) = known(chonburi)
    assert (found.reason, found.column_name, found.value_masked) == (
        "outside_partition",
        "month",
        "1999-05-01",
    )


def test_a_released_record_enters_with_the_next_pass_and_can_be_taken_back(city: Opened) -> None:
    chonburi = with_one_bad_month(city)
    assert len(chonburi.core()) == 11
    assert decide(chonburi, "release", "the outbreak was real", by="a person") == 1
    judge_again(chonburi)
    assert chonburi.core()["2001-12"] == TOO_MANY
    (found,) = known(chonburi)
    assert (found.status, found.decision_reason, found.decided_by) == (
        "released",
        "the outbreak was real",
        "a person",
    )
    decide(chonburi, "reopen", "a typing error after all")
    judge_again(chonburi)
    assert len(chonburi.core()) == 11
    assert [entry.status for entry in known(chonburi)] == ["open"]


def test_a_release_is_new_work_for_the_build(city: Opened) -> None:
    chonburi = with_one_bad_month(city)
    (before,) = (entry.identity for entry in chonburi.placed())
    decide(chonburi, "release", "real")
    judge_again(chonburi)
    (after,) = (entry.identity for entry in chonburi.placed())
    assert before != after


def test_a_record_that_breaks_the_national_table_cannot_be_released(city: Opened) -> None:
    chonburi = with_one_bad_month(city, -5)
    with pytest.raises(HubError, match="break a rule of the national table"):
        decide(chonburi, "release", "really")
    assert [entry.status for entry in known(chonburi)] == ["open"]


def test_a_record_that_could_not_be_placed_cannot_be_released(city: Opened) -> None:
    chonburi = city()
    chonburi.deliver("2001-2001", {**months("2001-01", *range(12)), "1999-05": 3})
    with pytest.raises(HubError, match="could not read or place it"):
        decide(chonburi, "release", "really")


def test_a_file_that_comes_again_clears_its_records(city: Opened) -> None:
    chonburi = with_one_bad_month(city)
    chonburi.deliver("2001-2001", months("2001-01", *range(12)))
    assert [(entry.status, entry.decision_reason) for entry in known(chonburi)] == [
        ("replaced", "its file was replaced")
    ]


def test_a_record_that_came_again_in_another_file_is_cleared(city: Opened, home: Any) -> None:
    chonburi = with_one_bad_month(city)
    inputs = [entry.as_input(home) for entry in chonburi.placed()]
    with connect() as con:
        con.execute(
            "CREATE SCHEMA core; CREATE TABLE core.fct_dengue_cases AS "
            "SELECT '20' AS city_code, DATE '2001-12-01' AS month, 7 AS cases, 'another' AS "
            "extract_id"
        )
        Quarantine(inputs, [], home, date.today()).make_table(con)
        assert con.execute("SELECT status, decision_reason FROM quarantined").fetchall() == [
            ("replaced", "came again in extract another")
        ]


def test_a_waiver_holds_until_its_day(city: Opened) -> None:
    chonburi = with_one_bad_month(city)
    until = date.today() + timedelta(days=3)
    decide(chonburi, "waive", "the paper files burnt", until=until)
    (found,) = known(chonburi)
    assert (found.status, found.waived_until) == ("waived", until)
    inputs = [entry.as_input(chonburi.home) for entry in chonburi.placed()]
    with connect() as con:
        for day, status in ((until, "waived"), (until + timedelta(days=1), "expired")):
            decisions = chonburi.hub.ledger.row_decisions.newest()
            Quarantine(inputs, decisions, chonburi.home, day).make_table(con, None)
            assert con.execute("SELECT status FROM quarantined").fetchall() == [(status,)]


def test_a_waiver_for_days_gone_by_is_refused(city: Opened) -> None:
    chonburi = with_one_bad_month(city)
    with pytest.raises(HubError, match="has passed"):
        decide(chonburi, "waive", "late", until=date(2020, 1, 1))


def test_an_id_must_fit_one_record(city: Opened) -> None:
    rows = known(with_one_bad_month(city))
    assert find([rows[0].quarantine_id[:6]], rows) == rows
    with pytest.raises(HubError, match="no quarantined record"):
        find(["q-nothing"], rows)


@pytest.mark.parametrize(("bad", "verdict"), [(4, "accepted_with_warning"), (5, "rejected")])
def test_many_quarantined_records_are_a_rejected_file(city: Opened, bad: int, verdict: str) -> None:
    # Of 20 months 4 are 20 %, which the contract tolerates; months of other years are no fault of
    # the range.
    chonburi = city()
    elsewhere = months("1990-01", *range(bad))
    chonburi.deliver("2001-2002", {**months("2001-01", *range(20 - bad)), **elsewhere})
    (placed,) = chonburi.placed()
    assert placed.verdict == verdict
    codes = [reason.code for reason in placed.reasons]
    assert ("too_many_quarantined" in codes or "readable_share" in codes) == (verdict == "rejected")


def test_the_tolerated_share_is_the_contract_s(city: Opened) -> None:
    chonburi = city(quarantine_tolerance_pct=40.0)
    chonburi.deliver("2001-2001", {**months("2001-01", *range(12)), **months("1990-01", 1, 2, 3)})
    assert [entry.verdict for entry in chonburi.placed()] == ["accepted_with_warning"]
    strict = city(quarantine_tolerance_pct=10.0, shrink_tolerance_pct=100.0)
    strict.deliver("2002-2004", {**months("2002-01", *[1] * 25), **months("1990-01", *range(5))})
    placed = strict.placed()[-1]
    assert placed.verdict == "rejected"
    assert "too_many_quarantined" in [reason.code for reason in placed.reasons]
    assert "5 of 30 records would be quarantined; tolerated are 10 %" in [
        reason.message for reason in placed.reasons
    ]


# -- what is shown ---------------------------------------------------------------------------------

SHOWN = [
    ("นายสมชาย ใจดี", "นาย ***"),
    ("โทร 081-234-5678 ครับ", "โทร ********** ครับ"),
    ("1-2345-67890-12-3", "*************"),
    ("๐๘๑๒๓๔๕๖๗๘", "**********"),
    ("somchai@example.org", "***@***"),
    ("29t", "29t"),
    ("31/02/2569", "31/02/2569"),
    ("บางละมุง / กะทู้", "บางละมุง / กะทู้"),
    ("x" * 70, "x" * 59 + "…"),
]


@pytest.mark.parametrize(("text", "shown"), SHOWN)
def test_what_may_tell_of_a_person_is_masked_in_python_and_sql_alike(text: str, shown: str) -> None:
    assert masked(text) == shown
    with duckdb.connect() as con:
        assert con.execute(f"SELECT {masked_sql('t')} FROM (SELECT ? AS t)", [text]).fetchall() == [
            (shown,)
        ]
