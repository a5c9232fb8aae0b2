"""A platform behind HTTP(S): index pages list the files, as static file servers write them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

from federation.common.errors import Unreachable
from federation.transport.base import Changed, Gone, Kind, Listed, Opened, below, looked_at
from federation.transport.connection import Connection
from federation.transport.http import (
    Access,
    Http,
    differs,
    http_date,
    is_stated,
    refuse_other_than_success,
    version,
)
from federation.transport.limits import Limits

_LEADS_OUT = "the name leads out of its folder"


class Web:
    """Files below one base URL; a password without a login is sent as a bearer token."""

    def __init__(self, connection: Connection, limits: Limits) -> None:
        connection.refuse_open_secrets(connection.kind)
        self.where, self.limits = connection.where, limits
        token = connection.password if not connection.login else ""
        access = Access(
            tls=connection.tls() if connection.kind == "https" else None,
            auth=(connection.login, connection.password) if connection.login else None,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            secrets=(connection.password,),
        )
        self._http = Http(connection.where, limits, access)

    def close(self) -> None:
        self._http.close()

    def files(self, folder: str, depth: int) -> Iterator[Listed]:
        return self._below(folder.strip("/") + "/" if folder else "", depth)

    def _below(self, folder: str, depth: int) -> Iterator[Listed]:
        url = self._http.url(folder)
        code, page = self._http.page(url, self.where)
        try:
            refuse_other_than_success(code, self.where)
        except Gone:
            return
        index = _Page.of(page)
        links = _links(index.hrefs, url)
        if index.asks_for_password and not links:
            login = Unreachable("the platform answers with a login page", where=self.where)
            yield Listed(folder or "/", trouble=login)
        for name, refused in sorted(self.limits.bounded(links, self.where)):
            path = folder + name
            if refused:
                yield Listed(path, refused=refused)
            elif not name.endswith("/"):
                yield from looked_at(path, partial(self._look, path))
            elif depth > 1:
                yield from below(path.rstrip("/"), self._below(path, depth - 1))

    def _look(self, path: str) -> Listed:
        head = self._http.head(self._http.url(path), self.where)
        length, stated = head.get("content-length", ""), version(head)
        return Listed(
            path,
            stated if is_stated(stated) else "",
            http_date(head.get("last-modified")),
            int(length) if length.isdecimal() else None,
        )

    @contextmanager
    def stream(self, path: str, *, start: int = 0, token: str = "") -> Iterator[Opened]:
        url, where = self._http.url(path), f"{self.where.rstrip('/')}/{path}"
        etag = token.partition("|")[0]
        with self._http.stream(url, where, start=start, etag=etag) as (opened, headers):
            before = token if opened.start else version(headers)
            if differs(token, before, etags=False):
                raise Changed(where)
            yield opened
        if self._http.has_changed(url, where, before):
            raise Changed(where)


KIND = Kind(("http", "https"), ("ca_file",), Web)


def _links(hrefs: Iterable[str], url: str) -> set[tuple[str, str]]:
    """Return (name, why it is refused) of what an index page links to in its folder.

    Folders end with `/`. Links to other pages are left out: to the folder above, other orders of
    the list, styles, other hosts.
    """
    links = set()
    for href in hrefs:
        if _has_query(href):
            continue
        name = _inside(href, url)
        if name is not None:
            links.add((name, _refusal(name)))
        elif _leads_out(href):
            links.add((_decoded(href), _LEADS_OUT))
    return links


def _has_query(href: str) -> bool:
    return "?" in href or "#" in href


def _leads_out(href: str) -> bool:
    """Whether a link names a file behind `..`."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    folders = unquote(parts.path).split("/")[:-1]
    return ".." in folders and not parts.netloc and not href.endswith("/")


def _inside(href: str, url: str) -> str | None:
    """Return the decoded name of what a link points to; None outside the page's folder."""
    if not href or unquote(href).strip("/") in ("", ".", ".."):
        return None
    target = _joined(url, href) if "/" in href.rstrip("/") else url + href.removeprefix("./")
    rest = target.removeprefix(url)
    if rest == target or not rest.strip("/") or "/" in rest.rstrip("/"):
        return None
    return _decoded(rest)


def _joined(url: str, href: str) -> str:
    """Return the URL that a link means; an empty text for one that is no URL."""
    try:
        return urljoin(url, href)
    except ValueError:
        return ""


def _decoded(text: str) -> str:
    """Return a decoded name; bytes that are no UTF-8 stay what they are, as lone surrogates."""
    return unquote(text, errors="surrogateescape")


def _refusal(name: str) -> str:
    """Return why a decoded name is refused: a slash that was encoded leads out of the folder."""
    return _LEADS_OUT if "/" in name.rstrip("/") else ""


class _Page(HTMLParser):
    """What an index page links to, and whether it asks for a password."""

    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.asks_for_password = False

    @classmethod
    def of(cls, page: str) -> "_Page":
        found = cls()
        found.feed(page)
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and (given.get("type") or "").lower() == "password":
            self.asks_for_password = True
        if tag == "a" and given.get("href"):
            self.hrefs.append(str(given["href"]))
