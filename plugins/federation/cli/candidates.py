"""`hub run --as-candidate` and `hub release promote`: a change is tried, then it serves."""

import argparse
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from federation.cli.common import open_hub, print_json
from federation.common.errors import HubError

if TYPE_CHECKING:
    from federation.pipeline.candidate import Tried
    from federation.releases.candidate import Comparison

_SHOWN = 10  # indicators and verdicts


def run_candidate(options: argparse.Namespace) -> int:
    """`hub run --as-candidate`: 1 when a contract is refused or an extract that serves is lost."""
    from federation.pipeline.candidate import run_as_candidate

    if options.city or options.dataset or options.first or options.last:
        raise HubError(
            "--as-candidate builds the whole warehouse",
            where="hub run",
            todo="leave out --city, --dataset, --from and --to",
        )
    with open_hub(as_it_is=True, verbose=options.verbose) as hub:
        tried = run_as_candidate(hub, wait=not options.no_wait)
    for refusal in tried.catalogue.refused:
        print(f"hub: {refusal}", file=sys.stderr)
    print_json(tried.to_json()) if options.json else _show(tried)
    return tried.exit_code


def _show(tried: "Tried") -> None:
    if tried.manifest is None:
        print(f"nothing to try: this checkout makes what release {tried.serves} holds")
        return
    release_id = tried.manifest["release_id"]
    print(f"candidate {release_id} ({'made now' if tried.made else 'was there already'})")
    if tried.comparison:
        _show_comparison(tried.comparison)
    else:
        print("no release serves yet that it could be compared with")
    mails = ", ".join(f"{count} {state}" for state, count in tried.mails.items())
    print(f"mails to the people on call   {mails or '-'}")
    print(f"hub diff current {release_id}")
    print(f"hub release promote {release_id} --reason TEXT")


def _show_comparison(comparison: "Comparison") -> None:
    from federation.common.console import show_table

    print(f"against {comparison.against}, which serves")
    if not comparison.tables:
        print("no difference in core and marts")
    else:
        rows = [
            (entry.table, f"{entry.added:,}", f"{entry.removed:,}", f"{entry.changed:,}")
            for entry in comparison.tables
        ]
        columns = ("table", "added", "removed", "changed")
        show_table(columns, rows, right=columns[1:])
    print(f"{comparison.cells_moved:,} cells of marts.city_indicator move")
    for code, cells in list(comparison.indicators.items())[:_SHOWN]:
        print(f"  {code}: {cells:,}")
    for entry in comparison.verdicts[:_SHOWN]:
        print(f"  {entry}")
    if len(comparison.verdicts) > _SHOWN:
        print(f"  and {len(comparison.verdicts) - _SHOWN} more extracts that stand otherwise")


def promote(options: argparse.Namespace) -> int:
    """`hub release promote`."""
    from federation.pipeline.promote import promote as let_serve

    with open_hub(silent=options.json) as hub:
        made = let_serve(hub, options.candidate, options.reason, wait=not options.no_wait)
    if options.json:
        print_json(asdict(made))
    else:
        print(f"release {made.release_id} serves; it was candidate {made.candidate}")
        print("the next pass makes its site and sends its mails")
    return 0


def add_promote_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Let a candidate (hub run --as-candidate) serve, under an id of its own, with the same "
        "core and marts. Refused, with what has changed, unless a pass of this checkout would "
        "build the same now. The next pass makes its site and sends its mails."
    )
    command.add_argument("candidate", metavar="ID", help="a candidate; hub status lists them")
    command.add_argument(
        "--reason", required=True, help="why; it is kept in the ledger with your user name"
    )
    command.add_argument(
        "--no-wait", action="store_true", help="stop instead of waiting when another pass builds"
    )
    command.set_defaults(command=promote)
