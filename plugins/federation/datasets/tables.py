"""What the dbt project says of the warehouse's public tables: their keys, the keys that they name,
and where their rows come from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from federation.common.errors import ContractError
from federation.common.paths import DBT_PROJECT
from federation.common.warehouse_schemas import DATA_SCHEMAS
from federation.datasets.suites import Suite, dataset_names, load_suite

_NAMED_BY = "dim_indicator"
_REF = re.compile(r"ref\('(\w+)'\)")


@dataclass(frozen=True)
class Table:
    """One table of core or marts; exactly one of `dataset`, `traces`, `sources` and `reference`
    names its source."""

    schema: str
    name: str
    key: tuple[str, ...]  # of the model's `unique_key` test; empty when it has none
    dataset: str  # whose records the table holds
    period: str  # the column that places a row in time; empty when none does
    traces: Mapping[
        str, str
    ]  # table -> SQL condition over its columns and this table's own, as $column
    sources: tuple[
        str, ...
    ]  # columns of core.dim_indicator that name the tables a row is computed from
    reference: Mapping[str, str]  # {package: …} or {file: …}

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def traceable(self) -> bool:
        """Whether it is said where the rows come from."""
        return bool(self.dataset or self.traces or self.sources or self.reference)


@cache
def tables(project: Path = DBT_PROJECT) -> dict[str, Table]:
    """Return `schema.name` -> table for every model of core and marts that becomes one, in order
    of name.

    Raises ContractError when a model has no description beside it or traces to a table that there
    is none of.
    """
    suites = {suite.fact: suite for suite in map(load_suite, dataset_names())}
    described = {schema: descriptions(project, schema) for schema in DATA_SCHEMAS}
    all_tables = [
        _table(schema, file, described[schema], suites)
        for schema in DATA_SCHEMAS
        for file in sorted((project / "models" / schema).glob("*.sql"))
        if _becomes_table(file)
    ]
    names = {table.name for table in all_tables}
    for table in all_tables:
        for source in table.traces.keys() - names:
            raise ContractError(
                f"{table.name}.yml", "config.meta.traces", f"there is no table {source!r}"
            )
    return {str(table): table for table in all_tables}


def by_name(name: str) -> Table:
    """Return the table of that name without its schema; raises ContractError when there is none."""
    for table in tables().values():
        if table.name == name:
            return table
    raise ContractError(DBT_PROJECT, name, "no table of core or marts has this name")


def datasets_of(name: str) -> set[str]:
    """Return the datasets that the rows of a table are computed from; all, where each row names
    its own."""
    table = by_name(name)
    if table.sources:
        return set(dataset_names())
    return (
        {table.dataset}
        if table.dataset
        else {dataset for source in table.traces for dataset in datasets_of(source)}
    )


def keys() -> dict[str, list[str]]:
    """Return `schema.name` -> key columns of every table that has a key."""
    return {name: list(table.key) for name, table in tables().items() if table.key}


@cache
def references() -> dict[str, dict[str, str]]:
    """Return `schema.name` -> column -> the column `schema.table.column` that its values stand in.

    The model's `relationships` tests say so; every row of core names its extract besides.
    """
    named = {
        f"{schema}.{name}": dict(map(_reference, _with_relationship(model)))
        for schema in DATA_SCHEMAS
        for name, model in descriptions(DBT_PROJECT, schema).items()
    }
    for name, table in tables().items():
        if table.dataset:
            named[name]["extract_id"] = "ops.extracts.extract_id"
    return named


def _with_relationship(model: Mapping[str, Any]) -> list[tuple[str, Mapping[str, str]]]:
    """Return each column that has a `relationships` test, and what the test says."""
    return [
        (column["name"], test["relationships"]["arguments"])
        for column in model.get("columns", [])
        for test in column.get("data_tests", [])
        if "relationships" in test
    ]


def _reference(tested: tuple[str, Mapping[str, str]]) -> tuple[str, str]:
    column, relationship = tested
    (table,) = _REF.findall(relationship["to"])
    return column, f"{by_name(table)}.{relationship['field']}"


def checks(fact: str) -> list[str]:
    """Return the CHECK constraints of a fact as SQL conditions.

    A record that breaks one would stop the whole build.
    """
    columns = descriptions(DBT_PROJECT, "core")[fact]["columns"]
    return [
        rule["expression"]
        for column in columns
        for rule in column.get("constraints", [])
        if rule["type"] == "check"
    ]


def _becomes_table(model: Path) -> bool:
    return "materialized='ephemeral'" not in model.read_text("utf-8")


@cache
def descriptions(project: Path, schema: str) -> dict[str, dict[str, Any]]:
    """Return what the yml files beside the models of a schema say, by model."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    files = sorted((project / "models" / schema).glob("*.yml"))
    documents = [yaml.load(file.read_text("utf-8"), Loader=loader) for file in files]
    return {model["name"]: model for document in documents for model in document.get("models", [])}


def _table(
    schema: str, file: Path, described: Mapping[str, Any], suites: Mapping[str, Suite]
) -> Table:
    if file.stem not in described:
        raise ContractError(file.with_suffix(".yml"), "models", f"{file.stem} is not described")
    model, suite = described[file.stem], suites.get(file.stem)
    meta = model.get("config", {}).get("meta", {})
    traces = dict(meta.get("traces", {}))
    sources = traces.pop(_NAMED_BY, ())
    return Table(
        schema,
        file.stem,
        _key(model),
        suite.name if suite else "",
        suite.period.name if suite else meta.get("period", ""),
        traces,
        tuple(sources),
        meta.get("reference", {}),
    )


def _key(model: Mapping[str, Any]) -> tuple[str, ...]:
    tests = [test["unique_key"] for test in model.get("data_tests", []) if "unique_key" in test]
    return tuple(tests[0]["arguments"]["columns"]) if tests else ()
