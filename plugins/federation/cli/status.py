"""`hub status`: which release serves, what waits, and each feed."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from federation.cli.common import json_option, open_hub, print_json
from federation.common.console import show_table
from federation.common.paths import CONTRACTS
from federation.common.periods import shown
from federation.common.vocabulary import WaitKind
from federation.extracts.snapshot import read_snapshot
from federation.messages.status_words import STATUS_WORDS

if TYPE_CHECKING:
    from federation.reporting.standing import Standing

_NOTICED = 10  # files of a feed, or waits of a kind, that `hub status` names


def status(options: argparse.Namespace) -> int:
    """`hub status`."""
    from federation.quality.incidents import incidents
    from federation.reporting.standing import standing
    from federation.reporting.status import as_json
    from federation.reporting.status import status as feed_status

    with open_hub(silent=True) as hub:
        seen = read_snapshot(hub.ledger, hub.settings.home)
        feeds, now = feed_status(seen, incidents(hub.ledger)), standing(seen, hub.ledger)
    refused = seen.catalogue.refused
    for refusal in refused:
        print(f"hub: {refusal}", file=sys.stderr)
    if options.json:
        print_json(now.to_json() | {"feeds": as_json(feeds)})
    else:
        _show_standing(now)
        show_feeds(feeds)
        _show_noticed(feeds)
    return 1 if refused else 0


def _show_standing(now: "Standing") -> None:
    """Print which release serves, and what the next one waits for; times are Asia/Bangkok."""
    print("times are Asia/Bangkok")
    if now.release:
        made, since = shown(now.release.made_at), shown(now.release.serves_since)
        age = _age(now.release.age_seconds)
        print(f"release {now.release.release_id} serves since {since}; made {made}, {age} ago")
    else:
        print("no release serves yet")
    if now.pinned:
        gone = "" if now.pinned.kept else ", is not kept any more"
        print(
            f"pinned: {now.pinned.release_id} since {shown(now.pinned.since)} by "
            f"{now.pinned.by}{gone}; {now.pinned.until} ends it; the newest is {now.newest}"
        )
    held = now.count(WaitKind.HELD)
    print(f"held: {held} ({now.held_command})")
    _show_waits(now)
    for candidate in now.candidates:
        made = shown(candidate.made_at)
        print(
            f"candidate: {candidate.release_id}, made {made}; "
            f"hub release promote {candidate.release_id} --reason TEXT"
        )


def _show_waits(now: "Standing") -> None:
    """Print what a release waits for, some of each kind."""
    for kind in WaitKind:
        waits = [entry for entry in now.waits_for if entry.kind == kind]
        for entry in waits[:_NOTICED]:
            about = f"{entry.city}/{entry.dataset} {entry.partition}".rstrip()
            print(f"{kind}: {about}: {entry.why}; {entry.to_do}")
        if len(waits) > _NOTICED:
            print(f"{kind}: and {len(waits) - _NOTICED} more")


def _age(seconds: int) -> str:
    """Return a duration as people say it: in days, hours or minutes."""
    for unit, size in (("days", 86_400), ("hours", 3_600)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds // 60} minutes"


_STATUS_COLUMNS = (
    *("city", "dataset", "status", "file check", "platform", "data up to", "sent"),
    *("loaded", "records", "quarantined", "late", "score"),
)


def show_feeds(feeds: Any) -> None:
    """Print one line for each feed, then what is in shadow and what has no place."""
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
        STATUS_WORDS[feed.state].words.en,
        feed.verdict,
        feed.platform,
        feed.data_up_to or "-",
        (feed.sent_at or "-")[:10],
        (feed.loaded_at or "-")[:10],
        f"{feed.records:,}",
        f"{feed.quarantined:,}",
        f"{feed.late} since {feed.late_since}" if feed.late else "-",
        _score(feed),
    )


def _score(feed: Any) -> str:
    """Return score and grade; a dormant feed has a score that counts for its city, and no grade."""
    if feed.score is None:
        return "-"
    return f"{feed.score} {feed.grade}" if feed.grade else "stale"


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


def add_status_arguments(command: argparse.ArgumentParser) -> None:
    json_option(command)
    command.set_defaults(command=status)
