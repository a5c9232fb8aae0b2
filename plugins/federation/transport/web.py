"""A platform behind HTTP(S): index pages list the files, as static file servers write them."""

from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

from federation.common.errors import Unreachable
from federation.transport.base import Changed, Kind, Listed, Opened
from federation.transport.connection import Connection
from federation.transport.http import Access, Http, differs, http_date, version
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
        if code == 404:
            return
        if code != 200:
            raise Unreachable(f"the platform answers with status {code}", where=self.where)
        for name, refused in sorted(self.limits.bounded(_links(page, url), self.where)):
            if refused:
                yield Listed(folder + name, "", None, refused=refused)
            elif not name.endswith("/"):
                yield self._listed(folder + name)
            elif depth > 1:
                yield from self._below(folder + name, depth - 1)

    def _listed(self, path: str) -> Listed:
        head = self._http.head(self._http.url(path), self.where)
        length = head.get("content-length", "")
        return Listed(
            path,
            version(head),
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
        if differs(before, version(self._http.head(url, where)), etags=True):
            raise Changed(where)


KIND = Kind(("http", "https"), ("ca_file",), Web)


def _links(page: str, url: str) -> set[tuple[str, str]]:
    """Return (name, why it is refused) of what an index page links to in its folder.

    Folders end with `/`. Links to other pages are left out: to the folder above, other orders of
    the list, styles, other hosts.
    """
    parser = _Anchors()
    parser.feed(page)
    links = set()
    for href in parser.hrefs:
        if _has_query(href):
            continue
        name = _inside(href, url)
        if name is not None:
            links.add((name, _refusal(name)))
        elif _leads_out(href):
            links.add((unquote(href), _LEADS_OUT))
    return links


def _has_query(href: str) -> bool:
    return "?" in href or "#" in href


def _leads_out(href: str) -> bool:
    """Whether a link names a file behind `..`."""
    parts = urlsplit(href)
    folders = unquote(parts.path).split("/")[:-1]
    return ".." in folders and not parts.netloc and not href.endswith("/")


def _inside(href: str, url: str) -> str | None:
    """Return the decoded name of what a link points to; None outside the page's folder."""
    if not href or unquote(href).strip("/") in ("", ".", ".."):
        return None
    target = urljoin(url, href) if "/" in href.rstrip("/") else url + href.removeprefix("./")
    rest = target.removeprefix(url)
    if rest == target or not rest.strip("/") or "/" in rest.rstrip("/"):
        return None
    return unquote(rest)


def _refusal(name: str) -> str:
    """Return why a decoded name is refused: a slash that was encoded leads out of the folder."""
    return _LEADS_OUT if "/" in name.rstrip("/") else ""


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hrefs += [value for name, value in attrs if tag == "a" and name == "href" and value]
