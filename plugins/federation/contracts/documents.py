"""The YAML of contract and city files as it is written, and the questions that a draft leaves
open."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from federation.common.errors import ContractError
from federation.common.yaml_files import WHOLE_FILE, read_yaml

_QUESTION = "TODO"


def read_document(file: Path) -> dict[str, Any]:
    """Return the document, its dates as texts, as ODCS wants them.

    Raises ContractError for an empty file, and for an open question of a draft until a person has
    answered it.
    """
    document = _read(file)
    if not document:
        raise ContractError(file, WHOLE_FILE, "is empty")
    for key, question in _questions(document, ""):
        raise ContractError(file, key, f"an open question is not answered: {question}")
    return document


def questions_in(file: Path) -> list[tuple[str, str]]:
    """Return the questions that a drafted file leaves open, as (key, text): values that begin
    with TODO."""
    return list(_questions(_read(file), ""))


def _read(file: Path) -> dict[str, Any]:
    return dict(_dates_as_text(read_yaml(file)))


def _questions(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and value.startswith(_QUESTION):
        yield key, value.removeprefix(_QUESTION).removeprefix(":").strip()
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _questions(inner, f"{key}.{name}".strip("."))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _questions(inner, f"{key}.{_label(place, inner)}".strip("."))


def _label(place: int, entry: Any) -> str:
    """Return what names an entry of a list: its place, where its own name is a question too."""
    named = entry.get("name", entry.get("property", place)) if isinstance(entry, dict) else place
    return str(place) if str(named).startswith(_QUESTION) else str(named)


def _dates_as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _dates_as_text(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(entry) for entry in value]
    return value.isoformat() if isinstance(value, date) else value
