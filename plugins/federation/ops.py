"""Schema `ops` of a build: how good, how fresh, where from; written from the ledger and counted in core."""

import json
from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

from federation.contracts.model import Feed
from federation.ledger import Ledger
from federation.plan import Placed
from federation.suites import dataset_names, load_suite

_TEXT, _COUNT, _TIME = pa.string(), pa.int64(), pa.timestamp("us", tz="UTC")

_SCHEMAS: dict[str, dict[str, Any]] = {
    "extracts": {
        "extract_id": _TEXT, "city": _TEXT, "city_code": _TEXT, "dataset": _TEXT, "partition": _TEXT,
        "first_date": pa.date32(), "last_date": pa.date32(), "path": _TEXT, "declared_version": _COUNT,
        "modified_at": _TIME, "arrived_at": _TIME, "size_bytes": _COUNT, "sha256": _TEXT, "contract_version": _TEXT,
        "verdict": _TEXT, "state": _TEXT, "reasons": _TEXT},
    "row_accounting": {
        "extract_id": _TEXT, "city": _TEXT, "city_code": _TEXT, "dataset": _TEXT, "partition": _TEXT, "state": _TEXT,
        "source_rows": _COUNT, "source_rows_out_of_scope": _COUNT, "records_received": _COUNT,
        "records_in_core": _COUNT, "records_quarantined": _COUNT, "records_duplicate": _COUNT,
        "records_superseded": _COUNT},
    "quality_results": {
        "measured_at": _TIME, "suite": _TEXT, "city": _TEXT, "dataset": _TEXT, "extract_id": _TEXT,
        "expectation": _TEXT, "dimension": _TEXT, "severity": _TEXT, "consequence": _TEXT, "outcome": _TEXT,
        "evaluated": _COUNT, "unexpected": _COUNT, "message": _TEXT},
    "quarantine": {
        "extract_id": _TEXT, "city": _TEXT, "dataset": _TEXT, "partition": _TEXT, "row_number": _COUNT, "reason": _TEXT},
    "contracts": {
        "city": _TEXT, "dataset": _TEXT, "title": _TEXT, "contract_version": _TEXT, "path_pattern": _TEXT,
        "layout": _TEXT, "cadence": _TEXT, "delivery": _TEXT, "stewards": _TEXT},
    "contract_columns": {
        "city": _TEXT, "dataset": _TEXT, "column_name": _TEXT, "source_columns": _TEXT, "source_unit": _TEXT,
        "national_unit": _TEXT, "format": _TEXT, "calendar": _TEXT},
    "releases": {"release_id": _TEXT, "created_at": _TIME},
}


def write_ops(con: duckdb.DuckDBPyConnection, placed: Sequence[Placed], feeds: Sequence[Feed], ledger: Ledger) -> None:
    """Write every table of schema `ops` anew; the facts of core must be there."""
    con.execute("CREATE SCHEMA IF NOT EXISTS ops")
    _write(con, "extracts", [_extract(entry) for entry in placed])
    _write(con, "row_accounting", _accounting(con, placed))
    _write(con, "quality_results", ledger.quality_results())
    _write(con, "contracts", [_contract(feed) for feed in feeds])
    _write(con, "contract_columns", [row for feed in feeds for row in _columns(feed)])
    _write(con, "releases", ledger.releases())
    _write_quarantine(con, placed)


def _write(con: duckdb.DuckDBPyConnection, name: str, rows: Sequence[dict[str, Any]]) -> None:
    schema = pa.schema(list(_SCHEMAS[name].items()))
    con.register("rows_of_ops", pa.Table.from_pylist(list(rows), schema=schema))
    con.execute(f"CREATE OR REPLACE TABLE ops.{name} AS SELECT * FROM rows_of_ops")
    con.unregister("rows_of_ops")


def _whose(entry: Placed) -> dict[str, Any]:
    extract = entry.extract
    return {"extract_id": extract.extract_id, "city": extract.feed.city.key, "city_code": extract.feed.city.code,
            "dataset": extract.feed.dataset, "partition": str(extract.arrival.partition), "state": entry.state}


def _extract(entry: Placed) -> dict[str, Any]:
    arrival = entry.extract.arrival
    return _whose(entry) | {
        "first_date": arrival.partition.start, "last_date": arrival.partition.end, "path": arrival.path,
        "declared_version": arrival.declared_version, "modified_at": arrival.modified_at,
        "arrived_at": arrival.arrived_at, "size_bytes": arrival.size_bytes, "sha256": arrival.sha256,
        "contract_version": entry.extract.feed.version, "verdict": entry.verdict,
        "reasons": json.dumps(entry.reasons, ensure_ascii=False)}


def _accounting(con: duckdb.DuckDBPyConnection, placed: Sequence[Placed]) -> list[dict[str, Any]]:
    in_core: dict[str, int] = {}
    for dataset in dataset_names():
        fact = load_suite(dataset).fact
        in_core |= dict(con.execute(f"SELECT extract_id, count(*) FROM core.{fact} GROUP BY extract_id").fetchall())
    return [_account(entry, in_core.get(entry.extract.extract_id, 0)) for entry in placed
            if entry.extract.verdict and entry.extract.verdict.accepted]


def _account(entry: Placed, in_core: int) -> dict[str, Any]:
    record, verdict = entry.extract.record, entry.extract.verdict
    assert record is not None
    assert verdict is not None
    valid = record.records_received - record.records_duplicate - verdict.records_quarantined
    return _whose(entry) | {
        "source_rows": record.source_rows, "source_rows_out_of_scope": record.source_rows_out_of_scope,
        "records_received": record.records_received, "records_in_core": in_core,
        "records_quarantined": verdict.records_quarantined, "records_duplicate": record.records_duplicate,
        "records_superseded": 0 if entry.state == "current" else valid}


def _write_quarantine(con: duckdb.DuckDBPyConnection, placed: Sequence[Placed]) -> None:
    _write(con, "quarantine", [])
    for entry in placed:
        verdict = entry.extract.verdict
        if verdict and verdict.records_quarantined:
            whose = _whose(entry)
            con.execute(
                "INSERT INTO ops.quarantine SELECT extract_id, ?, ?, ?, row_number, unnest(reasons) "
                f"FROM read_parquet('{entry.extract.quarantine}')", [whose["city"], whose["dataset"], whose["partition"]])


def _contract(feed: Feed) -> dict[str, Any]:
    return {"city": feed.city.key, "dataset": feed.dataset, "title": feed.title, "contract_version": feed.version,
            "path_pattern": feed.pattern.text, "layout": feed.layout.kind, "cadence": feed.cadence,
            "delivery": feed.delivery, "stewards": ", ".join(contact.email for contact in feed.stewards)}


def _columns(feed: Feed) -> list[dict[str, Any]]:
    units = {column.name: column.unit for column in load_suite(feed.dataset).columns}
    return [{"city": feed.city.key, "dataset": feed.dataset, "column_name": column.name,
             "source_columns": ", ".join(column.sources) or column.measure, "source_unit": column.unit,
             "national_unit": units[column.name], "format": column.format,
             "calendar": column.facts.get("calendar", "CE") if column.format else ""} for column in feed.national]
