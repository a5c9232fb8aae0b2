"""`hub quarantine`: records that were kept out, and what people decide on them."""

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, fields
from getpass import getuser
from pathlib import Path

from federation.cli.common import json_option, open_hub, print_json
from federation.common.console import show_table
from federation.common.periods import day_of
from federation.common.spreadsheet import without_formula
from federation.common.vocabulary import RecordDecision
from federation.extracts.snapshot import read_snapshot
from federation.quarantine.decisions import Quarantined, decide, find, quarantined
from federation.quarantine.table import STATUSES


def quarantine_list(options: argparse.Namespace) -> int:
    """`hub quarantine list`: 1 when a record waits for the city."""
    found = _chosen(options)
    if options.json:
        print_json([asdict(entry) for entry in found])
    else:
        show_table(
            (
                "id",
                "city",
                "dataset",
                "period",
                "row",
                "record",
                "reason",
                "value",
                "status",
                "days",
            ),
            [
                (
                    entry.quarantine_id,
                    entry.city,
                    entry.dataset,
                    entry.partition,
                    str(entry.row_number),
                    entry.record_key,
                    entry.reason,
                    entry.value_masked or "",
                    entry.status,
                    str(entry.age_days),
                )
                for entry in found
            ],
            right=("row", "days"),
        )
        counted = Counter(entry.status for entry in found)
        print(
            ", ".join(f"{count:,} {status}" for status, count in sorted(counted.items()))
            or "nothing is quarantined"
        )
    return 1 if any(entry.status.is_open for entry in found) else 0


def _chosen(options: argparse.Namespace) -> list[Quarantined]:
    wanted = {name: getattr(options, name) for name in ("city", "dataset", "reason", "status")}
    with open_hub(silent=True) as hub:
        known = quarantined(read_snapshot(hub.ledger, hub.settings.home))
    return [
        entry
        for entry in known
        if all(
            value in (None, "all", getattr(entry, name))
            for name, value in wanted.items()
            if name != "status"
        )
        and (
            wanted["status"] in ("all", entry.status)
            or (wanted["status"] is None and entry.status.is_open)
        )
    ]


def quarantine_show(options: argparse.Namespace) -> int:
    """`hub quarantine show`."""
    with open_hub(silent=True) as hub:
        found = find([options.record], quarantined(read_snapshot(hub.ledger, hub.settings.home)))
        arrival = hub.ledger.history([found[0].extract_id])["arrival"][-1]
    if options.json:
        print_json([asdict(entry) | {"path": arrival["path"]} for entry in found])
        return 0
    first = found[0]
    print(
        f"{first.quarantine_id}  {first.city}/{first.dataset} {first.partition}  {first.status}, "
        f"{first.age_days} days"
    )
    print(
        f"row {first.row_number} of {arrival['path']} (extract {first.extract_id})\nrecord "
        f"{first.record_key}"
    )
    for entry in found:
        print(
            f"  {entry.reason}: {entry.column_name or 'whole record'}: "
            f"{entry.value_masked or '(nothing)'}"
        )
    if first.decision_reason:
        print(
            f"{first.decision_reason}"
            + (f" ({first.decided_by}, {first.decided_at:%Y-%m-%d})" if first.decided_at else "")
        )
    return 0


def quarantine_export(options: argparse.Namespace) -> int:
    """`hub quarantine export`: CSV or JSON on standard output, and nothing else."""
    found = _chosen(options)
    if options.format == "json":
        print_json([asdict(entry) for entry in found])
        return 0
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([field.name for field in fields(Quarantined)])
    writer.writerows(
        [without_formula(value) for value in asdict(entry).values()] for entry in found
    )
    return 0


def quarantine_decide(options: argparse.Namespace) -> int:
    """`hub quarantine release`, `waive` and `reopen`."""
    until = day_of(options.until, "--until") if options.decision == RecordDecision.WAIVE else None
    with open_hub(silent=True) as hub:
        seen = read_snapshot(hub.ledger, hub.settings.home)
        rows = find(options.records, quarantined(seen))
        count = decide(rows, options.decision, options.reason, hub.ledger, seen, until=until)
    _tell(options, count, rows)
    return 0


def _tell(options: argparse.Namespace, count: int, rows: Sequence[Quarantined]) -> None:
    if options.json:
        print_json(
            {
                "decision": options.decision,
                "records": count,
                "ids": sorted({entry.quarantine_id for entry in rows}),
            }
        )
    else:
        print(
            f"{options.decision}: {count} record(s); "
            + (
                "hub run acts on it"
                if options.decision != RecordDecision.WAIVE
                else f"they count as settled until {options.until}"
            )
        )


def quarantine_import(options: argparse.Namespace) -> int:
    """`hub quarantine import`: 1 when a row of the workbook could not be taken over."""
    from federation.reporting.workbook.answers import read_answers, take_over

    answers = read_answers(Path(options.file))
    with open_hub(silent=True) as hub:
        seen = read_snapshot(hub.ledger, hub.settings.home)
        found = take_over(
            answers,
            quarantined(seen),
            hub.ledger,
            seen,
            options.by or getuser(),
            dry=options.dry_run,
        )
    if options.json:
        print_json([asdict(entry) for entry in found])
    else:
        show_table(
            ("sheet", "row", "id", "outcome", ""),
            [
                (entry.sheet, str(entry.row), entry.quarantine_id, entry.outcome, entry.message)
                for entry in found
            ],
            right=("row",),
        )
        print(
            f"{len(found)} filled-in row(s)"
            + ("; nothing was written" if options.dry_run else "; hub run acts on releases")
        )
    return 1 if any(entry.outcome == "refused" for entry in found) else 0


# -- grammar ---------------------------------------------------------------------------------------


def add_quarantine_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Records of accepted extracts that may not enter the warehouse. A record that comes "
        "again and "
        "passes clears itself; a person may let one in, or say that it stays out until a day."
    )
    actions = command.add_subparsers(required=True, metavar="ACTION")
    listed = actions.add_parser(
        "list", help="the records that wait for their city; exit 1 when there are any"
    )
    export = actions.add_parser("export", help="the same as CSV or JSON, masked")
    for action, answer in ((listed, quarantine_list), (export, quarantine_export)):
        for name in ("city", "dataset", "reason"):
            action.add_argument(f"--{name}", help=f"of this {name} only")
        action.add_argument(
            "--status",
            choices=("all", *STATUSES),
            help="of this status; open and expired when left out",
        )
        action.set_defaults(command=answer)
    export.add_argument("--format", choices=("csv", "json"), default="csv")
    shown = actions.add_parser(
        "show", help="one record: why, since when, where it stands in the file"
    )
    shown.add_argument("record", metavar="ID", help="the id, or its beginning")
    shown.set_defaults(command=quarantine_show)
    release = actions.add_parser("release", help="let records in with the next pass")
    waive = actions.add_parser(
        "waive", help="let records stay out until a day, without counting as open"
    )
    reopen = actions.add_parser("reopen", help="take a release or a waiver back")
    for name, action in (
        (RecordDecision.RELEASE, release),
        (RecordDecision.WAIVE, waive),
        (RecordDecision.REOPEN, reopen),
    ):
        action.add_argument("records", nargs="+", metavar="ID", help="ids, or their beginnings")
        action.add_argument(
            "--reason", required=True, help="why; it is kept in the ledger with your user name"
        )
        action.set_defaults(command=quarantine_decide, decision=name)
    waive.add_argument("--until", required=True, metavar="DATE", help="last local day (2026-12-31)")
    taken = actions.add_parser(
        "import", help="take over the answers of a workbook that a steward sent back"
    )
    taken.add_argument(
        "file", metavar="FILE", help="the .xlsx that came with a mail, its yellow cells filled in"
    )
    taken.add_argument("--by", metavar="NAME", help="who answered; your user name when left out")
    taken.add_argument("--dry-run", action="store_true", help="only say what would be taken over")
    taken.set_defaults(command=quarantine_import)
    for action in (listed, shown, release, waive, reopen, taken):
        json_option(action)
