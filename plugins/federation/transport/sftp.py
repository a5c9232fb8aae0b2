"""A platform behind SFTP.

The server must show the host key that the connection gives before any secret is sent.
"""

import logging
import socket
import stat
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from io import StringIO
from pathlib import PurePosixPath
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from federation.common.errors import HubError, Unreachable
from federation.transport.base import (
    Changed,
    Gone,
    Interrupted,
    Kind,
    Listed,
    Opened,
    Silent,
    again,
    below,
    instant,
    link,
    looked_at,
)
from federation.transport.connection import Connection
from federation.transport.http import CONNECT_SECONDS
from federation.transport.limits import Limits
from federation.transport.names import is_text

if TYPE_CHECKING:
    import paramiko

_BLOCK, _BLOCKS = 32768, 32  # bytes of one request, requests under way
# What the first letter of a line of `ls -l` says that an entry is.
_KINDS = {"-": stat.S_IFREG, "d": stat.S_IFDIR, "l": stat.S_IFLNK}
logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # it logs what it raises, with a traceback


class Sftp:
    """Files below one folder of the server; symbolic links are not followed.

    Extras: `host_key` (as known_hosts has it, `ssh-ed25519 AAAA…`; must be given), and for a login
    by key `private_key` (its text) or `key_file`, with `private_key_passphrase`.
    """

    def __init__(self, connection: Connection, limits: Limits) -> None:
        self.where, self._connection, self.limits = connection.where, connection, limits
        self._host_key = _host_key(str(connection.extra.get("host_key", "")), self.where)
        self._key = _private_key(connection)
        self._root = "/" + connection.path if connection.path else "."
        self._idle: SimpleQueue[paramiko.SFTPClient] = SimpleQueue()

    def close(self) -> None:
        while session := self._from_idle():
            _hang_up(session)

    # -- listing -----------------------------------------------------------------------------------

    def files(self, folder: str, depth: int) -> Iterator[Listed]:
        for attempt in again():
            with attempt, self._session(self.where) as session:
                files = list(self.limits.bounded(self._from(session, folder, depth), self.where))
        yield from files

    def _from(self, session: "paramiko.SFTPClient", folder: str, depth: int) -> Iterator[Listed]:
        root = session.normalize(self._root).rstrip("/")
        for step in _steps(folder):
            kind = _kind_at(session, f"{root}/{step}")
            if kind == stat.S_IFREG:
                raise Unreachable("the feed's folder is a file", where=f"{self.where}/{step}")
            if kind == stat.S_IFLNK:
                yield link(step)
            if kind != stat.S_IFDIR:
                return
        yield from self._below(session, root, folder.strip("/"), depth)

    def _below(
        self, session: "paramiko.SFTPClient", root: str, folder: str, depth: int
    ) -> Iterator[Listed]:
        for entry in sorted(self._entries(session, f"{root}/{folder}"), key=_name):
            path = f"{folder}/{entry.filename}".lstrip("/")
            if "/" in entry.filename:
                yield Listed(path, refused="the name leads out of its folder")
                continue
            kind = _kind(session, f"{root}/{path}", entry) if is_text(path) else 0
            if kind != stat.S_IFDIR:
                yield from looked_at(path, partial(_look, path, kind, entry))
            elif depth > 1:
                yield from below(path, self._below(session, root, path, depth - 1))

    def _entries(
        self, session: "paramiko.SFTPClient", folder: str
    ) -> "list[paramiko.SFTPAttributes]":
        """Return what lies in a folder."""
        try:
            return list(self.limits.bounded(_listing(session, folder), self.where))
        except (FileNotFoundError, PermissionError) as error:
            why = error.strerror or type(error).__name__
            raise Unreachable(f"the folder cannot be read: {why}", where=self.where) from None

    # -- reading -----------------------------------------------------------------------------------

    @contextmanager
    def stream(self, path: str, *, start: int = 0, token: str = "") -> Iterator[Opened]:
        where = f"{self.where.rstrip('/')}/{path}"
        with self._session(where) as session:
            file_path = f"{session.normalize(self._root).rstrip('/')}/{path}"
            kind = _kind_at(session, file_path)
            if not kind:
                raise Gone("the file cannot be read: it is gone", where=where)
            if session.normalize(file_path) != file_path or kind != stat.S_IFREG:
                raise Unreachable(
                    "this is no file of the platform's folder (a symbolic link is not followed)",
                    where=where,
                )
            with session.open(file_path, "rb") as file:
                before = file.stat()
                if token and _token(before) != token:
                    raise Changed(where)
                size = before.st_size
                yield Opened(_blocks(file, start, size), start, size)
                after = {_token(file.stat()), _token(session.lstat(file_path))}
                if after != {_token(before)}:
                    raise Changed(where)

    # -- sessions ----------------------------------------------------------------------------------

    @contextmanager
    def _session(self, where: str) -> Iterator["paramiko.SFTPClient"]:
        """Yield an open session; one that had an error is not used again."""
        import paramiko

        session = None
        try:
            session = self._from_idle() or self._connect()
            yield session
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise _as_unreachable(error, where) from None
        except BaseException:
            if session:
                _hang_up(session)
            raise
        self._idle.put(session)

    def _from_idle(self) -> "paramiko.SFTPClient | None":
        try:
            return self._idle.get_nowait()
        except Empty:
            return None

    def _connect(self) -> "paramiko.SFTPClient":
        import paramiko

        address = (self._connection.host, self._connection.port or 22)
        silent_seconds = self.limits.silent_seconds
        link = paramiko.Transport(socket.create_connection(address, CONNECT_SECONDS))
        try:
            link.banner_timeout = link.handshake_timeout = link.auth_timeout = silent_seconds
            link.connect(hostkey=self._host_key)
            self._log_in(link)
            session = paramiko.SFTPClient.from_transport(link)
            assert session is not None
            channel = session.get_channel()
            assert channel is not None
            channel.settimeout(silent_seconds)
        except BaseException:
            link.close()
            raise
        return session

    def _log_in(self, link: "paramiko.Transport") -> None:
        if self._key is not None:
            link.auth_publickey(self._connection.login, self._key)
        else:
            link.auth_password(self._connection.login, self._connection.password)


KIND = Kind(
    ("sftp", "ssh"), ("host_key", "private_key", "key_file", "private_key_passphrase"), Sftp
)


def _hang_up(session: "paramiko.SFTPClient") -> None:
    session.close()
    channel = session.get_channel()
    link = channel.get_transport() if channel else None
    if link:
        link.close()


def _blocks(file: "paramiko.SFTPFile", start: int, size: int | None) -> Iterator[bytes]:
    """Yield the bytes from `start` to `size`, several requests under way at a time; to the end of
    the file where the server does not state its size."""
    if size is None:
        file.seek(start)
        yield from iter(lambda: file.read(_BLOCK), b"")
        return
    for place in range(start, size, _BLOCK * _BLOCKS):
        ends = range(place, min(place + _BLOCK * _BLOCKS, size), _BLOCK)
        for block in file.readv([(begin, min(_BLOCK, size - begin)) for begin in ends]):
            yield block
            if len(block) == 0:
                return


def _steps(folder: str) -> list[str]:
    """Return the folders on the way to a folder, which is the last one."""
    if not folder:
        return []
    path = PurePosixPath(folder)
    return [str(step) for step in reversed([path, *path.parents][:-1])]


def _name(entry: "paramiko.SFTPAttributes") -> str:
    return entry.filename


def _listing(session: "paramiko.SFTPClient", folder: str) -> "Iterator[paramiko.SFTPAttributes]":
    """Yield what lies in a folder; bytes of a name that are no UTF-8 become lone surrogates.

    Paramiko's own listing ends at the first such name.
    """
    from paramiko import SSHException
    from paramiko.sftp import CMD_CLOSE, CMD_OPENDIR, CMD_READDIR
    from paramiko.sftp_attr import SFTPAttributes

    _, opened = session._request(CMD_OPENDIR, folder)  # type: ignore[attr-defined]
    handle = opened.get_string()
    try:
        while True:
            _, answer = session._request(CMD_READDIR, handle)  # type: ignore[attr-defined]
            for _ in range(answer.get_int()):
                name, line = (
                    answer.get_string().decode("utf-8", "surrogateescape") for _ in range(2)
                )
                entry = SFTPAttributes._from_msg(answer, name, line)  # type: ignore[attr-defined]
                if name not in (".", ".."):
                    yield entry
    except EOFError:  # the end of the listing; a cut connection is an SSHException
        return
    finally:
        with suppress(OSError, SSHException):  # of a session that was cut
            session._request(CMD_CLOSE, handle)  # type: ignore[attr-defined]


def _look(path: str, kind: int, entry: Any) -> Listed | None:
    """Return a link or a file; None for what is neither (a pipe, a device)."""
    if kind == stat.S_IFLNK:
        return link(path)
    if kind != stat.S_IFREG:
        return None
    token = _token(entry) if entry.st_mtime else ""
    return Listed(path, token, instant(entry.st_mtime), entry.st_size)


def _kind_at(session: "paramiko.SFTPClient", path: str) -> int:
    """Return what lies there, links not followed, as a type of `stat`; 0 for nothing."""
    try:
        return _kind(session, path, session.lstat(path))
    except FileNotFoundError:
        return 0


def _kind(session: "paramiko.SFTPClient", path: str, state: Any) -> int:
    """Return what an entry is, as a type of `stat`.

    The protocol makes every attribute optional. A server that does not state the mode may write a
    line as `ls -l` does; else what opens as a folder is one.
    """
    if kind := stat.S_IFMT(state.st_mode or 0):
        return kind
    if told := _KINDS.get(getattr(state, "longname", "")[:1]):
        return told
    if session.normalize(path) != path:
        return stat.S_IFLNK
    try:
        next(_listing(session, path), None)
    except OSError as error:
        if isinstance(error, TimeoutError | ConnectionError):
            raise
        return stat.S_IFDIR if isinstance(error, PermissionError) else stat.S_IFREG
    return stat.S_IFDIR


def _token(state: Any) -> str:
    return f"{state.st_size}-{state.st_mtime}"


def _host_key(text: str, where: str) -> "paramiko.PKey":
    import paramiko

    try:
        kind, data = text.split()[:2]
        return paramiko.PKey.from_type_string(kind, b64decode(data, validate=True))
    except Exception as error:  # whatever paramiko's key classes make of bytes that are no key
        raise HubError(
            "the connection gives no usable host key",
            where=where,
            todo="put the server's line of known_hosts, without its name, into the extra host_key",
        ) from error


def _private_key(connection: Connection) -> "paramiko.PKey | None":
    """Return the key to log in with, of whatever type; None: by password."""
    text, file = connection.extra.get("private_key"), connection.extra.get("key_file")
    if not text and not file:
        return None
    import paramiko

    passphrase = connection.extra.get("private_key_passphrase")
    secret = None if passphrase is None else str(passphrase)
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            if text:
                return kind.from_private_key(StringIO(str(text)), secret)
            return kind.from_private_key_file(str(file), secret)
        except (paramiko.SSHException, ValueError):
            continue
        except OSError as error:
            raise HubError(f"key_file cannot be read: {error.strerror}", where=str(file)) from error
    raise HubError(
        "the private key cannot be read",
        where=connection.where,
        todo="give an Ed25519, ECDSA or RSA key, and its private_key_passphrase where it has one",
    )


def _as_unreachable(error: Exception, where: str) -> Unreachable:
    """Return what an error of the session means."""
    import paramiko

    if isinstance(error, paramiko.AuthenticationException):
        return Unreachable("the server refuses the login", where=where)
    if "host key" in str(error) or "no acceptable host key" in str(error).lower():
        return Unreachable(
            "the server does not show the host key that the connection gives; no secret was sent",
            where=where,
            todo="ask the city whether its key has changed, by another way than this network",
        )
    if isinstance(error, FileNotFoundError):
        return Gone("the file cannot be read: it is gone", where=where)
    if isinstance(error, PermissionError):
        return Unreachable(
            f"the file cannot be read: {error.strerror or type(error).__name__}", where=where
        )
    if isinstance(error, TimeoutError | ConnectionRefusedError | socket.gaierror):
        return Silent(f"the platform does not answer: {type(error).__name__}", where=where)
    return Interrupted(f"the transfer failed: {type(error).__name__}", where=where)
