"""`hub airflow`: any command of Airflow, on the Airflow that `make up` runs."""

import argparse
import json
import os
import sys

from federation.common.errors import HubError
from federation.common.settings import Settings


def airflow(options: argparse.Namespace) -> int:
    """`hub airflow`: becomes Airflow's command; raises HubError when `make up` does not run."""
    file = Settings.from_environment().home.airflow_environment
    try:
        environment = json.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise HubError(
            "no Airflow of `make up` runs in this HUB_HOME",
            where=str(file),
            todo="start it with `make up`; on an Airflow of your own use its command `airflow`",
        ) from error
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-m", "airflow", *options.arguments], environment)


def add_airflow_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Any command of Airflow, with the environment of the Airflow that `make up` runs: "
        "hub airflow dags list."
    )
    command.add_argument(
        "arguments",
        nargs=argparse.REMAINDER,
        metavar="ARGUMENT",
        help="what `airflow` takes, as `backfill create …`",
    )
    command.set_defaults(command=airflow)
