"""Requests to one host, bounded in every direction.

What HTTPS, CKAN and S3 platforms are read with.
"""

import logging
import re
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote

import httpx

from federation.common.errors import HubError, Unreachable
from federation.transport.base import Changed, Interrupted, Opened, Silent, again
from federation.transport.limits import Limits

CONNECT_SECONDS = 10
_PASSING = (408, 425, 429)
logging.getLogger("httpx").setLevel(
    logging.WARNING
)  # it logs every URL, and a signed URL is a secret


class Http:
    """One scheme, host and port.

    Redirects are followed nowhere else, so a secret goes nowhere else either.

    `secrets` are what an error's text may not show.
    """

    def __init__(
        self,
        base: str,
        limits: Limits,
        *,
        tls: ssl.SSLContext | None = None,
        auth: tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        secrets: tuple[str, ...] = (),
    ) -> None:
        self.base, self.limits, self._secrets = (
            base.rstrip("/") + "/",
            limits,
            [text for text in secrets if text],
        )
        try:
            # The bytes as they lie there: a server that compresses on the way would change what is
            # hashed and kept.
            self._client = httpx.Client(
                timeout=httpx.Timeout(limits.silent_seconds, connect=CONNECT_SECONDS),
                auth=auth,
                verify=tls if tls else False,
                headers={"Accept-Encoding": "identity", **(headers or {})},
            )
            self._origin = _origin(httpx.URL(self.base))
        except (httpx.InvalidURL, ValueError) as error:
            raise HubError(
                "the address or the login of the connection cannot be used", where=self._said(base)
            ) from error

    def close(self) -> None:
        self._client.close()

    def url(self, path: str) -> str:
        return self.base + quote(path)

    def head(self, url: str, where: str) -> httpx.Headers:
        """Return the headers of a file."""
        for attempt in again():
            with attempt, self._answer("HEAD", url, where, {}) as response:
                _refuse_other_than_success(response, where)
        return response.headers

    def page(self, url: str, where: str) -> tuple[int, str]:
        """Return status and text of a page of a listing.

        Only passing trouble raises Interrupted.
        """
        for attempt in again():
            with attempt, self._answer("GET", url, where, {}) as response:
                if _passes(response.status_code):
                    _refuse_other_than_success(response, where)
                text = self._text(response, where)
        return response.status_code, text

    def _text(self, response: httpx.Response, where: str) -> str:
        page, began = bytearray(), time.monotonic()
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
        """Open a file, from byte `start` on where the server still has the version of this
        strong ETag."""
        part = (
            {"Range": f"bytes={start}-", "If-Range": etag} if start and etag.startswith('"') else {}
        )
        with self._answer("GET", url, where, {**part, **(headers or {})}) as response:
            if response.status_code in (412, 416):
                raise Changed(where)
            _refuse_other_than_success(response, where)
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
            try:
                began = True
                yield response
            finally:
                response.close()
        except (httpx.ConnectError, httpx.TimeoutException) as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise Unreachable(
                    f"the server's certificate is not trusted: {self._said(error)}",
                    where=where,
                    todo="name the city's authority in the connection's extra ca_file",
                ) from None
            raise Silent(
                f"the platform does not answer: {self._said(error)}", where=where
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            what = "the transfer failed" if began else "the platform does not answer"
            lasting = isinstance(
                error, httpx.LocalProtocolError | httpx.UnsupportedProtocol | httpx.InvalidURL
            )
            raise (Unreachable if lasting else Interrupted)(
                f"{what}: {self._said(error)}", where=where
            ) from None

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

    def _said(self, error: object) -> str:
        text = f"{type(error).__name__} {error}" if isinstance(error, Exception) else str(error)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return (text.strip().splitlines() or [""])[0]


def version(headers: Mapping[str, str]) -> str:
    """Return what tells a version of a file from others, as far as the server says:
    `etag|last-modified|length`."""
    return "|".join(headers.get(name, "") for name in ("etag", "last-modified", "content-length"))


def differs(one: str, other: str, *, etags: bool) -> bool:
    """Return whether two versions differ in anything that both tell.

    `etags` False: servers behind one name may differ.
    """
    pairs = list(zip(one.split("|", 2), other.split("|", 2), strict=False))
    return any(first != second for first, second in pairs[0 if etags else 1 :] if first and second)


def http_date(text: str | None) -> datetime | None:
    """Return the instant that a header names, or None."""
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme, 0)


def _passes(code: int) -> bool:
    return code >= 500 or code in _PASSING


def _refuse_other_than_success(response: httpx.Response, where: str) -> None:
    if not response.is_success:
        kind = Interrupted if _passes(response.status_code) else Unreachable
        raise kind(f"the platform answers with status {response.status_code}", where=where)


def _refuse_unmeasured(response: httpx.Response, where: str) -> None:
    """Raise Unreachable for content whose bytes are not the file's, or whose end could not be
    told from a cut."""
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
    said = re.fullmatch(
        r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("content-range", "").strip()
    )
    if said is None or int(said[1]) != asked or not asked:
        raise Unreachable(
            "the server sends another part of the file than was asked for", where=where
        )
    return asked, None if said[2] == "*" else int(said[2])
