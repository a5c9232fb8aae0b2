"""`hub run`: a pass, and its results."""

import argparse
import sys
from typing import Any

from federation.cli.candidates import run_candidate
from federation.cli.common import json_option, open_hub, print_json
from federation.cli.demo import show_planted_problems
from federation.cli.status import show_feeds
from federation.common.errors import HubError
from federation.common.vocabulary import ExtractState
from federation.contracts.pattern import span_of
from federation.extracts.snapshot import read_snapshot
from federation.pipeline.demo import make_platforms_once
from federation.pipeline.hub import Hub

_EXAMPLE = "SELECT * FROM marts.city_indicator LIMIT 5"


def run(options: argparse.Namespace) -> int:
    """`hub run`."""
    from federation.pipeline.run import run as run_pass

    if options.as_of:
        return _run_as_of(options)
    if options.as_candidate:
        return run_candidate(options)
    span = span_of(options.first, options.last)
    with open_hub(span=span, verbose=options.verbose) as hub:
        if not hub.settings.platforms:
            make_platforms_once(hub)
        result = run_pass(hub, city=options.city, dataset=options.dataset, wait=not options.no_wait)
        for refusal in result.catalogue.refused:
            print(f"hub: {refusal}", file=sys.stderr)
        if options.json:
            print_json(result.to_json())
        else:
            _show_pass(hub, result)
        for trouble in result.troubles:
            print(f"hub: {trouble}", file=sys.stderr)
    return int(result.exit_code)


def _run_as_of(options: argparse.Namespace) -> int:
    """`hub run --as-of`: 1 when a contract is refused, because its data are then missing."""
    from federation.pipeline.as_of import past_day, run_as_of

    if options.city or options.dataset or options.first or options.last:
        raise HubError(
            "--as-of rebuilds the whole warehouse",
            where="hub run",
            todo="leave out --city, --dataset, --from and --to",
        )
    day = past_day(options.as_of)
    with open_hub() as hub:
        rebuilt = run_as_of(hub, day, wait=not options.no_wait)
    for refusal in rebuilt.catalogue.refused:
        print(f"hub: {refusal}", file=sys.stderr)
    if options.json:
        print_json(rebuilt.to_json())
    else:
        release_id = rebuilt.manifest["release_id"]
        print(
            f"release {release_id} ({'made now' if rebuilt.made else 'was there already'}): "
            f"{rebuilt.manifest['as_of_note']}"
        )
        print(f'hub sql --release {release_id} "{_EXAMPLE}"')
    return 1 if rebuilt.catalogue.refused else 0


def _show_pass(hub: Hub, result: Any) -> None:
    from federation.quality.incidents import incidents
    from federation.reporting.status import status as feed_status

    home = hub.settings.home
    seen = read_snapshot(hub.ledger, home, result.catalogue)
    show_feeds(feed_status(seen, incidents(hub.ledger)))
    for extract in result.decided:
        if extract.state != ExtractState.SUPERSEDED:
            _show_reasons(extract)
    for check in result.checks:
        if check.message:
            print(f"{check.outcome}: {check.city}/{check.dataset}: {check.message}")
    mails = ", ".join(f"{count} {state}" for state, count in result.mails.items())
    print(f"\nrelease {result.release_id or '-'} ({_published(result)})")
    print(f"mails   {mails or '-'}")
    print(f'warehouse   {home.current}   (hub sql "{_EXAMPLE}")')
    print(f"mail outbox {home.outbox}   (when no SMTP connection is set)")
    if result.release_id and (site := home.site(result.release_id)).exists():
        print(f"report      {site}   (open it in a browser)")
    show_planted_problems(hub)


def _show_reasons(decided: Any) -> None:
    extract = f"{decided.extract.feed} {decided.extract.arrival.partition}"
    for reason in decided.reasons:
        effect = f"{reason.consequence}, {reason.records} records"
        print(f"{decided.verdict}: {extract}: {reason.code} ({effect}): {reason.message}")


def _published(result: Any) -> str:
    if not result.pinned:
        return "published now" if result.published else "nothing new"
    newer = "a newer one was made now" if result.published else "nothing new"
    return f"pinned until hub rollback --unpin; {newer}"


# -- arguments -------------------------------------------------------------------------------------


def add_run_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--city", help="this city only")
    command.add_argument("--dataset", help="this dataset only")
    command.add_argument(
        "--from",
        dest="first",
        metavar="DATE",
        help=(
            "look only at extracts about this local day (2026-01-01) or later ones: pull, "
            "conform and judge what is new there"
        ),
    )
    command.add_argument(
        "--to", dest="last", metavar="DATE", help="the same, about this local day or earlier ones"
    )
    command.add_argument(
        "--no-wait", action="store_true", help="stop instead of waiting when another pass builds"
    )
    aside = command.add_mutually_exclusive_group()
    aside.add_argument(
        "--as-of",
        metavar="DATE",
        help=(
            "rebuild, beside the release that serves, the warehouse of what had arrived by the "
            "end of this local day (2026-05-31); contracts, suites and code are those of today; "
            "nothing is fetched or mailed"
        ),
    )
    aside.add_argument(
        "--as-candidate",
        action="store_true",
        help=(
            "try the contracts, suites, models and code of this checkout on what the ledger "
            "knows: a release that does not serve, its difference from the one that does, and a "
            "mail to the people on call alone; nothing is fetched"
        ),
    )
    command.add_argument(
        "--verbose",
        action="store_true",
        help="a line for every extract that is conformed or judged, not for those in trouble alone",
    )
    json_option(command)
    command.set_defaults(command=run)
