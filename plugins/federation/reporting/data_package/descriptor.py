"""`datapackage.json`: a Data Package 2.0 (https://datapackage.org/standard/data-package/).

A description is in both languages, as the comments in the warehouse are. What the standard has no
word for is `release_id`, `as_of`, `rows` and `unit`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from federation.common.bilingual import BilingualText
from federation.common.errors import ContractError
from federation.datasets.tables import datasets_of
from federation.releases.formats import Format
from federation.reporting.catalogue.entries import Column, Entry, FeedEntry, Table, publisher
from federation.reporting.catalogue.terms import ABOUT, Licence
from federation.reporting.data_package.folder import PACKAGE_NAME

_STANDARD = "https://datapackage.org/profiles/2.0"
_MEDIA_TYPES = {Format.CSV: "text/csv", Format.PARQUET: "application/vnd.apache.parquet"}
_READING = BilingualText(
    "Times are instants shown in Thai time (UTC+7), dates are local, years are CE, missing values "
    "are empty.",
    "เวลาแสดงตามเวลาประเทศไทย (UTC+7) วันที่เป็นวันตามเวลาท้องถิ่น ปีเป็น ค.ศ. ค่าที่ไม่มีเว้นว่างไว้",
)
# DuckDB's types, as far as releases have them, in words of Table Schema; all others are `any`.
_TYPES = {
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "TINYINT": "integer",
    "SMALLINT": "integer",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "HUGEINT": "integer",
    "FLOAT": "number",
    "DOUBLE": "number",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "TIMESTAMP WITH TIME ZONE": "datetime",
}


@dataclass(frozen=True)
class Resource:
    """One file of an export."""

    table: Table
    form: Format
    path: str  # inside the folder
    rows: int
    bytes: int
    sha256: str

    @property
    def name(self) -> str:
        """What other resources call it."""
        return _name(self.table.name, self.form)


def descriptor(
    manifest: Mapping[str, Any], resources: Sequence[Resource], entries: Sequence[Entry]
) -> dict[str, Any]:
    """Return the package's description; `entries` are those of the catalogue.

    A key of another table is named only where that table is among the resources.
    """
    publishes = publisher()
    named = {resource.name for resource in resources}
    behind = {resource.table.name: _behind(resource.table, entries) for resource in resources}
    used = [entry for entry in entries if any(entry in found for found in behind.values())]
    as_of = {"as_of": manifest["as_of"]} if manifest.get("as_of") else {}
    return {
        "$schema": f"{_STANDARD}/datapackage.json",
        "name": PACKAGE_NAME,
        "title": str(publishes.name),
        "description": f"{ABOUT}\n{_READING}",
        "version": manifest["release_id"],
        "release_id": manifest["release_id"],
        "created": manifest["created_at"],
        **as_of,
        "contributors": [
            {"title": str(publishes.name), "email": publishes.email, "roles": ["publisher"]}
        ],
        **_terms(used),
        "resources": [
            _resource(resource, behind[resource.table.name], named) for resource in resources
        ],
    }


def _behind(table: Table, entries: Sequence[Entry]) -> list[Entry]:
    """Return the datasets that a table is computed from; none for what is no city's."""
    try:
        names = datasets_of(table.name.partition(".")[2])
    except ContractError:  # a table of ops, or of a release of other code
        names = set()
    return [entry for entry in entries if entry.name in names]


def _resource(resource: Resource, behind: Sequence[Entry], named: set[str]) -> dict[str, Any]:
    table, form = resource.table, resource.form
    return {
        "name": resource.name,
        "type": "table",
        "path": resource.path,
        "title": _title(table, behind),
        "description": str(table.text),
        "format": str(form),
        "mediatype": _MEDIA_TYPES[form],
        **({"encoding": "utf-8"} if form == Format.CSV else {}),
        "bytes": resource.bytes,
        "hash": f"sha256:{resource.sha256}",
        "rows": resource.rows,
        **_terms(behind),
        "schema": _schema(table, form, named),
    }


def _title(table: Table, behind: Sequence[Entry]) -> str:
    """Return the title of the dataset whose records the table holds, or the table's name."""
    own = [entry for entry in behind if entry.table.name == table.name]
    return str(own[0].title) if own else table.name


def _schema(table: Table, form: Format, named: set[str]) -> dict[str, Any]:
    keys = [
        key
        for column in table.columns
        if (key := _foreign_key(table, column, form)) and _is_there(key, named)
    ]
    primary = [column.name for column in table.columns if column.is_key]
    return {
        "$schema": f"{_STANDARD}/tableschema.json",
        "fields": list(map(_field, table.columns)),
        **({"primaryKey": primary} if primary else {}),
        **({"foreignKeys": keys} if keys else {}),
    }


def _field(column: Column) -> dict[str, Any]:
    kind = "number" if column.type.startswith("DECIMAL") else _TYPES.get(column.type, "any")
    return {
        "name": column.name,
        "type": kind,
        "description": str(column.text),
        **({"unit": column.unit} if column.unit else {}),
    }


def _foreign_key(table: Table, column: Column, form: Format) -> dict[str, Any] | None:
    """Return the key that a column names; a table that names itself calls itself ""."""
    if not column.refers_to:
        return None
    target, _, field = column.refers_to.rpartition(".")
    resource = "" if target == table.name else _name(target, form)
    return {"fields": [column.name], "reference": {"resource": resource, "fields": [field]}}


def _is_there(key: Mapping[str, Any], named: set[str]) -> bool:
    return key["reference"]["resource"] in named | {""}


def _name(table: str, form: Format) -> str:
    return f"{table}.{form}"


def _terms(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return `licenses` and `sources` of the datasets, where there are any."""
    if not entries:
        return {}
    licences = {feed.licence.open_definition: _licence(feed.licence) for feed in _feeds(entries)}
    return {"licenses": list(licences.values()), "sources": list(map(_source, entries))}


def _licence(licence: Licence) -> dict[str, str]:
    path = {"path": licence.uri} if licence.uri else {}
    return {"name": licence.open_definition, "title": str(licence.text), **path}


def _source(entry: Entry) -> dict[str, Any]:
    cities = ", ".join(
        str(BilingualText(feed.city.name_en, feed.city.name_th)) for feed in entry.feeds
    )
    return {"title": f"{entry.title}: {entry.source} ({cities})"}


def _feeds(entries: Sequence[Entry]) -> Iterable[FeedEntry]:
    return (feed for entry in entries for feed in entry.feeds)
