"""The stewards' workbook: what is in it, and what becomes of it when it comes back filled in."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from federation.common.engine import connect
from federation.common.errors import HubError
from federation.ledger import Ledger
from federation.messages.workbook_words import ANSWER_WORDS, COLUMNS, AnswerKind
from federation.quality.incidents import incidents, refresh
from federation.quality.problems import problems
from federation.quarantine.decisions import (
    Decider,
    Decision,
    Quarantined,
    quarantined,
    unreleasable,
)
from federation.quarantine.table import Quarantine
from federation.reporting.workbook.answers import (
    Answer,
    Taken,
    read_answers,
    take_over,
)
from federation.reporting.workbook.days import day_in
from federation.reporting.workbook.form import Asked, workbook_of
from federation.reporting.workbook.sheet import HEADER_ROW
from openpyxl import load_workbook
from support.delivering import City, months
from support.reporting import city_report, feed_report

Opened = Callable[..., City]
RESEND, CONFIRM, MEANT, STAYS_OUT = (ANSWER_WORDS[kind].th for kind in AnswerKind)
YELLOW = "KLMN"


@pytest.fixture
def chonburi(city: Opened) -> City:
    """Twelve months of which three are kept out: two beyond the range, one of another year."""
    opened = city(shrink_tolerance_pct=100.0, quarantine_tolerance_pct=50.0)
    opened.deliver("2001-2001", {**months("2001-01", *[3] * 10, 60_000, 70_000), "1999-05": 3})
    return opened


def known(city: City) -> list[Quarantined]:
    return quarantined(city.seen())


def taken_over(city: City, answers: Sequence[Answer], dry: bool = False) -> list[Taken]:
    return take_over(answers, known(city), Decider(city.hub.ledger, city.seen(), "a steward", dry))


def written(city: City, language: str = "th") -> bytes:
    """The workbook that a release with these records would send."""
    inputs = [entry.as_input(city.home) for entry in city.placed()]
    about = city_report("chonburi", "ชลบุรี", "Chonburi", feed_report("chonburi", "dengue_cases"))
    with connect() as con:
        decisions = city.hub.ledger.row_decisions.newest()
        Quarantine(inputs, decisions, city.home, date.today()).make_table(con, None)
        con.execute("CREATE SCHEMA ops; CREATE TABLE ops.quarantine AS FROM quarantined")
        con.execute("CREATE TABLE ops.extracts (extract_id VARCHAR, path VARCHAR)")
        con.executemany(
            "INSERT INTO ops.extracts VALUES (?, ?)",
            [[entry.extract_id, entry.path] for entry in inputs],
        )
        con.execute(
            "UPDATE ops.quarantine SET value_masked = '=HYPERLINK(\"http://x\")' WHERE reason = "
            "'outside_partition'"
        )
        seen = city.seen()
        kept = unreleasable(known(city), seen)
        asked = Asked(seen.feeds, incidents(city.hub.ledger), date(2026, 11, 26), language, kept)
        found = workbook_of(con, about, asked)
    assert found
    assert found.filename == "chonburi-dengue_cases-2026-11-26.xlsx"
    assert found.rows == 3
    return found.content


def filled_in(city: City, file: Path, *answers: tuple[Any, ...], language: str = "th") -> Path:
    """The workbook with these answers (action, until, note) in its rows, as a steward saves it."""
    book = load_workbook(BytesIO(written(city, language)))
    (sheet,) = book.worksheets
    for row, answer in enumerate(answers, HEADER_ROW + 1):
        for column, value in zip("KMN", answer, strict=True):
            sheet[f"{column}{row}"] = value
    book.save(file)
    return file


def test_a_sheet_per_dataset_and_a_row_per_defect_with_open_yellow_cells_alone(
    chonburi: City,
) -> None:
    (sheet,) = load_workbook(BytesIO(written(chonburi))).worksheets
    assert tuple(cell.value for cell in sheet[HEADER_ROW]) == tuple(it.th for it in COLUMNS)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEADER_ROW + 1)]
    assert {row[0] for row in rows} == {entry.quarantine_id for entry in known(chonburi)}
    # The column is the city's own.
    found = {(row[3], row[5], row[7]) for row in rows}
    assert ("11", "dengueCases", "จำนวนผู้ป่วยไม่สมเหตุผล") in found
    assert sheet.protection.sheet
    unlocked = {
        cell.column_letter
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked
    }
    assert unlocked == {*YELLOW}
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1)
    assert sheet.print_title_rows == f"${HEADER_ROW}:${HEADER_ROW}"


def test_a_row_offers_only_what_the_hub_can_take(chonburi: City) -> None:
    (sheet,) = load_workbook(BytesIO(written(chonburi))).worksheets
    offered = {
        row: validation.formula1.strip('"').split(",")
        for validation in sheet.data_validations.dataValidation
        for area in validation.sqref.ranges
        for row in range(area.min_row, area.max_row + 1)
    }
    reason_of = {entry.quarantine_id: entry.reason for entry in known(chonburi)}
    for row, answers in offered.items():
        can_be_let_in = reason_of[sheet[f"A{row}"].value] == "cases_range"
        assert (CONFIRM in answers) is can_be_let_in
        assert {RESEND, STAYS_OUT} <= {*answers}
        assert MEANT not in answers  # no row has an unknown name
    assert len(offered) == 3


def test_an_english_subscriber_reads_english_and_both_come_back(
    chonburi: City, ledger: Ledger, tmp_path: Path
) -> None:
    english = ANSWER_WORDS[AnswerKind.STAYS_OUT].en
    rows = [(english, "31 December 2056", None), (english, "31 Dec 2056", None)]
    file = filled_in(chonburi, tmp_path / "back.xlsx", *rows, language="en")
    (sheet,) = load_workbook(file).worksheets
    text = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    assert tuple(cell.value for cell in sheet[HEADER_ROW]) == tuple(it.en for it in COLUMNS)
    assert not re.search("[\u0e01-\u0e5b]", text)
    assert [entry.outcome for entry in taken_over(chonburi, read_answers(file))] == ["waive"] * 2


@pytest.mark.parametrize(
    "written_day",
    [
        *("2056-12-31", "31/12/2056", "31/12/2599", "31-12-2599", "31.12.2599"),
        *("31 ธ.ค. 2599", "31 ธันวาคม 2599", "31ธ.ค.2599".replace("ธ.ค.", " ธค "), "๓๑ ธ.ค. ๒๕๙๙"),
        *("31 ธันวาคม พ.ศ. 2599", "วันที่ 31 ธ.ค. 2599", "31 Dec 2056", "31 December 2056"),
        *("2056-12-31 00:00:00", "2599-12-31"),
    ],
)
def test_a_day_is_read_however_people_write_it(written_day: str) -> None:
    assert day_in(written_day) == date(2056, 12, 31)


@pytest.mark.parametrize(
    "written_day", ["", "soon", "31 12", "31 ม 2599", "32 ธ.ค. 2599", "ธ.ค. 2599"]
)
def test_what_is_no_day_is_refused(written_day: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        day_in(written_day)


def test_what_a_city_wrote_is_never_a_formula(chonburi: City) -> None:
    (sheet,) = load_workbook(BytesIO(written(chonburi))).worksheets
    evil = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert [cell.data_type for cell in evil] == ["s"]


def test_a_workbook_that_comes_back_is_taken_over_row_by_row(
    chonburi: City, ledger: Ledger, tmp_path: Path
) -> None:
    refresh(problems(chonburi.seen(), ledger), ledger)
    until = date.today() + timedelta(days=30)
    file = filled_in(
        chonburi,
        tmp_path / "back.xlsx",
        (CONFIRM, None, "a real outbreak"),
        (RESEND, None, None),
        (STAYS_OUT, datetime(until.year + 543, until.month, until.day), "no paper left"),
    )
    answers = read_answers(file)
    dry = taken_over(chonburi, answers, dry=True)
    assert {entry.status for entry in known(chonburi)} == {"open"}
    found = taken_over(chonburi, answers)
    assert [entry.outcome for entry in found] == [entry.outcome for entry in dry]
    by_reason = {entry.reason: entry for entry in known(chonburi)}
    outcomes = sorted(entry.outcome for entry in found)
    # Rows stand by the time at which they were first seen, then by their number in the file.
    assert outcomes == ["release", "resend", "waive"]
    assert by_reason["outside_partition"].status == "waived"
    assert by_reason["outside_partition"].waived_until == until
    assert "acknowledged" in {entry.state for entry in incidents(ledger)}


def test_the_same_workbook_twice_changes_nothing_more(
    chonburi: City, ledger: Ledger, tmp_path: Path
) -> None:
    answers = read_answers(
        filled_in(chonburi, tmp_path / "back.xlsx", *[(STAYS_OUT, "31/12/2599", "x")] * 3)
    )
    first = taken_over(chonburi, answers)
    again = taken_over(chonburi, answers)
    assert [entry.outcome for entry in first] == ["waive"] * 3
    assert [entry.outcome for entry in again] == ["already"] * 3
    assert {str(entry.waived_until) for entry in known(chonburi)} == {"2056-12-31"}


def test_what_cannot_be_taken_over_says_why_and_the_rest_is(
    chonburi: City, ledger: Ledger, tmp_path: Path
) -> None:
    answers = read_answers(
        filled_in(
            chonburi,
            tmp_path / "back.xlsx",
            ("ไม่รู้", None, None),
            (STAYS_OUT, "soon", None),
            (CONFIRM, None, None),
        )
    )
    found = taken_over(chonburi, answers)
    assert [entry.outcome for entry in found[:2]] == ["refused", "refused"]
    assert "is not in the list of the cell" in found[0].message.en
    assert "“soon” cannot be read as a day" in found[1].message.en
    assert "อ่านวันที่ “soon” ไม่ได้" in found[1].message.th
    # The third is the month of another year, which nobody can let in.
    assert found[2].outcome == "refused"
    assert "could not read or place this record" in found[2].message.en


def test_a_file_that_is_no_workbook_of_the_hub_is_refused(chonburi: City, tmp_path: Path) -> None:
    text = tmp_path / "a.xlsx"
    text.write_text("not a workbook")
    with pytest.raises(HubError, match="no workbook"):
        read_answers(text)
    book = load_workbook(BytesIO(written(chonburi)))
    book.worksheets[0].cell(HEADER_ROW, 1).value = "something else"
    book.save(text)
    with pytest.raises(HubError, match="lacks the column"):
        read_answers(text)


# -- as other programs save it ---------------------------------------------------------------------

STRICT = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": (
        "http://purl.oclc.org/ooxml/spreadsheetml/main"
    ),
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        "http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
    "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties": (
        "http://purl.oclc.org/ooxml/officeDocument/extendedProperties"
    ),
    "http://schemas.openxmlformats.org/drawingml/2006/main": (
        "http://purl.oclc.org/ooxml/drawingml/main"
    ),
}


def saved_again(file: Path, change: Callable[[str, str], str]) -> Path:
    """The workbook with each of its XML parts changed."""
    again = file.with_stem(f"{file.stem}-again")
    with ZipFile(file) as before, ZipFile(again, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = before.read(name)
            is_xml = name.endswith((".xml", ".rels"))
            after.writestr(name, change(name, part.decode()) if is_xml else part)
    return again


def as_strict(name: str, text: str) -> str:
    for transitional, strict in STRICT.items():
        text = text.replace(transitional, strict)
    return text


def without_size(name: str, text: str) -> str:
    """A sheet that states fewer cells than it has, as some exporters write it."""
    return re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1"', text)


def with_dates_as_text(name: str, text: str) -> str:
    """Dates as ISO 8601, which Strict Open XML writes."""
    serial = (date(2056, 12, 31) - date(1899, 12, 30)).days
    return re.sub(
        rf'(<c r="M\d+"[^>]*?)(?: t="n")?><v>{serial}</v>', r'\1 t="d"><v>2056-12-31</v>', text
    )


def with_vowels_in_two_letters(name: str, text: str) -> str:
    return text.replace("\u0e33", "\u0e4d\u0e32")


@pytest.mark.parametrize(
    "change", [as_strict, without_size, with_dates_as_text, with_vowels_in_two_letters]
)
def test_answers_are_read_whichever_program_saved_them(
    chonburi: City, ledger: Ledger, tmp_path: Path, change: Callable[[str, str], str]
) -> None:
    until = datetime(2056, 12, 31)
    file = filled_in(chonburi, tmp_path / "back.xlsx", *[(STAYS_OUT, until, "หมายเหตุ")] * 3)
    again = saved_again(file, change)
    assert file.read_bytes() != again.read_bytes()
    found = taken_over(chonburi, read_answers(again))
    assert [entry.outcome for entry in found] == ["waive"] * 3
    assert {str(entry.waived_until) for entry in known(chonburi)} == {"2056-12-31"}


@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_what_libreoffice_saves_is_read(
    chonburi: City, ledger: Ledger, tmp_path: Path, kind: str
) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    rows = [(STAYS_OUT, until, "หมายเหตุ") for until in ("31 ธ.ค. 2599", datetime(2056, 12, 31))]
    file = filled_in(chonburi, tmp_path / "back.xlsx", *rows)
    command = [program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    again = tmp_path / "again"
    subprocess.run(
        [*command, "--convert-to", kind, "--outdir", str(again), str(file)],
        check=True,
        capture_output=True,
    )
    found = taken_over(chonburi, read_answers(again / f"back.{kind}"))
    assert [entry.outcome for entry in found] == ["waive"] * 2
    waived = {str(entry.waived_until) for entry in known(chonburi) if entry.waived_until}
    assert waived == {"2056-12-31"}


ODS = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
 <table:table table:name="s">{rows}</table:table></office:spreadsheet></office:body>
</office:document-content>"""


def test_an_ods_is_read_with_its_repeated_cells_and_dates(
    chonburi: City, ledger: Ledger, tmp_path: Path
) -> None:
    def row(*cells: str) -> str:
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    def cell(text: str) -> str:
        return f"<table:table-cell><text:p>{text}</text:p></table:table-cell>"

    blank = '<table:table-cell table:number-columns-repeated="{}"/>'
    day = '<table:table-cell office:value-type="date" office:date-value="2056-12-31T00:00:00"/>'
    head = row(*(cell(column.th) for column in COLUMNS))
    first = known(chonburi)[0].quarantine_id
    answer = row(cell(first), blank.format(9), cell(STAYS_OUT), blank.format(1), day)
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/>'
    rows = row(cell("title")) + head + answer + f"{empty}</table:table-row>"
    with ZipFile(tmp_path / "back.ods", "w") as archive:
        archive.writestr("content.xml", ODS.format(rows=rows))
    found = taken_over(chonburi, read_answers(tmp_path / "back.ods"))
    assert [(entry.row, entry.outcome) for entry in found] == [(3, "waive")]


def test_rows_above_a_serial_date_and_blanks_that_look_like_none_are_read(
    chonburi: City, ledger: Ledger, tmp_path: Path
) -> None:
    serial = (date(2056, 12, 31) - date(1899, 12, 30)).days
    answer = (f"{STAYS_OUT}\N{NO-BREAK SPACE}", serial, None)
    book = load_workbook(filled_in(chonburi, tmp_path / "back.xlsx", *[answer] * 3))
    for column in "KM":
        for row in range(HEADER_ROW + 1, HEADER_ROW + 4):
            book.worksheets[0][f"{column}{row}"].number_format = "General"
    book.worksheets[0].insert_rows(1, 2)
    book.save(tmp_path / "moved.xlsx")
    answers = read_answers(tmp_path / "moved.xlsx")
    assert [answer.row for answer in answers] == [HEADER_ROW + place for place in (3, 4, 5)]
    found = taken_over(chonburi, answers)
    assert [entry.outcome for entry in found] == ["waive"] * 3


def test_a_sheet_of_somebody_else_is_said_and_keeps_no_answer(
    chonburi: City, ledger: Ledger, tmp_path: Path
) -> None:
    book = load_workbook(filled_in(chonburi, tmp_path / "back.xlsx", *[(RESEND, None, None)] * 3))
    book.create_sheet("บันทึก")["A1"] = "a note of my own"
    book.save(tmp_path / "more.xlsx")
    found = taken_over(chonburi, read_answers(tmp_path / "more.xlsx"))
    assert [entry.outcome for entry in found] == ["resend"] * 3 + ["refused"]
    assert "not one of the hub's" in found[3].message.en


def test_an_answer_that_cannot_be_taken_over_is_refused_and_keeps_no_other(
    chonburi: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(STAYS_OUT, "2056-12-31", note) for note in ("broken", "fine", "fine")]
    answers = read_answers(filled_in(chonburi, tmp_path / "back.xlsx", *rows))
    decide = Decider.decide

    def decide_or_raise(self: Decider, about: Sequence[Quarantined], decision: Decision) -> int:
        if decision.reason == "broken":
            raise RuntimeError("nobody thought of this")
        return decide(self, about, decision)

    monkeypatch.setattr(Decider, "decide", decide_or_raise)
    found = taken_over(chonburi, answers)
    assert [entry.outcome for entry in found] == ["refused", "waive", "waive"]
    assert "could not take it" in found[0].message.en
    assert "RuntimeError" not in found[0].message.th


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "an .xls, or protected by a password"),
        ({"content.xml": "<x"}, "no workbook that can be read"),
        ({"xl/workbook.bin": ""}, "it is an .xlsb"),
        ({"xl/workbook.xml": "<broken"}, "no workbook that can be read"),
        ({"word/document.xml": "<x/>"}, r"no workbook \(\.xlsx\)\n"),
        (b"a,b\n1,2\n", "no workbook"),
        (b"", "no workbook"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(
    tmp_path: Path, content: bytes | dict[str, str], said: str
) -> None:
    file = tmp_path / "back.xlsx"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        with ZipFile(file, "w") as archive:
            for name, text in content.items():
                archive.writestr(name, text)
    with pytest.raises(HubError, match=said) as refused:
        read_answers(file)
    assert "save it as an Excel workbook" in refused.value.todo
