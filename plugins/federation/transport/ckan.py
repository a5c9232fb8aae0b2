"""A platform on CKAN: a package per folder, its resources are the files (CKAN's action API,
`package_show`)."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlsplit

from federation.common.errors import HubError, Unreachable
from federation.transport.base import Changed, Kind, Listed, Opened
from federation.transport.connection import Connection
from federation.transport.http import Http, differs, version
from federation.transport.limits import Limits
from federation.transport.names import shown

_DIGESTS = {32: "md5", 40: "sha1", 64: "sha256"}  # by number of hexadecimal digits


class Ckan:
    """The packages of one CKAN; `password` is an API token, and goes to CKAN's own host alone.

    The path of a resource is `<package>/<name>` where its name ends like a file's, else
    `<package>/<last part of url>`. Extras: `scheme` (https unless said otherwise), `ca_file`,
    `hosts` (others, by name, that resources may lie on).
    """

    def __init__(self, connection: Connection, limits: Limits) -> None:
        self._scheme, self.where = str(connection.extra.get("scheme", "https")), connection.where
        if self._scheme not in ("http", "https"):
            raise HubError("the scheme is neither https nor http", where=self.where)
        connection.refuse_open_secrets(self._scheme)
        self.limits, self._token = limits, connection.password
        root = f"{self._scheme}://{connection.address}"
        self._base = f"{root}/{connection.path}".rstrip("/")
        hosts = connection.extra.get("hosts", [])
        named = hosts.split(",") if isinstance(hosts, str) else [str(host) for host in hosts]
        others = [f"{self._scheme}://{host.strip()}" for host in named if host.strip()]
        make = partial(
            Http,
            limits=limits,
            tls=connection.tls() if self._scheme == "https" else None,
            secrets=(self._token,),
        )
        self._own = make(root, headers={"Authorization": self._token} if self._token else None)
        self._hosts = {_origin(other): make(other) for other in others} | {_origin(root): self._own}

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
            if not path.startswith(f"{folder.strip('/')}/"):
                continue
            modified = _instant(resource.get("last_modified") or resource.get("created"))
            size = resource.get("size")
            yield Listed(
                path,
                _version(resource),
                modified,
                size if isinstance(size, int) and size > 0 else None,
                _digest(str(resource.get("hash") or "")),
                refused=self._refusal(str(resource.get("url") or "")),
            )

    def _resources(self, package: str) -> list[dict[str, Any]]:
        """Return the resources of a package; none when there is no such package."""
        from ckanapi.common import reverse_apicontroller_action
        from ckanapi.errors import CKANAPIError, NotAuthorized, NotFound

        url = f"{self._base}/api/3/action/package_show?id={quote(package, safe='')}"
        code, text = self._own.page(url, self.where)
        try:
            found = reverse_apicontroller_action(url, code, text)
            return [resource for resource in found["resources"] if isinstance(resource, dict)]
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

    def _refusal(self, url: str) -> str:
        if _origin(url) not in self._hosts:
            place = f"{_parts(url).scheme}://{_parts(url).netloc.split('@')[-1]}"
            return f"the resource lies on {shown(place)}, which the connection does not allow"
        return ""

    @contextmanager
    def stream(self, path: str, *, start: int = 0, token: str = "") -> Iterator[Opened]:
        where, resource = f"{self.where.rstrip('/')}/{path}", self._resource(path)
        if token and _version(resource) != token:
            raise Changed(where)
        url = str(resource["url"])
        http = self._hosts[_origin(url)]
        before = version(http.head(url, where))
        with http.stream(url, where, start=start, etag=before.partition("|")[0]) as (opened, _):
            yield opened
        if differs(before, version(http.head(url, where)), etags=True) or _version(
            self._resource(path)
        ) != _version(resource):
            raise Changed(where)

    def _resource(self, path: str) -> dict[str, Any]:
        package, _, name = path.partition("/")
        for resource in self._resources(package):
            if _file_name(resource) == name and not self._refusal(str(resource.get("url") or "")):
                return resource
        raise Unreachable(
            "the package has no such resource", where=f"{self.where.rstrip('/')}/{path}"
        )


KIND = Kind(("ckan",), ("scheme", "ca_file", "hosts"), Ckan)


def _file_name(resource: dict[str, Any]) -> str:
    name = str(resource.get("name") or "")
    if re.search(r"\.\w{2,8}$", name):
        return name
    return unquote(_parts(str(resource.get("url") or "")).path.rpartition("/")[2]) or name


def _version(resource: dict[str, Any]) -> str:
    return json.dumps(
        [resource.get(key) for key in ("id", "last_modified", "hash", "size", "url")],
        ensure_ascii=False,
    )


def _digest(text: str) -> str:
    bare = text.rpartition(":")[2].strip().lower()
    return (
        f"{_DIGESTS[len(bare)]}:{bare}"
        if re.fullmatch(r"[0-9a-f]+", bare) and len(bare) in _DIGESTS
        else ""
    )


def _instant(text: object) -> datetime | None:
    """Return the instant of CKAN's time text; it is UTC where it names no zone."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _parts(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _origin(url: str) -> tuple[str, str, int]:
    parts = _parts(url)
    try:
        return (
            parts.scheme,
            parts.hostname or "",
            parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0),
        )
    except ValueError:
        return "", "", 0
