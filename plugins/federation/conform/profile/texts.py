"""What texts can be: their encoding, mojibake, digits, thousands separators, markers of a missing
value."""

import re
from collections.abc import Iterable, Mapping

from federation.contracts.vocabulary import CODECS, THAI_DIGITS
from federation.reference.areas import normalise_thai

Words = Mapping[str, int]  # text -> rows
ARABIC = str.maketrans(THAI_DIGITS, "0123456789")
# Words that offices put where nothing was measured; compared without case and outer blanks.
MARKERS = frozenset(
    {
        "-",
        "--",
        "---",
        "n/a",
        "na",
        "n.a.",
        "nan",
        "null",
        "none",
        "nil",
        "nd",
        "n.d.",
        "no data",
        "nodata",
        "missing",
        "unknown",
        "ไม่มี",
        "ไม่มีข้อมูล",
        "ไม่ระบุ",
        "ไม่ทราบ",
        "ข้อมูลไม่ครบ",
        "ยกเลิก",
        "#n/a",
        "#value!",
        "#ref!",
        "#div/0!",
        "*",
        "**",
        ".",
        "..",
        "x",
        "?",
        "false",
        "true",
        "inf",
        "error",
    }
)
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"-?\d{1,3}(\.\d{3})*,\d{1,2}|-?\d+,\d{4,}")
_THAI = re.compile(r"[\u0e01-\u0e5b]")
# What latin-1 and cp1252 make of bytes beyond ASCII.
_HIGH = re.compile(
    r"[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    r"\u2013-\u2026\u2030\u2039\u203a\u20ac\u2122]"
)
# The lead bytes of Thai in UTF-8, read so. Of other bytes cp1252 makes letters that get lost: a
# blank that does not break, and control letters.
_LEADS = re.compile(r"à[¸¹]")
_LOST = re.compile(r"\?{3,}|\ufffd")


def decoded(raw: Mapping[bytes, int], encoding: str) -> dict[str, int]:
    """Return the texts as conforming reads them: decoded, normalised, without blank ones."""
    words: dict[str, int] = {}
    for word, rows in raw.items():
        text = normalise_thai(word.decode(CODECS[encoding], "replace"))
        if text:
            words[text] = words.get(text, 0) + rows
    return words


def encoding_of(word: bytes) -> str:
    """Return `ascii`, `utf-8`, `tis-620`, or '' for bytes that are neither."""
    if word.isascii():
        return "ascii"
    for encoding, codec in CODECS.items():
        try:
            word.decode(codec)
            return encoding
        except UnicodeDecodeError:
            continue
    return ""


def mojibake_of(text: str) -> str:
    """Return which bytes were read as what (`utf-8 as latin-1`), or '' for a text that is what
    it seems.

    A text is mojibake when undoing the wrong reading gives Thai: no language has such words. «?» in
    a row is what is left of letters that an encoding did not know.
    """
    if _LOST.search(text):
        return "lost"
    if "เธ" in text or "เน" in text:  # the lead bytes of Thai in UTF-8, read as TIS-620
        return "utf-8 as tis-620" if _undone(text, "tis-620", "utf-8") else ""
    high = len(_HIGH.findall(text))
    if not high or _THAI.search(text):
        return ""
    for wrong in ("latin-1", "cp1252"):
        if _undone(text, wrong, "utf-8"):
            return f"utf-8 as {wrong}"
    if len(_LEADS.findall(text)) >= 2:
        return "utf-8 as cp1252"
    mails = sum(sign.isalpha() for sign in text if sign.isascii())
    return next(
        (
            f"tis-620 as {wrong}"
            for wrong in ("latin-1", "cp1252")
            if high >= 3 and high > mails and _undone(text, wrong, "tis-620")
        ),
        "",
    )


def _undone(text: str, wrong: str, right: str) -> bool:
    try:
        again = b"".join(_byte(sign, wrong) for sign in text).decode(_codec(right), "strict")
    except (UnicodeDecodeError, UnicodeEncodeError):
        again = ""
    # Cut or normalised texts no longer decode to their end; most of a text is enough.
    return (
        len(_THAI.findall(again)) >= max(1, 0.3 * len(again))
        if again
        else _mostly(text, wrong, right)
    )


def _byte(sign: str, encoding: str) -> bytes:
    try:
        return sign.encode(_codec(encoding))
    except UnicodeEncodeError:
        return sign.encode("latin-1")  # what cp1252 and TIS-620 leave open is read as it is


def _codec(encoding: str) -> str:
    return CODECS.get(encoding, encoding)


def _mostly(text: str, wrong: str, right: str) -> bool:
    if right != "utf-8":
        return False
    again = text.encode(_codec(wrong), "ignore").decode("utf-8", "ignore")
    return len(_THAI.findall(again)) * 4 >= len(text)


def digits_of(text: str) -> str:
    """Return `thai`, `arabic`, `mixed`, or '' for a text without digits."""
    thai, arabic = (
        any(sign in THAI_DIGITS for sign in text),
        any("0" <= sign <= "9" for sign in text),
    )
    return "mixed" if thai and arabic else "thai" if thai else "arabic" if arabic else ""


def number_of(text: str) -> str:
    """Return how a text is a number: `plain`, `grouped`, `decimal comma`, or '' for no number.

    Digits are Arabic here.
    """
    for name, form in (
        ("plain", _NUMBER),
        ("grouped", _GROUPED),
        ("decimal comma", _DECIMAL_COMMA),
    ):
        if form.fullmatch(text):
            return name
    return ""


def is_marker(text: str) -> bool:
    """Whether the text is one that offices write where there is no value."""
    return text.strip().lower() in MARKERS


def share(words: Words, chosen: Iterable[str]) -> float:
    """Return the share of the rows that hold one of the chosen words; 0 without rows."""
    total = sum(words.values())
    return sum(words[word] for word in chosen) / total if total else 0.0
