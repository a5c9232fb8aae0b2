"""A platform as a directory: `file://` or a plain path."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from federation.common.errors import Unreachable
from federation.common.hashing import CHUNK_BYTES
from federation.transport.base import (
    Changed,
    Gone,
    Kind,
    Listed,
    Opened,
    below,
    instant,
    link,
    looked_at,
)
from federation.transport.connection import Connection
from federation.transport.limits import Limits


class Directory:
    """Files below one folder.

    Symbolic links are not followed, so nothing outside it can be read.
    """

    def __init__(self, root: str, limits: Limits) -> None:
        self.root, self.limits = Path(root).absolute(), limits
        self.where = str(self.root)

    def close(self) -> None:
        """Nothing is held open."""

    def files(self, folder: str, depth: int) -> Iterator[Listed]:
        if not self.root.is_dir():
            raise Unreachable(
                "the platform's directory does not exist",
                where=self.where,
                todo="check HUB_PLATFORMS or the city's connection",
            )
        start = self.root / folder
        steps = [start, *start.parents][: len(Path(folder).parts)]
        links = [step for step in steps if step.is_symlink()]
        if links:
            yield link(self._path(links[0]))
        elif start.is_dir():
            yield from self.limits.bounded(self._below(start, depth), self.where)

    def _below(self, folder: Path, depth: int) -> Iterator[Listed]:
        for entry in self._entries(folder):
            path = self._path(Path(entry.path))
            if not _is_folder(entry):
                yield from looked_at(path, partial(self._look, path, entry))
            elif depth > 1:
                yield from below(path, self._below(Path(entry.path), depth - 1))

    def _path(self, place: Path) -> str:
        return place.relative_to(self.root).as_posix()

    def _entries(self, folder: Path) -> list[os.DirEntry[str]]:
        """Return what lies in a folder, by name."""
        try:
            with os.scandir(folder) as scanned:
                entries = list(self.limits.bounded(scanned, self.where))
        except OSError as error:
            raise Unreachable(
                f"the folder cannot be read: {error.strerror}", where=str(folder)
            ) from error
        return sorted(entries, key=lambda entry: entry.name)

    @staticmethod
    def _look(path: str, entry: os.DirEntry[str]) -> Listed | None:
        """Return a link or a file; None for what is neither (a pipe, a device)."""
        if entry.is_symlink():
            return link(path)
        if not entry.is_file(follow_symlinks=False):
            return None
        state = entry.stat(follow_symlinks=False)
        return Listed(path, _token(state), instant(state.st_mtime), state.st_size)

    @contextmanager
    def stream(self, path: str, *, start: int = 0, token: str = "") -> Iterator[Opened]:
        file = self.root / path
        with os.fdopen(_open(file), "rb") as source:
            if self.root.resolve() not in file.resolve().parents:
                raise Unreachable("a symbolic link is not followed", where=str(file))
            before = os.fstat(source.fileno())
            if token and _token(before) != token:
                raise Changed(str(file))
            source.seek(start)
            chunks = iter(lambda: source.read(CHUNK_BYTES), b"")
            yield Opened(chunks, start, before.st_size)
            after = os.fstat(source.fileno())
            if _token(after) != _token(before) or not _is_there(file, before):
                raise Changed(str(file))


def _open_connection(connection: Connection, limits: Limits) -> Directory:
    """Return the folder that Airflow's extra `path` names, or the connection's own path."""
    return Directory(str(connection.extra.get("path") or f"/{connection.path}"), limits)


KIND = Kind(("file", "fs", "directory"), ("path",), _open_connection)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether it is a folder; what cannot be asked is looked at as a file, and says why."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _open(file: Path) -> int:
    """Return a descriptor of the file; a symbolic link is refused and a named pipe cannot hang."""
    try:
        return os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError as error:
        raise Gone("the file cannot be read: it is gone", where=str(file)) from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no such name"
        raise Unreachable(f"the file cannot be read: {why}", where=str(file)) from error


def _token(state: os.stat_result) -> str:
    # The change time also moves when a file is replaced by one with a preserved modification time.
    return f"{state.st_size}-{state.st_mtime_ns}-{state.st_ctime_ns}"


def _is_there(file: Path, opened: os.stat_result) -> bool:
    """Return whether the file's name still means the file that was opened."""
    try:
        state = file.stat(follow_symlinks=False)
    except OSError:
        return False
    return (state.st_dev, state.st_ino) == (opened.st_dev, opened.st_ino)
