"""How bytes come from a platform; a transport lists files and streams them, nothing else."""

import json
import re
from urllib.parse import unquote, urlsplit

from federation.common.errors import HubError
from federation.transport.base import Listed, Transport
from federation.transport.connection import Connection
from federation.transport.limits import Limits

__all__ = ["Limits", "Listed", "Transport", "transport_for"]


def transport_for(base: str, limits: Limits | None = None) -> Transport:
    """Return the transport for a directory, a URI, or an Airflow connection (URI or JSON).

    Nothing is connected yet.

    The connection's own `limits` go before the given ones. Raises HubError, without a secret, for a
    connection that no transport can use.
    """
    limits = limits or Limits()
    if not re.match(r"\s*\{|[A-Za-z][A-Za-z0-9+.-]*:", base):
        return _directory(base, limits)
    connection = Connection.read(base)
    given = connection.extra.get("limits", {})
    given = json.loads(given) if isinstance(given, str) else given
    limits = limits.altered(given, connection.where)
    if connection.kind in ("file", "fs", "directory"):
        connection.only("path")
        return _directory(_folder(base, connection), limits)
    return _remote(connection, limits)


def _remote(connection: Connection, limits: Limits) -> Transport:
    """Return the transport of a connection.

    What a transport needs is imported for its cities alone.
    """
    if connection.kind in ("http", "https"):
        from federation.transport.web import Web

        return Web(connection, limits)
    if connection.kind in ("s3", "aws"):
        from federation.transport.s3 import S3

        return S3(connection, limits)
    if connection.kind in ("sftp", "ssh"):
        from federation.transport.sftp import Sftp

        return Sftp(connection, limits)
    if connection.kind == "ckan":
        from federation.transport.ckan import Ckan

        return Ckan(connection, limits)
    raise HubError(
        f"no transport for {connection.kind}://",
        where=connection.where,
        todo="use a directory, file, http(s), s3, sftp or ckan",
    )


def _directory(root: str, limits: Limits) -> Transport:
    from federation.transport.directory import Directory

    return Directory(root, limits)


def _folder(base: str, connection: Connection) -> str:
    """Return the folder of a `file` connection: a URI's path, Airflow's extra `path`, or the
    schema from the root on."""
    if base.startswith("file:"):
        return unquote(urlsplit(base).path)
    return str(connection.extra.get("path") or f"/{connection.path}")
