"""The records of accepted extracts that may enter the warehouse, as a SELECT."""

from collections.abc import Sequence
from pathlib import Path

from federation.common.paths import Home
from federation.common.sql import Sql, compose, identifier, listed, literal, parquet
from federation.datasets.suites import Suite, load_suite
from federation.extracts.extract import verify_bytes
from federation.extracts.status import ReleaseInput


def accepted_records(dataset: str, pending: Sequence[ReleaseInput], home: Home) -> Sql:
    """Return the SELECT of the records of these extracts of a dataset that the gate let in.

    Raises DataProblem for a conformed file whose bytes are not those that were written.
    """
    suite = load_suite(dataset)
    files: dict[tuple[bool, bool], list[Path]] = {}
    for entry in pending:
        kind = bool(entry.records_quarantined), entry.has_blanks
        files.setdefault(kind, []).append(_verified(entry, home))
    parts = [
        _records(suite, found, quarantined=quarantined, blanked=blanked)
        for (quarantined, blanked), found in sorted(files.items())
    ]
    return listed([_no_records(suite.record), *parts], " UNION ALL ")


def _no_records(columns: dict[str, str]) -> Sql:
    """Return a SELECT of no row, so that the columns have their types without any file."""
    nulls = [
        compose("CAST(NULL AS {type}) AS {name}", type=Sql(kind), name=identifier(name))
        for name, kind in columns.items()
    ]
    return compose("SELECT {nulls} WHERE false", nulls=listed(nulls))


def _records(suite: Suite, files: Sequence[Path], *, quarantined: bool, blanked: bool) -> Sql:
    """Return the SELECT of records without those kept out, and without the values left out."""
    columns = [
        _unless_blank(name) if blanked and name in suite.blankable else identifier("r", name)
        for name in suite.record
    ]
    return compose(
        "SELECT {columns} FROM {files} AS r {quarantine} {blanks} WHERE NOT r.is_duplicate",
        columns=listed(columns),
        files=parquet(*files),
        quarantine=_anti_join(files) if quarantined else Sql(""),
        blanks=_blanks_join(files) if blanked else Sql(""),
    )


def _anti_join(files: Sequence[Path]) -> Sql:
    return compose(
        "ANTI JOIN {quarantine} AS q "
        "ON q.extract_id = r.extract_id AND q.row_number = r.row_number",
        quarantine=parquet(*map(Home.quarantine, files)),
    )


def _blanks_join(files: Sequence[Path]) -> Sql:
    return compose(
        """
        LEFT JOIN (
            SELECT extract_id, row_number, list(column_name) AS columns
            FROM {blanks}
            GROUP BY extract_id, row_number
        ) AS b ON b.extract_id = r.extract_id AND b.row_number = r.row_number
        """,
        blanks=parquet(*map(Home.blanks, files)),
    )


def _unless_blank(column: str) -> Sql:
    return compose(
        "CASE WHEN list_contains(b.columns, {name}) THEN NULL ELSE {column} END AS {alias}",
        name=literal(column),
        column=identifier("r", column),
        alias=identifier(column),
    )


def _verified(entry: ReleaseInput, home: Home) -> Path:
    """Return the conformed file; one whose bytes are not those that were written is removed."""
    file = home.at(entry.conformed)
    verify_bytes(file, entry.conformed_sha256)
    return file
