"""The checks of a contract's columns against the national and the delivered columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from federation.common.errors import ContractError
from federation.contracts import vocabulary as words
from federation.contracts.model import Column
from federation.datasets.suites import NationalColumn
from federation.datasets.units import known_units


@dataclass(frozen=True)
class ColumnCheck:
    """The checks on one column; each raises ContractError."""

    file: Path
    column: Column
    national: NationalColumn
    layout: str
    delivered: Mapping[str, str]  # the city's columns -> Arrow type

    def run(self) -> None:
        """Raise ContractError for the first rule that is broken."""
        if self.column.units:
            self._units()
        else:
            self._unit("unit", self.column.unit)
        self._averaging()
        self._area()
        self._values()
        self._format()
        if self.layout == "months":
            self._months()
        self._source()

    def _refuse(self, reason: str, *key: str) -> NoReturn:
        place = ".".join(("schema.properties", self.column.name, *key))
        raise ContractError(self.file, place, reason)

    def _unit(self, key: str, unit: str) -> None:
        """Refuse an unknown unit, and one that cannot become the national unit."""
        units, national = known_units(), self.national.unit
        if not unit and not national:
            return
        if not unit:
            self._refuse(f"must be given (the national unit is {national})", key)
        if unit not in units:
            self._refuse(f"unknown unit {unit!r}; known: {', '.join(units)}", key)
        if not national or units[unit].quantity != units[national].quantity:
            self._refuse(f"{unit} cannot become {national or 'a column without a unit'}", key)

    def _averaging(self) -> None:
        """Refuse a duration for a column that is no measurement over time."""
        if self.column.averaging and not self.national.averaging:
            self._refuse("is for columns of which the suite says an averaging", "averaging")

    def _units(self) -> None:
        """Refuse units that are not one for each column of a sum."""
        column = self.column
        if column.unit or column.transform or self.layout != "rows":
            self._refuse(
                "stands instead of unit, without transformLogic, in a layout of rows", "units"
            )
        read = len(column.sources)
        if len(column.units) < 2 or len(column.units) != read:
            self._refuse(f"needs one unit for each of the columns read, which are {read}", "units")
        for unit in column.units:
            self._unit("units", unit)

    def _area(self) -> None:
        """Refuse an area that the columns read cannot tell."""
        area, sources = self.column.area, self.column.sources
        whole = area.get("whole")
        if whole and whole["column"] not in sources:
            reason = "needs `column`, one of the columns that are read, and `is`"
            self._refuse(reason, "area", "whole")
        several_names = area.get("by") == "names" and len(area.get("levels", ())) > 1
        if "separator" in area and not (several_names and len(sources) == 1):
            reason = "parts one column into the names of several levels"
            self._refuse(reason, "area", "separator")

    def _values(self) -> None:
        """Refuse a translation into words that are not national ones."""
        allowed = self.national.values
        for word, national in self.column.values.items():
            if national not in allowed:
                reason = f"{national!r} is none of {', '.join(sorted(allowed))}"
                self._refuse(reason, "values", str(word))

    def _format(self) -> None:
        """Refuse a format that reads another number of columns than the contract names.

        A layout of months gives one more: the month.
        """
        column = self.column
        reads = 1 if column.transform else len(column.sources)
        reads += self.layout == "months"
        needed = words.TIME_FORMATS.get(column.format, 1)
        # date and time, in one column or in two
        in_two = column.format == "dd/mm/yyyy hh:mi" and reads == 2
        if column.format and reads != needed and not in_two:
            self._refuse(f"format {column.format!r} reads {needed} column(s), not {reads}")

    def _months(self) -> None:
        """Refuse, in a layout of months, columns that are neither a year, nor twelve alike, nor
        one for all twelve."""
        column = self.column
        if column.format and column.format not in words.MONTH_FORMATS:
            formats = sorted(words.MONTH_FORMATS)
            self._refuse(f"a layout of months needs one of {formats}", "format")
        if column.format and column.transform:
            self._refuse("a layout of months reads the year from its column", "transformLogic")
        read = len(column.sources)
        if read > 1 and read != 12:
            self._refuse(f"needs twelve columns, not {read}")
        if read == 12 and not column.unit:
            self._refuse("must be given: twelve columns hold one measure", "unit")
        if len({self.delivered[source] for source in column.sources}) > 1:
            self._refuse("the twelve columns must have one type")

    def _source(self) -> None:
        """Refuse a column that is read from nowhere."""
        column = self.column
        if column.measure and self.layout not in ("long", "measures"):
            self._refuse(f"layout {self.layout} has no named measures", "measure")
        source = column.sources or column.transform or column.measure or column.area
        if not source and column.format != "partition":
            self._refuse("says neither physicalName, measure nor transformLogic")
