"""`hub`: the command line. Exit codes: 0 ok, 1 data problem, 2 usage or environment."""

import argparse
import atexit
import json
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from federation.cli import contracts, demo, incidents, passes, quarantine, releases, reports
from federation.common.errors import HubError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except HubError as error:
        if getattr(options, "json", False):
            print(
                json.dumps(
                    {"error": error.what, "where": error.where, "to_do": error.todo},
                    ensure_ascii=False,
                )
            )
        print(f"hub: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        print("hub: interrupted; run again to go on where it stopped", file=sys.stderr)
        return 130


def console() -> NoReturn:
    """The console script: run, then leave without tearing the interpreter down.

    Great Expectations keeps references into DuckDB's module until the very end, which DuckDB's
    binding reports as a hundred lines of «leaked» on standard error.
    """
    code = main()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    top = argparse.ArgumentParser(
        prog="hub", description="National data federation hub: pull, check, conform, release."
    )
    commandline = top.add_subparsers(required=True, metavar="COMMAND")
    passes.add_run_arguments(
        commandline.add_parser("run", help="one pass: all cities, release, reports")
    )
    passes.add_status_arguments(
        commandline.add_parser("status", help="city x dataset: freshness, verdict, records")
    )
    passes.add_sql_arguments(commandline.add_parser("sql", help="query a release, read-only"))
    releases.add_releases_arguments(
        commandline.add_parser("releases", help="the kept releases, and which one serves")
    )
    releases.add_release_decisions_arguments(
        commandline.add_parser(
            "release", help="hold a delivery for a person, or let it into releases"
        )
    )
    quarantine.add_quarantine_arguments(
        commandline.add_parser(
            "quarantine",
            help="records that were kept out: which, why, since when, and what becomes of them",
        )
    )
    incidents.add_incidents_arguments(
        commandline.add_parser("incidents", help="what is wrong, since when, and who is to act")
    )
    reports.add_report_arguments(commandline.add_parser("report", help="what became of mails"))
    releases.add_rollback_arguments(
        commandline.add_parser("rollback", help="let a kept release serve until it is unpinned")
    )
    releases.add_diff_arguments(
        commandline.add_parser(
            "diff", help="what differs between two releases: rows, indicators, and why"
        )
    )
    releases.add_trace_arguments(
        commandline.add_parser(
            "trace", help="from rows of core or marts to extracts and ledger entries"
        )
    )
    contracts.add_check_arguments(
        commandline.add_parser(
            "check", help="the verdict on a file before it is sent; writes nothing"
        )
    )
    contracts.add_contract_arguments(
        commandline.add_parser("contract", help="what a changed contract breaks")
    )
    contracts.add_city_arguments(
        commandline.add_parser("city", help="draft the contracts of a new city")
    )
    demo.add_platforms_command(commandline)
    return top


if __name__ == "__main__":
    console()
