"""The records of accepted extracts that may enter the warehouse, as a SELECT."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from federation.common.paths import Home
from federation.datasets.suites import load_suite
from federation.extracts.extract import verify_bytes
from federation.extracts.status import ReleaseInput


def accepted_records(dataset: str, pending: Sequence[ReleaseInput], home: Home) -> str:
    """Return the SELECT of the records of these extracts of a dataset that the gate let in."""
    columns = load_suite(dataset).record
    spotless = [_whole(entry, home) for entry in pending if not entry.records_quarantined]
    spotted = [_whole(entry, home) for entry in pending if entry.records_quarantined]
    names = ", ".join(f'r."{name}"' for name in columns)
    parts = [
        "SELECT "
        f"{', '.join(f'CAST(NULL AS {kind}) AS {name}' for name, kind in columns.items())} WHERE "
        "false"
    ]
    if spotless:
        parts.append(
            f"SELECT {names} FROM read_parquet({_files(spotless)}) AS r WHERE NOT r.is_duplicate"
        )
    if spotted:
        parts.append(
            f"SELECT {names} FROM read_parquet({_files(spotted)}) AS r "
            f"ANTI JOIN read_parquet({_files(map(Home.quarantine, spotted))}) AS q "
            "ON q.extract_id = r.extract_id AND q.row_number = r.row_number WHERE NOT "
            "r.is_duplicate"
        )
    return " UNION ALL ".join(parts)


def _whole(entry: ReleaseInput, home: Home) -> Path:
    """Return the conformed file.

    Raises DataProblem, and removes it, when its bytes are not those written.
    """
    file = home.at(entry.conformed)
    verify_bytes(file, entry.conformed_sha256)
    return file


def _files(paths: Iterable[Path]) -> str:
    return "[" + ", ".join(f"'{path}'" for path in paths) + "]"
