"""What a dataset is nationally: its columns and its expectations, written once for every city."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from federation.common.errors import ContractError
from federation.common.hashing import short_hash
from federation.common.paths import SUITES

CONSEQUENCES = {"reject", "quarantine", "warn"}
SEVERITY = {"reject": "critical", "quarantine": "warning", "warn": "info"}
STEPS = {"", "hour", "day", "month", "year"}
DIMENSIONS = {"completeness", "validity", "uniqueness", "consistency", "timeliness", "accuracy"}
TYPES = {"VARCHAR", "BIGINT", "INTEGER", "DOUBLE", "DATE", "TIMESTAMPTZ"}
_EXPECTATION_KEYS = {
    "id",
    "table",
    "type",
    "kwargs",
    "where",
    "having",
    "stuck",
    "history",
    "scope",
    "consequence",
    "dimension",
    "reason",
    "observed",
    "message",
}
# The seven dimensions of a smart city by the Digital Economy Promotion Agency (depa).
DEPA_DIMENSIONS = {"environment", "economy", "mobility", "energy", "people", "living", "governance"}
_SUITE_KEYS = {
    "title",
    "grain",
    "step",
    "fact",
    "depa_dimension",
    "catalogue",
    "chart",
    "columns",
    "expectations",
}
_CATALOGUE_KEYS = {"data_type", "geo_coverage", "theme", "keywords", "source"}
_HISTORY_KEYS = {"measure", "margin", "relative_margin"}
_CHART_KEYS = {"title", "unit", "bars", "last", "limit", "limit_name", "usual_name", "sql"}
_STUCK_KEYS = {"column", "by", "at", "hours", "readings", "above"}
_COLUMN_KEYS = {"type", "unit", "key", "period", "precision", "values", "description"}


@dataclass(frozen=True)
class NationalColumn:
    """One column of a conformed record; the unit is the one its name carries."""

    name: str
    type: str
    unit: str
    key: bool
    period: bool  # decides whether a record lies in its extract's partition
    precision: str = ""  # `month`: a DATE that is the first day of its month
    values: tuple[
        str, ...
    ] = ()  # the closed list of a text column, () when any text may stand there


@dataclass(frozen=True)
class History:
    """A threshold that no fixed number makes sense for: taken from the same measure of the
    feed's earlier extracts.

    What is tolerated beyond the lowest and the highest of them is `margin` (in the measure's own
    unit) or `relative_margin` (a share of them).
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
    # the failing records as a SQL predicate, for types that GX evaluates from SQL; {batch} is all
    # records
    where: str
    scope: str  # records: those that can be read; received: all records of the extract
    consequence: str
    dimension: str
    reason: str
    observed: str
    message: dict[str, str]
    table: str = ""  # for expectations on the build
    history: History | None = None

    @property
    def about_the_file(self) -> bool:
        """Whether it judges an extract as a whole, not the records one by one."""
        return self.where.startswith(_WHOLE_EXTRACTS) or self.type.startswith("expect_table_")

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

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.key)

    @property
    def record(self) -> dict[str, str]:
        """The columns of an accepted record with their types, its city and its place in the
        delivery included."""
        columns = {column.name: column.type for column in self.columns}
        return {"city_code": "VARCHAR", **columns, "extract_id": "VARCHAR", "row_number": "BIGINT"}

    def named_by(self, expectation: Expectation) -> set[str]:
        """Return the columns that an expectation is about, beside those of the key."""
        words = set(re.findall(r"\w+", f"{expectation.where} {list(expectation.kwargs.values())}"))
        return {column.name for column in self.columns if column.name in words and not column.key}

    @property
    def columns_hash(self) -> str:
        """Short hash of what a conformed record is; expectations do not enter."""
        return short_hash([vars(column) for column in self.columns])

    @property
    def period(self) -> NationalColumn:
        """The column that places a record in time; raises StopIteration for a suite without one."""
        return next(column for column in self.columns if column.period)


@cache
def load_suite(name: str, folder: Path = SUITES) -> Suite:
    """Return the suite `name`; raises ContractError with file, key and reason."""
    file = folder / f"{name}.yml"
    document = _read(file)
    columns = tuple(_column(file, *item) for item in (document.get("columns") or {}).items())
    expectations = tuple(_expectation(file, entry) for entry in document["expectations"])
    _refuse_twins(file, [entry.id for entry in expectations])
    if columns:
        _refuse_other(file, "depa_dimension", document.get("depa_dimension", ""), DEPA_DIMENSIONS)
    _refuse_other(file, "step", document.get("step", ""), STEPS)
    catalogue = document.pop("catalogue", {})
    _refuse_unknown(file, "catalogue", catalogue, _CATALOGUE_KEYS)
    chart = document.pop("chart", {})
    _refuse_unknown(file, "chart", chart, _CHART_KEYS)
    return Suite(
        name,
        document.get("grain", ""),
        document.get("title", {}),
        columns,
        expectations,
        short_hash(document),
        document.get("fact", ""),
        document.get("depa_dimension", ""),
        document.get("step", ""),
        catalogue,
        chart,
    )


def _read(file: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ContractError(file, "(whole file)", f"cannot be read as YAML: {error}") from error
    if not isinstance(document, dict):
        raise ContractError(file, "(whole file)", "must be a mapping")
    _refuse_unknown(file, "", document, _SUITE_KEYS)
    if not isinstance(document.get("expectations"), list):
        raise ContractError(file, "expectations", "must be given, as a list")
    return document


def dataset_names(folder: Path = SUITES) -> list[str]:
    """Return the names of the datasets that have a suite, sorted.

    `warehouse` is not one of them.
    """
    return sorted(file.stem for file in folder.glob("*.yml") if file.stem != "warehouse")


def _column(file: Path, name: str, facts: dict[str, Any]) -> NationalColumn:
    _refuse_unknown(file, f"columns.{name}", facts, _COLUMN_KEYS)
    if facts.get("type") not in TYPES:
        raise ContractError(
            file, f"columns.{name}.type", f"{facts.get('type')!r} is none of {sorted(TYPES)}"
        )
    precision, values = facts.get("precision", ""), facts.get("values", [])
    if precision and (precision, facts["type"]) != ("month", "DATE"):
        raise ContractError(
            file, f"columns.{name}.precision", "only a DATE has one, and it is month"
        )
    if values and not (facts["type"] == "VARCHAR" and isinstance(values, list)):
        raise ContractError(file, f"columns.{name}.values", "must be a list, of a VARCHAR")
    return NationalColumn(
        name,
        facts["type"],
        facts.get("unit", ""),
        bool(facts.get("key")),
        bool(facts.get("period")),
        precision,
        tuple(values),
    )


def _expectation(file: Path, entry: dict[str, Any]) -> Expectation:
    key = f"expectations.{entry.get('id')}"
    _refuse_unknown(file, key, entry, _EXPECTATION_KEYS)
    for name in ("id", "type", "consequence", "dimension", "reason", "message"):
        if not entry.get(name):
            raise ContractError(file, f"{key}.{name}", "must be given")
    _refuse_other(file, f"{key}.consequence", entry["consequence"], CONSEQUENCES)
    _refuse_other(file, f"{key}.dimension", entry["dimension"], DIMENSIONS)
    _refuse_other(file, f"{key}.scope", entry.get("scope", "records"), {"records", "received"})
    where = _where(file, key, entry)
    if "{batch}" in where and entry["consequence"] == "quarantine":
        raise ContractError(
            file, f"{key}.where", "records that are held against others cannot be picked one by one"
        )
    if "{batch}" in where and "table" not in entry and "extract_id" not in where:
        raise ContractError(
            file,
            f"{key}.where",
            "extracts are judged together: say by extract_id whose records are meant",
        )
    if "history" in entry and entry["consequence"] != "warn":
        raise ContractError(
            file, f"{key}.consequence", "what rests on a feed's own history can only warn"
        )
    return Expectation(
        entry["id"],
        entry["type"],
        entry.get("kwargs", {}),
        where,
        entry.get("scope", "records"),
        entry["consequence"],
        entry["dimension"],
        entry["reason"],
        str(entry.get("observed", "")),
        entry["message"],
        entry.get("table", ""),
        History(**entry["history"]) if "history" in entry else None,
    )


def _where(file: Path, key: str, entry: dict[str, Any]) -> str:
    """Return the predicate of the failing records: from `where`, or of a whole extract from
    `having` or `history`, or of a meter from `stuck`."""
    told = [name for name in ("where", "having", "stuck", "history") if name in entry]
    if len(told) > 1:
        raise ContractError(file, key, f"says {' and '.join(told)}; one of them is enough")
    if "having" in entry:
        return _whole_extracts(entry["having"])
    if "history" in entry:
        _refuse_unknown(file, f"{key}.history", entry["history"], _HISTORY_KEYS)
        low, high = (f"any_value({name})" for name in history_columns(entry["id"]))
        return _whole_extracts(f"({entry['history']['measure']}) NOT BETWEEN {low} AND {high}")
    if "stuck" in entry:
        _refuse_unknown(file, f"{key}.stuck", entry["stuck"], _STUCK_KEYS)
        return stuck_meters(**entry["stuck"])
    return str(entry.get("where", ""))


_WHOLE_EXTRACTS = "extract_id IN (SELECT extract_id FROM {batch} GROUP BY extract_id HAVING "


def _whole_extracts(having: str) -> str:
    return f"{_WHOLE_EXTRACTS}{having})"


def history_columns(expectation: str) -> tuple[str, str]:
    """Return the names of the columns that hold an extract's own lower and upper limit, beside
    its records."""
    return f"{expectation}_low", f"{expectation}_high"


def stuck_meters(
    column: str, by: str, at: str, hours: int, readings: int, above: float | None = None
) -> str:
    """Return the predicate of the records of a meter (`by`) that repeats one value of `column`
    in `readings` or more rows.

    Rows are counted in blocks of `hours` that hold one value only, so a run is seen without sorting
    all rows; it may be longer at both ends. `above` leaves out values up to it: 0 mm of rain are no
    fault.
    """
    meter = f"extract_id, {by}"
    given = f" WHERE {column} > {above}" if above is not None else ""
    block = f"floor(epoch(CAST({at} AS TIMESTAMP)) / {hours * 3600})"
    blocks = (
        f"SELECT {meter}, {block} AS block, count({column}) AS n, "
        f"CASE WHEN min({column}) = max({column}) THEN min({column}) END AS v FROM "
        f"{{batch}}{given} GROUP BY ALL"
    )
    changes = (
        f"SELECT *, CAST(v IS DISTINCT FROM lag(v) OVER (PARTITION BY {meter} ORDER BY block) AS "
        "INTEGER) AS changed "
        f"FROM ({blocks}) WHERE n > 0"
    )
    runs = (
        f"SELECT *, sum(changed) OVER (PARTITION BY {meter} ORDER BY block) AS run FROM ({changes})"
    )
    return (
        f"({meter}) IN (SELECT ({meter}) FROM ({runs}) WHERE v IS NOT NULL GROUP BY {meter}, run "
        f"HAVING sum(n) >= {readings})"
    )


def _refuse_unknown(file: Path, key: str, entry: dict[str, Any], known: set[str]) -> None:
    for name in entry:
        if name not in known:
            raise ContractError(
                file, f"{key}.{name}".strip("."), f"unknown key; known: {', '.join(sorted(known))}"
            )


def _refuse_other(file: Path, key: str, value: str, known: set[str]) -> None:
    if value not in known:
        raise ContractError(file, key, f"{value!r} is none of {', '.join(sorted(known))}")


def _refuse_twins(file: Path, ids: list[str]) -> None:
    for name in ids:
        if ids.count(name) > 1:
            raise ContractError(file, f"expectations.{name}", "this id is given twice")
