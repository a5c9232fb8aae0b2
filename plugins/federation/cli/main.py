"""`hub`: the command line. Exit codes: 0 ok, 1 data problem, 2 usage or environment; 128 and the
number of the signal that ended it."""

import argparse
import signal
import sys
import traceback
from collections.abc import Container, Sequence
from importlib import import_module
from typing import NoReturn

from federation.cli import demo
from federation.cli.common import print_json
from federation.common.errors import HubError, as_own_trouble
from federation.common.process_end import end

# name -> the module beside this one and its function that adds the arguments, and the line in
# `hub --help`; in the order of `hub --help`. A command imports no module of another one.
_COMMANDS: dict[str, tuple[str, str, str]] = {
    "run": ("passes", "add_run_arguments", "one pass: all cities, release, reports"),
    "status": (
        "status",
        "add_status_arguments",
        "which release serves, what waits; city x dataset: freshness, verdict, records",
    ),
    "metrics": ("metrics", "add_metrics_arguments", "what machines watch, for Prometheus"),
    "airflow": ("airflow", "add_airflow_arguments", "a command of the Airflow of `make up`"),
    "sql": ("queries", "add_sql_arguments", "query a release, read-only"),
    "export": (
        "queries",
        "add_export_arguments",
        "all tables of a release as Parquet and CSV, with their description",
    ),
    "releases": (
        "releases",
        "add_releases_arguments",
        "the kept releases, and which one serves",
    ),
    "release": (
        "releases",
        "add_release_decisions_arguments",
        "hold a delivery for a person, let it into releases, or promote a candidate",
    ),
    "quarantine": (
        "quarantine",
        "add_quarantine_arguments",
        "records that were kept out: which, why, since when, and what becomes of them",
    ),
    "incidents": (
        "incidents",
        "add_incidents_arguments",
        "what is wrong, since when, and who is to act",
    ),
    "serve": ("serve", "add_serve_arguments", "pages on which stewards answer, each with a token"),
    "token": ("serve", "add_token_arguments", "who may use `hub serve`"),
    "report": ("reports", "add_report_arguments", "what became of mails"),
    "rollback": (
        "releases",
        "add_rollback_arguments",
        "let a kept release serve until it is unpinned",
    ),
    "diff": (
        "releases",
        "add_diff_arguments",
        "what differs between two releases: rows, indicators, and why",
    ),
    "trace": (
        "releases",
        "add_trace_arguments",
        "from rows of core or marts to extracts and ledger entries",
    ),
    "check": (
        "contracts",
        "add_check_arguments",
        "the verdict on a file before it is sent; writes nothing",
    ),
    "contract": ("contracts", "add_contract_arguments", "what a changed contract breaks"),
    "city": ("contracts", "add_city_arguments", "draft the contracts of a new city"),
    "doctor": (
        "installation",
        "add_doctor_arguments",
        "is the installation sound, and what is to do",
    ),
    "health": (
        "installation",
        "add_health_arguments",
        "for probes: does an up-to-date release serve",
    ),
    "backup": ("keeping", "add_backup_arguments", "the whole hub in a folder"),
    "restore": ("keeping", "add_restore_arguments", "an empty hub from a backup"),
    "upkeep": ("keeping", "add_upkeep_arguments", "remove what need not be kept any longer"),
    "migrate": (
        "installation",
        "add_migrate_arguments",
        "bring the ledger's database to the version of this hub",
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    options = parser(given).parse_args(given)
    try:
        return int(options.command(options))
    except HubError as error:
        return _told(error, options)
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt as interrupt:
        print("hub: interrupted; run again to go on where it stopped", file=sys.stderr)
        return 128 + (interrupt.args[0] if interrupt.args else signal.SIGINT)
    except Exception as error:
        if not _is_of_the_environment(error):
            raise
        return _told(as_own_trouble(error, "this machine"), options)


def _is_of_the_environment(error: Exception) -> bool:
    """Return whether an error tells of a full disk, no memory, or a database that is away."""
    from sqlalchemy.exc import SQLAlchemyError

    return isinstance(error, OSError | MemoryError | SQLAlchemyError)


def _told(error: HubError, options: argparse.Namespace) -> int:
    if getattr(options, "json", False):
        print_json({"error": error.what, "where": error.where, "to_do": error.todo})
    print(f"hub: {error}", file=sys.stderr)
    return error.exit_code


def console() -> NoReturn:
    """Run the command line as the console script does.

    An error in the code is the hub's own trouble: its traceback, and exit code 2.
    """
    signal.signal(signal.SIGTERM, _terminate)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asks to be left alone
        signal.signal(signal.SIGHUP, _terminate)
    try:
        code = main()
    except Exception:
        traceback.print_exc()
        code = HubError.exit_code
    end(code)  # the engine complains of what a traceback still holds


def _terminate(number: int, _: object) -> NoReturn:
    """End as by Ctrl-C, which leaves no server and no worker; a second signal changes nothing."""
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt(number)


def parser(named: Container[str] = (*_COMMANDS, "platforms")) -> argparse.ArgumentParser:
    """Return the parser of the command line, with one subparser per command.

    Those of the `named` commands know their arguments; the others are there for `hub --help`.
    """
    top = argparse.ArgumentParser(
        prog="hub", description="National data federation hub: pull, check, conform, release."
    )
    commandline = top.add_subparsers(required=True, metavar="COMMAND")
    for name, (module, add_arguments, help) in _COMMANDS.items():
        command = commandline.add_parser(name, help=help)
        if name in named:
            getattr(import_module(f"federation.cli.{module}"), add_arguments)(command)
    demo.add_platforms_command(commandline, named)
    return top


if __name__ == "__main__":
    console()
