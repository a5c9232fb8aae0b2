"""The closed list of reasons: words for each code, and JSON in both directions."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from federation.common.reason import Reason, coded, kind_of, split_code
from federation.common.vocabulary import Consequence, ProblemKind, ReasonCode
from federation.datasets.suites import dataset_names, load_suite
from federation.ledger import Conformed, Verdict
from federation.messages.reason_words import REASON_WORDS
from federation.messages.reasons import english, thai

OLD = {
    "code": "missing:obs_date",
    "consequence": "quarantine",
    "column": "obs_date",
    "records": 3,
    "message": "a required value is missing",
}


@pytest.mark.parametrize("code", ReasonCode)
def test_every_code_has_words_in_both_languages(code: ReasonCode) -> None:
    words = REASON_WORDS[code]
    assert words.en.isascii()
    assert words.en
    assert any("\u0e01" <= letter <= "\u0e5b" for letter in words.th)


def test_no_expectation_goes_by_the_name_of_a_code() -> None:
    names = {
        entry.id
        for dataset in (*dataset_names(), "warehouse")
        for entry in load_suite(dataset).expectations
    }
    assert names
    assert not names & {*ReasonCode, *ProblemKind}


def test_a_code_names_what_it_is_about() -> None:
    code = coded(ReasonCode.MISSING, "pm25")
    assert (code, split_code(code)) == ("missing:pm25", ("missing", "pm25"))
    assert kind_of(code) == ReasonCode.MISSING
    assert kind_of("cases_range") == ReasonCode.FAILED_EXPECTATION


def test_words_of_a_reason_name_its_column() -> None:
    assert thai("dengue_cases", "missing:month", "month") == "ไม่มีค่าที่จำเป็น (month)"
    assert (
        english("dengue_cases", "missing:month", "month") == "a required value is missing (month)"
    )


def test_a_reason_of_an_older_hub_is_read_without_parameters() -> None:
    reason = Reason.from_json(OLD)
    assert reason.parameters == {}
    assert reason.public == OLD
    assert list(reason.public) == list(OLD)


def test_rows_of_the_ledger_hold_typed_reasons_however_they_are_made() -> None:
    reason = Reason(
        ReasonCode.RENAMED_COLUMN,
        Consequence.REJECT,
        "a",
        "renamed",
        parameters={"renamed_to": "b"},
    )
    written = json.loads(json.dumps(asdict(reason)))
    conformed = Conformed("c", "d", "e", "k", [written], 0, 0, 0, 0, "", "")  # type: ignore[list-item]
    verdict = Verdict("c", "d", "e", "w", "1.0.0", "rejected", 0, [OLD, reason])  # type: ignore[arg-type, list-item]
    assert conformed.findings == [reason]
    assert verdict.reasons == [Reason.from_json(OLD), reason]
    assert not verdict.accepted
