"""The process that runs dbt's commands, one after the other; only `dbt_process` starts it.

Protocol, one line of JSON each way: a list of arguments on standard input, {"success", "said"} on
standard output.
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner


def main() -> None:
    """Serve commands until standard input closes."""
    with _own_output() as (answers, said):
        manifest = None
        for line in sys.stdin:
            said.seek(0)
            said.truncate()
            success, manifest = _invoke(json.loads(line), manifest)
            said.seek(0)
            lines = [entry for entry in said.read().splitlines() if entry.strip()]
            print(
                json.dumps({"success": success, "said": "\n".join(lines)}), file=answers, flush=True
            )


@contextmanager
def _own_output() -> Iterator[tuple[IO[str], IO[str]]]:
    """Yield where answers go, and a file that takes whatever dbt prints."""
    with (
        os.fdopen(os.dup(1), "w", encoding="utf-8") as answers,
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said,
    ):
        for stream in (1, 2):
            os.dup2(said.fileno(), stream)
        yield answers, said


def _invoke(arguments: list[str], manifest: Any) -> tuple[bool, Any]:
    """Return whether the command succeeded, and the project as dbt has read it, for the next
    command."""
    options = arguments[
        next(place for place, word in enumerate(arguments) if word == "--project-dir") :
    ]
    if manifest is None:
        parsed = dbtRunner().invoke(["parse", *options])
        if not parsed.success:
            return _told(parsed), None
        manifest = parsed.result
    done = dbtRunner(manifest=manifest).invoke(arguments)
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]  # dbt would keep the lock on the build file
    sys.stdout.flush()
    return _told(done), manifest


def _told(done: Any) -> bool:
    """Return whether a command succeeded.

    What it raised is printed as dbt's own command line prints it.
    """
    if done.exception is not None:
        print(done.exception, flush=True)
    return bool(done.success)


if __name__ == "__main__":
    main()
