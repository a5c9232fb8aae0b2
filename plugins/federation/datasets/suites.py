"""What a dataset is nationally: its columns and its expectations, written once for every city."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from federation.common.errors import ContractError
from federation.common.hashing import short_hash
from federation.common.paths import SUITES
from federation.common.sql import Sql, compose
from federation.common.vocabulary import (
    Averaging,
    Consequence,
    Dimension,
    ExpectationKind,
    Severity,
)
from federation.common.yaml_files import read_yaml, validated
from federation.datasets import thai_index
from federation.datasets.expectation_sql import failing, failing_extracts
from federation.datasets.shared_blocks import todo_of, with_shared
from federation.datasets.suite_file import ColumnEntry, ExpectationEntry, SuiteFile
from federation.datasets.units import load_units

SEVERITY = {
    Consequence.REJECT: Severity.CRITICAL,
    Consequence.QUARANTINE: Severity.WARNING,
    Consequence.BLANK: Severity.WARNING,
    Consequence.WARN: Severity.INFO,
}
_WAREHOUSE = "warehouse"
# What catalogues and charts are told judges nothing.
_NOT_HASHED = ("catalogue", "chart", "short")


@dataclass(frozen=True)
class NationalColumn:
    """One column of a conformed record; the unit is the one its name carries."""

    name: str
    type: str
    unit: str
    key: bool
    period: bool  # decides whether a record lies in its extract's partition
    precision: str = ""  # `month`: a DATE that is the first day of its month
    values: tuple[str, ...] = ()  # the closed list of a text column; () when any text may stand
    averaging: Averaging | None = None  # what time a value covers unless a contract says otherwise


@dataclass(frozen=True)
class History:
    """A threshold without a fixed number: from the same measure of the feed's earlier extracts.

    Tolerated beyond the lowest and the highest of them is `margin` (in the measure's own unit) or
    `relative_margin` (a share of them).
    """

    measure: str  # a SQL aggregate over the records of one extract
    margin: float = 0.0
    relative_margin: float = 0.0

    def limits(self, values: Sequence[float]) -> tuple[float, float]:
        """Return what is tolerated, given the measure of earlier extracts."""
        low, high = min(values), max(values)
        return low * (1 - self.relative_margin) - self.margin, high * (
            1 + self.relative_margin
        ) + self.margin


@dataclass(frozen=True)
class Expectation:
    """One GX expectation with what follows when it fails, and why it stands there."""

    id: str
    type: str
    kwargs: dict[str, Any]
    # the failing records as a SQL condition, for types that GX evaluates from SQL; {batch} is all
    # records
    where: str
    scope: str  # records: those that can be read; received: all records of the extract
    consequence: Consequence
    dimension: Dimension
    reason: str
    observed: str
    message: dict[str, str]
    table: str = ""  # for expectations on the build
    history: History | None = None
    kind: ExpectationKind = ExpectationKind.RECORDS
    averaging: Averaging | None = None  # asked only where the column's values cover this time
    blanks: tuple[str, ...] = ()  # columns that are left empty in a record that fails
    having: str = ""  # the failing extracts as a SQL condition over all their records
    needs: frozenset[str] = frozenset()  # columns without which it cannot be asked
    averaging_of: str = ""  # the column of which it asks what a value covers
    # what stewards are asked to do, by language; {files} stands for the files
    todo: dict[str, str] = field(default_factory=dict)

    @property
    def failing_query(self) -> str:
        """The query of what fails, for types that GX evaluates from SQL; '' for the others."""
        if self.having:
            return compose("SELECT count(*) FROM {{batch}} HAVING {it}", it=Sql(self.having))
        if self.where:
            return compose("SELECT * FROM {{batch}} WHERE {it}", it=Sql(self.where))
        return ""

    @property
    def about_the_file(self) -> bool:
        """Whether it judges an extract as a whole, not the records one by one."""
        return self.kind in (ExpectationKind.WHOLE_EXTRACT, ExpectationKind.HISTORY)

    @property
    def column(self) -> str:
        return str(self.kwargs.get("column") or self.kwargs.get("column_A") or "")


@dataclass(frozen=True)
class Suite:
    """A dataset's national columns and expectations."""

    name: str
    grain: str
    title: dict[str, str]
    columns: tuple[NationalColumn, ...]
    expectations: tuple[Expectation, ...]
    hash: str
    fact: str = ""  # the core table that holds the dataset's records
    depa_dimension: str = ""  # what the dataset serves of a smart city
    # hour, day, month or year when there is a record for each of them and each entity; "" for
    # events
    step: str = ""
    catalogue: dict[str, Any] = field(
        default_factory=dict
    )  # what catalogues are told; judges nothing, so it is not hashed
    chart: dict[str, Any] = field(
        default_factory=dict
    )  # the one picture of a city's data; not hashed either
    short: dict[str, str] = field(default_factory=dict)  # one word; not hashed either

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.key)

    def is_hour(self, column: NationalColumn) -> bool:
        """Whether the column says which hour a record is about."""
        return column.period and self.step == "hour"

    @property
    def record(self) -> dict[str, str]:
        """The columns of an accepted record with their types, its city and its place in the
        delivery included."""
        columns = {column.name: column.type for column in self.columns}
        return {"city_code": "VARCHAR", **columns, "extract_id": "VARCHAR", "row_number": "BIGINT"}

    @property
    def blankable(self) -> frozenset[str]:
        """The columns that some expectation can leave empty."""
        return frozenset(name for entry in self.expectations for name in entry.blanks)

    def named_by(self, expectation: Expectation) -> set[str]:
        """Return the columns that an expectation is about, beside those of the key."""
        words = set(
            re.findall(r"\w+", f"{expectation.failing_query} {list(expectation.kwargs.values())}")
        )
        return {column.name for column in self.columns if column.name in words and not column.key}

    @property
    def columns_hash(self) -> str:
        """Return a short hash of what a conformed record is, without the expectations."""
        return short_hash([vars(column) for column in self.columns])

    @property
    def period(self) -> NationalColumn:
        """The column that places a record in time; raises StopIteration for a suite without one."""
        return next(column for column in self.columns if column.period)


@cache
def load_suite(name: str, folder: Path = SUITES) -> Suite:
    """Return the suite `name`; raises ContractError with file, key and reason."""
    file = folder / f"{name}.yml"
    document = read_yaml(file)
    document["expectations"] = with_shared(file, document.get("expectations"))
    suite = validated(file, SuiteFile, document)
    return Suite(
        name=name,
        grain=suite.grain,
        title=suite.title.model_dump(),
        short=(suite.short or suite.title).model_dump(),
        columns=tuple(_column(file, *item) for item in suite.columns.items()),
        expectations=tuple(_expectation(file, entry) for entry in suite.expectations),
        hash=_hash(document, suite),
        fact=suite.fact,
        depa_dimension=suite.depa_dimension or "",
        step=suite.step,
        catalogue=suite.catalogue.model_dump(mode="json") if suite.catalogue else {},
        chart=suite.chart.model_dump(exclude_unset=True) if suite.chart else {},
    )


def dataset_names(folder: Path = SUITES) -> list[str]:
    """Return the names of the datasets that have a suite, sorted.

    `warehouse` is not one of them.
    """
    return sorted(file.stem for file in folder.glob("[!_]*.yml") if file.stem != _WAREHOUSE)


def _column(file: Path, name: str, entry: ColumnEntry) -> NationalColumn:
    if entry.unit and entry.unit not in load_units():
        reason = f"unknown unit {entry.unit!r}; known: {', '.join(load_units())}"
        raise ContractError(file, f"columns.{name}.unit", reason)
    return NationalColumn(name, **dict(entry))


def _hash(document: Mapping[str, Any], suite: SuiteFile) -> str:
    """Return the hash of all that a suite asks, of the breakpoints too where it asks for them."""
    asked = {key: document[key] for key in document.keys() - _NOT_HASHED}
    # What people are asked to do judges nothing either.
    asked["expectations"] = [
        {key: value for key, value in entry.items() if key != "todo"}
        for entry in document["expectations"]
    ]
    uses_index = any(entry.averaging and entry.averaging.index for entry in suite.expectations)
    return short_hash(asked, thai_index.definition()) if uses_index else short_hash(asked)


def _expectation(file: Path, entry: ExpectationEntry) -> Expectation:
    where = failing(entry)
    _refuse_mixed_records(file, entry, where)
    return Expectation(
        id=entry.id,
        type=entry.type,
        kwargs=entry.kwargs,
        where=where,
        scope=entry.scope,
        consequence=entry.consequence,
        dimension=entry.dimension,
        reason=entry.reason,
        observed=entry.observed,
        message=entry.message.model_dump(),
        todo=todo_of(file, entry),
        table=entry.table,
        history=History(**dict(entry.history)) if entry.history else None,
        kind=entry.kind,
        averaging=Averaging.RUNNING_24H if entry.step else None,
        blanks=entry.blanked,
        having=failing_extracts(entry),
        needs=_needed(entry),
        averaging_of=entry.averaging.column if entry.averaging else "",
    )


def _needed(entry: ExpectationEntry) -> frozenset[str]:
    averaging = entry.averaging
    if averaging and averaging.index:
        return frozenset({averaging.column, averaging.index.published})
    return frozenset()


def _refuse_mixed_records(file: Path, entry: ExpectationEntry, where: str) -> None:
    """Refuse a condition over all records that could not say whose records fail."""
    key = f"expectations.{entry.id}.where"
    picks = entry.consequence in (Consequence.QUARANTINE, Consequence.BLANK)
    if picks and re.search(r"\bpartition_(start|end|days)\b", where):
        reason = "records and values are picked without their extract's period"
        raise ContractError(file, key, reason)
    if picks and (("{batch}" in where and not entry.step) or failing_extracts(entry)):
        reason = "records that are held against others cannot be picked one by one"
        raise ContractError(file, key, reason)
    if "{batch}" in where and not entry.table and "extract_id" not in where:
        reason = "extracts are judged together: say by extract_id whose records are meant"
        raise ContractError(file, key, reason)
