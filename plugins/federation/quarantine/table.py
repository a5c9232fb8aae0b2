"""Quarantined records for people: which they are, why, since when, and what became of each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from federation.common.paths import Home
from federation.common.sql import compose, identifier, literal, parquet
from federation.common.vocabulary import (
    ExtractState,
    ReasonCode,
    RecordDecision,
    RecordState,
)
from federation.datasets.suites import NationalColumn, Suite, dataset_names, load_suite
from federation.extracts.status import ReleaseInput
from federation.ledger import RowDecision
from federation.quarantine.masking import masked_sql

STATUSES = {
    RecordState.OPEN: "waits for the city to mend it",
    RecordState.RELEASED: "a person let the record in",
    RecordState.REPLACED: "the file was replaced, or the record came again and passed",
    RecordState.WAIVED: "a person said that it may stay out until a day",
    RecordState.EXPIRED: "that day has passed; it is open again",
}


@dataclass(frozen=True)
class Quarantine:
    """The quarantined records of some extracts, and people's decisions on them, on a local day."""

    inputs: Sequence[ReleaseInput]
    decisions: Iterable[RowDecision]
    home: Home
    today: date

    def make_table(self, con: duckdb.DuckDBPyConnection, core: str | None = "core") -> None:
        """Create the temporary table `quarantined`: a row per record and reason, with the columns
        of ops.quarantine.

        `core` is the schema of facts in which to look for records that came again; it may be
        another database's, or None when there is none yet.
        """
        con.register("inputs_of_quarantine", _inputs(self.inputs))
        con.register("decisions_of_quarantine", _decisions(self.decisions))
        selects = [
            select
            for dataset in dataset_names()
            for select in self._of_dataset(con, load_suite(dataset), core)
        ]
        records = " UNION ALL ".join(selects) or _NOTHING
        story = _STORY.format(records=records, today=self.today)
        con.execute(f"CREATE OR REPLACE TEMP TABLE quarantined AS {story}")
        con.unregister("inputs_of_quarantine")
        con.unregister("decisions_of_quarantine")

    def _of_dataset(
        self, con: duckdb.DuckDBPyConnection, suite: Suite, core: str | None
    ) -> Iterator[str]:
        """Yield the SELECTs of a dataset's quarantined records, and of those that were
        released."""
        accepted = (ExtractState.CURRENT, ExtractState.SUPERSEDED)
        extracts = [
            entry
            for entry in self.inputs
            if entry.dataset == suite.name and entry.state in accepted
        ]
        kept_out = [
            Home.quarantine(self.home.at(entry.conformed))
            for entry in extracts
            if entry.records_quarantined
        ]
        if kept_out:
            yield _select(suite, compose(_KEPT_OUT, files=parquet(*kept_out)), core)
        rows = con.execute(
            "SELECT DISTINCT extract_id FROM decisions_of_quarantine WHERE decision = 'release'"
        ).fetchall()
        released = {extract_id for (extract_id,) in rows}
        let_in = [
            self.home.at(entry.conformed) for entry in extracts if entry.extract_id in released
        ]
        if let_in:
            yield _select(suite, compose(_LET_IN, files=parquet(*let_in)), core)


def _inputs(inputs: Sequence[ReleaseInput]) -> pa.Table:
    names = ("extract_id", "city", "dataset", "partition", "state", "arrived_at")
    schema = pa.schema([(name, pa.string()) for name in names])
    rows = [{name: getattr(entry, name) for name in names} for entry in inputs]
    return pa.Table.from_pylist(rows, schema=schema)


def _decisions(decisions: Iterable[RowDecision]) -> pa.Table:
    kinds = {
        "extract_id": pa.string(),
        "row_number": pa.int64(),
        "decision": pa.string(),
        "codes": pa.string(),
        "reason": pa.string(),
        "until": pa.date32(),
        "decided_by": pa.string(),
        "decided_at": pa.timestamp("us", "UTC"),
    }
    rows = [
        {name: getattr(entry, name) for name in kinds}
        for entry in decisions
        if entry.decision != RecordDecision.REOPEN
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(list(kinds.items())))


_TEXTS = (
    "extract_id",
    "record_key",
    "reason",
    "column_name",
    "value_masked",
    "unplaced",
    "expectation",
    "sent_again_in",
)
_NOTHING = (
    f"SELECT {', '.join(f'CAST(NULL AS VARCHAR) AS {name}' for name in _TEXTS)}, CAST(NULL AS "
    "BIGINT) AS row_number, false AS is_released WHERE false"
)
# First seen is what the same record of the same feed was first quarantined for, in whatever
# extract. A record that was let in is still kept out by the gate until the next pass: it stands
# here once, as let in.
_STORY = """
SELECT
  'q' || left(md5(concat_ws(':', f.extract_id, f.row_number)), 12) AS quarantine_id,
  f.extract_id, i.city, i.dataset, i.partition, f.row_number, f.record_key, f.reason,
  f.column_name, f.value_masked, f.expectation, f.unplaced,
  min(CAST(i.arrived_at AS TIMESTAMPTZ)) OVER (
    PARTITION BY i.city, i.dataset, f.record_key, f.reason
  ) AS first_seen_at,
  date_diff('day', CAST(first_seen_at AS DATE), DATE '{today}') AS age_days,
  CASE
    WHEN f.is_released THEN 'released'
    WHEN i.state = 'superseded' OR f.sent_again_in IS NOT NULL THEN 'replaced'
    WHEN d.decision = 'waive' AND d.until >= DATE '{today}' THEN 'waived'
    WHEN d.decision = 'waive' THEN 'expired'
    ELSE 'open'
  END AS status,
  CASE
    WHEN f.is_released THEN d.reason
    WHEN f.sent_again_in IS NOT NULL THEN 'came again in extract ' || f.sent_again_in
    WHEN i.state = 'superseded' THEN 'its file was replaced'
    ELSE d.reason
  END AS decision_reason,
  d.decided_by, d.decided_at, d.until AS waived_until
FROM ({records}) AS f JOIN inputs_of_quarantine AS i ON i.extract_id = f.extract_id
LEFT JOIN decisions_of_quarantine AS d
  ON d.extract_id = f.extract_id AND d.row_number = f.row_number
WHERE
  f.is_released
  OR d.decision IS DISTINCT FROM 'release'
  OR NOT list_contains(string_split(d.codes, ','), f.reason)
"""


_KEPT_OUT = "SELECT *, unnest(reasons) AS reason, false AS is_released FROM {files}"
_LET_IN = """
SELECT r.*, unnest(string_split(d.codes, ',')) AS reason, true AS is_released
FROM {files} AS r
JOIN decisions_of_quarantine AS d
    ON d.extract_id = r.extract_id AND d.row_number = r.row_number AND d.decision = 'release'
WHERE NOT r.is_duplicate
"""


def _select(suite: Suite, records: str, core: str | None) -> str:
    """Return the SELECT that describes quarantined records, by the reasons' columns and values."""
    cases = _columns_of_reasons(suite)
    ids = ", ".join(literal(entry.id) for entry in suite.expectations)
    again, facts = "CAST(NULL AS VARCHAR)", ""
    if core:
        key = [identifier(name) for name in ("city_code", *suite.key)]
        same = " AND ".join(f"core.{name} = r.{name}" for name in key)
        again = "nullif(core.extract_id, r.extract_id)"
        facts = f"LEFT JOIN {core}.{suite.fact} AS core ON {same}"
    return (
        f"SELECT r.extract_id, r.row_number, {_key(suite)} AS record_key, r.reason, "
        f"{_column(cases)} AS column_name, "
        f"{_value(suite, cases)} AS value_masked, {masked_sql('r.unplaced')} AS unplaced, "
        f"CASE WHEN r.reason IN ({ids}) THEN r.reason END AS expectation, r.is_released, "
        f"{again} AS sent_again_in FROM ({records}) AS r {facts}"
    )


def _columns_of_reasons(suite: Suite) -> str:
    """Return the WHENs of a CASE from an expectation's id to the column that it is about."""
    columns = {entry.id: entry.column for entry in suite.expectations if entry.column}
    # A record outside its partition is outside by the period's column.
    columns[ReasonCode.OUTSIDE_PARTITION] = suite.period.name
    whens = [f"WHEN {literal(name)} THEN {literal(column)}" for name, column in columns.items()]
    return " ".join(whens)


def _column(cases: str) -> str:
    return f"coalesce(nullif(split_part(r.reason, ':', 2), ''), CASE r.reason {cases} END, '')"


def _key(suite: Suite) -> str:
    parts = [f"{literal(name + '=')} || {_shown(suite, name)}" for name in suite.key]
    return f"concat_ws(', ', {', '.join(parts)})"


def _value(suite: Suite, cases: str) -> str:
    """Return SQL for the value in the column: as it was read, else as the city wrote it."""
    column = _column(cases)
    typed = " ".join(
        f"WHEN {literal(entry.name)} THEN {_shown(suite, entry.name)}" for entry in suite.columns
    )
    unread = f"split_part(split_part(r.unread, {column} || ': ', 2), '; ', 1)"
    return (
        f"coalesce(CASE {column} {typed} END, "
        f"CASE WHEN r.unread IS NOT NULL THEN {masked_sql(unread)} END, "
        f"{masked_sql('r.unplaced')})"
    )


def _shown(suite: Suite, name: str) -> str:
    """Return SQL for a column as text: local time, no personal data."""
    column = next(entry for entry in suite.columns if entry.name == name)
    if column.type == "VARCHAR":
        return masked_sql(f"r.{identifier(name)}")
    return _text(column)


def _text(column: NationalColumn) -> str:
    if column.type == "TIMESTAMPTZ":
        return f"strftime(r.{identifier(column.name)}, '%Y-%m-%d %H:%M')"
    return f"CAST(r.{identifier(column.name)} AS VARCHAR)"
