"""`hub check`, `contract` and `city`: what a city promises, and whether a file fits it."""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from federation.cli.common import feed_named, json_option, print_json
from federation.common.console import show_table
from federation.common.errors import HubError
from federation.common.paths import CONTRACTS
from federation.common.settings import Settings
from federation.common.vocabulary import VerdictKind
from federation.conform.sandbox.job import Limits


def check(options: argparse.Namespace) -> int:
    """`hub check`: one verdict per file; 1 when any file would be rejected."""
    from federation.pipeline.check import check_file

    feed = feed_named(options.city, options.dataset)
    rejected = False
    for file in options.files:
        result = check_file(Path(file), feed, options.partition)
        rejected |= result["verdict"] == VerdictKind.REJECTED
        print_json(result) if options.json else _show_check(result)
    return 1 if rejected else 0


def _show_check(result: dict[str, Any]) -> None:
    print(
        f"{result['verdict']}: {result['file']} ({result['city']}/{result['dataset']} "
        f"{result['partition']})"
    )
    print(
        f"  {result['records_received']:,} records received, {result['records_valid']:,} valid, "
        f"{result['records_quarantined']:,} quarantined, {result['records_duplicate']:,} duplicate"
    )
    for reason in result["reasons"]:
        print(
            f"  {reason['consequence']}: {reason['code']} ({reason['records']:,} records): "
            f"{reason['message']}"
        )


def contract_diff(options: argparse.Namespace) -> int:
    """`hub contract diff`."""
    from federation.contracts.city_file import load_city
    from federation.contracts.diff import changes
    from federation.contracts.load import load_feed

    for name in (options.before, options.after):
        if not Path(name).is_file():
            raise HubError("no such file", where=name)
    city = load_city(Path(options.after).absolute().parent / "_city.yml")
    comparison = changes(
        load_feed(Path(options.before), city), load_feed(Path(options.after), city)
    )
    if options.json:
        print_json(asdict(comparison) | {"says_enough": comparison.says_enough})
    else:
        _show_changes(comparison)
    return 0 if comparison.says_enough else 1


def _show_changes(comparison: Any) -> None:
    show_table(
        ("change", "before", "after", "asks for"),
        [
            (change.what, change.before[:60], change.after[:60], change.level)
            for change in comparison.changes
        ],
    )
    print(
        f"{comparison.city}/{comparison.dataset}: asks for {comparison.asked}, "
        f"the version number says {comparison.taken}"
    )
    for missing in comparison.lacks:
        print(f"lacks: {missing}")
    print(f"cities {', '.join(comparison.cities)}")
    print(f"read by {', '.join(comparison.tables)}")
    print(f"indicators {', '.join(comparison.indicators) or 'none'}")


def contract_propose(options: argparse.Namespace) -> int:
    """`hub contract propose`: 1 when the file fits no contract that could be proposed."""
    from federation.conform.proposals import DRIFT, propose_for
    from federation.conform.sandbox.sandbox import Sandbox
    from federation.pipeline.check import partition_of

    feed = feed_named(options.city, options.dataset)
    file = Path(options.file)
    if not file.is_file():
        raise HubError("no such file", where=str(file))
    period = partition_of(file, feed, options.partition)
    limits = Limits.from_text(Settings.from_environment().limits, "HUB_LIMITS")
    with Sandbox(limits) as sandbox:
        findings, change = propose_for(feed.at(period), period, file, sandbox)
    drift = [finding.public for finding in findings if finding.kind in DRIFT]
    if options.json:
        about = {"city": options.city, "dataset": options.dataset, "partition": str(period)}
        print_json({**about, "findings": drift, "change": _change(change)})
    elif change:
        print(change.patch, end="")
    else:
        _show_drift(drift)
    return 1 if drift and not change else 0


def _change(change: Any) -> dict[str, Any] | None:
    if change is None:
        return None
    return {"level": change.level, "version": change.version, "patch": change.patch}


def _show_drift(drift: Sequence[dict[str, Any]]) -> None:
    """Print the findings on standard error: standard output is for a patch alone."""
    heading = "no contract change can be proposed:" if drift else "the file keeps to its contract"
    print(heading, file=sys.stderr)
    for finding in drift:
        print(f"  {finding['code']}: {finding['message']}", file=sys.stderr)


def city_draft(options: argparse.Namespace) -> int:
    """`hub city draft`: 1 while questions are open."""
    from federation.onboarding import draft_city

    folder = Path(options.out) if options.out else CONTRACTS
    draft = draft_city(options.name, Path(options.samples), folder, options.code)
    print_json(asdict(draft)) if options.json else _show_draft(draft)
    return 1 if draft.questions else 0


_DRAFT_COLUMNS = ("dataset", "folder", "files", "path", "columns", "records tried", "questions")


def _show_draft(draft: Any) -> None:
    questions = Counter(file.removesuffix(".yml") for file, _, _ in draft.questions)
    rows = [_draft_row(feed, questions[feed.dataset]) for feed in draft.feeds]
    show_table(_DRAFT_COLUMNS, rows, right=("files", "columns", "records tried", "questions"))
    for feed in draft.feeds:
        for remark in feed.remarks:
            print(f"{feed.dataset}: {remark}")
    for folder, why in draft.skipped:
        print(f"left out: {folder}: {why}")
    for file, key, question in draft.questions:
        print(f"open: {file}: {key}: {question}")
    print(f"province {draft.code}; {len(draft.questions)} open questions in {draft.folder}")


def _draft_row(feed: Any, questions: int) -> tuple[str, ...]:
    return (
        feed.dataset,
        feed.folder,
        f"{feed.files:,}",
        feed.period,
        f"{feed.columns} of {feed.of}",
        f"{feed.records:,}",
        str(questions),
    )


# -- arguments -------------------------------------------------------------------------------------


def add_check_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", nargs="+", metavar="FILE")
    command.add_argument("--city", required=True)
    command.add_argument("--dataset", required=True)
    command.add_argument(
        "--partition",
        help="the period, when the file's name does not say it: 2026, 2026-01 or first..last",
    )
    json_option(command)
    command.set_defaults(command=check)


def add_contract_arguments(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(required=True, metavar="ACTION")
    differ = actions.add_parser("diff", help="how two versions of a feed's contract differ")
    differ.description = (
        "Every difference between two versions of a feed's contract with the step of the version "
        "that it asks for (patch, minor, major), and the tables and indicators that read the "
        "dataset. Exit code 1 when the new version number says less than that."
    )
    for name in ("before", "after"):
        differ.add_argument(
            name, metavar=name.upper(), help="an ODCS file; the city is that of the second's folder"
        )
    json_option(differ)
    differ.set_defaults(command=contract_diff)
    add_propose_arguments(
        actions.add_parser("propose", help="the contract change that a file asks for, as a patch")
    )


def add_propose_arguments(propose: argparse.ArgumentParser) -> None:
    propose.description = (
        "Prints the contract change that would let the hub read a file as it is, as a patch for "
        "the repository: what a pass writes for an extract that came otherwise than promised. "
        "Exit code 1 when none can be proposed."
    )
    propose.add_argument("file", metavar="FILE")
    propose.add_argument("--city", required=True)
    propose.add_argument("--dataset", required=True)
    propose.add_argument(
        "--partition",
        help="the period, when the file's name does not say it: 2026, 2026-01 or first..last",
    )
    json_option(propose)
    propose.set_defaults(command=contract_propose)


def add_city_arguments(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(required=True, metavar="ACTION")
    draft = actions.add_parser("draft", help="write a draft city folder from sample extracts")
    draft.description = (
        "Looks at sample extracts (DIR/<folder>/….parquet, as the city hands them over), "
        "recognises datasets, columns, calendars, units, layouts and areas, tries each reading "
        "out on the samples, and writes _city.yml and a contract per dataset. What the samples do "
        "not prove is an open question: a value that begins with TODO, which hub refuses until it "
        "is answered. Exit code 1 when questions are open."
    )
    draft.add_argument(
        "name", metavar="NAME", help="the city's key and folder: small letters, figures and _"
    )
    draft.add_argument(
        "--from", dest="samples", metavar="DIR", required=True, help="the sample extracts"
    )
    draft.add_argument(
        "--code", metavar="NN", help="the TIS 1099 province code, when the samples do not say it"
    )
    draft.add_argument(
        "--out",
        metavar="DIR",
        help="where the city's folder goes; expectations/contracts when left out",
    )
    json_option(draft)
    draft.set_defaults(command=city_draft)
