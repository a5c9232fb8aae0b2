"""A platform as a directory: `file://` or a plain path."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from federation.errors import Unreachable
from federation.hashing import CHUNK_BYTES
from federation.transport.base import Listed


class Directory:
    """Files below one folder; symbolic links are not followed, so nothing outside it can be read."""

    def __init__(self, base: str) -> None:
        self.root = Path(unquote(urlsplit(base).path) if base.startswith("file:") else base).absolute()
        self.where = str(self.root)

    def files(self, folder: str, depth: int) -> Iterator[Listed]:
        if not self.root.is_dir():
            raise Unreachable("the platform's directory does not exist", where=self.where, todo="check HUB_PLATFORMS")
        start = self.root / folder
        steps = [start, *start.parents][: len(Path(folder).parts)]
        if start.is_dir() and not any(step.is_symlink() for step in steps):
            yield from self._below(start, depth)

    def _below(self, folder: Path, depth: int) -> Iterator[Listed]:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False) and depth > 1:
                    yield from self._below(Path(entry.path), depth - 1)
                elif entry.is_file(follow_symlinks=False):
                    yield self._listed(Path(entry.path))

    def _listed(self, file: Path) -> Listed:
        return Listed(file.relative_to(self.root).as_posix(), _token(file), datetime.fromtimestamp(file.stat().st_mtime, UTC))

    @contextmanager
    def stream(self, path: str) -> Iterator[Iterator[bytes]]:
        file = self.root / path
        try:
            before = _token(file)
            descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError as error:
            raise Unreachable(f"the file cannot be read: {error.strerror}", where=str(file)) from error
        with os.fdopen(descriptor, "rb") as source:
            yield iter(lambda: source.read(CHUNK_BYTES), b"")
        if _token(file) != before:
            raise Unreachable("the file changed while it was read", where=str(file), todo="it is fetched again next time")


def _token(file: Path) -> str:
    state = file.stat()
    # The change time also moves when a file is replaced by one with a preserved modification time.
    return f"{state.st_size}-{state.st_mtime_ns}-{state.st_ctime_ns}"
