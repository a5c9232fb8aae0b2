"""Names that a platform gives its files: which are refused, and how any can be shown."""

import unicodedata

_LONGEST_PART, _LONGEST_PATH = 255, 1024  # bytes, as file systems have them
# Letters that turn the direction of writing, so that a name looks like another one.
_TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN = ("Cc", "Cs", "Zl", "Zp")  # Unicode categories


def is_text(path: str) -> bool:
    """Return whether all bytes of the name could be decoded.

    Python keeps one that could not as a lone surrogate; some libraries put U+FFFD in its place.
    """
    return not any(unicodedata.category(letter) == "Cs" or letter == "\ufffd" for letter in path)


def refusal(path: str) -> str:
    """Return why a file of this path must not be fetched, or an empty text."""
    if not is_text(path):
        return f"the name is no UTF-8{_guess(path)}"
    parts = path.split("/")
    longest_part = max(len(part.encode()) for part in parts)
    faults = {
        "the name holds characters that cannot be seen": any(map(_is_unseen, path)),
        "the name holds a backslash": "\\" in path,
        "the name begins at the root": path.startswith("/"),
        "the name leads out of its folder": any(part in ("", ".", "..") for part in parts),
        "the name is too long": len(path.encode()) > _LONGEST_PATH or longest_part > _LONGEST_PART,
    }
    return next((fault for fault, is_there in faults.items() if is_there), "")


def _guess(path: str) -> str:
    """Return what the name's bytes say in TIS-620, as old Windows programs write Thai names."""
    try:
        text = path.encode("utf-8", "surrogateescape").decode("cp874")
    except UnicodeError:
        return ""
    readable = "\ufffd" not in text and not any(map(_is_unseen, text))
    return f" (in TIS-620: {shown(text.rpartition('/')[2])})" if readable else ""


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) in _UNSEEN or letter in _TURNING


def shown(path: str) -> str:
    """Return the path for messages and the ledger: printable, at most 200 letters."""
    text = "".join(map(_printable, path))
    return text if len(text) <= 200 else text[:199] + "…"


def _printable(letter: str) -> str:
    is_plain = letter.isprintable() and letter not in _TURNING
    return letter if is_plain else f"\\u{ord(letter):04x}"
