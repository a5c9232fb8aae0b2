"""Names that are nearly what a contract promises: written by a changed habit, or copied by hand."""

import re
import unicodedata
from collections.abc import Iterable

from federation.contracts.pattern import PathPattern


def _nfkc(text: str) -> str:
    """Return the text with one code for each letter: «ำ» has two."""
    return unicodedata.normalize("NFKC", text)


_ENDINGS = re.compile(r"(\.(parquet|parq|pq|snappy|zstd|gz|gzip|zip))+$")
# What a copy or a correction adds before the ending: «name (1)», «name - Copy», «name_v2».
_WORDS = (
    *(r"\(\d+\)", r"v\d+", r"resend\d*", "copy", "final", "new", "edit(ed)?", "fix(ed)?"),
    *("rev(ised)?", "updated?", "สำเนา", "แก้ไข", "ใหม่", "ล่าสุด"),
)
_ADDED = re.compile(rf"([\s._-]*({'|'.join(map(_nfkc, _WORDS))}))+$")
# What Spark puts behind the number of a part.
_PART_ID = re.compile(r"-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}([-.]c\d+)?$")
_NO_VALUE = "__hive_default_partition__"  # what Hive, Spark and others write for a missing one
_PLACEHOLDER = re.compile(r"\{(version\?|\w+\?):[^}]*\}")


def is_near(path: str, patterns: Iterable[PathPattern]) -> bool:
    """Return whether a path that is no extract differs from a pattern only in letter case,
    digits, separators, its ending, or what a copy adds to a name.

    Files that programs write beside others (`_SUCCESS`, `.crc`, `._name`, `name.part`) are not.
    """
    folded = _folded(path)
    if _is_hidden(folded) or not _ENDINGS.search(folded):
        return False
    return _outline(folded) in {_outline(_example(pattern.text)) for pattern in patterns}


def looks_like_an_extract(path: str) -> bool:
    """Return whether a name ends like a Parquet file, and is not hidden."""
    folded = _folded(path)
    return bool(_ENDINGS.search(folded)) and not _is_hidden(folded)


def _folded(text: str) -> str:
    """Return the text in small letters, with the ASCII digits for those of other scripts."""
    text = _nfkc(text).casefold()
    return "".join(str(unicodedata.digit(letter, letter)) for letter in text)


def _is_hidden(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.startswith((".", "_", "~"))


def _example(pattern: str) -> str:
    """Return a path that the pattern matches, as far as its outline tells."""
    return _folded(re.sub(r"\{[^}]*\}", "0", _PLACEHOLDER.sub("", pattern)))


def _outline(path: str) -> str:
    """Return the letters of a path, with a 0 for each run of digits."""
    stem = _ADDED.sub("", _PART_ID.sub("", _ENDINGS.sub("", path))).replace(_NO_VALUE, "0")
    return re.sub(r"\d+", "0", re.sub(r"[\s._=-]+", "", stem))
