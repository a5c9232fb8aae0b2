"""`hub platforms`: generated platforms, and their servers."""

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

from federation.cli.common import json_option, print_json
from federation.cli.demo import show_planted
from federation.common.console import show_table
from federation.common.errors import HubError
from federation.common.periods import today
from federation.common.progress import Progress
from federation.common.settings import Settings
from federation.contracts.load import load_feeds


def platforms_make(options: argparse.Namespace) -> int:
    """`hub platforms make`."""
    from federation_demo.generate import make_platforms
    from federation_demo.generate.world import Request
    from federation_demo.planted import make_with_problems, planted

    progress = Progress(silent=options.json)
    request = Request(
        options.seed, options.months, options.scale, frozenset(options.hourly), options.until
    )
    make = make_platforms if options.healthy or options.faults else make_with_problems
    with progress.step("generate platforms"):
        files = make(Path(options.directory), request, progress=progress.note)
    faults = _plant_faults(options, progress) if options.faults else []
    summary = {
        "directory": options.directory,
        "files": len(files),
        "bytes": sum(file.stat().st_size for file in files),
    }
    if options.json:
        print_json(summary | ({"faults": len(faults)} if options.faults else {}))
        return 0
    print("{files} files, {bytes:,} bytes in {directory}".format(**summary))
    show_planted(planted(Path(options.directory)))
    if options.faults:
        print(
            f"{len(faults)} of them have a fault of {len({entry.kind for entry in faults})} "
            "kinds, see faults.json there"
        )
    return 0


def platforms_mend(options: argparse.Namespace) -> int:
    """`hub platforms mend`."""
    from federation_demo.planted import mend, planted

    directory = Path(options.directory or Settings.from_environment().home.generated_platforms)
    standing = {problem.name for problem in planted(directory)}
    if unknown := sorted({*options.problems} - standing):
        raise HubError(
            f"no such problem is planted in {directory}: {', '.join(unknown)}",
            where="hub platforms mend",
            todo=f"planted there: {', '.join(sorted(standing)) or 'nothing'}",
        )
    mended = mend(directory, options.problems)
    if options.json:
        print_json({"directory": str(directory), "mended": [problem.name for problem in mended]})
        return 0
    for problem in mended:
        print(f"mended: {problem.name}: {problem.city} sent {problem.dataset} again")
    print("nothing is planted there any more" if not mended else "hub run takes what came")
    return 0


def platforms_serve(options: argparse.Namespace) -> int:
    """`hub platforms serve`: until Ctrl-C or SIGTERM, which is how it ends well."""
    import signal

    from federation_demo.generate import SERVED_BY
    from federation_demo.platform_servers import served

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with served(Path(options.directory), SERVED_BY) as platforms:
            if options.json:
                print_json({platform.variable: platform.connection for platform in platforms})
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

    show_table(
        ("city", "by", "at"),
        [(entry.city, entry.kind, Connection.read(entry.connection).where) for entry in platforms],
    )
    print("\nIn another terminal, until Ctrl-C here:\n")
    for entry in platforms:
        print(f"export {entry.variable}={shlex.quote(entry.connection)}")
    print("hub run")


def _plant_faults(options: argparse.Namespace, progress: Progress) -> list[Any]:
    from federation_demo.faults import Planting

    feeds, refused = load_feeds()
    if refused:
        raise refused[0]
    with progress.step("plant faults"):
        planting = Planting(Path(options.directory), options.seed, progress=progress.note)
        return planting.plant(feeds)


def _day(text: str) -> date:
    """Return a local day; of a month the last one. Raises ValueError for anything else."""
    if len(text) > len("2026-05"):
        return date.fromisoformat(text)
    from federation_demo.generate.world import Month

    first = date.fromisoformat(f"{text}-01")
    return Month(first.year, first.month).last


# -- grammar ---------------------------------------------------------------------------------------


def add_platforms_arguments(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(required=True, metavar="ACTION")
    _add_make(actions)
    _add_mend(actions)
    _add_serve(actions)


def _add_make(actions: Any) -> None:
    make = actions.add_parser("make", help="write the six generated platforms")
    make.add_argument("directory", metavar="DIR")
    make.add_argument("--seed", type=int, default=1, help="the same seed gives the same bytes")
    make.add_argument(
        "--until",
        type=_day,
        default=today(),
        metavar="DAY",
        help=(
            "the local day on which the platforms are looked at (2026-05-31), or the last one of a "
            "month (2026-05); today when left out: every dataset ends with the newest period that "
            "was sent by then"
        ),
    )
    make.add_argument("--months", type=int, default=6, help="months of air quality")
    make.add_argument("--scale", type=int, default=1, help="multiplies the air quality stations")
    make.add_argument(
        "--hourly",
        action="append",
        default=[],
        metavar="CITY",
        help="publish this city's air as means of single hours, not as running means",
    )
    planting = make.add_mutually_exclusive_group()
    planting.add_argument(
        "--healthy", action="store_true", help="plant none of the five problems to learn from"
    )
    planting.add_argument(
        "--faults",
        action="store_true",
        help="plant labelled faults; faults.json beside the cities says which",
    )
    json_option(make)
    make.set_defaults(command=platforms_make)


def _add_mend(actions: Any) -> None:
    mend = actions.add_parser(
        "mend", help="let the cities send again what is wrong in the generated platforms"
    )
    mend.add_argument("problems", nargs="*", metavar="PROBLEM", help="all when left out")
    mend.add_argument(
        "--directory",
        metavar="DIR",
        help="made by hub platforms make; those of hub run when left out",
    )
    json_option(mend)
    mend.set_defaults(command=platforms_mend)


def _add_serve(actions: Any) -> None:
    serve = actions.add_parser(
        "serve", help="serve them the way cities do, on this machine only, until Ctrl-C"
    )
    serve.description = (
        "Every folder of DIR behind its own kind of server on loopback (HTTPS with a token, HTTPS "
        "with a login, CKAN, S3, SFTP, a plain directory), until Ctrl-C. Prints the Airflow "
        "connections that open them; certificates, host keys and secrets are new each time."
    )
    serve.add_argument("directory", metavar="DIR", help="made by hub platforms make")
    json_option(serve)
    serve.set_defaults(command=platforms_serve)
