"""The S3 server: moto's, with a copy of the folder's files that follows every change of them."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

FOLLOW_SECONDS = 1.0


@contextmanager
def started(
    directory: Path, bucket: str, host: str, certificate: Path, ca_file: Path
) -> Iterator[tuple[int, str, str]]:
    """Serve the files below `directory` in a bucket; yield port, access key and secret.

    The copy is kept in memory.
    """
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    server = make_server(
        host,
        0,
        DomainDispatcherApplication(create_backend_app),
        threaded=True,
        request_handler=_silent(MotoRequestHandler),
        ssl_context=tls,
    )
    running = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    running.start()
    try:
        copy = _Copy(directory, bucket, f"https://{host}:{server.server_port}", ca_file)
        with copy.followed():
            yield server.server_port, copy.key, copy.secret
    finally:
        server.shutdown()
        server.server_close()
        running.join()


def _silent(handler: Any) -> Any:
    class Silent(handler):  # type: ignore[misc]
        def log(self, kind: str, message: str, *arguments: Any) -> None:
            """Keep the terminal for people."""

    return Silent


class _Copy:
    """A bucket that holds what a folder holds."""

    def __init__(self, directory: Path, bucket: str, endpoint: str, ca_file: Path) -> None:
        self._directory, self._bucket = directory, bucket
        self._copied: dict[str, tuple[int, int]] = {}  # path -> size and time of the file
        self.key, self.secret = _only_user(endpoint, ca_file)
        self._s3 = _client("s3", endpoint, ca_file, self.key, self.secret)
        self._s3.create_bucket(Bucket=bucket)
        self._update()

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Keep the copy up to date meanwhile."""
        ended = Event()

        def follow() -> None:
            while not ended.wait(FOLLOW_SECONDS):
                with suppress(OSError):  # a file that vanishes under our hands is seen next time
                    self._update()

        follower = Thread(target=follow, daemon=True)
        follower.start()
        try:
            yield
        finally:
            ended.set()
            follower.join()

    def _update(self) -> None:
        entries = self._directory.rglob("*")
        files = {
            entry.relative_to(self._directory).as_posix(): entry
            for entry in entries
            if entry.is_file()
        }
        for path in self._copied.keys() - files.keys():
            self._s3.delete_object(Bucket=self._bucket, Key=path)
            del self._copied[path]
        for path, file in files.items():
            state = (file.stat().st_size, file.stat().st_mtime_ns)
            if self._copied.get(path) != state:
                self._s3.put_object(Bucket=self._bucket, Key=path, Body=file.read_bytes())
                self._copied[path] = state


def _client(service: str, endpoint: str, ca_file: Path, key: str, secret: str) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.session.Session().client(
        service,
        endpoint_url=endpoint,
        verify=str(ca_file),
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(s3={"addressing_style": "path"}, proxies={}),
    )


def _only_user(endpoint: str, ca_file: Path) -> tuple[str, str]:
    """Make a user who may do anything with buckets; return access key and secret.

    From then on keys are checked.
    """
    from urllib.request import Request, urlopen

    iam = _client("iam", endpoint, ca_file, "nobody", "nobody")
    iam.create_user(UserName="hub")
    made = iam.create_access_key(UserName="hub")["AccessKey"]
    rights = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }
    iam.put_user_policy(UserName="hub", PolicyName="buckets", PolicyDocument=json.dumps(rights))
    checked = Request(f"{endpoint}/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"})
    with urlopen(checked, context=ssl.create_default_context(cafile=str(ca_file))):
        return str(made["AccessKeyId"]), str(made["SecretAccessKey"])
