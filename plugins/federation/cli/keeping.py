"""`hub backup`, `hub restore` and `hub upkeep`: what is kept, where, and for how long."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from federation.cli.common import json_option, open_hub, print_json
from federation.common.console import show_table
from federation.common.progress import Progress
from federation.common.settings import Settings
from federation.ledger import open_ledger
from federation.pipeline.hub import Hub


def backup(options: argparse.Namespace) -> int:
    """`hub backup`: 1 when a landed file is damaged or gone; the backup is made all the same."""
    from federation.operation.backup.backup import backup as make

    folder = Path(options.folder).absolute()
    with open_hub(silent=options.json) as hub:
        made = make(folder, hub.settings.home, hub.ledger, hub.progress)
    told = _told(made.manifest) | {"damaged": made.damaged, "missing": made.missing}
    if options.json:
        print_json(told)
    else:
        print(f"backup {folder}: {_in_words(told)}")
    _complain("damaged: no longer what the city delivered", made.damaged)
    _complain("gone, though the ledger names it", made.missing)
    return 1 if made.damaged or made.missing else 0


def _complain(what: str, names: Iterable[str]) -> None:
    for name in names:
        print(f"hub: {name} is {what}", file=sys.stderr)


def restore(options: argparse.Namespace) -> int:
    """`hub restore`: 1 when a file of the backup is damaged, or the verification fails."""
    from federation.operation.backup.restore import restore as bring_back
    from federation.operation.backup.verify import verify

    settings, progress = Settings.from_environment(), Progress(silent=options.json)
    manifest = bring_back(Path(options.folder).absolute(), settings, progress)
    told = _told(manifest)
    if options.verify:
        with open_ledger(settings) as ledger:
            verified = verify(Hub(settings, ledger, progress), manifest.content_hash)
        told |= {"verified": verified.to_json()}
    if options.json:
        print_json(told)
    else:
        print(f"restored {settings.home.root}: {_in_words(told)}")
        _show_verified(told.get("verified"))
    return 0


def _show_verified(verified: dict[str, Any] | None) -> None:
    if verified is None:
        return
    print(f"the release that serves has content hash {verified['content_hash']}, as it had")
    if verified["rebuilt"]:
        print("a build from landing and ledger alone gives the same tables as the newest release")
    else:
        print(f"not built anew: {verified['note']}")


def _told(manifest: Any) -> dict[str, Any]:
    return {
        "made_at": manifest.made_at,
        "release_id": manifest.serving,
        "content_hash": manifest.content_hash,
        "ledger_version": manifest.ledger.version,
        "ledger_rows": sum(manifest.ledger.rows.values()),
        "files": len(manifest.files),
        "bytes": manifest.bytes,
    }


def _in_words(told: dict[str, Any]) -> str:
    return (
        f"release {told['release_id'] or '-'}, {told['files']:,} files, "
        f"{told['bytes'] / 1e6:,.1f} MB, {told['ledger_rows']:,} rows of the ledger"
    )


def upkeep(options: argparse.Namespace) -> int:
    """`hub upkeep`."""
    from federation.common.retention import RULES
    from federation.operation.upkeep.upkeep import upkeep as tidy

    with open_hub(silent=options.json) as hub:
        done = tidy(hub.settings.home, hub.ledger, hub.progress, dry_run=options.dry_run)
    rows = [(kind, kept, done.count[kind], done.bytes[kind]) for kind, kept in RULES.items()]
    if options.json:
        names = ("what", "kept", "removed", "bytes")
        rules = [dict(zip(names, row, strict=True)) for row in rows]
        print_json({"dry_run": options.dry_run, "rules": rules})
    else:
        verb = "would be removed" if options.dry_run else "removed"
        show_table(
            ("what", "kept", verb, "MB"),
            [(kind, kept, f"{count:,}", f"{size / 1e6:,.1f}") for kind, kept, count, size in rows],
            right=(verb, "MB"),
        )
        print("landing and the ledger are never removed")
    return 0


# -- arguments -------------------------------------------------------------------------------------


def add_backup_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Copy the ledger as of one moment, landing, releases, sites and the outbox into DIR, with "
        "the hash of every file; whole or not at all. Passes go on meanwhile. Exit code 1 when a "
        "landed file is damaged or gone."
    )
    command.add_argument("folder", metavar="DIR", help="new or empty")
    json_option(command)
    command.set_defaults(command=backup)


def add_restore_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Make an empty HUB_HOME, and the empty database of HUB_DATABASE where it is set, hold what "
        "a backup holds. A restore that was killed begins anew; until it has ended no other "
        "command opens the hub."
    )
    command.add_argument("folder", metavar="DIR", help="what `hub backup` made")
    command.add_argument(
        "--verify",
        action="store_true",
        help="count the content hash of the release anew, and build it from landing and ledger",
    )
    json_option(command)
    command.set_defaults(command=restore)


def add_upkeep_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Remove what need not be kept any longer, and show the rules. Nothing that is in use goes, "
        "and nothing of landing and ledger. Run it once a day."
    )
    command.add_argument("--dry-run", action="store_true", help="count, and remove nothing")
    json_option(command)
    command.set_defaults(command=upkeep)
