"""No message of the catalogue holds a code or a word that only the hub's engineers know; each says
what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from federation.common.bilingual import BilingualText
from federation.common.vocabulary import Consequence, ProblemKind, ReasonCode
from federation.datasets.suites import dataset_names, load_suite
from federation.messages.problem_words import PROBLEM_WORDS
from federation.messages.reason_words import REASON_WORDS
from federation.messages.todo_words import MEANWHILE, PROBLEM_TODO, REASON_TODO, TodoFacts
from support.plain_words import not_plain

OF_A_LANGUAGE = {"en": re.compile(r"[A-Za-z]"), "th": re.compile(r"[\u0e01-\u0e5b]")}


def messages() -> Iterator[tuple[str, BilingualText]]:
    for words in (REASON_WORDS, PROBLEM_WORDS, REASON_TODO, PROBLEM_TODO, MEANWHILE):
        for code, text in words.items():
            yield str(code), text
    for dataset in (*dataset_names(), "warehouse"):
        for entry in load_suite(dataset).expectations:
            for said in (entry.message, entry.todo):
                yield f"{dataset}.{entry.id}", BilingualText(said["en"], said["th"])


@pytest.mark.parametrize(("code", "text"), [*messages()])
def test_every_message_is_in_both_languages_and_in_plain_words(
    code: str, text: BilingualText
) -> None:
    for language, of_it in OF_A_LANGUAGE.items():
        said = getattr(text, language)
        assert of_it.search(said)
        assert [*not_plain(said)] == []


def test_every_code_says_what_to_do_and_what_happens_meanwhile() -> None:
    assert set(REASON_TODO) == set(ReasonCode)
    assert set(PROBLEM_TODO) == set(ProblemKind)
    assert set(MEANWHILE) == set(Consequence)


@pytest.mark.parametrize("words", [*REASON_TODO.values(), *PROBLEM_TODO.values()])
def test_what_to_do_reads_well_whatever_is_known_of_the_case(words: BilingualText) -> None:
    file = BilingualText("a.parquet", "ไฟล์ a.parquet ")
    for facts in (TodoFacts(), TodoFacts(file, "PM2.5", BilingualText("A hint.", "คำใบ้"))):
        for said in (facts.fill(words).en, facts.fill(words).th):
            assert "{" not in said
            assert "  " not in said
            assert said == said.strip()


def test_the_list_finds_what_it_forbids() -> None:
    assert [*not_plain("3 record(s) of khon_kaen quarantined since 2026-05-31")]
    assert [*not_plain("ส่งแฟ้มใหม่")] == ["แฟ้ม"]
    assert [*not_plain("Send the file again by 3 Dec 2026.")] == []
