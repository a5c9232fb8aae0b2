"""Letters that nobody sees are shown by their codes; letters that nothing can hold are replaced."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from federation.common.letters import has_control_letters, holdable, in_texts, shown, storable
from federation.common.reason import Reason
from federation.common.vocabulary import Consequence
from federation.ledger import Conformed, Ledger


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("รหัส", "รหัส"),
        ("\ufeffรหัส", "[U+FEFF]รหัส"),
        ("note\0", "note[U+0000]"),
        ("รวม\u00a0(คน)", "รวม[U+00A0](คน)"),
        ("แข\u200bวง", "แข[U+200B]วง"),
        ("a\u202eb", "a[U+202E]b"),
        ("a\nb", "a[U+000A]b"),
        ("\ud800", "[U+D800]"),
    ],
)
def test_every_letter_that_nobody_sees_is_shown(text: str, seen: str) -> None:
    assert shown(text) == seen
    assert shown(seen) == seen


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("ภูเก็ต\n\tกข", "ภูเก็ต\n\tกข"),
        ("43t\x02", "43t[U+0002]"),
        ("a\0b\x1a", "a[U+0000]b[U+001A]"),
        ("\uffff\ud800", "[U+FFFF][U+D800]"),
        ("\u200b\u00a0", "\u200b\u00a0"),
    ],
)
def test_only_what_cannot_be_held_is_replaced(text: str, held: str) -> None:
    assert holdable(text) == held


def test_a_database_takes_more_letters_than_a_workbook() -> None:
    assert storable("a\x01\n\0\ud800") == "a\x01\n[U+0000][U+D800]"


def test_texts_are_changed_at_every_depth() -> None:
    value = {"a\0": ["b\0", {"c": "\0"}], "n": 1, "x": None}
    assert in_texts(value, holdable) == {
        "a[U+0000]": ["b[U+0000]", {"c": "[U+0000]"}],
        "n": 1,
        "x": None,
    }


def test_blanks_are_no_control_letters() -> None:
    assert not has_control_letters("a\t b\r\n")
    assert has_control_letters("a\x1a")
    assert has_control_letters("\x7f")


def test_a_reason_is_shown_wherever_a_name_stands_in_it() -> None:
    reason = Reason("x", Consequence.WARN, "note\0", "column 'note\0'", 1, {"seen": ["note\0"]})
    assert reason.shown == Reason(
        "x",
        Consequence.WARN,
        "note[U+0000]",
        "column 'note[U+0000]'",
        1,
        {"seen": ["note[U+0000]"]},
    )


def test_every_letter_of_a_workbook_can_be_read_again() -> None:
    from federation.reporting.workbook.sheet import _text

    book = openpyxl.Workbook()
    for row in range(1, 0x21):
        _text(book.active.cell(row, 1), f"a{chr(row - 1)}b")
    file = BytesIO()
    book.save(file)
    sheet = openpyxl.load_workbook(BytesIO(file.getvalue())).active
    assert sheet is not None
    assert sheet.cell(1, 1).value == "a[U+0000]b"
    assert sheet.cell(0x1B, 1).value == "a[U+001A]b"
    assert sheet.cell(0x21 - 1, 1).value == "a[U+001F]b"


@pytest.mark.integration
def test_the_ledger_takes_every_letter(ledger: Ledger) -> None:
    finding = Reason("unexpected_column", Consequence.WARN, "note\0", "\ud800", 0, {"x\0": "\0"})
    ledger.conformed.add(
        Conformed("bangkok", "population", "e" * 16, "k", [finding], 1, 0, 1, 0, "s\0", "")
    )
    (found,) = ledger.conformed.newest()
    assert found.output_sha256 == "s[U+0000]"
    assert found.findings[0].column == "note[U+0000]"
