"""What every public table and column of the warehouse holds, in English and Thai, as written
beside its model or schema.

One rule holds for all texts of the dbt project: English first, Thai on the last line.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from federation.common.bilingual import BilingualText
from federation.common.errors import ContractError
from federation.common.paths import DBT_PROJECT
from federation.common.warehouse_schemas import DATA_SCHEMAS
from federation.datasets.suites import dataset_names, load_suite
from federation.datasets.tables import descriptions, keys, references
from federation.datasets.units import unit_of_name

OPS_TABLES = Path(__file__).with_name("ops_tables.yml")
_THAI = re.compile(r"[\u0e00-\u0e7f]")
_BLOCK = re.compile(r"{% docs (\w+) %}\n(.*?)\n{% enddocs %}", flags=re.S)
_REFERENCE = re.compile(r"\s*{{\s*doc\('(\w+)'\)\s*}}\s*")


@dataclass(frozen=True)
class Described:
    """One table and its columns, in the order of their description."""

    text: BilingualText
    columns: Mapping[str, BilingualText]
    key: tuple[str, ...]
    references: Mapping[str, str]  # column -> schema.table.column that its values stand in


@cache
def described() -> dict[str, Described]:
    """Return `schema.name` -> description for every table of core, marts and ops.

    Raises ContractError, with file and key, for a text that lacks one of its two languages.
    """
    of_tables = {f"ops.{name}": _ops_table(name, entry) for name, entry in ops_tables().items()}
    blocks = docs_blocks()
    for schema in DATA_SCHEMAS:
        for name, model in descriptions(DBT_PROJECT, schema).items():
            if "columns" in model:  # others are no tables
                of_tables[f"{schema}.{name}"] = _model(f"{schema}.{name}", model, blocks)
    return of_tables


@cache
def ops_tables() -> dict[str, dict[str, Any]]:
    """Return the tables of schema `ops` as written: texts, key, and columns with their types."""
    return dict(yaml.safe_load(OPS_TABLES.read_text("utf-8")))


def docs_blocks(project: Path = DBT_PROJECT) -> dict[str, str]:
    """Return the docs blocks that models share, by name."""
    return dict(_BLOCK.findall((project / "models" / "columns.md").read_text("utf-8")))


def bilingual(where: str | Path, key: str, written: str) -> BilingualText:
    """Return the two languages of a text.

    Raises ContractError unless its last line, and no other, is Thai.
    """
    en, _, th = written.strip().rpartition("\n")
    if not en.strip() or not _THAI.search(th) or _THAI.search(en):
        raise ContractError(
            where, key, f"must be English with Thai on the last line, not {written.strip()!r}"
        )
    return BilingualText(" ".join(en.split()), th.strip())


@cache
def national_units() -> dict[str, str]:
    """Return the units of national columns, as the suites have them."""
    return {
        column.name: column.unit
        for name in dataset_names()
        for column in load_suite(name).columns
        if column.unit
    }


def unit_of(column: str) -> str | None:
    """Return the unit of a column by the suites or by what its name ends in.

    None where it has none.
    """
    name = column.removesuffix("_to_best")
    return national_units().get(name) or unit_of_name(name)


def _model(name: str, model: Mapping[str, Any], blocks: Mapping[str, str]) -> Described:
    def text(entry: Mapping[str, Any]) -> BilingualText:
        written = str(entry.get("description", ""))
        shared = _REFERENCE.fullmatch(written)
        return bilingual(
            f"{name.split('.')[1]}.yml",
            entry["name"],
            blocks.get(shared[1], "") if shared else written,
        )

    columns = {column["name"]: text(column) for column in model["columns"]}
    key = tuple(keys().get(name, ()))
    return Described(text(model), columns, key, references().get(name, {}))


def _ops_table(name: str, entry: Mapping[str, Any]) -> Described:
    def text(key: str, given: Mapping[str, Any]) -> BilingualText:
        return bilingual(OPS_TABLES.name, key, f"{given.get('en', '')}\n{given.get('th', '')}")

    columns = {
        column: text(f"{name}.{column}", given) for column, given in entry["columns"].items()
    }
    refers = {
        column: given["refers_to"]
        for column, given in entry["columns"].items()
        if "refers_to" in given
    }
    return Described(text(name, entry), columns, tuple(entry.get("key", ())), refers)
