"""dbt in a process of its own: it sees no secret, and its end frees memory and the build file.

One process (`worker`) runs all commands of a pass, because importing dbt and parsing the project
take longer than most commands.
"""

import json
import os
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from federation.common.errors import DataProblem
from federation.common.line_process import LineProcess
from federation.common.paths import DBT_PROJECT, Home
from federation.lineage.events import emit_dbt_lineage

_WORKER = "federation.warehouse.dbt.worker"
_CLEAN = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}


class Dbt:
    """dbt on the build file of one home; use as a context manager.

    The process starts with the first command, or when `start` is called.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self._process: LineProcess | None = None

    def __enter__(self) -> "Dbt":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process:
            self._process.close()
        self._process = None

    def start(self) -> None:
        """Let the process import dbt, which takes seconds, while other work is done; it reads and
        writes nothing of the home before its first command."""
        self._process = self._process or LineProcess(_WORKER, _CLEAN)

    def run(self, command: str, *arguments: str) -> float:
        """Run `run` (seeds and models) or `test`; return the seconds dbt took to start.

        That is the time for imports and parsing, before any node runs. Raises DataProblem with
        dbt's own message.
        """
        began = time.monotonic()
        if command == "run":
            command = "build"
            arguments = ("--exclude-resource-type", "test", "unit_test", *arguments)
        self.home.dbt_results.unlink(missing_ok=True)
        try:
            self.call(command, *arguments)
            results = json.loads(self.home.dbt_results.read_text("utf-8"))
            return time.monotonic() - began - float(results["elapsed_time"])
        finally:
            # Without results, dbt failed before the first model.
            if self.home.dbt_results.exists():
                emit_dbt_lineage(self.home)

    def call(self, command: str, *arguments: str) -> None:
        """Call any dbt command on the project; raises DataProblem with dbt's own message."""
        answer = self._ask([command, *arguments, *self._project_options()])
        if not answer["success"]:
            raise DataProblem(
                f"dbt {command} failed:\n{answer['output'][-3000:]}",
                where=str(self.home.dbt_target / "dbt.log"),
                todo="the last release keeps serving; correct what dbt names and run again",
            )

    def _project_options(self) -> list[str]:
        folders = {
            "--project-dir": DBT_PROJECT,
            "--profiles-dir": DBT_PROJECT,
            "--target-path": self.home.dbt_target,
            "--log-path": self.home.dbt_target,
        }
        options = [text for name, folder in folders.items() for text in (name, str(folder))]
        return [*options, "--quiet", "--no-use-colors", "--no-version-check"]

    def _ask(self, arguments: Sequence[str]) -> dict[str, Any]:
        self.home.scratch.mkdir(parents=True, exist_ok=True)
        self._forget_another_project()
        self.start()
        assert self._process
        command = {
            "arguments": arguments,
            "folder": str(self.home.build.parent),  # dbt_project/profiles.yml names files in it
            "environment": self._environment(),
        }
        answer = self._process.ask(json.dumps(command))
        if answer is None:
            status = self._process.kill()
            self._process = None
            output = f"the process ended by itself (status {status}); see the log above"
            answer = {"success": False, "output": output}
        return answer

    def _forget_another_project(self) -> None:
        """Let dbt parse anew where it parsed a project in another folder: it keeps paths of it."""
        of_folder = self.home.dbt_parsed.with_suffix(".folder")
        if not of_folder.exists() or of_folder.read_text("utf-8") != str(DBT_PROJECT):
            self.home.dbt_parsed.unlink(missing_ok=True)
            of_folder.parent.mkdir(parents=True, exist_ok=True)
            of_folder.write_text(str(DBT_PROJECT), "utf-8")

    def _environment(self) -> dict[str, str]:
        """Return what dbt may know of this home: no secret, and the folders that it may read."""
        home = self.home
        folders = (home.build.parent, home.scratch, home.conformed_folder, DBT_PROJECT / "seeds")
        return {
            "HOME": str(home.root),
            "HUB_BUILD_FOLDERS": json.dumps(list(map(str, folders))),
        }
