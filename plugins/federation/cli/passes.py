"""`hub run` and `hub status`: a pass, and its results."""

import argparse
import sys
from typing import Any

from federation.cli.common import json_option, open_hub, print_json
from federation.common.console import show_table
from federation.common.errors import HubError
from federation.common.paths import CONTRACTS
from federation.contracts.pattern import span_of
from federation.extracts.snapshot import read_snapshot
from federation.pipeline.demo import make_platforms_once
from federation.pipeline.hub import Hub

_NOTICED = 10  # files of a feed that `hub status` names
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
    from federation.reporting.status import status as feed_status

    home = hub.settings.home
    _show_status(feed_status(read_snapshot(hub.ledger, home, result.catalogue)))
    for extract in result.decided:
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


def status(options: argparse.Namespace) -> int:
    """`hub status`."""
    from federation.reporting.status import as_json
    from federation.reporting.status import status as feed_status

    with open_hub(silent=True) as hub:
        seen = read_snapshot(hub.ledger, hub.settings.home)
        feeds = feed_status(seen)
    refused = seen.catalogue.refused
    for refusal in refused:
        print(f"hub: {refusal}", file=sys.stderr)
    if options.json:
        print_json(as_json(feeds))
    else:
        _show_status(feeds)
        _show_noticed(feeds)
    return 1 if refused else 0


_STATUS_COLUMNS = (
    *("city", "dataset", "verdict", "platform", "data up to", "sent"),
    *("loaded", "records", "quarantined", "late", "score"),
)


def _show_status(feeds: Any) -> None:
    rows = [_status_row(feed) for feed in feeds]
    show_table(_STATUS_COLUMNS, rows, right=("records", "quarantined", "score"))
    _show_shadow([feed for feed in feeds if feed.shadow_periods is not None])
    for feed in feeds:
        for text in feed.unplaced:
            _show_unplaced(feed, text)


def _show_noticed(feeds: Any) -> None:
    """Print what the last look noticed of files on the platforms, some of each feed."""
    for feed in feeds:
        for remark in feed.noticed[:_NOTICED]:
            print(f"{remark.kind}: {feed.city}/{feed.dataset}: {remark}")
        if len(feed.noticed) > _NOTICED:
            print(f"{feed.city}/{feed.dataset}: and {len(feed.noticed) - _NOTICED} more files")


def _status_row(feed: Any) -> tuple[str, ...]:
    return (
        feed.city,
        feed.dataset,
        feed.verdict,
        feed.platform,
        feed.data_up_to or "-",
        (feed.sent_at or "-")[:10],
        (feed.loaded_at or "-")[:10],
        f"{feed.records:,}",
        f"{feed.quarantined:,}",
        f"{feed.late} since {feed.late_since}" if feed.late else "-",
        "-" if feed.score is None else f"{feed.score} {feed.grade}",
    )


def _show_unplaced(feed: Any, text: Any) -> None:
    """Print a text that matches no member of a dimension, with those that it may mean."""
    names = ", ".join(f"{member.name} ({member.value})" for member in text.suggestions)
    print(
        f"no place: {feed.city}/{feed.dataset}: «{text.text}» in {text.records:,} records; "
        f"perhaps {names or 'nothing like it is known'}"
    )


def _show_shadow(in_shadow: Any) -> None:
    """Print how many clean periods each city has and needs; its data are in no release yet."""
    for city in dict.fromkeys(feed.city for feed in in_shadow):
        feeds = [feed for feed in in_shadow if feed.city == city]
        periods = ", ".join(
            f"{feed.dataset} {feed.clean_periods} of {feed.shadow_periods}" for feed in feeds
        )
        print(f"in shadow: {city}: clean periods in a row: {periods}")
        if feeds[0].ready:
            file = CONTRACTS / city / "_city.yml"
            print(
                f"ready: {city}: every feed has had its clean periods; delete the line "
                f"shadow_periods: {feeds[0].shadow_periods} in {file} and its data "
                "join the next release"
            )


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
    command.add_argument(
        "--as-of",
        metavar="DATE",
        help=(
            "rebuild, beside the release that serves, the warehouse of what had arrived by the "
            "end of this local day (2026-05-31); contracts, suites and code are those of today; "
            "nothing is fetched or mailed"
        ),
    )
    json_option(command)
    command.set_defaults(command=run)


def add_status_arguments(command: argparse.ArgumentParser) -> None:
    json_option(command)
    command.set_defaults(command=status)
