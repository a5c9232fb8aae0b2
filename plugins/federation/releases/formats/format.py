"""The forms in which a result can leave, and how files of each are called."""

from enum import StrEnum
from pathlib import Path

from federation.common.errors import HubError


class Format(StrEnum):
    """One form of file."""

    CSV = "csv"
    JSONL = "jsonl"  # a JSON object a line
    JSON = "json"  # one JSON array of objects
    PARQUET = "parquet"
    XLSX = "xlsx"
    ARROW = "arrow"  # Arrow IPC file, which Feather 2 is too


_SUFFIXES = {f".{form}": form for form in Format} | {
    ".ndjson": Format.JSONL,
    ".feather": Format.ARROW,
}
_BINARY = frozenset({Format.PARQUET, Format.XLSX, Format.ARROW})


def is_binary(form: Format) -> bool:
    """Return whether a file of this form is no text, so that a terminal cannot show it."""
    return form in _BINARY


def format_of(file: Path, asked: Format | None) -> Format:
    """Return the form that a file is to have: by its name, or as asked.

    Raises HubError when neither says it, or when they say different things.
    """
    named = _SUFFIXES.get(file.suffix.lower())
    if named and asked and named != asked:
        raise HubError(
            f"the name says {named}, --format says {asked}",
            where=str(file),
            todo="change one of them: programs go by the name",
        )
    if not named and not asked:
        raise HubError(
            f"a file called {file.name!r} can have any form",
            where=str(file),
            todo=f"call it {', '.join(_SUFFIXES)} at the end, or add --format",
        )
    return named or asked or Format.CSV
