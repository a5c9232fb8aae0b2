"""Schema `ops` of a build: how good and how fresh the data are, and where they come from.

It is written from the ledger, and from counts in core.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa

from federation.common.paths import Home
from federation.common.sql import Sql, compose, identifier, parquet
from federation.common.vocabulary import ExtractState, VerdictKind
from federation.contracts.model import Feed
from federation.datasets.descriptions import ops_tables
from federation.datasets.suites import dataset_names, load_suite
from federation.extracts.dated import dated
from federation.extracts.status import ReleaseInput
from federation.ledger import Ledger
from federation.quality.incidents import Incident, incidents
from federation.quality.scoring import history_rows, score_feeds, score_rows
from federation.quarantine.masking import masked_sql
from federation.quarantine.table import Quarantine
from federation.warehouse.dictionary import averaging_notes, comment, dictionary_rows
from federation.warehouse.feed_status import feed_status_rows
from federation.warehouse.plan import Plan
from federation.warehouse.standing_results import standing_results

# Written when the build becomes a release, which knows its name then.
OF_THE_RELEASE = ("this_release", "indicator_vintages")
_TYPES = {
    "text": pa.string(),
    "count": pa.int64(),
    "time": pa.timestamp("us", tz="UTC"),
    "date": pa.date32(),
    "flag": pa.bool_(),
    "number": pa.float64(),
}


def write_ops(
    con: duckdb.DuckDBPyConnection, plan: Plan, feeds: Sequence[Feed], ledger: Ledger, home: Home
) -> None:
    """Write every table of schema `ops` anew; the facts of core must be there."""
    inputs = plan.inputs
    con.execute("CREATE SCHEMA IF NOT EXISTS ops")
    _write(con, "extracts", [_extract(entry) for entry in inputs])
    _write_blanks(con, inputs, home)
    _write(con, "row_accounting", _accounting(con, inputs))
    _write(con, "quality_results", standing_results(ledger, feeds))
    scored = score_feeds(inputs, feeds, dated(inputs, home), ledger.today)
    arrivals = [vars(arrival) for entry in scored for arrival in entry.expected]
    _write(con, "expected_arrivals", arrivals)
    _write(con, "contracts", [_contract(version) for feed in feeds for version in feed.versions])
    _write(con, "contract_columns", [row for feed in feeds for row in _columns(feed)])
    _write(con, "releases", ledger.releases.all())
    for name in OF_THE_RELEASE:
        _write(con, name, [])
    _write_quarantine(con, inputs, ledger, home)
    _write(con, "scores", score_rows(scored, plan.scores_kept))
    known = incidents(ledger)
    _write(con, "incidents", [_incident(entry) for entry in known])
    _write(con, "feed_status", feed_status_rows(con, scored, inputs, known))
    _write(con, "score_history", history_rows(ledger.releases.all()))
    _write_dictionary(con)


def _write(con: duckdb.DuckDBPyConnection, name: str, rows: Sequence[dict[str, Any]]) -> None:
    with _registered(con, name, rows):
        template = "CREATE OR REPLACE TABLE {table} AS SELECT * FROM rows_of_ops"
        con.execute(compose(template, table=identifier("ops", name)))


@contextmanager
def _registered(
    con: duckdb.DuckDBPyConnection, name: str, rows: Sequence[dict[str, Any]]
) -> Iterator[None]:
    """Let SQL read the rows as `rows_of_ops`, with the columns and types of a table of ops."""
    columns = ops_tables()[name]["columns"].items()
    schema = pa.schema([(column, _TYPES[about["type"]]) for column, about in columns])
    con.register("rows_of_ops", pa.Table.from_pylist(list(rows), schema=schema))
    yield
    con.unregister("rows_of_ops")


def write_results(con: duckdb.DuckDBPyConnection, feeds: Sequence[Feed], ledger: Ledger) -> None:
    """Update ops.quality_results from the ledger; its comments stay."""
    with _registered(con, "quality_results", standing_results(ledger, feeds)):
        con.execute(
            "DELETE FROM ops.quality_results; INSERT INTO ops.quality_results FROM rows_of_ops"
        )


def _extract(entry: ReleaseInput) -> dict[str, Any]:
    reasons = [reason.public for reason in entry.reasons]
    return vars(entry) | {
        "first_date": date.fromisoformat(entry.first_date),
        "last_date": date.fromisoformat(entry.last_date),
        "modified_at": _instant(entry.modified_at),
        "arrived_at": _instant(entry.arrived_at),
        "reasons": json.dumps(reasons, ensure_ascii=False),
    }


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _accounting(
    con: duckdb.DuckDBPyConnection, inputs: Sequence[ReleaseInput]
) -> list[dict[str, Any]]:
    in_core = _records_in_core(con)
    superseded, blanked = _superseded_states(con), _values_blanked(con)
    rows = []
    for entry in inputs:
        has_place = entry.state in (ExtractState.CURRENT, ExtractState.SUPERSEDED)
        if has_place and entry.verdict != VerdictKind.REJECTED:
            extract_id = entry.extract_id
            row = _account(entry, in_core.get(extract_id, 0), superseded.get(extract_id, 0))
            rows.append(row | {"values_blanked": blanked.get(extract_id, 0)})
    return rows


def _values_blanked(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    query = """
        SELECT extract_id, count(DISTINCT (row_number, column_name))
        FROM ops.blanked_values
        GROUP BY extract_id
    """
    return dict(con.execute(query).fetchall())


def _records_in_core(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return how many records of each extract the facts of core hold."""
    counts: dict[str, int] = {}
    for dataset in dataset_names():
        fact = identifier("core", load_suite(dataset).fact)
        template = "SELECT extract_id, count(*) FROM {fact} GROUP BY extract_id"
        counts |= dict(con.execute(compose(template, fact=fact)).fetchall())
    return counts


def _superseded_states(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return how many records of each current extract a later state replaces.

    For an extract that an earlier build loaded, it is the number of that build.
    """
    written = con.execute(
        """
        SELECT table_name
        FROM duckdb_tables()
        WHERE schema_name = 'ops' AND table_name = 'row_accounting'
        """
    ).fetchall()
    counts: dict[str, int] = {}
    if written:
        before = con.execute(
            """
            SELECT extract_id, records_superseded
            FROM ops.row_accounting
            WHERE state = 'current'
            """
        )
        counts |= dict(before.fetchall())
    now = con.execute("SELECT extract_id, records FROM inputs.superseded")
    return counts | dict(now.fetchall())


def _account(entry: ReleaseInput, in_core: int, superseded: int) -> dict[str, Any]:
    """Return where an extract's records went; those kept out of a file that was replaced are
    nobody's matter any more."""
    if entry.state == ExtractState.CURRENT:
        return vars(entry) | {"records_in_core": in_core, "records_superseded": superseded}
    replaced = entry.records_received - entry.records_duplicate
    return vars(entry) | {
        "records_in_core": in_core,
        "records_quarantined": 0,
        "records_superseded": replaced,
    }


def _write_blanks(
    con: duckdb.DuckDBPyConnection, inputs: Sequence[ReleaseInput], home: Home
) -> None:
    """Write the values that were left out of records that entered."""
    _write(con, "blanked_values", [])
    ours = [entry for entry in inputs if entry.state == ExtractState.CURRENT and entry.has_blanks]
    files = [home.blanks(home.at(entry.conformed)) for entry in ours]
    if not files:
        return
    known = [
        {name: getattr(entry, name) for name in ("extract_id", "city", "dataset", "partition")}
        for entry in ours
    ]
    with _registered(con, "blanked_values", known):
        con.execute(
            compose(
                """
                INSERT INTO ops.blanked_values BY NAME
                SELECT e.extract_id, e.city, e.dataset, e.partition, b.row_number, b.column_name,
                       {value} AS value_masked, b.reason
                FROM {files} AS b JOIN rows_of_ops AS e USING (extract_id)
                ORDER BY ALL
                """,
                value=Sql(masked_sql("b.value")),
                files=parquet(*files),
            )
        )


def _write_quarantine(
    con: duckdb.DuckDBPyConnection, inputs: Sequence[ReleaseInput], ledger: Ledger, home: Home
) -> None:
    _write(con, "quarantine", [])
    Quarantine(inputs, ledger.row_decisions.newest(), home, ledger.today).make_table(con)
    con.execute("INSERT INTO ops.quarantine BY NAME SELECT * FROM quarantined ORDER BY ALL")


def _incident(entry: Incident) -> dict[str, Any]:
    row = entry.row()
    return row | {"evidence": json.dumps(row["evidence"], ensure_ascii=False)}


def _write_dictionary(con: duckdb.DuckDBPyConnection) -> None:
    """Write the dictionary last: it describes the other tables, and itself."""
    _write(con, "dictionary", [])
    rows = dictionary_rows(con, averaging_notes(con))
    _write(con, "dictionary", rows)
    comment(con, rows)


def _contract(feed: Feed) -> dict[str, Any]:
    return {
        "city": feed.city.key,
        "dataset": feed.dataset,
        "title": feed.title,
        "contract_version": feed.version,
        "effective_from": feed.effective_from,
        "path_pattern": feed.pattern.text,
        "layout": feed.layout.kind,
        "cadence": feed.cadence,
        "delivery": feed.delivery,
        "retired_after": feed.retirement and feed.retirement.last_day,
        "retired_because": feed.retirement and feed.retirement.reason,
        "stewards": ", ".join(contact.email for contact in feed.stewards),
    }


def _columns(feed: Feed) -> list[dict[str, Any]]:
    units = {column.name: column.unit for column in feed.suite.columns}
    return [
        {
            "city": feed.city.key,
            "dataset": feed.dataset,
            "column_name": column.name,
            "source_columns": ", ".join(column.sources) or column.measure,
            "source_unit": column.unit or " + ".join(column.units),
            "national_unit": units[column.name],
            "averaging": column.averaging,
            "format": column.format,
            "calendar": column.facts.get("calendar", "CE") if column.format else "",
        }
        for column in feed.national
    ]
