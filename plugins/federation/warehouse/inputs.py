"""What the hub writes into a build before dbt runs: records, work list, reference tables."""

from collections.abc import Sequence
from datetime import date

import duckdb
import pyarrow as pa

from federation.common.paths import Home
from federation.common.sql import compose, identifier, listed
from federation.common.vocabulary import ExtractState
from federation.datasets.indicators import load_indicators
from federation.datasets.suites import dataset_names, load_suite
from federation.extracts.accepted_records import accepted_records
from federation.reference.tables import area_table, city_table, date_table, succession_table
from federation.warehouse.latest_states import latest_states, superseded_states
from federation.warehouse.plan import Plan

_INDICATOR = pa.schema(
    [
        ("indicator_code", pa.string()),
        ("version", pa.int32()),
        ("name_th", pa.string()),
        ("name_en", pa.string()),
        ("definition_th", pa.string()),
        ("definition_en", pa.string()),
        ("formula", pa.string()),
        ("unit_th", pa.string()),
        ("unit_en", pa.string()),
        ("decimals", pa.int32()),
        ("polarity", pa.string()),
        ("value_kind", pa.string()),
        ("factor", pa.float64()),
        ("across_cities", pa.string()),
        ("numerator_measure", pa.string()),
        ("denominator_measure", pa.string()),
        ("denominator_period", pa.string()),
        ("numerator_source", pa.string()),
        ("denominator_source", pa.string()),
        ("numerator_dataset", pa.string()),
        ("denominator_dataset", pa.string()),
        ("denominator_carried_years", pa.int32()),
        ("weight_source", pa.string()),
        ("is_monthly", pa.bool_()),
        ("is_yearly", pa.bool_()),
        ("is_fiscal_yearly", pa.bool_()),
        ("coverage_needed", pa.float64()),
        ("minimum_denominator", pa.float64()),
        ("minimum_reliable_numerator", pa.float64()),
        ("absence_means", pa.string()),
        ("caveat_th", pa.string()),
        ("caveat_en", pa.string()),
        ("between_cities", pa.string()),
        ("depa_dimension", pa.string()),
        ("esg_pillar", pa.string()),
        ("iso37120_name", pa.string()),
        ("u4ssc_code", pa.string()),
        ("u4ssc_conforms", pa.string()),
        ("sdg_target", pa.string()),
        ("is_headline", pa.bool_()),
    ]
)

_AVERAGING = pa.schema(
    [
        ("dataset", pa.string()),
        ("city_code", pa.string()),
        ("column_name", pa.string()),
        ("averaging", pa.string()),
        ("first_date", pa.date32()),
        ("last_date", pa.date32()),
    ]
)


def lay_out_inputs(con: duckdb.DuckDBPyConnection, plan: Plan, home: Home) -> None:
    """Create schema `inputs`: accepted records by dataset, the work list, reference tables."""
    con.execute("CREATE SCHEMA inputs")
    _table(con, "place", _place(plan))
    con.execute("CREATE TABLE inputs.superseded (extract_id VARCHAR, records BIGINT)")
    for dataset in dataset_names():
        _lay_out_records(con, dataset, plan, home)
    _table(con, "replaced", _replaced(plan))
    _table(con, "touched", _touched(plan))
    _table(con, "city", city_table(plan.cities))
    _table(con, "averaging", _averaging(plan))
    _table(con, "indicator", _indicators())
    _table(con, "coverage", _coverage(plan))
    _table(con, "area", area_table())
    _table(con, "succession", succession_table())
    _table(con, "date", date_table())


def _lay_out_records(con: duckdb.DuckDBPyConnection, dataset: str, plan: Plan, home: Home) -> None:
    pending = [entry for entry in plan.pending if entry.dataset == dataset]
    merged = [entry for entry in pending if entry.key in plan.merged]
    others = [entry for entry in pending if entry.key not in plan.merged]
    records = accepted_records(dataset, others, home)
    if merged:
        states = accepted_records(dataset, merged, home)
        records = listed((records, latest_states(states, dataset)), " UNION ALL ")
        superseded = superseded_states(states, dataset)
        con.execute(compose("INSERT INTO inputs.superseded {states}", states=superseded))
    view = identifier("inputs", dataset)
    con.execute(compose("CREATE VIEW {view} AS {records}", view=view, records=records))


def _averaging(plan: Plan) -> pa.Table:
    """Return what time each measured column covers, by city and time."""
    dates = ("first_date", "last_date")
    texts = [name for name in _AVERAGING.names if name not in dates]
    rows = [
        {name: row[name] for name in texts}
        | {name: date.fromisoformat(row[name]) for name in dates}
        for row in plan.averaging
    ]
    return pa.Table.from_pylist(rows, schema=_AVERAGING)


def _indicators() -> pa.Table:
    """Return the indicators as columns of core.dim_indicator."""
    return pa.Table.from_pylist(
        [indicator.row for indicator in load_indicators()], schema=_INDICATOR
    )


def _replaced(plan: Plan) -> pa.Table:
    rows = sorted({(entry.dataset, entry.extract_id) for entry in (*plan.replaced, *plan.pending)})
    return pa.table(
        {
            "dataset": pa.array([row[0] for row in rows], pa.string()),
            "extract_id": pa.array([row[1] for row in rows], pa.string()),
        }
    )


def _place(plan: Plan) -> pa.Table:
    """Return the rank of each extract among those of its feed."""
    return pa.table(
        {
            "extract_id": pa.array([entry.extract_id for entry in plan.inputs], pa.string()),
            "place": pa.array(range(len(plan.inputs)), pa.int64()),
        }
    )


def _touched(plan: Plan) -> pa.Table:
    return _periods("dataset", plan.touched)


def _coverage(plan: Plan) -> pa.Table:
    """Return the partitions that current extracts cover, by fact; the base's are included."""
    return _periods(
        "fact",
        sorted(
            {
                (load_suite(entry.dataset).fact, entry.city_code, entry.first_date, entry.last_date)
                for entry in plan.inputs
                if entry.state == ExtractState.CURRENT
            }
        ),
    )


def _periods(name: str, rows: Sequence[tuple[str, str, str, str]]) -> pa.Table:
    """Return the rows as a table; days are ISO 8601 in them and DATE in the table."""
    types = {
        name: pa.string(),
        "city_code": pa.string(),
        "first_date": pa.date32(),
        "last_date": pa.date32(),
    }
    texts = pa.schema([(column, pa.string()) for column in types])
    records = [dict(zip(types, row, strict=True)) for row in rows]
    return pa.Table.from_pylist(records, texts).cast(pa.schema(types))


def _table(con: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    con.register("rows_of_input", rows)
    table = identifier("inputs", name)
    con.execute(compose("CREATE TABLE {table} AS SELECT * FROM rows_of_input", table=table))
    con.unregister("rows_of_input")
