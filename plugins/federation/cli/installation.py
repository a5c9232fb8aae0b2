"""`hub doctor`, `hub health` and `hub migrate`: the installation itself."""

import argparse
import sys
from itertools import chain

from federation.cli.common import json_option, print_json
from federation.common.private import private_home
from federation.common.settings import Settings
from federation.ledger import open_database


def migrate(options: argparse.Namespace) -> int:
    """`hub migrate`."""
    from federation.ledger.migrate import head, lacking
    from federation.ledger.migrate import migrate as apply
    from federation.ledger.open import refuse_empty, refuse_lost

    settings = Settings.from_environment()
    refuse_lost(settings)
    with private_home(settings.home), open_database(settings) as engine:
        refuse_empty(settings, engine)
        revisions = lacking(engine) if options.dry_run else apply(engine)
    if options.json:
        print_json({"version": head(), "revisions": revisions, "applied": not options.dry_run})
    else:
        _show(revisions, options.dry_run)
    return 0


def _show(revisions: list[str], dry_run: bool) -> None:
    from federation.ledger.migrate import head

    for revision in revisions:
        print(f"{'would apply' if dry_run else 'applied'} {revision}")
    if not revisions:
        print(f"nothing to do: the ledger is of version {head()}")


def doctor(options: argparse.Namespace) -> int:
    """`hub doctor`: 1 when a matter of a city fails, 2 when one of the hub's own does."""
    from federation.operation.doctor.examine import examine
    from federation.operation.doctor.finding import exit_code
    from federation.operation.doctor.settings import settings_that_can_be_read

    findings = []
    settings, unreadable = settings_that_can_be_read()
    for finding in chain(unreadable, examine(settings)):
        findings.append(finding)
        if not options.json:
            print(f"{finding.soundness:4}  {finding.check}: {finding.says}", flush=True)
            if finding.todo:
                print(f"      to do: {finding.todo}", flush=True)
    code = exit_code(findings)
    if options.json:
        print_json({"exit_code": code, "checks": [finding.to_json() for finding in findings]})
    return code


def health(options: argparse.Namespace) -> int:
    """`hub health`: 1 when the hub is not well, whoever is to blame."""
    from federation.common.periods import shown
    from federation.operation.health import age
    from federation.operation.health import health as look

    found = look(Settings.from_environment(), age(options.max_age))
    if options.json:
        print_json(found.to_json())
    elif found.healthy and found.confirmed_at:
        pinned = ", pinned" if found.pinned else ""
        at = shown(found.confirmed_at)
        print(f"well: {found.release_id}{pinned}, up to date at {at} Asia/Bangkok")
    for reason in found.reasons:
        print(f"hub: {reason}", file=sys.stderr)
    return 0 if found.healthy else 1


# -- arguments -------------------------------------------------------------------------------------


def add_migrate_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Bring the ledger's database to the version of this hub, all or nothing. The role needs "
        "the right to create in the database; passes need it not. Make a backup first."
    )
    command.add_argument(
        "--dry-run", action="store_true", help="name the revisions, change nothing"
    )
    json_option(command)
    command.set_defaults(command=migrate)


def add_doctor_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Look at the whole installation: versions, settings, home, disk, database and its clock, "
        "sandbox, mail server, webhook, limits, YAML files, contracts and each city's connection. "
        "Nothing is changed, sent or fetched. Exit code 1 when only matters of cities fail, 2 when "
        "one of the hub's own does."
    )
    json_option(command)
    command.set_defaults(command=doctor)


def add_health_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "For probes: exit code 0 when a release serves and, within the last --max-age, a platform "
        "was looked at and a pass made the newest release or found nothing new; else 1, with the "
        "reasons."
    )
    command.add_argument(
        "--max-age", default="26h", metavar="AGE", help="such as 26h, 90m or 2d; 26h when left out"
    )
    json_option(command)
    command.set_defaults(command=health)
