"""The checks that a contract must pass, each refusal with file, key and reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from federation.common.errors import ContractError
from federation.contracts import vocabulary as words
from federation.contracts.model import Column


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
                raise ContractError(
                    self.file,
                    f"{key}.{name}".strip("."),
                    f"unknown key; known: {', '.join(sorted(known))}",
                )

    def one_of(self, key: str, value: str, known: Iterable[str]) -> None:
        if value not in known:
            raise ContractError(self.file, key, f"{value!r} is none of {', '.join(sorted(known))}")

    def nothing_vanished(self, key: str, written: Any, kept: Any) -> None:
        """Refuse a key that the ODCS model dropped: it knows no such key at that place."""
        if isinstance(written, dict) and isinstance(kept, dict):
            for name, value in written.items():
                if name not in kept:
                    raise ContractError(
                        self.file, f"{key}.{name}".strip("."), "unknown key, not in ODCS v3.1"
                    )
                self.nothing_vanished(f"{key}.{name}".strip("."), value, kept[name])
        elif isinstance(written, list) and isinstance(kept, list):
            for number, (value, other) in enumerate(zip(written, kept, strict=True)):
                label = (
                    value.get("name", value.get("property", number))
                    if isinstance(value, dict)
                    else number
                )
                self.nothing_vanished(f"{key}.{label}", value, other)

    def properties(self, key: str, entries: Any, known: set[str]) -> dict[str, Any]:
        """Return customProperties as a mapping.

        Refuse names outside the vocabulary and names given twice.
        """
        found: dict[str, Any] = {}
        for entry in entries or ():
            if entry.property not in known:
                raise ContractError(
                    self.file,
                    f"{key}.{entry.property}",
                    f"unknown key; known: {', '.join(sorted(known))}",
                )
            if entry.property in found:
                raise ContractError(self.file, f"{key}.{entry.property}", "given twice")
            found[entry.property] = entry.value
        return found

    def listed(self, key: str, value: Any) -> tuple[Any, ...]:
        """Return a list as a tuple; refuse anything else."""
        if not isinstance(value, list):
            raise ContractError(self.file, key, "must be a list")
        return tuple(value)

    def unit(self, key: str, unit: str, national: str) -> None:
        """Refuse an unknown unit, and one that cannot become the national unit."""
        if not unit and not national:
            return
        if not unit:
            raise ContractError(self.file, key, f"must be given (the national unit is {national})")
        if unit not in words.UNITS:
            raise ContractError(
                self.file, key, f"unknown unit {unit!r}; known: {', '.join(words.UNITS)}"
            )
        if not national or words.UNITS[unit].quantity != words.UNITS[national].quantity:
            raise ContractError(
                self.file, key, f"{unit} cannot become {national or 'a column without a unit'}"
            )

    def format(self, key: str, column: Column, more: int = 0) -> None:
        """Refuse a format that reads another number of columns than the contract names.

        A layout may give `more`.
        """
        reads = (len(column.sources) if not column.transform else 1) + more
        needed = words.TIME_FORMATS.get(column.format, 1)
        run_jobs = (
            column.format == "dd/mm/yyyy hh:mi" and reads == 2
        )  # date and time, in one column or in two
        if column.format and reads != needed and not run_jobs:
            raise ContractError(
                self.file, key, f"format {column.format!r} reads {needed} column(s), not {reads}"
            )

    def facts(self, key: str, column: Column) -> None:
        """Refuse facts outside the closed vocabulary."""
        facts = column.facts
        self.one_of(f"{key}.calendar", facts.get("calendar", "CE"), words.CALENDARS)
        self.one_of(f"{key}.zone", facts.get("zone", "Asia/Bangkok"), words.ZONES_UTC_OFFSET_HOURS)
        self.one_of(f"{key}.digits", facts.get("digits", "arabic"), words.DIGITS)
        if column.format:
            self.one_of(f"{key}.format", column.format, words.TIME_FORMATS)
        if column.area:
            self.area(f"{key}.area", column)

    def area(self, key: str, column: Column) -> None:
        """Refuse an area that is told in a way nobody could follow."""
        area, whole = column.area, column.area.get("whole", {})
        self.one_of(f"{key}.by", area.get("by", ""), words.AREA_SYSTEMS)
        self.known(key, area, words.AREA_KEYS)
        self.known(f"{key}.whole", self.mapping(whole, f"{key}.whole"), words.WHOLE_KEYS)
        if whole and area["by"] not in ("names", "tis1099_parts"):
            raise ContractError(self.file, f"{key}.whole", "is for areas by names or tis1099_parts")
        if whole and (
            whole.get("column") not in column.sources or not isinstance(whole.get("is"), str | int)
        ):
            raise ContractError(
                self.file,
                f"{key}.whole",
                "needs `column`, one of the columns that are read, and `is`",
            )
        if "separator" in area and not (
            area["by"] == "names" and len(column.sources) == 1 and len(area.get("levels", ())) > 1
        ):
            raise ContractError(
                self.file, f"{key}.separator", "parts one column into the names of several levels"
            )

    def units(self, key: str, column: Column, national: str, layout: str) -> None:
        """Refuse units that are not one for each column of a sum."""
        if not all(isinstance(unit, str) for unit in column.units):
            raise ContractError(self.file, key, "must be a list of units")
        if column.unit or column.transform or layout != "rows":
            raise ContractError(
                self.file,
                key,
                "stands instead of unit, without transformLogic, in a layout of rows",
            )
        if len(column.units) < 2 or len(column.units) != len(column.sources):
            raise ContractError(
                self.file,
                key,
                f"needs one unit for each of the columns read, which are {len(column.sources)}",
            )
        for unit in column.units:
            self.unit(key, unit, national)

    def values(self, key: str, column: Column, known: tuple[str, ...]) -> None:
        """Refuse a translation into words that are not national ones."""
        for ours, national in self.mapping(column.values, key).items():
            self.one_of(f"{key}.{ours}", str(national), known)

    def months(self, key: str, column: Column, kinds: dict[str, str]) -> None:
        """Refuse, in a layout of months, columns that are neither a year, nor twelve alike, nor
        one for all twelve."""
        if column.format and column.format not in words.MONTH_FORMATS:
            raise ContractError(
                self.file,
                f"{key}.format",
                f"a layout of months needs one of {sorted(words.MONTH_FORMATS)}",
            )
        if column.format and column.transform:
            raise ContractError(
                self.file,
                f"{key}.transformLogic",
                "a layout of months reads the year from its column",
            )
        if len(column.sources) > 1 and len(column.sources) != 12:
            raise ContractError(self.file, key, f"needs twelve columns, not {len(column.sources)}")
        if len(column.sources) == 12 and not column.unit:
            raise ContractError(
                self.file, f"{key}.unit", "must be given: twelve columns hold one measure"
            )
        if len({kinds[source] for source in column.sources}) > 1:
            raise ContractError(self.file, key, "the twelve columns must have one type")
