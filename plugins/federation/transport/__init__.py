"""How bytes come from a platform; a transport lists files and streams them, nothing else."""

import json
from urllib.parse import quote, urlsplit

from federation.errors import HubError
from federation.transport.base import Listed, Transport
from federation.transport.directory import Directory
from federation.transport.web import Web

__all__ = ["Listed", "Transport", "transport_for"]


def transport_for(base: str) -> Transport:
    """Return the transport for a directory, a URI, or an Airflow connection (URI or JSON).

    Raises HubError for a scheme that no transport serves.
    """
    if base.lstrip().startswith("{"):
        base = _uri_of_connection(json.loads(base))
    scheme = urlsplit(base).scheme
    if scheme in ("http", "https"):
        return Web(base)
    if scheme in ("", "file"):
        return Directory(base)
    raise HubError(f"no transport for {scheme}://", where=base.split("@")[-1], todo="use a directory, file:// or http(s)://")


def _uri_of_connection(connection: dict[str, object]) -> str:
    login = ""
    if connection.get("login"):
        login = f"{quote(str(connection['login']), safe='')}:{quote(str(connection.get('password') or ''), safe='')}@"
    port = f":{connection['port']}" if connection.get("port") else ""
    path = str(connection.get("schema") or "").strip("/")
    return f"{connection.get('conn_type')}://{login}{connection.get('host') or ''}{port}/{path}"
