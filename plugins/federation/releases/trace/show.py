"""A trace as text for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from federation.releases.trace.trace import Trace

_EXTRACTS_SHOWN = 12
_INDENT = " " * 13


def show(trace: Trace) -> None:
    """Print each row with its origin, then the history of the extracts; or that no row fits."""
    print(f"{trace.table} of release {trace.release_id}: {len(trace.rows) or 'no'} rows")
    for row in trace.rows:
        print("\n" + _cells(row["row"]))
        for line in _origin(row):
            print(f"  {line}")
    extracts = list(trace.extracts.values())
    for extract in extracts[:_EXTRACTS_SHOWN]:
        print()
        for line in _history(extract):
            print(line)
    more = len(extracts) - _EXTRACTS_SHOWN
    if more > 0:
        print(f"\n… and {more} more extracts (--json tells of them all)")


def _origin(row: Mapping[str, Any]) -> Iterator[str]:
    if "reference" in row:
        yield "from " + " ".join(row["reference"].values())
    elif "computed_from" in row:
        for source in row["computed_from"]:
            yield from _source(source)
    else:
        yield _source_row(row)


def _cells(row: Mapping[str, Any]) -> str:
    shown = {
        name: value for name, value in row.items() if value is not None and name != "extract_id"
    }
    return ", ".join(f"{name} {value}" for name, value in shown.items())


def _source_row(record: Mapping[str, Any]) -> str:
    number = "row unknown: its conformed file is not kept"
    if record["row_number"]:
        number = f"row {record['row_number']}"
    copies = ", ".join(map(str, record["further_rows"]))
    further = f" (and equal copies: {copies})" if copies else ""
    return f"extract {record['extract_id']}, {number}{further}"


def _source(source: Mapping[str, Any]) -> Iterator[str]:
    counts = [f"{extract_id} {count:,}" for extract_id, count in source["extracts"].items()]
    yield f"computed from {source['rows']:,} rows of {source['table']}: {', '.join(counts)}"
    for record in source["sample"]:
        yield f"  {_cells(record['row'])} <- {_source_row(record)}"


def _history(extract: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines about one extract, from its delivery to the releases that it is in."""
    feed = f"{extract['city']}/{extract['dataset']}"
    of = f"{feed} {extract['partition']} ({extract['state']})"
    yield f"extract {extract['extract_id']}  {of}"
    yield from _delivery(extract)
    if extract["conformed"]:
        yield from _conformed(extract["conformed"])
    if extract["verdict"]:
        yield from _verdict(extract["verdict"])
    releases = [
        _unless(release["kept"], release["release_id"], "pruned") for release in extract["releases"]
    ]
    yield f"  releases   {', '.join(releases)}"


def _delivery(extract: Mapping[str, Any]) -> Iterator[str]:
    sent, size = extract["modified_at"] or "-", extract["size_bytes"]
    arrivals = ", ".join(map(_arrival, extract["arrivals"]))
    yield f"  delivered  {extract['path']}, sent {sent}, {size:,} bytes"
    yield f"  arrived    {extract['arrived_at']} ({arrivals})"
    yield f"  landing    {_unless(extract['landing_kept'], extract['landing'], 'gone')}"
    yield f"  sha256     {extract['sha256']}"


def _arrival(arrival: Mapping[str, Any]) -> str:
    return f"ledger: arrival {arrival['arrival_id']} of run {arrival['run_id']}"


def _conformed(conformed: Mapping[str, Any]) -> Iterator[str]:
    row = f"ledger: conformed {conformed['conformed_id']}"
    source_rows, received = conformed["source_rows"], conformed["records_received"]
    counts = f"{source_rows:,} source rows, {received:,} records"
    yield f"  conformed  {conformed['conformed_at']} ({row}), {counts}"
    yield _INDENT + _unless(conformed["kept"], conformed["file"], "gone")


def _verdict(verdict: Mapping[str, Any]) -> Iterator[str]:
    row = f"ledger: verdict {verdict['verdict_id']}"
    decided = f"{verdict['decided_at']}, contract {verdict['contract_version']}"
    quarantined = f"{verdict['records_quarantined']:,} quarantined"
    yield f"  verdict    {verdict['verdict']} ({row}), {decided}, {quarantined}"
    for reason in verdict["reasons"]:
        count = f"{reason['records']:,} records"
        what = f"{reason['consequence']}: {reason['code']} ({count})"
        yield f"{_INDENT}{what}: {reason['message']}"


def _unless(holds: bool, name: str, otherwise: str) -> str:
    """Return the name; with a word in parentheses when it is not kept."""
    return name if holds else f"{name} ({otherwise})"
