"""The process that runs dbt's commands, one after the other; only `process` starts it.

Protocol, one line of JSON each way: {"arguments", "folder", "environment"} on standard input, with
the folder to work in and what the command may know; {"success", "output"} on standard output.
"""

import gc
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

# Python's own 700 let it look for garbage a tenth of the time in a project that is nearly all kept.
_OBJECTS_BETWEEN_COLLECTIONS = 200_000


def main() -> None:
    """Serve commands until standard input closes."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    manifests: dict[str, Any] = {}
    with _own_output() as (answers, output):
        for line in sys.stdin:
            output.seek(0)
            output.truncate()
            success = _obeyed(json.loads(line), manifests)
            output.seek(0)
            lines = filter(str.strip, output.read().splitlines())
            answer = json.dumps({"success": success, "output": "\n".join(lines)})
            print(answer, file=answers, flush=True)


def _obeyed(command: dict[str, Any], manifests: dict[str, Any]) -> bool:
    """Return whether a command succeeded; what raises is printed, since nobody sees this process's
    end."""
    try:
        os.chdir(command["folder"])
        os.environ.update(command["environment"])
        return _invoke(command["arguments"], manifests)
    except Exception:
        traceback.print_exc()
        sys.stderr.flush()
        return False


@contextmanager
def _own_output() -> Iterator[tuple[IO[str], IO[str]]]:
    """Yield the file for answers, and the file that receives all that dbt prints."""
    with (
        os.fdopen(os.dup(1), "w", encoding="utf-8") as answers,
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output,
    ):
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
        yield answers, output


def _invoke(arguments: list[str], manifests: dict[str, Any]) -> bool:
    """Return whether the command succeeded; `manifests` keeps each project that is parsed."""
    options = arguments[arguments.index("--project-dir") :]
    project = options[1]
    if project not in manifests:
        # The command that follows writes what it read of the project.
        parsed = dbtRunner().invoke(["parse", "--no-write-json", *options])
        if not parsed.success:
            return _succeeded(parsed)
        manifests[project] = parsed.result
    result = dbtRunner(manifest=manifests[project]).invoke(arguments)
    # dbt would keep the lock on the build file.
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    sys.stdout.flush()
    return _succeeded(result)


def _succeeded(result: Any) -> bool:
    """Return whether a command succeeded; print what it raised, as dbt's command line does."""
    if result.exception is not None:
        print(result.exception, flush=True)
    return bool(result.success)


if __name__ == "__main__":
    main()
