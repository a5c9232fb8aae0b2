"""`hub report`: what became of mails."""

import argparse
from dataclasses import asdict
from pathlib import Path

from federation.cli.common import json_option, open_hub, print_json
from federation.common.console import show_table
from federation.common.periods import shown
from federation.common.vocabulary import MailState

_NOT_DELIVERED = (MailState.REFUSED, MailState.UNREACHABLE, MailState.BOUNCED)


def report_mails(options: argparse.Namespace) -> int:
    """`hub report mails`: 1 when one was refused, came back, or waits for the server."""
    with open_hub(silent=True) as hub:
        mails = hub.ledger.mails.latest(options.last)
    if options.json:
        print_json(mails)
    else:
        show_table(
            ("at (Asia/Bangkok)", "occasion", "kind", "recipient", "state", ""),
            [
                (
                    shown(row["at"]),
                    row["release_id"],
                    row["kind"],
                    row["recipient"],
                    row["state"],
                    row["detail"][:60] if row["state"] != MailState.SENT else "",
                )
                for row in mails
            ],
        )
    return 1 if any(row["state"] in _NOT_DELIVERED for row in mails) else 0


def report_bounces(options: argparse.Namespace) -> int:
    """`hub report bounces`: 1 when a message tells of a mail that this hub never sent."""
    from federation.reporting.mail.bounces import take_bounces

    with open_hub(silent=True) as hub:
        bounces = take_bounces([Path(file) for file in options.files], hub.ledger)
    if options.json:
        print_json([asdict(entry) for entry in bounces])
    else:
        for entry in bounces:
            print(
                f"{entry.recipient}: {entry.status} {entry.reason}"
                + ("" if entry.known else " (no mail of this hub)")
            )
        print(f"{sum(entry.known for entry in bounces)} noted; hub report mails shows them")
    return 0 if all(entry.known for entry in bounces) else 1


# -- arguments -------------------------------------------------------------------------------------


def add_report_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Mails go out by themselves, after each release and as soon as something is wrong."
    )
    actions = command.add_subparsers(required=True, metavar="ACTION")
    mails = actions.add_parser(
        "mails", help="the newest mails and what became of them; exit 1 when one did not arrive"
    )
    mails.add_argument("--last", type=int, default=50, metavar="N", help="how many")
    mails.set_defaults(command=report_mails)
    bounces = actions.add_parser(
        "bounces", help="note mails that came back, from saved delivery status notifications"
    )
    bounces.add_argument("files", nargs="+", metavar="FILE", help="the notifications, as .eml")
    bounces.set_defaults(command=report_bounces)
    for action in (mails, bounces):
        json_option(action)
