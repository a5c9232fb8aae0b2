"""The checks that a contract must pass, each refusal with file, key and reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from federation.contracts import vocabulary as words
from federation.contracts.model import Column
from federation.errors import ContractError


@dataclass(frozen=True)
class Checker:
    """Checks on one file."""

    file: Path

    def mapping(self, value: Any, key: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ContractError(self.file, key or "(whole file)", "must be a mapping")
        return value

    def given(self, key: str, value: Any) -> None:
        if not value:
            raise ContractError(self.file, key, "must be given")

    def known(self, key: str, entry: dict[str, Any], known: set[str]) -> None:
        for name in entry:
            if name not in known:
                raise ContractError(self.file, f"{key}.{name}".strip("."), f"unknown key; known: {', '.join(sorted(known))}")

    def one_of(self, key: str, value: str, known: Iterable[str]) -> None:
        if value not in known:
            raise ContractError(self.file, key, f"{value!r} is none of {', '.join(sorted(known))}")

    def nothing_vanished(self, key: str, written: Any, kept: Any) -> None:
        """Refuse a key that the ODCS model dropped: it knows no such key at that place."""
        if isinstance(written, dict) and isinstance(kept, dict):
            for name, value in written.items():
                if name not in kept:
                    raise ContractError(self.file, f"{key}.{name}".strip("."), "unknown key, not in ODCS v3.1")
                self.nothing_vanished(f"{key}.{name}".strip("."), value, kept[name])
        elif isinstance(written, list) and isinstance(kept, list):
            for number, (value, other) in enumerate(zip(written, kept, strict=True)):
                label = value.get("name", value.get("property", number)) if isinstance(value, dict) else number
                self.nothing_vanished(f"{key}.{label}", value, other)

    def properties(self, key: str, entries: Any, known: set[str]) -> dict[str, Any]:
        """Return customProperties as a mapping; refuse names outside the vocabulary and names given twice."""
        found: dict[str, Any] = {}
        for entry in entries or ():
            if entry.property not in known:
                raise ContractError(self.file, f"{key}.{entry.property}",
                                    f"unknown key; known: {', '.join(sorted(known))}")
            if entry.property in found:
                raise ContractError(self.file, f"{key}.{entry.property}", "given twice")
            found[entry.property] = entry.value
        return found

    def unit(self, key: str, unit: str, national: str) -> None:
        """Refuse an unknown unit, and one that cannot become the national unit."""
        if not unit and not national:
            return
        if not unit:
            raise ContractError(self.file, key, f"must be given (the national unit is {national})")
        if unit not in words.UNITS:
            raise ContractError(self.file, key, f"unknown unit {unit!r}; known: {', '.join(words.UNITS)}")
        if not national or words.UNITS[unit].quantity != words.UNITS[national].quantity:
            raise ContractError(self.file, key, f"{unit} cannot become {national or 'a column without a unit'}")

    def format(self, key: str, column: Column) -> None:
        """Refuse a format that reads another number of columns than the contract names."""
        reads = len(column.sources) if not column.transform else 1
        needed = words.TIME_FORMATS.get(column.format, 1)
        together = column.format == "dd/mm/yyyy hh:mi" and reads == 2  # date and time, in one column or in two
        if column.format and reads != needed and not together:
            raise ContractError(self.file, key, f"format {column.format!r} reads {needed} column(s), not {reads}")

    def facts(self, key: str, column: Column) -> None:
        """Refuse facts outside the closed vocabulary."""
        facts = column.facts
        self.one_of(f"{key}.calendar", facts.get("calendar", "CE"), words.CALENDARS)
        self.one_of(f"{key}.zone", facts.get("zone", "Asia/Bangkok"), words.ZONES_UTC_OFFSET_HOURS)
        self.one_of(f"{key}.digits", facts.get("digits", "arabic"), words.DIGITS)
        if column.format:
            self.one_of(f"{key}.format", column.format, words.TIME_FORMATS)
        if column.area:
            self.one_of(f"{key}.area.by", column.area.get("by", ""), words.AREA_SYSTEMS)
            self.known(f"{key}.area", column.area, {"by", "levels", "level"})
