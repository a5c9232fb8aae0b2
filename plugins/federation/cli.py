"""`hub`: the command line. Exit codes: 0 ok, 1 data problem, 2 usage or environment."""

import argparse
import atexit
import json
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from federation import commands
from federation.errors import HubError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except HubError as error:
        if getattr(options, "json", False):
            print(json.dumps({"error": error.what, "where": error.where, "to_do": error.todo}, ensure_ascii=False))
        print(f"hub: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        print("hub: interrupted; run again to go on where it stopped", file=sys.stderr)
        return 130


def console() -> NoReturn:
    """The console script: run, then leave without tearing the interpreter down.

    Great Expectations keeps references into DuckDB's module until the very end, which DuckDB's binding reports as
    a hundred lines of «leaked» on standard error.
    """
    code = main()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    top = argparse.ArgumentParser(prog="hub", description="National data federation hub: pull, check, conform, release.")
    commandline = top.add_subparsers(required=True, metavar="COMMAND")
    _run(commandline.add_parser("run", help="one pass: all cities, release, reports"))
    _status(commandline.add_parser("status", help="city x dataset: freshness, verdict, records"))
    _sql(commandline.add_parser("sql", help="query a release, read-only"))
    _releases(commandline.add_parser("releases", help="the kept releases, and which one serves"))
    _release_decisions(commandline.add_parser("release", help="hold a delivery for a person, or let it into releases"))
    _rollback(commandline.add_parser("rollback", help="let a kept release serve until it is unpinned"))
    _diff(commandline.add_parser("diff", help="what differs between two releases: rows, indicators, and why"))
    _trace(commandline.add_parser("trace", help="from rows of core or marts to extracts and ledger entries"))
    _check(commandline.add_parser("check", help="the verdict on a file before it is sent; writes nothing"))
    _contract(commandline.add_parser("contract", help="what a changed contract breaks"))
    _city(commandline.add_parser("city", help="draft the contracts of a new city"))
    _platforms(commandline.add_parser("platforms", help="generated city platforms"))
    return top


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON on standard output")


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 on")
    return int(text)


def _release(command: argparse.ArgumentParser) -> None:
    command.add_argument("--release", metavar="ID", help="a kept release (hub releases); the one that serves when left out")


def _run(command: argparse.ArgumentParser) -> None:
    command.add_argument("--city", help="this city only")
    command.add_argument("--dataset", help="this dataset only")
    command.add_argument("--from", dest="first", metavar="DATE", help=(
        "look only at extracts about this local day (2026-01-01) or later ones: pull, conform and judge what is new there"))
    command.add_argument("--to", dest="last", metavar="DATE", help="the same, about this local day or earlier ones")
    command.add_argument("--no-wait", action="store_true", help="stop instead of waiting when another pass builds")
    command.add_argument("--as-of", metavar="DATE", help=(
        "rebuild, beside the release that serves, the warehouse of what had arrived by the end of this local day "
        "(2026-05-31); contracts, suites and code are those of today; nothing is fetched or mailed"))
    _json(command)
    command.set_defaults(command=commands.run)


def _status(command: argparse.ArgumentParser) -> None:
    _json(command)
    command.set_defaults(command=commands.status)


def _sql(command: argparse.ArgumentParser) -> None:
    command.add_argument("query", help='for example "SELECT * FROM marts.city_indicator"')
    command.add_argument("--format", choices=("table", "csv", "json", "parquet"), default="table",
                         help="csv, json and parquet write the result and nothing else to standard output")
    _release(command)
    command.set_defaults(command=commands.sql)


def _releases(command: argparse.ArgumentParser) -> None:
    _json(command)
    command.set_defaults(command=commands.releases)


def _release_decisions(command: argparse.ArgumentParser) -> None:
    command.description = ("A delivery that takes away more records of its period than the contract tolerates is held until a "
                           "person approves it; the data before go on serving.")
    actions = command.add_subparsers(required=True, metavar="ACTION")
    listed = actions.add_parser("held", help="deliveries that wait for a person, and what each would change")
    shown = actions.add_parser("show", help="what one delivery would change")
    hold = actions.add_parser("hold", help="keep a delivery out of releases; what it replaced serves again")
    approve = actions.add_parser("approve", help="let a delivery take its place with the next pass")
    for action in (shown, hold, approve):
        action.add_argument("extract", metavar="EXTRACT_ID", help="the id, or its beginning")
    for action in (hold, approve):
        action.add_argument("--reason", required=True, help="why; it is kept in the ledger with your user name")
    for action, answer in ((listed, commands.release_held), (shown, commands.release_show), (hold, commands.release_decide),
                           (approve, commands.release_decide)):
        _json(action)
        action.set_defaults(command=answer)
    hold.set_defaults(decision="hold")
    approve.set_defaults(decision="approve")


def _rollback(command: argparse.ArgumentParser) -> None:
    command.description = ("Pin a kept release: national.duckdb serves it at once, and passes go on building and releasing "
                           "without changing what serves, until --unpin.")
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("release", metavar="ID", nargs="?", help="a kept release (hub releases), or `previous`")
    which.add_argument("--unpin", action="store_true", help="let the newest release serve again")
    _json(command)
    command.set_defaults(command=commands.rollback)


def _diff(command: argparse.ArgumentParser) -> None:
    command.description = ("Rows added, removed and changed in core and marts, and the cells of marts.city_indicator that "
                           "moved: because of other bytes (source), another contract, suite, code or models (method), or other "
                           "areas (geography).")
    for name in ("before", "after"):
        command.add_argument(name, metavar=name.upper(), help="id of a kept release, `current` or `previous`")
    command.add_argument("--examples", type=_count, default=3, metavar="N", help="rows shown per table and kind of change")
    _json(command)
    command.set_defaults(command=commands.diff)


def _trace(command: argparse.ArgumentParser) -> None:
    command.add_argument("table", metavar="TABLE", help="for example marts.city_indicator or core.fct_tourism")
    command.add_argument("--where", required=True, metavar="SQL", help="which rows, for example \"city_code = 'TH'\"")
    command.add_argument("--limit", type=_count, default=10, metavar="N", help="rows traced, and rows shown of each source")
    _release(command)
    _json(command)
    command.set_defaults(command=commands.trace)


def _contract(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(required=True, metavar="ACTION")
    differ = actions.add_parser("diff", help="how two versions of a feed's contract differ")
    differ.description = ("Every difference between two versions of a feed's contract with the step of the version that it "
                          "asks for (patch, minor, major), and the tables and indicators that read the dataset. Exit code 1 "
                          "when the new version number says less than that.")
    for name in ("before", "after"):
        differ.add_argument(name, metavar=name.upper(), help="an ODCS file; the city is that of the second's folder")
    _json(differ)
    differ.set_defaults(command=commands.contract_diff)
    _propose(actions.add_parser("propose", help="the contract change that a file asks for, as a patch"))


def _propose(propose: argparse.ArgumentParser) -> None:
    propose.description = ("Prints the contract change that would let the hub read a file as it is, as a patch for the "
                           "repository: what a pass writes for an extract that came otherwise than promised. Exit code 1 when "
                           "none can be proposed.")
    propose.add_argument("file", metavar="FILE")
    propose.add_argument("--city", required=True)
    propose.add_argument("--dataset", required=True)
    propose.add_argument("--partition", help="the period, when the file's name does not say it: 2026, 2026-01 or first..last")
    _json(propose)
    propose.set_defaults(command=commands.contract_propose)


def _city(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(required=True, metavar="ACTION")
    draft = actions.add_parser("draft", help="write a draft city folder from sample extracts")
    draft.description = ("Looks at sample extracts (DIR/<folder>/….parquet, as the city hands them over), recognises datasets, "
                         "columns, calendars, units, layouts and areas, tries each reading out on the samples, and writes "
                         "_city.yml and a contract per dataset. What the samples do not prove is an open question: a value "
                         "that begins with TODO, which hub refuses until it is answered. Exit code 1 when questions are open.")
    draft.add_argument("name", metavar="NAME", help="the city's key and folder: small letters, figures and _")
    draft.add_argument("--from", dest="samples", metavar="DIR", required=True, help="the sample extracts")
    draft.add_argument("--code", metavar="NN", help="the TIS 1099 province code, when the samples do not say it")
    draft.add_argument("--out", metavar="DIR", help="where the city's folder goes; expectations/contracts when left out")
    _json(draft)
    draft.set_defaults(command=commands.city_draft)


def _check(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", nargs="+", metavar="FILE")
    command.add_argument("--city", required=True)
    command.add_argument("--dataset", required=True)
    command.add_argument("--partition", help="the period, when the file's name does not say it: 2026, 2026-01 or first..last")
    _json(command)
    command.set_defaults(command=commands.check)


def _platforms(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(required=True, metavar="ACTION")
    make = actions.add_parser("make", help="write the six generated platforms")
    make.add_argument("directory", metavar="DIR")
    make.add_argument("--seed", type=int, default=1, help="the same seed gives the same bytes")
    make.add_argument("--months", type=int, default=6, help="months of air quality, up to May 2026")
    make.add_argument("--scale", type=int, default=1, help="multiplies the air quality stations")
    make.add_argument("--faults", action="store_true", help="plant labelled faults; faults.json beside the cities says which")
    _json(make)
    make.set_defaults(command=commands.platforms_make)
    serve = actions.add_parser("serve", help="serve them the way cities do, on this machine only, until Ctrl-C")
    serve.description = ("Every folder of DIR behind its own kind of server on loopback (HTTPS with a token, HTTPS with a "
                         "login, CKAN, S3, SFTP, a plain directory), until Ctrl-C. Prints the Airflow connections that open "
                         "them; certificates, host keys and secrets are new each time.")
    serve.add_argument("directory", metavar="DIR", help="made by hub platforms make")
    _json(serve)
    serve.set_defaults(command=commands.platforms_serve)


if __name__ == "__main__":
    console()
