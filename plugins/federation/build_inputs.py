"""What the hub lays out in a build before dbt runs: accepted records, the work list, reference tables."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from federation.latest_states import latest_states, superseded_states
from federation.paths import Home
from federation.placed import Input
from federation.plan import Plan
from federation.reference import area_table, city_table, date_table, succession_table
from federation.suites import dataset_names, load_suite
from federation.work import verify_bytes


def lay_out_inputs(con: duckdb.DuckDBPyConnection, plan: Plan, home: Home) -> None:
    """Create schema `inputs`: a relation of accepted records per dataset, the work list, reference tables."""
    con.execute("CREATE SCHEMA inputs")
    _table(con, "place", _place(plan))
    con.execute("CREATE TABLE inputs.superseded (extract_id VARCHAR, records BIGINT)")
    for dataset in dataset_names():
        _lay_out_records(con, dataset, plan, home)
    _table(con, "replaced", _replaced(plan))
    _table(con, "touched", _touched(plan))
    _table(con, "city", city_table(plan.cities))
    _table(con, "coverage", _coverage(plan))
    _table(con, "area", area_table())
    _table(con, "succession", succession_table())
    _table(con, "date", date_table())


def _lay_out_records(con: duckdb.DuckDBPyConnection, dataset: str, plan: Plan, home: Home) -> None:
    ours = [entry for entry in plan.pending if entry.dataset == dataset]
    select = accepted_records(dataset, [entry for entry in ours if entry.key not in plan.merged], home)
    if merged := [entry for entry in ours if entry.key in plan.merged]:
        states = accepted_records(dataset, merged, home)
        select += f" UNION ALL {latest_states(states, dataset)}"
        con.execute(f"INSERT INTO inputs.superseded {superseded_states(states, dataset)}")
    con.execute(f"CREATE VIEW inputs.{dataset} AS {select}")


def accepted_records(dataset: str, pending: Sequence[Input], home: Home) -> str:
    """Return the SELECT of the records of these extracts of a dataset that the gate let in."""
    columns = load_suite(dataset).record
    spotless = [_whole(entry, home) for entry in pending if not entry.records_quarantined]
    spotted = [_whole(entry, home) for entry in pending if entry.records_quarantined]
    names = ", ".join(f'r."{name}"' for name in columns)
    parts = [f"SELECT {', '.join(f'CAST(NULL AS {kind}) AS {name}' for name, kind in columns.items())} WHERE false"]
    if spotless:
        parts.append(f"SELECT {names} FROM read_parquet({_files(spotless)}) AS r "
                     "WHERE NOT r.is_duplicate")
    if spotted:
        parts.append(f"SELECT {names} FROM read_parquet({_files(spotted)}) AS r "
                     f"ANTI JOIN read_parquet({_files(map(Home.quarantine, spotted))}) AS q "
                     "ON q.extract_id = r.extract_id AND q.row_number = r.row_number WHERE NOT r.is_duplicate")
    return " UNION ALL ".join(parts)


def _whole(entry: Input, home: Home) -> Path:
    """Return the conformed file; raises DataProblem, and removes it, when its bytes are not those written."""
    file = home.at(entry.conformed)
    verify_bytes(file, entry.conformed_sha256)
    return file


def _files(paths: Iterable[Path]) -> str:
    return "[" + ", ".join(f"'{path}'" for path in paths) + "]"


def _replaced(plan: Plan) -> pa.Table:
    rows = sorted({(entry.dataset, entry.extract_id) for entry in (*plan.replaced, *plan.pending)})
    return pa.table({"dataset": pa.array([row[0] for row in rows], pa.string()),
                     "extract_id": pa.array([row[1] for row in rows], pa.string())})


def _place(plan: Plan) -> pa.Table:
    """Return the rank of each extract among those of its feed."""
    return pa.table({"extract_id": pa.array([entry.extract_id for entry in plan.inputs], pa.string()),
                     "place": pa.array(range(len(plan.inputs)), pa.int64())})


def _touched(plan: Plan) -> pa.Table:
    return _periods("dataset", plan.touched)


def _coverage(plan: Plan) -> pa.Table:
    """Return the partitions that current extracts cover, those of the base included, by the fact they fill."""
    return _periods("fact", sorted({(load_suite(entry.dataset).fact, entry.city_code, entry.first_date, entry.last_date)
                                    for entry in plan.inputs if entry.state == "current"}))


def _periods(name: str, rows: Sequence[tuple[str, str, str, str]]) -> pa.Table:
    names = (name, "city_code", "first_date", "last_date")
    table = pa.table({name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(names)})
    kinds = (pa.string(), pa.string(), pa.date32(), pa.date32())
    return table.cast(pa.schema(list(zip(names, kinds, strict=True))))


def _table(con: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    con.register("rows_of_input", rows)
    con.execute(f"CREATE TABLE inputs.{name} AS SELECT * FROM rows_of_input")
    con.unregister("rows_of_input")
