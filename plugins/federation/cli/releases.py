"""`hub releases`, `release`, `rollback`, `diff` and `trace`: which releases there are, which one
serves, where its rows come from."""

import argparse
from dataclasses import asdict
from typing import Any

from federation.cli import candidates
from federation.cli.common import count, json_option, open_hub, print_json, release_option
from federation.common.console import show_table
from federation.common.periods import shown
from federation.common.settings import Settings
from federation.common.vocabulary import ExtractDecision
from federation.extracts.snapshot import read_snapshot

_MARKS = ("serving", "pinned", "candidate")


def releases(options: argparse.Namespace) -> int:
    """`hub releases`."""
    from federation.releases.index import as_json, kept

    with open_hub(silent=True) as hub:
        pinned = hub.ledger.releases.pinned()
        kept_releases = kept(hub.settings.home, pinned)
    print_json(as_json(kept_releases)) if options.json else _show_releases(kept_releases, pinned)
    return 0


def _show_releases(kept_releases: Any, pinned: str | None) -> None:
    rows = [
        (
            entry.release_id,
            shown(entry.created_at),
            entry.as_of or "",
            f"{entry.rows:,}",
            f"{entry.extracts:,}",
            " ".join(word for word in _MARKS if getattr(entry, word)),
        )
        for entry in kept_releases
    ]
    show_table(
        ("release", "made (Asia/Bangkok)", "as of", "rows", "extracts", ""),
        rows,
        right=("rows", "extracts"),
    )
    if pinned and pinned not in {entry.release_id for entry in kept_releases}:
        print(
            f"release {pinned} is pinned but no longer kept: the newest serves (hub rollback "
            "--unpin)"
        )


def release_held(options: argparse.Namespace) -> int:
    """`hub release held`: 1 when a delivery waits for a person."""
    from federation.extracts.approvals import held

    with open_hub(silent=True) as hub:
        differences = held(read_snapshot(hub.ledger, hub.settings.home))
    if options.json:
        print_json([asdict(entry) for entry in differences])
    else:
        for entry in differences:
            print(f"{entry.extract_id}  {entry.text}")
        how = "hub release approve|hold EXTRACT_ID --reason TEXT"
        print(f"{len(differences)} held; decide with: {how}")
    return 1 if differences else 0


def release_show(options: argparse.Namespace) -> int:
    """`hub release show`."""
    from federation.extracts.approvals import difference, find

    with open_hub(silent=True) as hub:
        seen = read_snapshot(hub.ledger, hub.settings.home)
        change = difference(find(options.extract, seen), seen)
    if options.json:
        print_json(asdict(change))
    else:
        print(f"{change.extract_id}  {change.state}\n{change.text}")
        print(f"file {change.path}\nreplaces {', '.join(change.replaces) or '-'}")
    return 0


def release_decide(options: argparse.Namespace) -> int:
    """`hub release hold` and `hub release approve`."""
    from federation.extracts.approvals import decide, find

    with open_hub(silent=True) as hub:
        entry = find(options.extract, read_snapshot(hub.ledger, hub.settings.home))
        decide(entry, options.decision, options.reason, hub.ledger)
    extract_id = entry.extract.extract_id
    if options.json:
        print_json({"extract_id": extract_id, "decision": options.decision, "was": entry.state})
    else:
        about = f"{entry.extract.feed} {entry.extract.arrival.partition}"
        print(f"{options.decision}: {about} ({extract_id}); hub run acts on it")
    return 0


def rollback(options: argparse.Namespace) -> int:
    """`hub rollback`."""
    from federation.releases import pin
    from federation.releases.index import find, serving

    with open_hub(silent=True) as hub:
        home, before = hub.settings.home, hub.ledger.releases.pinned()
        if options.unpin:
            pin.unpin(hub.ledger, home)
        else:
            pin.rollback(find(options.release, home), hub.ledger, home)
        now = {"serving": serving(home), "pinned": hub.ledger.releases.pinned()}
    if options.json:
        print_json(now)
    elif options.unpin:
        print(f"release {before} is unpinned" if before else "no release was pinned")
        print(f"release {now['serving']} serves" if now["serving"] else "no release serves yet")
    else:
        print(f"release {now['serving']} is pinned and serves until hub rollback --unpin")
    return 0


def diff(options: argparse.Namespace) -> int:
    """`hub diff`: 0 whether or not anything differs."""
    from federation.releases.diff import compare
    from federation.releases.diff.show import show
    from federation.releases.index import find

    home = Settings.from_environment().home
    comparison = compare(
        find(options.before, home), find(options.after, home), home, options.examples
    )
    print_json(comparison.to_json()) if options.json else show(comparison)
    return 0


def trace(options: argparse.Namespace) -> int:
    """`hub trace`."""
    from federation.releases.index import find
    from federation.releases.trace import RowsToTrace
    from federation.releases.trace import trace as trace_rows
    from federation.releases.trace.show import show

    with open_hub(silent=True) as hub:
        home = hub.settings.home
        release_id = find(options.release or "current", home)
        asked = RowsToTrace(options.table, options.where, options.limit)
        traced = trace_rows(asked, release_id, hub.ledger, home)
    print_json(traced.to_json()) if options.json else show(traced)
    return 0


# -- arguments -------------------------------------------------------------------------------------


def add_releases_arguments(command: argparse.ArgumentParser) -> None:
    json_option(command)
    command.set_defaults(command=releases)


def add_release_decisions_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "A delivery that takes away more records of its period than the contract tolerates is "
        "held until a person approves it; the data before go on serving. A candidate tries a "
        "change, and serves once it is promoted."
    )
    actions = command.add_subparsers(required=True, metavar="ACTION")
    listed = actions.add_parser(
        "held", help="deliveries that wait for a person, and what each would change"
    )
    promote = actions.add_parser("promote", help="let a candidate serve")
    candidates.add_promote_arguments(promote)
    json_option(promote)
    shown = actions.add_parser("show", help="what one delivery would change")
    hold = actions.add_parser(
        "hold", help="keep a delivery out of releases; what it replaced serves again"
    )
    approve = actions.add_parser("approve", help="let a delivery take its place with the next pass")
    for action in (shown, hold, approve):
        action.add_argument("extract", metavar="EXTRACT_ID", help="the id, or its beginning")
    for action in (hold, approve):
        action.add_argument(
            "--reason", required=True, help="why; it is kept in the ledger with your user name"
        )
    for action, answer in (
        (listed, release_held),
        (shown, release_show),
        (hold, release_decide),
        (approve, release_decide),
    ):
        json_option(action)
        action.set_defaults(command=answer)
    hold.set_defaults(decision=ExtractDecision.HOLD)
    approve.set_defaults(decision=ExtractDecision.APPROVE)


def add_rollback_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Pin a kept release: national.duckdb serves it at once, and passes go on building and "
        "releasing without changing what serves, until --unpin."
    )
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "release", metavar="ID", nargs="?", help="a kept release (hub releases), or `previous`"
    )
    which.add_argument("--unpin", action="store_true", help="let the newest release serve again")
    json_option(command)
    command.set_defaults(command=rollback)


def add_diff_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Rows added, removed and changed in core and marts, and the cells of "
        "marts.city_indicator that moved: because of other bytes (source), another contract, "
        "suite, code or models (method), or other areas (geography)."
    )
    for name in ("before", "after"):
        command.add_argument(
            name, metavar=name.upper(), help="id of a kept release, `current` or `previous`"
        )
    command.add_argument(
        "--examples",
        type=count,
        default=3,
        metavar="N",
        help="rows shown per table and kind of change",
    )
    json_option(command)
    command.set_defaults(command=diff)


def add_trace_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "table", metavar="TABLE", help="for example marts.city_indicator or core.fct_tourism"
    )
    command.add_argument(
        "--where", required=True, metavar="SQL", help="which rows, for example \"city_code = 'TH'\""
    )
    command.add_argument(
        "--limit",
        type=count,
        default=10,
        metavar="N",
        help="rows traced, and rows shown of each source",
    )
    release_option(command)
    json_option(command)
    command.set_defaults(command=trace)
