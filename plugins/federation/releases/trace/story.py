"""The history of extracts: delivery, arrival, verdict, decisions, releases."""

from collections.abc import Mapping, Sequence
from typing import Any

from federation.common.hashing import short_hash
from federation.common.paths import Home
from federation.ledger import Ledger

ReleaseInput = Mapping[str, Any]
Row = Mapping[str, Any]
_FIELDS = (
    "extract_id",
    "city",
    "dataset",
    "partition",
    "first_date",
    "last_date",
    "path",
    "declared_version",
    "sha256",
    "size_bytes",
    "modified_at",
    "arrived_at",
    "contract_version",
    "state",
)
_ARRIVAL = ("arrival_id", "run_id", "path", "modified_at", "arrived_at", "outcome")
_CONFORMED = (
    "conformed_id",
    "run_id",
    "conformed_at",
    "source_rows",
    "source_rows_out_of_scope",
    "records_received",
    "records_duplicate",
)
_VERDICT = (
    "verdict_id",
    "run_id",
    "decided_at",
    "contract_version",
    "verdict",
    "records_quarantined",
    "reasons",
)
_DECISION = ("decision", "reason", "decided_by", "decided_at")


def stories(
    inputs: Sequence[ReleaseInput], ledger: Ledger, home: Home
) -> dict[str, dict[str, Any]]:
    """Return extract_id -> its history by its release, the ledger and the disk.

    Instants are ISO 8601 with their offset. `path` is the city's; `landing` and `conformed.file`
    are relative to the home.
    """
    ids = [entry["extract_id"] for entry in inputs]
    rows = ledger.history(ids) | {"release": ledger.releases.containing(ids)}
    return {entry["extract_id"]: _story(entry, rows, home) for entry in inputs}


def _story(entry: ReleaseInput, rows: Mapping[str, Sequence[Row]], home: Home) -> dict[str, Any]:
    landing = home.landing(entry["city"], entry["dataset"], entry["partition"], entry["sha256"])
    arrivals = _of(entry, rows["arrival"])
    decisions = _of(entry, rows["extract_decision"])
    releases = [row["release_id"] for row in _of(entry, rows["release"])]
    return {name: entry[name] for name in _FIELDS} | {
        "landing": home.name_of(landing),
        "landing_kept": landing.exists(),
        "arrivals": [_plain(row, _ARRIVAL) for row in arrivals],
        "conformed": _conformed(entry, _of(entry, rows["conformed"]), home),
        "verdict": _verdict(entry, _of(entry, rows["verdict"])),
        "decisions": [_plain(row, _DECISION) for row in decisions],
        "releases": [
            {"release_id": each, "kept": home.release(each).exists()} for each in releases
        ],
    }


def _of(entry: ReleaseInput, rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["extract_id"] == entry["extract_id"]]


def _conformed(entry: ReleaseInput, rows: Sequence[Row], home: Home) -> dict[str, Any] | None:
    """Return the newest conforming that wrote the file from which this release was built."""
    for row in rows:
        if row["output_sha256"] == entry["conformed_sha256"]:
            file = {"file": entry["conformed"], "kept": home.at(entry["conformed"]).exists()}
            return _plain(row, _CONFORMED) | file
    return None


def _verdict(entry: ReleaseInput, rows: Sequence[Row]) -> dict[str, Any] | None:
    """Return the newest verdict under the contract, suite and code of this release."""
    for row in rows:
        if short_hash(entry["extract_id"], row["work_key"]) == entry["identity"]:
            return _plain(row, _VERDICT)
    return None


def _plain(row: Row, names: Sequence[str]) -> dict[str, Any]:
    """Return these columns of the row, times as ISO 8601."""
    return {name: _json_value(row[name]) for name in names}


def _json_value(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
