"""A platform in a bucket of any S3-compatible store.

Boto3 lists and signs, the bytes come as from any web server.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property, partial
from typing import Any
from urllib.parse import urlsplit

from federation.common.errors import HubError, Unreachable
from federation.transport.base import (
    ATTEMPTS,
    Changed,
    Gone,
    Interrupted,
    Kind,
    Listed,
    Opened,
    Silent,
    looked_at,
)
from federation.transport.connection import Connection
from federation.transport.http import CONNECT_SECONDS, Access, Http
from federation.transport.limits import Limits

PAGE_ENTRIES = 1000
_DEFAULT_REGION = "us-east-1"


class S3:
    """Objects below `bucket/prefix`: login and password are the access key and its secret.

    Without them, anonymous.

    Extras: `scheme` (https unless said otherwise), `region_name`, `ca_file`. Without a host:
    Amazon's own.
    """

    def __init__(self, connection: Connection, limits: Limits) -> None:
        self._bucket, _, prefix = connection.path.partition("/")
        if not self._bucket:
            raise HubError(
                "the connection names no bucket",
                where=connection.where,
                todo="schema: bucket or bucket/prefix",
            )
        self._scheme = str(connection.extra.get("scheme", "https"))
        connection.refuse_open_secrets(self._scheme)
        connection.tls()  # now, so that a ca_file that cannot be read stops this city alone
        self._connection, self.limits = connection, limits
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._region = str(connection.extra.get("region_name", _DEFAULT_REGION))
        self.where = connection.where

    def close(self) -> None:
        if "_http" in self.__dict__:
            self._http.close()
            self._client.close()

    @cached_property
    def _client(self) -> Any:
        import boto3
        from botocore import UNSIGNED
        from botocore.config import Config

        connection = self._connection
        ca_file = connection.extra.get("ca_file")
        config = Config(
            signature_version="s3v4" if connection.login else UNSIGNED,
            s3={"addressing_style": "path"} if connection.host else {},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=self.limits.silent_seconds,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            max_pool_connections=self.limits.feeds_at_once,
        )
        return boto3.session.Session().client(
            "s3",
            endpoint_url=f"{self._scheme}://{connection.address}" if connection.host else None,
            config=config,
            region_name=self._region,
            verify=str(ca_file) if ca_file else None,
            aws_access_key_id=connection.login or None,
            aws_secret_access_key=connection.password or None,
        )

    @cached_property
    def _http(self) -> Http:
        base = urlsplit(self._url("x"))
        tls = self._connection.tls() if base.scheme == "https" else None
        return Http(f"{base.scheme}://{base.netloc}", self.limits, Access(tls))

    def files(self, folder: str, depth: int) -> Iterator[Listed]:
        below = f"{self._prefix}{folder.strip('/')}/" if folder else self._prefix
        for entry in self.limits.bounded(self._objects(below), self.where):
            key = str(entry["Key"])
            if key.startswith(below) and _is_file(key.removeprefix(below), depth):
                path = key.removeprefix(self._prefix)
                yield from looked_at(path, partial(self._look, path, entry))

    @staticmethod
    def _look(path: str, entry: dict[str, Any]) -> Listed:
        etag, modified, size = (entry.get(name) for name in ("ETag", "LastModified", "Size"))
        token = _token(etag or "", modified, size) if etag or modified else ""
        return Listed(path, token, modified, size)

    def _objects(self, prefix: str) -> Iterator[dict[str, Any]]:
        """Yield every object below the prefix, page by page to the last."""
        with self._boto_errors(self.where):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(
                Bucket=self._bucket, Prefix=prefix, PaginationConfig={"PageSize": PAGE_ENTRIES}
            ):
                yield from page.get("Contents", [])

    @contextmanager
    def stream(self, path: str, *, start: int = 0, token: str = "") -> Iterator[Opened]:
        where = f"{self.where.rstrip('/')}/{path}"
        key, etag = self._prefix + path, token.partition("|")[0]
        with self._boto_errors(where):
            url, http = self._url(key), self._http
            headers = self._signature(url)
        if etag:
            headers["If-Match"] = etag
        with http.stream(url, where, start=start, etag=etag, headers=headers) as (opened, answer):
            if etag and answer.get("etag", etag) != etag:
                raise Changed(where)
            yield opened
        with self._boto_errors(where):
            now = self._client.head_object(Bucket=self._bucket, Key=key)["ETag"]
        if now != answer.get("etag", now):
            raise Changed(where)

    def _url(self, key: str) -> str:
        signed = self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, "Key": key}
        )
        return str(signed).partition("?")[0]

    def _signature(self, url: str) -> dict[str, str]:
        """Return the headers that open an object.

        No secret stands in a URL, where logs would keep it.
        """
        from botocore.auth import S3SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        if not self._connection.login:
            return {}
        request = AWSRequest("GET", url)
        keys = Credentials(self._connection.login, self._connection.password)
        S3SigV4Auth(keys, "s3", self._region).add_auth(request)
        return dict(request.headers.items())

    @contextmanager
    def _boto_errors(self, where: str) -> Iterator[None]:
        """Turn boto3's errors into the hub's, by their kind; their texts are left out."""
        from botocore import exceptions as boto

        try:
            yield
        except boto.ClientError as error:
            raise _answered(error.response, where) from None
        except boto.SSLError:
            raise Unreachable(
                "the server's certificate is not trusted",
                where=where,
                todo="name the store's authority in the connection's extra ca_file",
            ) from None
        except (boto.ConnectionError, boto.HTTPClientError) as error:
            kind = type(error).__name__
            raise Silent(f"the store does not answer: {kind}", where=where) from None
        except (boto.BotoCoreError, OSError, ValueError) as error:
            kind = type(error).__name__
            raise Unreachable(f"the store cannot be asked: {kind}", where=where) from None


def _answered(response: dict[str, Any], where: str) -> Unreachable:
    """Return the error for an answer that is no success."""
    code = response["Error"].get("Code", "")
    status = response["ResponseMetadata"]["HTTPStatusCode"]
    passes = status >= 500 or status == 429
    gone = status == 404 and code in ("404", "NoSuchKey")
    kind = Interrupted if passes else Gone if gone else Unreachable
    return kind(f"the store answers {code} (status {status})", where=where)


def _is_file(path: str, depth: int) -> bool:
    """Whether a path below the listed folder is a file at most `depth` levels down."""
    return bool(path) and not path.endswith("/") and path.count("/") < depth


KIND = Kind(("s3", "aws"), ("scheme", "region_name", "ca_file"), S3)


def _token(etag: str, modified: datetime | None, size: int | None) -> str:
    instant = modified.strftime("%Y-%m-%dT%H:%M:%SZ") if modified else ""
    return f"{etag}|{instant}|{size}"
