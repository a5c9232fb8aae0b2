"""`hub` in a process of its own, forked from one that has the libraries imported already.

A session runs some two hundred commands, and to import Great Expectations, pandas and SQLAlchemy
takes longer than most of them work. The hub's own code is imported anew by each, as it reads its
environment then. Commands that a test kills are started without this.
"""

import json
import os
import runpy
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import import_module
from pathlib import Path

_LIBRARIES = (
    "federation.common.gx_settings",  # before Great Expectations, which the next one imports
    "federation.gate.gx_duckdb",
    "alembic.command",
    "duckdb",
    "geothai",
    "httpx",
    "jinja2",
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "open_data_contract_standard.model",
    "openlineage.client",
    "openpyxl",
    "pandas",
    "psycopg",
    "pyarrow.compute",
    "pyarrow.parquet",
    "pydantic",
    "rich.console",
    "sqlalchemy.dialects.postgresql",
    "yaml",
)


class ForkingServer:
    """One process that forks a `hub` for each command, one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "support.forked"],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[1])},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def hub(
        self, arguments: Sequence[str], environment: Mapping[str, str]
    ) -> "subprocess.CompletedProcess[str] | None":
        """Run a command to its end; None while another thread's command runs."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            with tempfile.TemporaryDirectory() as folder:
                return self._run(arguments, environment, [Path(folder, "out"), Path(folder, "err")])
        finally:
            self._lock.release()

    def _run(
        self, arguments: Sequence[str], environment: Mapping[str, str], pipes: Sequence[Path]
    ) -> "subprocess.CompletedProcess[str]":
        for pipe in pipes:
            os.mkfifo(pipe)
        request = {
            "arguments": list(arguments),
            "environment": dict(environment),
            "folder": str(Path.cwd()),
            "outputs": list(map(str, pipes)),
        }
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(request), file=self._process.stdin, flush=True)
        with ThreadPoolExecutor(len(pipes)) as readers:
            texts = [*readers.map(lambda pipe: pipe.read_text("utf-8"), pipes)]
        status = int(self._process.stdout.readline())
        return subprocess.CompletedProcess(["hub", *arguments], status, *texts)


@cache
def server() -> ForkingServer:
    """Return the server of this session; it ends with the session."""
    return ForkingServer()


def _serve() -> None:
    for library in _LIBRARIES:
        import_module(library)
    assert "federation.common.paths" not in sys.modules  # it reads the environment
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _be_hub(**json.loads(line))
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _be_hub(
    arguments: list[str], environment: dict[str, str], folder: str, outputs: list[str]
) -> None:
    """Be the command; never returns, for the command line ends its process."""
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream, file in enumerate(outputs, 1):
        os.dup2(os.open(file, os.O_WRONLY), stream)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    sys.argv = ["hub", *arguments]
    runpy.run_module("federation.cli.main", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve()
