"""dbt in a process of its own: it needs no memory of ours, sees no secret, and gives the build
file back.

One process (`dbt_worker`) does all commands of a pass, since importing dbt and reading the project
cost more than most.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from federation.common.errors import DataProblem
from federation.common.paths import DBT_PROJECT, Home
from federation.lineage.events import emit_dbt_lineage


class Dbt:
    """dbt on the build file of one home; use as a context manager.

    The process starts with the first command.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Dbt":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process and self._process.stdin:
            self._process.stdin.close()
            self._process.wait()
        self._process = None

    def run(self, command: str, *arguments: str) -> float:
        """Run `run` (seeds and models) or `test`.

        Raises DataProblem with what dbt said of the failure.

        Returns the seconds that went into starting dbt (imports, parsing), before any node ran.
        """
        began = time.monotonic()
        if command == "run":
            command, arguments = (
                "build",
                ("--exclude-resource-type", "test", "unit_test", *arguments),
            )
        self.home.dbt_results.unlink(missing_ok=True)
        try:
            self.call(command, *arguments)
            results = json.loads(self.home.dbt_results.read_text("utf-8"))
            return time.monotonic() - began - float(results["elapsed_time"])
        finally:
            if self.home.dbt_results.exists():  # dbt did not get as far as any model otherwise
                emit_dbt_lineage(self.home)

    def call(self, command: str, *arguments: str) -> None:
        """Call any dbt command on the project.

        Raises DataProblem with what dbt said of the failure.
        """
        target = str(self.home.dbt_target)
        project = [
            "--project-dir",
            str(DBT_PROJECT),
            "--profiles-dir",
            str(DBT_PROJECT),
            "--target-path",
            target,
            "--log-path",
            target,
            "--quiet",
            "--no-use-colors",
            "--no-version-check",
        ]
        answer = self._ask([command, *arguments, *project])
        if not answer["success"]:
            raise DataProblem(
                f"dbt {command} failed:\n{answer['said'][-3000:]}",
                where=str(self.home.dbt_target / "dbt.log"),
                todo="the last release keeps serving; correct what dbt names and run again",
            )

    def _ask(self, arguments: Sequence[str]) -> dict[str, Any]:
        process = self._process = self._process or self._start()
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(json.dumps(arguments) + "\n")
            process.stdin.flush()
            return dict(json.loads(process.stdout.readline()))
        except (BrokenPipeError, json.JSONDecodeError):
            self._process = None
            process.kill()
            return {
                "success": False,
                "said": f"the process ended by itself (status {process.wait()}); see the log above",
            }

    def _start(self) -> "subprocess.Popen[str]":
        home = self.home
        home.scratch.mkdir(parents=True, exist_ok=True)
        seen = (home.build.parent, home.scratch, home.conformed_folder, DBT_PROJECT / "seeds")
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(home.root),
            "LANG": "C.UTF-8",
            "HUB_BUILD_FILE": str(home.build),
            "HUB_BUILD_SCRATCH": str(home.scratch),
            "HUB_BUILD_FOLDERS": os.pathsep.join(map(str, seen)),
        }
        return subprocess.Popen(
            [sys.executable, "-m", "federation.warehouse.dbt.worker"],
            env=environment,
            text=True,
            encoding="utf-8",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
