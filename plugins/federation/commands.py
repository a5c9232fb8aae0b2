"""What each command of `hub` does and shows; returns exit codes."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from federation.conform.job import Limits
from federation.contracts import Feed, load_feeds
from federation.contracts.pattern import EVER, Partition, span_of
from federation.errors import HubError
from federation.ledger import open_ledger
from federation.paths import CONTRACTS
from federation.progress import Progress
from federation.settings import Settings
from federation.show import show_table
from federation.steps import Hub


@contextmanager
def _hub(*, silent: bool = False, span: Partition = EVER) -> Iterator[Hub]:
    settings = Settings.from_environment()
    settings.home.root.mkdir(parents=True, exist_ok=True)
    with open_ledger(settings) as ledger:
        yield Hub(settings, ledger, Progress(silent=silent), span)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str))


def run(options: argparse.Namespace) -> int:
    """`hub run`."""
    from federation.run import run as run_pass

    if options.as_of:
        return _run_as_of(options)
    with _hub(span=span_of(options.first, options.last)) as hub:
        if not hub.settings.platforms:
            make_platforms_once(hub)
        result = run_pass(hub, city=options.city, dataset=options.dataset, wait=not options.no_wait)
        for refusal in result.catalogue.refused:
            print(f"hub: {refusal}", file=sys.stderr)
        if options.json:
            _print_json(result.to_json())
        else:
            _show_pass(hub, result)
    return 0 if result.clean else 1


def _run_as_of(options: argparse.Namespace) -> int:
    """`hub run --as-of`: 1 when a contract is refused, because its data are then missing."""
    from federation.as_of import past_day, run_as_of

    if options.city or options.dataset or options.first or options.last:
        raise HubError("--as-of rebuilds the whole warehouse", where="hub run",
                       todo="leave out --city, --dataset, --from and --to")
    day = past_day(options.as_of)
    with _hub() as hub:
        rebuilt = run_as_of(hub, day, wait=not options.no_wait)
    for refusal in rebuilt.catalogue.refused:
        print(f"hub: {refusal}", file=sys.stderr)
    if options.json:
        _print_json(rebuilt.to_json())
    else:
        release_id = rebuilt.manifest["release_id"]
        print(f"release {release_id} ({'made now' if rebuilt.made else 'was there already'}): {rebuilt.manifest['as_of_note']}")
        print(f'hub sql --release {release_id} "SELECT * FROM marts.city_indicator LIMIT 5"')
    return 1 if rebuilt.catalogue.refused else 0


def make_platforms_once(hub: Hub) -> None:
    """Without HUB_PLATFORMS a newcomer runs on the generated platforms."""
    from federation.generate import make_platforms

    directory = hub.settings.home.generated_platforms
    if not directory.exists():
        with hub.progress.step("generate platforms"):
            unfinished = directory.with_name(directory.name + ".part")
            make_platforms(unfinished)
            unfinished.rename(directory)


def _show_pass(hub: Hub, result: Any) -> None:
    from federation.status import status as feed_status

    _show_status(feed_status(result.catalogue.feeds, hub.ledger, hub.settings.home))
    for entry in result.decided:
        for reason in entry.reasons:
            print(f"{entry.verdict}: {entry.extract.feed} {entry.extract.arrival.partition}: {reason['code']} "
                  f"({reason['consequence']}, {reason['records']} records): {reason['message']}")
    for check in result.checks:
        if check.message:
            print(f"{check.outcome}: {check.city}/{check.dataset}: {check.message}")
    home = hub.settings.home
    print(f"\nrelease {result.release_id or '-'} ({_published(result)})")
    print(f"mails   {', '.join(f'{count} {state}' for state, count in result.mails.items()) or '-'}")
    print(f"warehouse   {home.current}   (hub sql \"SELECT * FROM marts.city_indicator LIMIT 5\")")
    print(f"mail outbox {home.outbox}   (when no SMTP connection is set)")
    if result.release_id and (site := home.site(result.release_id)).exists():
        print(f"catalogue   {site}   (open it in a browser)")


def _published(result: Any) -> str:
    if result.pinned:
        return "pinned until hub rollback --unpin; " + ("a newer one was made now" if result.published else "nothing new")
    return "published now" if result.published else "nothing new"


def status(options: argparse.Namespace) -> int:
    """`hub status`."""
    from federation.status import as_json
    from federation.status import status as feed_status

    feeds, refused = load_feeds()
    with _hub(silent=True) as hub:
        found = feed_status(feeds, hub.ledger, hub.settings.home)
    for refusal in refused:
        print(f"hub: {refusal}", file=sys.stderr)
    _print_json(as_json(found)) if options.json else _show_status(found)
    return 1 if refused else 0


def _show_status(found: Any) -> None:
    rows = [(entry.city, entry.dataset, entry.verdict, entry.platform, entry.data_up_to or "-",
             (entry.sent_at or "-")[:10], (entry.loaded_at or "-")[:10], f"{entry.records:,}", f"{entry.quarantined:,}",
             f"{entry.late} since {entry.late_since}" if entry.late else "-",
             "-" if entry.score is None else f"{entry.score}") for entry in found]
    show_table(("city", "dataset", "verdict", "platform", "data up to", "sent", "loaded", "records", "quarantined", "late",
                "score"), rows, right=("records", "quarantined", "score"))
    _show_shadow([entry for entry in found if entry.shadow_periods is not None])
    for entry in found:
        for text in entry.unplaced:
            meant = ", ".join(f"{known.name} ({known.value})" for known in text.suggestions) or "nothing like it is known"
            print(f"no place: {entry.city}/{entry.dataset}: «{text.text}» in {text.records:,} records; perhaps {meant}")


def _show_shadow(found: Any) -> None:
    """What cities still need that are judged but in no release yet."""
    for city in dict.fromkeys(entry.city for entry in found):
        feeds = [entry for entry in found if entry.city == city]
        periods = ", ".join(f"{entry.dataset} {entry.clean_periods} of {entry.shadow_periods}" for entry in feeds)
        print(f"in shadow: {city}: clean periods in a row: {periods}")
        if feeds[0].ready:
            print(f"ready: {city}: every feed has had its clean periods; delete the line shadow_periods: "
                  f"{feeds[0].shadow_periods} in {CONTRACTS / city / '_city.yml'} and its data join the next release")


def sql(options: argparse.Namespace) -> int:
    """`hub sql`: read-only, on the release that serves."""
    from federation.query import query

    return query(Settings.from_environment().home, options.query, options.format, options.release)


def releases(options: argparse.Namespace) -> int:
    """`hub releases`."""
    from federation.kept import as_json, kept

    with _hub(silent=True) as hub:
        pinned = hub.ledger.pinned()
        found = kept(hub.settings.home, pinned)
    _print_json(as_json(found)) if options.json else _show_releases(found, pinned)
    return 0


def _show_releases(found: Any, pinned: str | None) -> None:
    rows = [(entry.release_id, entry.created_at[:19], entry.as_of or "", f"{entry.rows:,}", f"{entry.extracts:,}",
             " ".join(word for word in ("serving", "pinned") if getattr(entry, word))) for entry in found]
    show_table(("release", "made (UTC)", "as of", "rows", "extracts", ""), rows, right=("rows", "extracts"))
    if pinned and pinned not in {entry.release_id for entry in found}:
        print(f"release {pinned} is pinned but no longer kept: the newest serves (hub rollback --unpin)")


def release_held(options: argparse.Namespace) -> int:
    """`hub release held`: 1 when a delivery waits for a person."""
    from federation.held import held

    with _hub(silent=True) as hub:
        found = held(load_feeds()[0], hub.ledger, hub.settings.home)
    if options.json:
        _print_json([asdict(entry) for entry in found])
    else:
        for entry in found:
            print(f"{entry.extract_id}  {entry.text}")
        print(f"{len(found)} held; decide with: hub release approve|hold EXTRACT_ID --reason TEXT")
    return 1 if found else 0


def release_show(options: argparse.Namespace) -> int:
    """`hub release show`."""
    from federation.held import difference, find

    with _hub(silent=True) as hub:
        found = difference(*find(options.extract, load_feeds()[0], hub.ledger, hub.settings.home), hub.settings.home)
    if options.json:
        _print_json(asdict(found))
    else:
        print(f"{found.extract_id}  {found.state}\n{found.text}")
        print(f"file {found.path}\nreplaces {', '.join(found.replaces) or '-'}")
    return 0


def release_decide(options: argparse.Namespace) -> int:
    """`hub release hold` and `hub release approve`."""
    from federation.held import decide, find

    with _hub(silent=True) as hub:
        entry, _ = find(options.extract, load_feeds()[0], hub.ledger, hub.settings.home)
        decide(entry, options.decision, options.reason, hub.ledger)
    extract_id = entry.extract.extract_id
    if options.json:
        _print_json({"extract_id": extract_id, "decision": options.decision, "was": entry.state})
    else:
        about = f"{entry.extract.feed} {entry.extract.arrival.partition}"
        print(f"{options.decision}: {about} ({extract_id}); hub run acts on it")
    return 0


def rollback(options: argparse.Namespace) -> int:
    """`hub rollback`."""
    from federation import pin
    from federation.kept import find
    from federation.release import serving

    with _hub(silent=True) as hub:
        home, before = hub.settings.home, hub.ledger.pinned()
        if options.unpin:
            pin.unpin(hub.ledger, home)
        else:
            pin.rollback(find(options.release, home), hub.ledger, home)
        now = {"serving": serving(home), "pinned": hub.ledger.pinned()}
    if options.json:
        _print_json(now)
    elif options.unpin:
        print(f"release {before} is unpinned" if before else "no release was pinned")
        print(f"release {now['serving']} serves")
    else:
        print(f"release {now['serving']} is pinned and serves until hub rollback --unpin")
    return 0


def diff(options: argparse.Namespace) -> int:
    """`hub diff`: 0 whether or not anything differs."""
    from federation.diff import compare
    from federation.diff.show import show
    from federation.kept import find

    home = Settings.from_environment().home
    found = compare(find(options.before, home), find(options.after, home), home, options.examples)
    _print_json(found.to_json()) if options.json else show(found)
    return 0


def trace(options: argparse.Namespace) -> int:
    """`hub trace`."""
    from federation.kept import find
    from federation.trace import trace as trace_rows
    from federation.trace.show import show

    with _hub(silent=True) as hub:
        home = hub.settings.home
        release_id = find(options.release or "current", home)
        found = trace_rows(options.table, options.where, options.limit, release_id, hub.ledger, home)
    _print_json(found.to_json()) if options.json else show(found)
    return 0


def contract_diff(options: argparse.Namespace) -> int:
    """`hub contract diff`."""
    from federation.contract_changes import changes
    from federation.contracts import load_city, load_feed

    for name in (options.before, options.after):
        if not Path(name).is_file():
            raise HubError("no such file", where=name)
    city = load_city(Path(options.after).absolute().parent / "_city.yml")
    found = changes(load_feed(Path(options.before), city), load_feed(Path(options.after), city))
    if options.json:
        _print_json(asdict(found) | {"says_enough": found.says_enough})
    else:
        _show_changes(found)
    return 0 if found.says_enough else 1


def _show_changes(found: Any) -> None:
    show_table(("change", "before", "after", "asks for"),
               [(change.what, change.before[:60], change.after[:60], change.level) for change in found.changes])
    print(f"{found.city}/{found.dataset}: asks for {found.asked}, the version number says {found.taken}")
    for missing in found.lacks:
        print(f"lacks: {missing}")
    print(f"cities {', '.join(found.cities)}")
    print(f"read by {', '.join(found.tables)}")
    print(f"indicators {', '.join(found.indicators) or 'none'}")


def contract_propose(options: argparse.Namespace) -> int:
    """`hub contract propose`: 1 when the file fits no contract that could be proposed."""
    from federation.check import partition_of
    from federation.conform.fence import Fence
    from federation.contract_proposals import DRIFT, propose_for

    feed = _feed(options.city, options.dataset)
    file = Path(options.file)
    if not file.is_file():
        raise HubError("no such file", where=str(file))
    period = partition_of(file, feed, options.partition)
    with Fence(Limits.from_text(Settings.from_environment().limits, "HUB_LIMITS")) as fence:
        findings, found = propose_for(feed.at(period), period, file, fence)
    told = [asdict(finding) for finding in findings if finding.code in DRIFT]
    if options.json:
        change = {"level": found.level, "version": found.version, "patch": found.patch} if found else None
        about = {"city": options.city, "dataset": options.dataset, "partition": str(period)}
        _print_json({**about, "findings": told, "change": change})
    elif found:
        print(found.patch, end="")
    else:
        print("the file keeps to its contract" if not told else "no contract change can be proposed:", file=sys.stderr)
        for finding in told:
            print(f"  {finding['code']}: {finding['message']}", file=sys.stderr)
    return 1 if told and not found else 0


def _feed(city: str, dataset: str) -> Feed:
    """Return one feed; raises HubError when there is none, with the refusal of its contract where there is one."""
    feeds, refused = load_feeds()
    feed = next((feed for feed in feeds if feed.key == (city, dataset)), None)
    if feed is None:
        broken = next((str(error) for error in refused if city in error.file), "")
        raise HubError(f"no feed {city}/{dataset}", todo=broken or "hub status lists the feeds")
    return feed


def city_draft(options: argparse.Namespace) -> int:
    """`hub city draft`: 1 while questions are open."""
    from federation.draft import draft_city

    found = draft_city(options.name, Path(options.samples), Path(options.out) if options.out else CONTRACTS, options.code)
    _print_json(asdict(found)) if options.json else _show_draft(found)
    return 1 if found.questions else 0


def _show_draft(found: Any) -> None:
    open_of = [file.removesuffix(".yml") for file, _, _ in found.questions]
    rows = [(feed.dataset, feed.folder, f"{feed.files:,}", feed.period, f"{feed.columns} of {feed.of}", f"{feed.records:,}",
             str(open_of.count(feed.dataset))) for feed in found.feeds]
    show_table(("dataset", "folder", "files", "path", "columns", "records tried", "questions"), rows,
               right=("files", "columns", "records tried", "questions"))
    for feed in found.feeds:
        for remark in feed.remarks:
            print(f"{feed.dataset}: {remark}")
    for folder, why in found.skipped:
        print(f"left out: {folder}: {why}")
    for file, key, question in found.questions:
        print(f"open: {file}: {key}: {question}")
    print(f"province {found.code}; {len(found.questions)} open questions in {found.folder}")


def check(options: argparse.Namespace) -> int:
    """`hub check`: one verdict per file; 1 when any file would be rejected."""
    from federation.check import check_file

    feed = _feed(options.city, options.dataset)
    rejected = False
    for file in options.files:
        result = check_file(Path(file), feed, options.partition)
        rejected |= result["verdict"] == "rejected"
        _print_json(result) if options.json else _show_check(result)
    return 1 if rejected else 0


def _show_check(result: dict[str, Any]) -> None:
    print(f"{result['verdict']}: {result['file']} ({result['city']}/{result['dataset']} {result['partition']})")
    print(f"  {result['records_received']:,} records received, {result['records_valid']:,} valid, "
          f"{result['records_quarantined']:,} quarantined, {result['records_duplicate']:,} duplicate")
    for reason in result["reasons"]:
        print(f"  {reason['consequence']}: {reason['code']} ({reason['records']:,} records): {reason['message']}")


def platforms_make(options: argparse.Namespace) -> int:
    """`hub platforms make`."""
    from federation.generate import make_platforms

    progress = Progress(silent=options.json)
    with progress.step("generate platforms"):
        files = make_platforms(Path(options.directory), seed=options.seed, months=options.months, scale=options.scale,
                               progress=progress.note)
    planted = _plant_faults(options, progress) if options.faults else []
    summary = {"directory": options.directory, "files": len(files), "bytes": sum(file.stat().st_size for file in files)}
    if options.json:
        _print_json(summary | ({"faults": len(planted)} if options.faults else {}))
        return 0
    print("{files} files, {bytes:,} bytes in {directory}".format(**summary))
    if options.faults:
        print(f"{len(planted)} of them have a fault of {len({entry.kind for entry in planted})} kinds, see faults.json there")
    return 0


def platforms_serve(options: argparse.Namespace) -> int:
    """`hub platforms serve`: until Ctrl-C or SIGTERM, which is how it ends well."""
    import signal

    from federation.generate import SERVED_BY
    from federation.platform_servers import served

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with served(Path(options.directory), SERVED_BY) as platforms:
            if options.json:
                _print_json({platform.variable: platform.connection for platform in platforms})
            else:
                _show_served(platforms)
            sys.stdout.flush()
            while True:
                signal.pause()
    except KeyboardInterrupt:
        print("hub: the platforms are closed", file=sys.stderr)
    return 0


def _show_served(platforms: Any) -> None:
    import shlex

    from federation.transport.connection import Connection

    show_table(("city", "by", "at"), [(entry.city, entry.kind, Connection.read(entry.connection).where)
                                      for entry in platforms])
    print("\nIn another terminal, until Ctrl-C here:\n")
    for entry in platforms:
        print(f"export {entry.variable}={shlex.quote(entry.connection)}")
    print("hub run")


def _plant_faults(options: argparse.Namespace, progress: Progress) -> list[Any]:
    from federation.faults import plant

    feeds, refused = load_feeds()
    if refused:
        raise refused[0]
    with progress.step("plant faults"):
        return plant(Path(options.directory), feeds, seed=options.seed, progress=progress.note)
