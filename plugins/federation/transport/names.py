"""Names that a platform gives its files: which are refused, and how any can be shown."""

import unicodedata

_LONGEST_PART, _LONGEST_PATH = 255, 1024  # bytes, as file systems have them
_TURNING = set(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)  # show a name other than it is


def refusal(path: str) -> str:
    """Return why a file of this path must not be fetched, or an empty text."""
    parts = path.split("/")
    if any(
        unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") or letter in _TURNING
        for letter in path
    ):
        return "the name holds characters that cannot be seen"
    if "\\" in path:
        return "the name holds a backslash"
    if path.startswith("/"):
        return "the name begins at the root"
    if any(part in ("", ".", "..") for part in parts):
        return "the name leads out of its folder"
    if len(path.encode()) > _LONGEST_PATH or any(
        len(part.encode()) > _LONGEST_PART for part in parts
    ):
        return "the name is too long"
    return ""


def shown(path: str) -> str:
    """Return the path for messages and the ledger: at most 200 letters, none that a database or
    terminal chokes on."""
    text = "".join(
        letter if letter.isprintable() and letter not in _TURNING else f"\\u{ord(letter):04x}"
        for letter in path
    )
    return text if len(text) <= 200 else text[:199] + "…"
