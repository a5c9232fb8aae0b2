"""Requests to one host, with limits on time and size; HTTPS, CKAN and S3 platforms use it."""

import logging
import re
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote

import httpx

from federation.common.errors import HubError, Unreachable
from federation.transport.base import Changed, Gone, Interrupted, Opened, Silent, again
from federation.transport.limits import Limits

CONNECT_SECONDS = 10
_PASSING = (408, 425, 429)  # states that may be over soon, beside 500 and above
_GONE = (404, 410)
_NOT_IMPLEMENTED = 501  # what some servers say of HEAD; it does not pass
# Errors that come again, however often a request is tried.
_LASTING = (httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.InvalidURL)
# It logs every URL, and a signed URL is a secret.
logging.getLogger("httpx").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Access:
    """How to reach a host: its TLS, the login, and secrets that no error may show."""

    tls: ssl.SSLContext | None = None
    auth: tuple[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()


class Http:
    """One scheme, host and port.

    Redirects are followed nowhere else, so a secret goes nowhere else either.
    """

    def __init__(self, base: str, limits: Limits, access: Access) -> None:
        self.base, self.limits = base.rstrip("/") + "/", limits
        self._secrets = [text for text in access.secrets if text]
        timeout = httpx.Timeout(limits.silent_seconds, connect=CONNECT_SECONDS)
        # The file's own bytes: a server that compresses them would change what is hashed and kept.
        identity = {"Accept-Encoding": "identity", **access.headers}
        try:
            self._client = httpx.Client(
                timeout=timeout, auth=access.auth, verify=access.tls or False, headers=identity
            )
            self._origin = _origin(httpx.URL(self.base))
        except (httpx.InvalidURL, ValueError) as error:
            raise HubError(
                "the address or the login of the connection cannot be used", where=self._shown(base)
            ) from error

    def close(self) -> None:
        self._client.close()

    def url(self, path: str) -> str:
        return self.base + quote(path)

    def head(self, url: str, where: str) -> httpx.Headers:
        """Return the headers of a file.

        Where the server refuses HEAD, GET is asked, and hung up behind the headers: many servers,
        and every signed URL, allow GET alone.
        """
        code, headers = self._asked("HEAD", url, where)
        if 400 <= code < 600:
            code, headers = self._asked("GET", url, where)
        refuse_other_than_success(code, where)
        return headers

    def has_changed(self, url: str, where: str, before: str) -> bool:
        """Return whether a file is another one than `before`, its version when it was opened.

        Where nothing but the ETag is another one, it is asked once more: some servers make up an
        ETag for each answer, or each of several servers has its own. Such an ETag says nothing.
        """
        after = version(self.head(url, where))
        if not differs(before, after, etags=True):
            return False
        if differs(before, after, etags=False):
            return True
        return not differs(after, version(self.head(url, where)), etags=True)

    def _asked(self, method: str, url: str, where: str) -> tuple[int, httpx.Headers]:
        """Return status and headers of a file.

        Raises Interrupted when trying again may help.
        """
        for attempt in again():
            with attempt, self._answer(method, url, where, {}) as response:
                if _passes(response.status_code):
                    refuse_other_than_success(response.status_code, where)
        return response.status_code, response.headers

    def page(self, url: str, where: str) -> tuple[int, str]:
        """Return status and text of a page of a listing, whatever the status.

        Raises Interrupted when trying again may help.
        """
        for attempt in again():
            with attempt, self._answer("GET", url, where, {}) as response:
                if _passes(response.status_code):
                    refuse_other_than_success(response.status_code, where)
                text = self._text(response, where)
        return response.status_code, text

    def _text(self, response: httpx.Response, where: str) -> str:
        page = bytearray()
        began = time.monotonic()
        for chunk in response.iter_raw():
            page += chunk
            if len(page) > self.limits.listing_bytes:
                raise Unreachable(
                    f"the listing's page is longer than {self.limits.listing_bytes:,} bytes",
                    where=where,
                    todo="ask the city to split its folder, or raise the limit listing_bytes",
                )
            if time.monotonic() - began > self.limits.stuck_seconds:
                raise Unreachable(
                    f"the listing's page took over {self.limits.stuck_seconds} seconds", where=where
                )
        try:
            return page.decode(response.charset_encoding or "utf-8", "replace")
        except LookupError:
            return page.decode("utf-8", "replace")

    @contextmanager
    def stream(
        self,
        url: str,
        where: str,
        *,
        start: int = 0,
        etag: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[tuple[Opened, httpx.Headers]]:
        """Open a file, from byte `start` on where the server still has this strong ETag."""
        part: dict[str, str] = {}
        if start and etag.startswith('"'):
            part = {"Range": f"bytes={start}-", "If-Range": etag}
        with self._answer("GET", url, where, {**part, **(headers or {})}) as response:
            if response.status_code in (412, 416):
                raise Changed(where)
            refuse_other_than_success(response.status_code, where)
            _refuse_unmeasured(response, where)
            begin, size = _extent(response, start if part else 0, where)
            yield Opened(response.iter_raw(), begin, size), response.headers

    @contextmanager
    def _answer(
        self, method: str, url: str, where: str, headers: Mapping[str, str]
    ) -> Iterator[httpx.Response]:
        began = False
        try:
            response = self._send(self._client.build_request(method, url, headers=headers), where)
            began = True
            with closing(response):
                yield response
        except (httpx.ConnectError, httpx.TimeoutException) as error:
            raise self._no_answer(error, where) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            kind = Unreachable if isinstance(error, _LASTING) else Interrupted
            what = "the transfer failed" if began else "the platform does not answer"
            raise kind(f"{what}: {self._shown(error)}", where=where) from None

    def _no_answer(self, error: httpx.TransportError, where: str) -> Unreachable:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return Unreachable(
                f"the server's certificate is not trusted: {self._shown(error)}",
                where=where,
                todo="name the city's authority in the connection's extra ca_file",
            )
        return Silent(f"the platform does not answer: {self._shown(error)}", where=where)

    def _send(self, request: httpx.Request, where: str) -> httpx.Response:
        for _ in range(self.limits.redirects + 1):
            response = self._client.send(request, stream=True)
            if response.next_request is None:
                return response
            response.close()
            request = response.next_request
            if _origin(request.url) != self._origin:
                raise Unreachable(
                    f"the platform redirects to another place (status {response.status_code})",
                    where=where,
                    todo="if the city has moved, change its connection",
                )
        raise Unreachable(f"more than {self.limits.redirects} redirects in a row", where=where)

    def _shown(self, error: object) -> str:
        """Return the first line of an error's text, without secrets."""
        text = f"{type(error).__name__} {error}" if isinstance(error, Exception) else str(error)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return (text.strip().splitlines() or [""])[0]


def version(headers: Mapping[str, str]) -> str:
    """Return `etag|last-modified|length` of a file, each as far as the server states it."""
    return "|".join(headers.get(name, "") for name in ("etag", "last-modified", "content-length"))


def differs(one: str, other: str, *, etags: bool) -> bool:
    """Return whether two versions differ in anything that both state.

    `etags` False: ETags do not count, since several servers behind one name may differ in them.
    """
    pairs = list(zip(one.split("|", 2), other.split("|", 2), strict=False))
    return any(first != second for first, second in pairs[0 if etags else 1 :] if first and second)


def is_stated(version: str) -> bool:
    """Return whether a version says more than a length, which a correction may share."""
    return bool(version.rpartition("|")[0].strip("|"))


def http_date(text: str | None) -> datetime | None:
    """Return the instant that a header names, or None."""
    try:
        found = parsedate_to_datetime(text) if text else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme, 0)


def _passes(code: int) -> bool:
    return (code >= 500 and code != _NOT_IMPLEMENTED) or code in _PASSING


def refuse_other_than_success(code: int, where: str) -> None:
    """Raise Gone, Interrupted or Unreachable for a status that is no success."""
    if not 200 <= code < 300:
        kind = Gone if code in _GONE else Interrupted if _passes(code) else Unreachable
        raise kind(f"the platform answers with status {code}", where=where)


def _refuse_unmeasured(response: httpx.Response, where: str) -> None:
    """Raise Unreachable for compressed content, and for content whose length nobody knows."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise Unreachable("the transfer failed: the server insists on compressing", where=where)
    chunked = "chunked" in response.headers.get("transfer-encoding", "")
    if not chunked and not response.headers.get("content-length", "").isdecimal():
        raise Unreachable(
            "the server does not say how long the file is, so a cut could not be noticed",
            where=where,
        )


def _extent(response: httpx.Response, asked: int, where: str) -> tuple[int, int | None]:
    """Return where the content begins and how long the whole file is."""
    if response.status_code != 206:
        length = response.headers.get("content-length")
        return 0, int(length) if length else None
    content_range = response.headers.get("content-range", "").strip()
    match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", content_range)
    if match is None or int(match[1]) != asked or not asked:
        raise Unreachable(
            "the server sends another part of the file than was asked for", where=where
        )
    whole = None if match[2] == "*" else int(match[2])
    return asked, whole
