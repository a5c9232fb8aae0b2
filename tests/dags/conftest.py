"""A Python of its own for whatever imports Airflow, so that the suite's process stays free of
it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from federation.common.paths import REPOSITORY
from support.contracts import of_checkout

PARSE = Path(__file__).with_name("parse.py")


@pytest.fixture(scope="session")
def python(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run Python with these arguments and environment variables, and a private AIRFLOW_HOME."""
    airflow_home = tmp_path_factory.mktemp("airflow")

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        own = {"AIRFLOW_HOME": str(airflow_home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
        return subprocess.run(
            [sys.executable, *arguments],
            env=os.environ | own | environment,
            text=True,
            capture_output=True,
            timeout=120,
        )

    return run


@pytest.fixture(scope="session")
def parse(python: Callable[..., subprocess.CompletedProcess[str]]) -> Callable[..., dict[str, Any]]:
    """Return what parsing the DAG folder of a repository comes to."""

    def run(repository: Path = REPOSITORY, **environment: str) -> dict[str, Any]:
        done = python(
            str(PARSE),
            str(repository / "dags"),
            **(of_checkout(repository) if repository != REPOSITORY else {}),
            **environment,
        )
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout.splitlines()[-1]))

    return run


@pytest.fixture(scope="session")
def bag(parse: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """The parsed DAG folder of this repository."""
    return parse()
