"""`hub run`, `hub status` and `hub sql`: a pass, what came of it, and questions to the
warehouse."""

import argparse
import sys
from typing import Any

from federation.cli.common import json_option, open_hub, print_json, release_option
from federation.common.console import show_table
from federation.common.errors import HubError
from federation.common.paths import CONTRACTS
from federation.common.settings import Settings
from federation.contracts.pattern import span_of
from federation.extracts.snapshot import read_snapshot
from federation.pipeline.demo import make_platforms_once
from federation.pipeline.steps import Hub

_EXAMPLE = "SELECT * FROM marts.city_indicator LIMIT 5"


def run(options: argparse.Namespace) -> int:
    """`hub run`."""
    from federation.pipeline.run import run as run_pass

    if options.as_of:
        return _run_as_of(options)
    with open_hub(span=span_of(options.first, options.last)) as hub:
        if not hub.settings.platforms:
            make_platforms_once(hub)
        result = run_pass(hub, city=options.city, dataset=options.dataset, wait=not options.no_wait)
        for refusal in result.catalogue.refused:
            print(f"hub: {refusal}", file=sys.stderr)
        if options.json:
            print_json(result.to_json())
        else:
            _show_pass(hub, result)
    return 0 if result.clean else 1


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
    from federation.reporting.status import status as feed_status

    _show_status(feed_status(read_snapshot(hub.ledger, hub.settings.home, result.catalogue)))
    for entry in result.decided:
        for reason in entry.reasons:
            print(
                f"{entry.verdict}: {entry.extract.feed} {entry.extract.arrival.partition}: "
                f"{reason.code} "
                f"({reason.consequence}, {reason.records} records): {reason.message}"
            )
    for check in result.checks:
        if check.message:
            print(f"{check.outcome}: {check.city}/{check.dataset}: {check.message}")
    home = hub.settings.home
    print(f"\nrelease {result.release_id or '-'} ({_published(result)})")
    print(
        f"mails   {', '.join(f'{count} {state}' for state, count in result.mails.items()) or '-'}"
    )
    print(f'warehouse   {home.current}   (hub sql "{_EXAMPLE}")')
    print(f"mail outbox {home.outbox}   (when no SMTP connection is set)")
    if result.release_id and (site := home.site(result.release_id)).exists():
        print(f"report      {site}   (open it in a browser)")


def _published(result: Any) -> str:
    if result.pinned:
        return "pinned until hub rollback --unpin; " + (
            "a newer one was made now" if result.published else "nothing new"
        )
    return "published now" if result.published else "nothing new"


def status(options: argparse.Namespace) -> int:
    """`hub status`."""
    from federation.reporting.status import as_json
    from federation.reporting.status import status as feed_status

    with open_hub(silent=True) as hub:
        seen = read_snapshot(hub.ledger, hub.settings.home)
        found = feed_status(seen)
    refused = seen.catalogue.refused
    for refusal in refused:
        print(f"hub: {refusal}", file=sys.stderr)
    print_json(as_json(found)) if options.json else _show_status(found)
    return 1 if refused else 0


def _show_status(found: Any) -> None:
    rows = [
        (
            entry.city,
            entry.dataset,
            entry.verdict,
            entry.platform,
            entry.data_up_to or "-",
            (entry.sent_at or "-")[:10],
            (entry.loaded_at or "-")[:10],
            f"{entry.records:,}",
            f"{entry.quarantined:,}",
            f"{entry.late} since {entry.late_since}" if entry.late else "-",
            "-" if entry.score is None else f"{entry.score} {entry.grade}",
        )
        for entry in found
    ]
    show_table(
        (
            "city",
            "dataset",
            "verdict",
            "platform",
            "data up to",
            "sent",
            "loaded",
            "records",
            "quarantined",
            "late",
            "score",
        ),
        rows,
        right=("records", "quarantined", "score"),
    )
    _show_shadow([entry for entry in found if entry.shadow_periods is not None])
    for entry in found:
        for text in entry.unplaced:
            meant = (
                ", ".join(f"{known.name} ({known.value})" for known in text.suggestions)
                or "nothing like it is known"
            )
            print(
                f"no place: {entry.city}/{entry.dataset}: «{text.text}» in {text.records:,} "
                f"records; perhaps {meant}"
            )


def _show_shadow(found: Any) -> None:
    """What cities still need that are judged but in no release yet."""
    for city in dict.fromkeys(entry.city for entry in found):
        feeds = [entry for entry in found if entry.city == city]
        periods = ", ".join(
            f"{entry.dataset} {entry.clean_periods} of {entry.shadow_periods}" for entry in feeds
        )
        print(f"in shadow: {city}: clean periods in a row: {periods}")
        if feeds[0].ready:
            print(
                f"ready: {city}: every feed has had its clean periods; delete the line "
                "shadow_periods: "
                f"{feeds[0].shadow_periods} in {CONTRACTS / city / '_city.yml'} and its data "
                "join the next release"
            )


def sql(options: argparse.Namespace) -> int:
    """`hub sql`: read-only, on the release that serves."""
    from federation.releases.query import query

    return query(Settings.from_environment().home, options.query, options.format, options.release)


# -- grammar ---------------------------------------------------------------------------------------


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
    command.add_argument(
        "--as-of",
        metavar="DATE",
        help=(
            "rebuild, beside the release that serves, the warehouse of what had arrived by the "
            "end of this local day "
            "(2026-05-31); contracts, suites and code are those of today; nothing is fetched or "
            "mailed"
        ),
    )
    json_option(command)
    command.set_defaults(command=run)


def add_status_arguments(command: argparse.ArgumentParser) -> None:
    json_option(command)
    command.set_defaults(command=status)


def add_sql_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("query", help='for example "SELECT * FROM marts.city_indicator"')
    command.add_argument(
        "--format",
        choices=("table", "csv", "json", "parquet"),
        default="table",
        help="csv, json and parquet write the result and nothing else to standard output",
    )
    release_option(command)
    command.set_defaults(command=sql)
