"""Letters that nobody sees, and letters that databases, workbooks and pages cannot hold."""

import unicodedata
from collections.abc import Callable
from typing import Any

# Control letters, formats such as a byte order mark, halves of surrogate pairs, ends of lines.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_BLANKS_UNLIKE_A_BLANK = frozenset("\u00a0\u2007\u202f")
_NO_CHARACTERS = frozenset("\ufffe\uffff")


def shown(text: str) -> str:
    """Return a text in which every letter that nobody sees stands as its code: `note[U+0000]`."""
    return "".join(_code(sign) if _is_unseen(sign) else sign for sign in text)


def holdable(text: str) -> str:
    """Return a text that every database, workbook and page can hold: what they cannot stands as
    its code."""
    if text.isprintable():
        return text
    return "".join(_code(sign) if _is_forbidden(sign) else sign for sign in text)


def storable(text: str) -> str:
    """Return a text that PostgreSQL takes; a path with any other letter stays what it is."""
    if text.isprintable():
        return text
    return "".join(_code(sign) if sign == "\0" or _is_half(sign) else sign for sign in text)


def in_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return a value as JSON can write it, with each of its texts changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {in_texts(name, change): in_texts(entry, change) for name, entry in value.items()}
    return (
        [in_texts(entry, change) for entry in value] if isinstance(value, list | tuple) else value
    )


def has_control_letters(text: str) -> bool:
    """Whether a text holds ASCII's control letters, which come from cut or damaged fields.

    A tab and the ends of lines are blanks.
    """
    return any((sign < " " and not sign.isspace()) or sign == "\x7f" for sign in text)


def _code(sign: str) -> str:
    return f"[U+{ord(sign):04X}]"


def _is_unseen(sign: str) -> bool:
    return (
        unicodedata.category(sign) in _UNSEEN
        or sign in _BLANKS_UNLIKE_A_BLANK
        or sign in _NO_CHARACTERS
    )


def _is_forbidden(sign: str) -> bool:
    """Whether XML 1.0 refuses the letter."""
    return (sign < " " and sign not in "\t\n\r") or sign in _NO_CHARACTERS or _is_half(sign)


def _is_half(sign: str) -> bool:
    """Whether the letter is half of a surrogate pair."""
    return unicodedata.category(sign) == "Cs"
