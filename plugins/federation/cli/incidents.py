"""`hub incidents`: what is wrong, since when, who is to act."""

import argparse
from getpass import getuser

from federation.cli.common import json_option, open_hub, print_json
from federation.common.console import show_table
from federation.common.errors import HubError
from federation.common.periods import shown
from federation.common.vocabulary import IncidentState
from federation.quality.incidents import Incident, acknowledge, incidents


def incidents_list(options: argparse.Namespace) -> int:
    """`hub incidents`: 1 when one is open."""
    with open_hub(silent=True) as hub:
        all_incidents = incidents(hub.ledger)
    chosen = [
        entry
        for entry in all_incidents
        if (options.all or entry.state != IncidentState.CLOSED)
        and options.city in (None, entry.problem.city)
        and options.dataset in (None, entry.problem.dataset)
    ]
    print_json([entry.row() for entry in chosen]) if options.json else _show(chosen)
    return 1 if any(entry.state != IncidentState.CLOSED for entry in chosen) else 0


def _show(chosen: list[Incident]) -> None:
    columns = (
        "id",
        "city",
        "dataset",
        "reason",
        "severity",
        "state",
        "since",
        "repair by",
        "records",
        "resolved in h",
        "owner",
    )
    show_table(
        columns,
        [
            (
                entry.incident_id,
                entry.problem.city or "(nation)",
                entry.problem.dataset,
                entry.problem.reason,
                entry.problem.severity,
                entry.state,
                shown(entry.opened_at),
                str(entry.repair_by or "-"),
                f"{entry.problem.records:,}",
                "" if entry.hours_to_repair is None else f"{entry.hours_to_repair:g}",
                entry.problem.owner,
            )
            for entry in chosen
        ],
        right=("records", "resolved in h"),
    )
    standing = sum(entry.state != IncidentState.CLOSED for entry in chosen)
    print(f"{standing} open; acknowledge one with: hub incidents --acknowledge ID")


def incidents_acknowledge(options: argparse.Namespace) -> int:
    """`hub incidents --acknowledge`."""
    with open_hub(silent=True) as hub:
        matching = [
            entry
            for entry in incidents(hub.ledger)
            if entry.incident_id.startswith(options.acknowledge)
        ]
        if len(matching) != 1:
            raise HubError(
                f"{'no' if not matching else 'more than one'} incident has an id that begins with "
                f"{options.acknowledge!r}",
                todo="hub incidents lists them",
            )
        (incident,) = matching
        if incident.state != IncidentState.OPEN:
            raise HubError(f"incident {incident.incident_id} is {incident.state} already")
        acknowledge(incident, getuser(), options.note, hub.ledger)
    if options.json:
        state = IncidentState.ACKNOWLEDGED
        print_json({"incident_id": incident.incident_id, "state": state})
    else:
        print(f"acknowledged: {incident.incident_id} {incident.problem.message_en}")
    return 0


def _answer(options: argparse.Namespace) -> int:
    return incidents_acknowledge(options) if options.acknowledge else incidents_list(options)


# -- arguments -------------------------------------------------------------------------------------


def add_incidents_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "One incident per feed and reason, opened and closed by what each pass finds. "
        "Exit code 1 while one is open."
    )
    for name in ("city", "dataset"):
        command.add_argument(f"--{name}", help=f"of this {name} only")
    command.add_argument("--all", action="store_true", help="closed ones too")
    command.add_argument(
        "--acknowledge",
        metavar="ID",
        help="say that you work on one: its id, or the beginning of it",
    )
    command.add_argument("--note", default="", help="what is being done, with --acknowledge")
    json_option(command)
    command.set_defaults(command=_answer)
