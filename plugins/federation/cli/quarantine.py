"""`hub quarantine`: records that were kept out, and what people decide on them."""

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, fields
from getpass import getuser
from pathlib import Path

from federation.cli.common import Actions, json_option, open_hub, print_json
from federation.common.console import show_table
from federation.common.periods import day_of
from federation.common.spreadsheet import without_formula
from federation.common.vocabulary import RecordDecision
from federation.extracts.snapshot import read_snapshot
from federation.quarantine.decisions import (
    Decider,
    Decision,
    Quarantined,
    find,
    quarantined,
)
from federation.quarantine.table import STATUSES

_DECISIONS = {
    RecordDecision.RELEASE: "let records in with the next pass",
    RecordDecision.WAIVE: "let records stay out until a day, without counting as open",
    RecordDecision.REOPEN: "take a release or a waiver back",
}
_COLUMNS = (
    *("id", "city", "dataset", "period", "row"),
    *("record", "reason", "value", "status", "days"),
)


def quarantine_list(options: argparse.Namespace) -> int:
    """`hub quarantine list`: 1 when a record waits for the city."""
    records = _chosen(options)
    if options.json:
        print_json([asdict(record) for record in records])
    else:
        _show_list(records)
    return 1 if any(record.status.is_open for record in records) else 0


def _show_list(records: Sequence[Quarantined]) -> None:
    show_table(_COLUMNS, [_row(record) for record in records], right=("row", "days"))
    counts = Counter(record.status for record in records)
    summary = ", ".join(f"{count:,} {status}" for status, count in sorted(counts.items()))
    print(summary or "nothing is quarantined")


def _row(record: Quarantined) -> tuple[str, ...]:
    return (
        record.quarantine_id,
        record.city,
        record.dataset,
        record.partition,
        str(record.row_number),
        record.record_key,
        record.reason,
        record.value_masked or "",
        record.status,
        str(record.age_days),
    )


def _chosen(options: argparse.Namespace) -> list[Quarantined]:
    with open_hub(silent=True) as hub:
        records = quarantined(read_snapshot(hub.ledger, hub.settings.home))
    return [record for record in records if _is_chosen(record, options)]


def _is_chosen(record: Quarantined, options: argparse.Namespace) -> bool:
    for name in ("city", "dataset", "reason"):
        if getattr(options, name) not in (None, "all", getattr(record, name)):
            return False
    if options.status is None:
        return record.status.is_open
    return options.status in ("all", record.status)


def quarantine_show(options: argparse.Namespace) -> int:
    """`hub quarantine show`."""
    with open_hub(silent=True) as hub:
        records = quarantined(read_snapshot(hub.ledger, hub.settings.home))
        reasons = find([options.record], records)
        arrival = hub.ledger.history([reasons[0].extract_id])["arrival"][-1]
    if options.json:
        print_json([asdict(reason) | {"path": arrival["path"]} for reason in reasons])
    else:
        _show_record(reasons, arrival["path"])
    return 0


def _show_record(reasons: Sequence[Quarantined], path: str) -> None:
    """Print a record, which is quarantined for one reason or more."""
    record = reasons[0]
    feed = f"{record.city}/{record.dataset} {record.partition}"
    print(f"{record.quarantine_id}  {feed}  {record.status}, {record.age_days} days")
    print(f"row {record.row_number} of {path} (extract {record.extract_id})")
    print(f"record {record.record_key}")
    for reason in reasons:
        column = reason.column_name or "whole record"
        print(f"  {reason.reason}: {column}: {reason.value_masked or '(nothing)'}")
    if record.decision_reason:
        who = f" ({record.decided_by}, {record.decided_at:%Y-%m-%d})" if record.decided_at else ""
        print(f"{record.decision_reason}{who}")


def quarantine_export(options: argparse.Namespace) -> int:
    """`hub quarantine export`: CSV or JSON on standard output, and nothing else."""
    records = _chosen(options)
    if options.format == "json":
        print_json([asdict(record) for record in records])
        return 0
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([field.name for field in fields(Quarantined)])
    writer.writerows(
        [without_formula(value) for value in asdict(record).values()] for record in records
    )
    return 0


def quarantine_decide(options: argparse.Namespace) -> int:
    """`hub quarantine release`, `waive` and `reopen`."""
    until = day_of(options.until, "--until") if options.decision == RecordDecision.WAIVE else None
    with open_hub(silent=True) as hub:
        seen = read_snapshot(hub.ledger, hub.settings.home)
        rows = find(options.records, quarantined(seen))
        decision = Decision(RecordDecision(options.decision), options.reason, until)
        count = Decider(hub.ledger, seen).decide(rows, decision)
    if options.json:
        ids = sorted({row.quarantine_id for row in rows})
        print_json({"decision": options.decision, "records": count, "ids": ids})
    else:
        effect = f"they count as settled until {options.until}" if until else "hub run acts on it"
        print(f"{options.decision}: {count} record(s); {effect}")
    return 0


def quarantine_import(options: argparse.Namespace) -> int:
    """`hub quarantine import`: 1 when a row of the workbook could not be taken over."""
    from federation.reporting.mail.reply import Answered, send_reply
    from federation.reporting.workbook.answers import read_answers, take_over

    answers = read_answers(Path(options.file))
    by, dry = options.by or getuser(), options.dry_run
    with open_hub(silent=True) as hub:
        seen = read_snapshot(hub.ledger, hub.settings.home)
        decider = Decider(hub.ledger, seen, by, dry)
        taken = take_over(answers, quarantined(seen), decider)
        if "@" in by and not dry:
            answered = Answered(by, Path(options.file), taken)
            send_reply(answered, seen.feeds, hub.ledger, hub.settings)
    if options.json:
        print_json([asdict(row) for row in taken])
    else:
        show_table(
            ("sheet", "row", "id", "outcome", ""),
            [
                (row.sheet, str(row.row), row.quarantine_id, row.outcome, row.message.en)
                for row in taken
            ],
            right=("row",),
        )
        effect = "nothing was written" if dry else "hub run acts on releases"
        print(f"{len(taken)} filled-in row(s); {effect}")
    return 1 if any(row.outcome == "refused" for row in taken) else 0


# -- arguments -------------------------------------------------------------------------------------


def add_quarantine_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Records of accepted extracts that may not enter the warehouse. A record that comes again "
        "and passes clears itself; a person may let one in, or say that it stays out until a day."
    )
    actions = command.add_subparsers(required=True, metavar="ACTION")
    _add_list(actions)
    _add_export(actions)
    _add_show(actions)
    for decision, help in _DECISIONS.items():
        _add_decision(actions, decision, help)
    _add_import(actions)


def _add_list(actions: Actions) -> None:
    command = actions.add_parser(
        "list", help="the records that wait for their city; exit 1 when there are any"
    )
    _add_filters(command)
    json_option(command)
    command.set_defaults(command=quarantine_list)


def _add_export(actions: Actions) -> None:
    command = actions.add_parser("export", help="the same as CSV or JSON, masked")
    _add_filters(command)
    command.add_argument("--format", choices=("csv", "json"), default="csv")
    command.set_defaults(command=quarantine_export)


def _add_filters(command: argparse.ArgumentParser) -> None:
    for name in ("city", "dataset", "reason"):
        command.add_argument(f"--{name}", help=f"of this {name} only")
    command.add_argument(
        "--status",
        choices=("all", *STATUSES),
        help="of this status; open and expired when left out",
    )


def _add_show(actions: Actions) -> None:
    command = actions.add_parser(
        "show", help="one record: why, since when, where it stands in the file"
    )
    command.add_argument("record", metavar="ID", help="the id, or its beginning")
    json_option(command)
    command.set_defaults(command=quarantine_show)


def _add_decision(actions: Actions, decision: RecordDecision, help: str) -> None:
    command = actions.add_parser(decision, help=help)
    command.add_argument("records", nargs="+", metavar="ID", help="ids, or their beginnings")
    command.add_argument(
        "--reason", required=True, help="why; it is kept in the ledger with your user name"
    )
    if decision == RecordDecision.WAIVE:
        command.add_argument(
            "--until", required=True, metavar="DATE", help="last local day (2026-12-31)"
        )
    json_option(command)
    command.set_defaults(command=quarantine_decide, decision=decision)


def _add_import(actions: Actions) -> None:
    command = actions.add_parser(
        "import", help="take over the answers of a workbook that a steward sent back"
    )
    command.add_argument(
        "file",
        metavar="FILE",
        help="the .xlsx that came with a mail, its yellow cells filled in; .ods too",
    )
    command.add_argument(
        "--by",
        metavar="NAME",
        help="who answered; an address gets a mail of what was taken over and what was not; "
        "your user name when left out",
    )
    command.add_argument("--dry-run", action="store_true", help="only say what would be taken over")
    json_option(command)
    command.set_defaults(command=quarantine_import)
