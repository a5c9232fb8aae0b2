"""A platform on CKAN: a package per folder, a file per resource (action API `package_show`)."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlsplit

from federation.common.errors import HubError, Unreachable
from federation.transport.base import Changed, Gone, Kind, Listed, Opened, looked_at
from federation.transport.connection import Connection
from federation.transport.http import Access, Http, differs, is_stated, version
from federation.transport.limits import Limits
from federation.transport.names import shown

_DIGESTS = {32: "md5", 40: "sha1", 64: "sha256"}  # by number of hexadecimal digits


class Ckan:
    """The packages of one CKAN; `password` is an API token, and goes to CKAN's own host alone.

    The path of a resource is `<package>/<name>` where its name ends like a Parquet file or like
    its URL, else `<package>/<last part of url>`. Extras: `scheme` (https unless said otherwise),
    `ca_file`, `hosts` (others, by name, that resources may lie on).
    """

    def __init__(self, connection: Connection, limits: Limits) -> None:
        self.where, self.limits = connection.where, limits
        scheme = str(connection.extra.get("scheme", "https"))
        if scheme not in ("http", "https"):
            raise HubError("the scheme is neither https nor http", where=self.where)
        connection.refuse_open_secrets(scheme)
        token = connection.password
        tls = connection.tls() if scheme == "https" else None
        root = f"{scheme}://{connection.address}"
        headers = {"Authorization": token} if token else {}
        self._base = f"{root}/{connection.path}".rstrip("/")
        self._own = Http(root, limits, Access(tls, headers=headers, secrets=(token,)))
        self._hosts: dict[tuple[str, str, int], Http] = {}
        for name in _other_hosts(connection):
            other = f"{scheme}://{name}"
            self._hosts[_origin(other)] = Http(other, limits, Access(tls, secrets=(token,)))
        self._hosts[_origin(root)] = self._own

    def close(self) -> None:
        for http in self._hosts.values():
            http.close()

    def files(self, folder: str, depth: int) -> Iterator[Listed]:
        if not folder:
            raise Unreachable(
                "the contract's path names no package",
                where=self.where,
                todo="begin the path with the package's name: package/file_{year}.parquet",
            )
        package = folder.strip("/").partition("/")[0]
        for resource in self.limits.bounded(self._resources(package), self.where):
            path = f"{package}/{_file_name(resource)}"
            if path.startswith(f"{folder.strip('/')}/"):
                yield from looked_at(path, partial(self._look, path, resource))

    def _look(self, path: str, resource: dict[str, Any]) -> Listed:
        """Return what CKAN states of a resource, and what the server of its file does.

        CKAN's own times do not move when a file that it only links to is replaced.
        """
        if reason := self._refusal(resource):
            return Listed(path, refused=reason)
        url, size = _url(resource), resource.get("size")
        head = version(self._hosts[_origin(url)].head(url, self._where(path)))
        is_stated_by_ckan = resource.get("last_modified") or resource.get("hash")
        return Listed(
            path,
            token=_token(resource, head) if is_stated_by_ckan or is_stated(head) else "",
            modified_at=_instant(resource.get("last_modified") or resource.get("created")),
            size=size if isinstance(size, int) and size > 0 else None,
            digest=_digest(str(resource.get("hash") or "")),
        )

    def _resources(self, package: str) -> list[dict[str, Any]]:
        """Return the resources of a package; none when there is no such package."""
        from ckanapi.common import reverse_apicontroller_action
        from ckanapi.errors import CKANAPIError, NotAuthorized, NotFound

        url = f"{self._base}/api/3/action/package_show?id={quote(package, safe='')}"
        code, text = self._own.page(url, self.where)
        try:
            answer = reverse_apicontroller_action(url, code, text)
            return [resource for resource in answer["resources"] if isinstance(resource, dict)]
        except NotFound:
            return []
        except NotAuthorized:
            raise Unreachable(
                f"CKAN does not show us the package {package}",
                where=self.where,
                todo="give an API token as the connection's password",
            ) from None
        except (CKANAPIError, KeyError, TypeError, RecursionError):
            raise Unreachable(
                f"this is no answer of CKAN's action API (status {code})", where=self.where
            ) from None

    def _refusal(self, resource: dict[str, Any]) -> str:
        url = _url(resource)
        if _origin(url) in self._hosts:
            return ""
        host = f"{_parts(url).scheme}://{_parts(url).netloc.split('@')[-1]}"
        return f"the resource lies on {shown(host)}, which the connection does not allow"

    @contextmanager
    def stream(self, path: str, *, start: int = 0, token: str = "") -> Iterator[Opened]:
        where = self._where(path)
        resource = self._resource(path)
        url = _url(resource)
        http = self._hosts[_origin(url)]
        before = version(http.head(url, where))
        if token and _is_other(token, _token(resource, before)):
            raise Changed(where)
        with http.stream(url, where, start=start, etag=before.partition("|")[0]) as (opened, _):
            yield opened
        if http.has_changed(url, where, before):
            raise Changed(where)
        if _version(self._resource(path)) != _version(resource):
            raise Changed(where)

    def _resource(self, path: str) -> dict[str, Any]:
        package, _, name = path.partition("/")
        for resource in self._resources(package):
            if _file_name(resource) == name and not self._refusal(resource):
                return resource
        raise Gone("the package has no such resource", where=self._where(path))

    def _where(self, path: str) -> str:
        return f"{self.where.rstrip('/')}/{path}"


def _other_hosts(connection: Connection) -> list[str]:
    """Return the hosts beside CKAN's own that resources may lie on."""
    hosts = connection.extra.get("hosts", [])
    names = hosts.split(",") if isinstance(hosts, str) else map(str, hosts)
    return [name.strip() for name in names if name.strip()]


def _url(resource: dict[str, Any]) -> str:
    return str(resource.get("url") or "")


KIND = Kind(("ckan",), ("scheme", "ca_file", "hosts"), Ckan)


def _file_name(resource: dict[str, Any]) -> str:
    """Return the name of a resource's file.

    A title may look like a name: «ประชากร ปี พ.ศ.2563» does not end in `.2563`.
    """
    name = str(resource.get("name") or "")
    last = unquote(_parts(_url(resource)).path.rpartition("/")[2], errors="surrogateescape")
    ending = PurePosixPath(last).suffix.lower()
    is_a_name = name.lower().endswith((".parquet", ending) if ending else ".parquet")
    return name if is_a_name else last or name


def _token(resource: dict[str, Any], head: str) -> str:
    return f"{_version(resource)}\t{head}"


def _is_other(token: str, now: str) -> bool:
    """Return whether CKAN, or the headers of the file, state another version."""
    stated, _, head = token.partition("\t")
    stated_now, _, head_now = now.partition("\t")
    return stated != stated_now or differs(head, head_now, etags=False)


def _version(resource: dict[str, Any]) -> str:
    return json.dumps(
        [resource.get(key) for key in ("id", "last_modified", "hash", "size", "url")],
        ensure_ascii=False,
    )


def _digest(text: str) -> str:
    digits = text.rpartition(":")[2].strip().lower()
    kind = _DIGESTS.get(len(digits), "")
    return f"{kind}:{digits}" if kind and re.fullmatch(r"[0-9a-f]+", digits) else ""


def _instant(text: object) -> datetime | None:
    """Return the instant of CKAN's time text; it is UTC where it names no zone."""
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _parts(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of a URL; empty ones for a port that is no number."""
    parts = _parts(url)
    usual_port = {"http": 80, "https": 443}.get(parts.scheme, 0)
    try:
        return parts.scheme, parts.hostname or "", parts.port or usual_port
    except ValueError:
        return "", "", 0
