"""The records of accepted extracts that may enter the warehouse, as a SELECT."""

from collections.abc import Sequence
from pathlib import Path

from federation.common.paths import Home
from federation.common.sql import Sql, compose, identifier, listed, parquet
from federation.datasets.suites import load_suite
from federation.extracts.extract import verify_bytes
from federation.extracts.status import ReleaseInput


def accepted_records(dataset: str, pending: Sequence[ReleaseInput], home: Home) -> Sql:
    """Return the SELECT of the records of these extracts of a dataset that the gate let in.

    Raises DataProblem for a conformed file whose bytes are not those that were written.
    """
    columns = load_suite(dataset).record
    whole = [_verified(entry, home) for entry in pending if not entry.records_quarantined]
    with_quarantine = [_verified(entry, home) for entry in pending if entry.records_quarantined]
    parts = [_no_records(columns)]
    if whole:
        parts.append(_all_records(columns, whole))
    if with_quarantine:
        parts.append(_records_without_quarantine(columns, with_quarantine))
    return listed(parts, " UNION ALL ")


def _no_records(columns: dict[str, str]) -> Sql:
    """Return a SELECT of no row, so that the columns have their types without any file."""
    nulls = [
        compose("CAST(NULL AS {type}) AS {name}", type=Sql(kind), name=identifier(name))
        for name, kind in columns.items()
    ]
    return compose("SELECT {nulls} WHERE false", nulls=listed(nulls))


def _all_records(columns: dict[str, str], files: Sequence[Path]) -> Sql:
    return compose(
        "SELECT {columns} FROM {files} AS r WHERE NOT r.is_duplicate",
        columns=_of_r(columns),
        files=parquet(*files),
    )


def _records_without_quarantine(columns: dict[str, str], files: Sequence[Path]) -> Sql:
    return compose(
        """
        SELECT {columns}
        FROM {files} AS r
        ANTI JOIN {quarantine} AS q
            ON q.extract_id = r.extract_id AND q.row_number = r.row_number
        WHERE NOT r.is_duplicate
        """,
        columns=_of_r(columns),
        files=parquet(*files),
        quarantine=parquet(*map(Home.quarantine, files)),
    )


def _of_r(columns: dict[str, str]) -> Sql:
    return listed(identifier("r", name) for name in columns)


def _verified(entry: ReleaseInput, home: Home) -> Path:
    """Return the conformed file; one whose bytes are not those that were written is removed."""
    file = home.at(entry.conformed)
    verify_bytes(file, entry.conformed_sha256)
    return file
