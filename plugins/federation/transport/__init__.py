"""How bytes come from a platform; a transport lists files and streams them, nothing else.

A module of this package that holds a `KIND` is a transport; nothing else names it.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from federation.common.errors import HubError
from federation.transport.base import Kind, Listed, Transport
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
        from federation.transport.directory import Directory

        return Directory(base, limits)
    connection = Connection.read(base)
    given = connection.extra.get("limits", {})
    given = json.loads(given) if isinstance(given, str) else given
    limits = limits.altered(given, connection.where)
    kind = _kind_of(connection)
    connection.only(*kind.extras)
    return kind.open(connection, limits)


def _kind_of(connection: Connection) -> Kind:
    for kind in _kinds():
        if connection.kind in kind.names:
            return kind
    names = sorted(name for kind in _kinds() for name in kind.names)
    raise HubError(
        f"no transport for {connection.kind}://",
        where=connection.where,
        todo=f"use a directory, or one of {', '.join(names)}",
    )


@cache
def _kinds() -> tuple[Kind, ...]:
    """Return every kind; what a transport needs beside this package is imported when it opens."""
    return tuple(_declared())


def _declared() -> Iterator[Kind]:
    for module in iter_modules(__path__, f"{__name__}."):
        kind = getattr(import_module(module.name), "KIND", None)
        if kind is not None:
            yield kind
