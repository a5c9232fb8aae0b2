"""An Airflow connection as transports read it: where a platform is, and what opens it."""

import json
import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from federation.common.errors import HubError

_SWITCHES_OFF = {"verify": False, "no_host_key_check": True}  # what would switch a check off
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Connection:
    """One platform's connection; `path` is what Airflow calls schema.

    Nothing of it is ever shown but `where`.
    """

    kind: str
    host: str = ""
    port: int | None = None
    login: str = ""
    password: str = field(default="", repr=False)
    path: str = ""
    extra: dict[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, text: str, where: str = "AIRFLOW_CONN_CITY_<CITY>") -> "Connection":
        """Return the connection that a URI or a JSON object describes; `where` it is written.

        Raises HubError without repeating the text.
        """
        try:
            connection = (
                _from_json(json.loads(text)) if text.lstrip().startswith("{") else _from_uri(text)
            )
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise HubError(
                "the connection cannot be read",
                where=where,
                todo="write it as dags/README.md shows",
            ) from error
        parts = (connection.host, connection.login, connection.password, connection.path)
        if not all(part.isprintable() for part in parts):
            raise HubError(
                "host, login, password or path of the connection hold a line break or the like",
                where=where,
                todo="remove it; perhaps it was pasted with the secret",
            )
        return connection

    @property
    def address(self) -> str:
        """Host and port as they stand in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port else host

    @property
    def where(self) -> str:
        return f"{self.kind}://{self.address}/{self.path}"

    @property
    def is_loopback(self) -> bool:
        return self.host in _LOOPBACK

    def only(self, *known: str) -> None:
        """Raise HubError for an extra that the transport does not know, or that would switch a
        check off."""
        for name, value in self.extra.items():
            if name in _SWITCHES_OFF:
                if value in (
                    _SWITCHES_OFF[name],
                    str(_SWITCHES_OFF[name]),
                    str(_SWITCHES_OFF[name]).lower(),
                ):
                    raise HubError(
                        f"the extra {name} would switch a check off",
                        where=self.where,
                        todo="give ca_file (HTTPS) or host_key (SFTP) instead",
                    )
            elif name not in (*known, "limits", "transport"):
                raise HubError(
                    f"unknown extra {name}",
                    where=self.where,
                    todo=f"known: {', '.join(known) or 'none'}, limits",
                )

    def tls(self) -> ssl.SSLContext:
        """Return what a server's certificate is held against: the extra's `ca_file`, else the
        system's authorities."""
        file = self.extra.get("ca_file")
        try:
            return ssl.create_default_context(cafile=str(file) if file else None)
        except OSError as error:
            raise HubError(
                f"ca_file cannot be read: {error.strerror or 'no certificates in PEM'}",
                where=str(file),
            ) from error

    def refuse_open_secrets(self, scheme: str) -> None:
        """Raise HubError when a secret would cross a network in plain text."""
        if scheme == "http" and (self.login or self.password) and not self.is_loopback:
            raise HubError(
                "a secret must not be sent without TLS", where=self.where, todo="use https"
            )


def _from_json(given: dict[str, Any]) -> Connection:
    extra = given.get("extra") or {}
    extra = json.loads(extra) if isinstance(extra, str) else dict(extra)
    port = int(given["port"]) if given.get("port") else None
    return Connection(
        str(extra.get("transport") or given["conn_type"]).lower(),
        str(given.get("host") or ""),
        port,
        str(given.get("login") or ""),
        str(given.get("password") or ""),
        str(given.get("schema") or "").strip("/"),
        extra,
    )


def _from_uri(text: str) -> Connection:
    parts = urlsplit(text)
    extra: dict[str, Any] = dict(parse_qsl(parts.query, keep_blank_values=True))
    extra |= json.loads(extra.pop("__extra__", "{}"))
    return Connection(
        str(extra.get("transport") or parts.scheme).lower(),
        unquote(parts.hostname or ""),
        parts.port,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        unquote(parts.path).strip("/"),
        extra,
    )
