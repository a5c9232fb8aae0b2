"""A trace as people read it."""

from collections.abc import Mapping
from typing import Any

from federation.releases.trace.trace import Trace

_EXTRACTS_SHOWN = 12


def show(found: Trace) -> None:
    """Print each row with where it is from, then the stories of the extracts.

    Or that no row fits.
    """
    print(f"{found.table} of release {found.release_id}: {len(found.rows) or 'no'} rows")
    for row in found.rows:
        print("\n" + _cells(row["row"]))
        if "reference" in row:
            print("  from " + " ".join(row["reference"].values()))
        elif "computed_from" in row:
            for entry in row["computed_from"]:
                _show_source(entry)
        else:
            print(f"  {_place(row)}")
    for extract in list(found.extracts.values())[:_EXTRACTS_SHOWN]:
        _show_story(extract)
    if len(found.extracts) > _EXTRACTS_SHOWN:
        print(
            f"\n… and {len(found.extracts) - _EXTRACTS_SHOWN} more extracts (--json tells of "
            "them all)"
        )


def _cells(row: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name} {value}"
        for name, value in row.items()
        if value is not None and name != "extract_id"
    )


def _place(record: Mapping[str, Any]) -> str:
    number = (
        f"row {record['row_number']}"
        if record["row_number"]
        else "row unknown: its conformed file is not kept"
    )
    further = (
        f" (and equal copies: {', '.join(map(str, record['further_rows']))})"
        if record["further_rows"]
        else ""
    )
    return f"extract {record['extract_id']}, {number}{further}"


def _show_source(entry: Mapping[str, Any]) -> None:
    print(
        f"  computed from {entry['rows']:,} rows of {entry['table']}: "
        + ", ".join(f"{extract_id} {count:,}" for extract_id, count in entry["extracts"].items())
    )
    for record in entry["sample"]:
        print(f"    {_cells(record['row'])} <- {_place(record)}")


def _show_story(extract: Mapping[str, Any]) -> None:
    of = f"{extract['city']}/{extract['dataset']} {extract['partition']}"
    print(f"\nextract {extract['extract_id']}  {of} ({extract['state']})")
    print(
        f"  delivered  {extract['path']}, sent {extract['modified_at'] or '-'}, "
        f"{extract['size_bytes']:,} bytes"
    )
    print(
        f"  arrived    {extract['arrived_at']} "
        f"({', '.join(_arrival(arrival) for arrival in extract['arrivals'])})"
    )
    print(
        f"  landing    {extract['landing']}{'' if extract['landing_kept'] else ' (gone)'}\n  "
        f"sha256     {extract['sha256']}"
    )
    if conformed := extract["conformed"]:
        print(
            f"  conformed  {conformed['conformed_at']} (ledger: conformed "
            f"{conformed['conformed_id']}), "
            f"{conformed['source_rows']:,} source rows, {conformed['records_received']:,} records\n"
            f"             {conformed['file']}{'' if conformed['kept'] else ' (gone)'}"
        )
    if verdict := extract["verdict"]:
        print(
            f"  verdict    {verdict['verdict']} (ledger: verdict {verdict['verdict_id']}), "
            f"{verdict['decided_at']}, "
            f"contract {verdict['contract_version']}, {verdict['records_quarantined']:,} "
            "quarantined"
        )
        for reason in verdict["reasons"]:
            print(
                f"             {reason['consequence']}: {reason['code']} ({reason['records']:,} "
                "records): "
                f"{reason['message']}"
            )
    releases = (
        entry["release_id"] + ("" if entry["kept"] else " (pruned)")
        for entry in extract["releases"]
    )
    print(f"  releases   {', '.join(releases)}")


def _arrival(arrival: Mapping[str, Any]) -> str:
    return f"ledger: arrival {arrival['arrival_id']} of run {arrival['run_id']}"
