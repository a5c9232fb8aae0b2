"""A workbook as whoever saved it wrote it: opened, or refused with what it is instead."""

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from federation.common.errors import HubError
from federation.reporting.workbook.ods import Sheet, sheets

_MOST_BYTES, _MOST_UNPACKED_BYTES = 20_000_000, 200_000_000
_WORKBOOK, _ODS = "xl/workbook.xml", "content.xml"
_MOST_ROWS = 100_004
# The names of ISO 29500 Strict, which Excel offers as «Strict Open XML Spreadsheet», and the
# transitional ones that openpyxl knows: it finds no sheet in the former and says nothing.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_RENAMED = {
    b"extendedProperties": b"extended-properties",
    b"customProperties": b"custom-properties",
}
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # the first bytes of .xls, and of a file with a password
_SAVE_AS = "save it as an Excel workbook (.xlsx)"


def opened(file: Path) -> list[Sheet]:
    """Return the sheets of an .xlsx or .ods that Excel, LibreOffice, WPS or Google saved.

    Raises HubError, which says what the file is, for anything else.
    """
    content = _checked(file)
    try:
        with ZipFile(BytesIO(content)) as archive:
            if _ODS in archive.namelist():
                return sheets(archive)
        return _of_xlsx(_transitional(content))
    except HubError:
        raise
    except Exception as error:  # whatever is made of XML that is none of a workbook
        raise _refusal(file, f"no workbook that can be read: {error}") from error


def _of_xlsx(content: bytes) -> list[Sheet]:
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(content), read_only=True, data_only=True)
    if not book.worksheets:
        raise ValueError("no sheet can be found in the workbook")
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what some programs state is less than what the sheet holds
    return [
        Sheet(sheet.title, list(sheet.iter_rows(max_row=_MOST_ROWS, values_only=True)))
        for sheet in book.worksheets
    ]


def _checked(file: Path) -> bytes:
    """Return the bytes of a file that is a workbook by its parts, and not too large."""
    if not file.is_file():
        raise HubError("no such file", where=str(file))
    if file.stat().st_size > _MOST_BYTES:
        raise HubError("the workbook is larger than any that the hub sends", where=str(file))
    content = file.read_bytes()
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts, names = archive.infolist(), archive.namelist()
    except (BadZipFile, ValueError) as error:
        what = "no workbook (.xlsx)"
        if content.startswith(_OLE):
            what = f"{what}: it is an .xls, or protected by a password"
        raise _refusal(file, what) from error
    if sum(part.file_size for part in parts) > _MOST_UNPACKED_BYTES:
        raise HubError("the workbook is larger than any that the hub sends", where=str(file))
    if _WORKBOOK not in names and _ODS not in names:
        kind = "an .xlsb" if "xl/workbook.bin" in names else ""
        raise _refusal(file, f"no workbook (.xlsx){f': it is {kind}' if kind else ''}")
    return content


def _refusal(file: Path, what: str) -> HubError:
    return HubError(what, where=str(file), todo=f"{_SAVE_AS}, with the yellow cells filled in")


def _transitional(content: bytes) -> bytes:
    """Return a workbook with the transitional names, whichever it has."""
    with ZipFile(BytesIO(content)) as archive:
        if not _STRICT.search(archive.read(_WORKBOOK)):
            return content
        written = BytesIO()
        with ZipFile(written, "w", ZIP_DEFLATED) as renamed:
            for name in archive.namelist():
                is_xml = name.endswith((".xml", ".rels"))
                part = archive.read(name)
                renamed.writestr(name, _STRICT.sub(_transitional_name, part) if is_xml else part)
    return written.getvalue()


def _transitional_name(found: re.Match[bytes]) -> bytes:
    family, name = found[1], found[2]
    return b"http://schemas.openxmlformats.org/%s/2006/%s" % (family, _RENAMED.get(name, name))
