"""A platform behind HTTP(S): directory index pages to list, GET to stream, as static file servers offer them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from urllib.parse import quote, unquote, urlsplit

import httpx
from tenacity import AttemptManager, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from federation.errors import Unreachable
from federation.hashing import CHUNK_BYTES
from federation.transport.base import Listed

ATTEMPTS = 4
_TIMEOUT = httpx.Timeout(30, connect=10)


class Web:
    """Files below one base URL. Redirects are not followed: they could lead to another host."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self.base = base.rstrip("/") + "/"
        self.where = parts._replace(netloc=parts.netloc.split("@")[-1]).geturl()

    def files(self, folder: str, depth: int) -> Iterator[Listed]:
        with httpx.Client(timeout=_TIMEOUT) as client:
            yield from self._below(client, folder.strip("/") + "/" if folder else "", depth)

    def _below(self, client: httpx.Client, folder: str, depth: int) -> Iterator[Listed]:
        page = self._request(client, "GET", folder)
        if page.status_code == 404:
            return
        for name in sorted(_links(page.text)):
            if name.endswith("/") and depth > 1:
                yield from self._below(client, folder + name, depth - 1)
            elif not name.endswith("/"):
                yield self._listed(self._request(client, "HEAD", folder + name), folder + name)

    def _request(self, client: httpx.Client, method: str, path: str) -> httpx.Response:
        for attempt in self._attempts():
            with attempt:
                response = client.request(method, self.base + quote(path))
                if response.status_code != 404:
                    _refuse_other_than_success(response)
        return response

    def _listed(self, response: httpx.Response, path: str) -> Listed:
        head = response.headers
        token = "|".join(head.get(name, "") for name in ("etag", "last-modified", "content-length"))
        return Listed(path, token, _http_date(head.get("last-modified")))

    @contextmanager
    def stream(self, path: str) -> Iterator[Iterator[bytes]]:
        try:
            # The bytes as they lie there: a server that compresses on the way would change what is hashed and kept.
            plain = {"Accept-Encoding": "identity"}
            with httpx.stream("GET", self.base + quote(path), timeout=_TIMEOUT, headers=plain) as response:
                _refuse_other_than_success(response)
                if response.headers.get("content-encoding", "identity") != "identity":
                    raise httpx.DecodingError("the server insists on compressing", request=response.request)
                yield response.iter_raw(CHUNK_BYTES)
        except httpx.HTTPError as error:
            raise Unreachable(f"the transfer failed: {_said(error)}", where=self.where + path) from error

    def _attempts(self) -> Iterator[AttemptManager]:
        try:
            yield from Retrying(retry=retry_if_exception(is_passing), stop=stop_after_attempt(ATTEMPTS), reraise=True,
                                wait=wait_random_exponential(multiplier=0.3, max=10))
        except httpx.HTTPError as error:
            raise Unreachable(f"the platform does not answer: {_said(error)}", where=self.where) from error


def is_passing(error: BaseException) -> bool:
    """Return whether trying again may help: time-outs, cut connections, 429 and 5xx."""
    if isinstance(error, Unreachable):
        error = error.__cause__ or error
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code >= 500 or error.response.status_code == 429
    return isinstance(error, httpx.TransportError)


def _refuse_other_than_success(response: httpx.Response) -> None:
    if not response.is_success:
        raise httpx.HTTPStatusError(f"status {response.status_code}", request=response.request, response=response)


def _said(error: httpx.HTTPError) -> str:
    return f"{type(error).__name__} {error}".strip().splitlines()[0]


def _http_date(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None


def _links(page: str) -> set[str]:
    """Return the names that an index page links to: direct children only, never `..`, another path or host."""
    parser = _Anchors()
    parser.feed(page)
    names = {unquote(href) for href in parser.found if not urlsplit(href).netloc and "?" not in href and "#" not in href}
    return {name for name in names if name.strip("/") not in ("", ".", "..") and "/" not in name.rstrip("/")}


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]
