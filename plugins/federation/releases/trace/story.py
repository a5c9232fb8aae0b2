"""The stories of extracts: where each was delivered, when it came, what was decided and which
releases it has been in."""

from collections.abc import Mapping, Sequence
from typing import Any

from federation.common.hashing import short_hash
from federation.common.paths import Home
from federation.ledger import Ledger

ReleaseInput = Mapping[str, Any]
Row = Mapping[str, Any]
_SAID = (
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
_COUNTED = ("source_rows", "source_rows_out_of_scope", "records_received", "records_duplicate")


def stories(
    entries: Sequence[ReleaseInput], ledger: Ledger, home: Home
) -> dict[str, dict[str, Any]]:
    """Return extract_id -> what its release, the ledger and the disk say of it.

    Instants are ISO 8601 with their offset.

    `path` is the city's, `landing` and `conformed.file` are relative to the home.
    """
    ids = [entry["extract_id"] for entry in entries]
    known = ledger.history(ids) | {"release": ledger.releases.containing(ids)}
    return {
        entry["extract_id"]: _story(
            entry, {table: _of(entry, rows) for table, rows in known.items()}, home
        )
        for entry in entries
    }


def _of(entry: ReleaseInput, rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["extract_id"] == entry["extract_id"]]


def _story(entry: ReleaseInput, known: Mapping[str, list[Row]], home: Home) -> dict[str, Any]:
    landing = home.landing(entry["city"], entry["dataset"], entry["partition"], entry["sha256"])
    return {name: entry[name] for name in _SAID} | {
        "landing": home.name_of(landing),
        "landing_kept": landing.exists(),
        "arrivals": [_arrival(row) for row in known["arrival"]],
        "conformed": _conformed(entry, known["conformed"], home),
        "verdict": _verdict(entry, known["verdict"]),
        "decisions": [
            {name: _plain(row[name]) for name in ("decision", "reason", "decided_by", "decided_at")}
            for row in known["extract_decision"]
        ],
        "releases": [
            {"release_id": row["release_id"], "kept": home.release(row["release_id"]).exists()}
            for row in known["release"]
        ],
    }


def _arrival(row: Row) -> dict[str, Any]:
    return {
        name: _plain(row[name])
        for name in ("arrival_id", "run_id", "path", "modified_at", "arrived_at", "outcome")
    }


def _conformed(entry: ReleaseInput, rows: Sequence[Row], home: Home) -> dict[str, Any] | None:
    """Return the newest conforming that gave the very file this release was built from."""
    for row in rows:
        if row["output_sha256"] == entry["conformed_sha256"]:
            said = {
                name: _plain(row[name])
                for name in ("conformed_id", "run_id", "conformed_at", *_COUNTED)
            }
            return said | {"file": entry["conformed"], "kept": home.at(entry["conformed"]).exists()}
    return None


def _verdict(entry: ReleaseInput, rows: Sequence[Row]) -> dict[str, Any] | None:
    """Return the newest verdict under the contract, suite and code that this release was built
    with."""
    for row in rows:
        if short_hash(entry["extract_id"], row["work_key"]) == entry["identity"]:
            return {
                name: _plain(row[name])
                for name in (
                    "verdict_id",
                    "run_id",
                    "decided_at",
                    "contract_version",
                    "verdict",
                    "records_quarantined",
                    "reasons",
                )
            }
    return None


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
