"""Serve a folder of platforms on loopback: each city's folder by its own kind of server."""

import asyncio
import json
import secrets
import socket
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Any

from federation.common.errors import HubError

from federation_demo.platform_servers import web
from federation_demo.platform_servers.certificates import make_certificates

if TYPE_CHECKING:
    from starlette.applications import Starlette

HOST = "127.0.0.1"
LOGIN = "hub"


@dataclass(frozen=True)
class Served:
    """One city's platform and the Airflow connection that opens it (a URI or JSON, with its
    secrets)."""

    city: str
    kind: str
    connection: str

    @property
    def variable(self) -> str:
        return f"AIRFLOW_CONN_CITY_{self.city.upper()}"


@contextmanager
def served(directory: Path, kinds: Mapping[str, str]) -> Iterator[list[Served]]:
    """Serve every folder of `directory` until the context ends.

    `kinds` names each city's kind of server (see SERVERS); a city without one is served as a plain
    directory. Certificates, host keys and secrets are new each time. Raises HubError when there is
    nothing to serve, or a server's package is not installed.
    """
    directory = directory.resolve()
    entries = directory.iterdir() if directory.is_dir() else ()
    cities = sorted(entry for entry in entries if entry.is_dir())
    if not cities:
        raise HubError(
            "there is no city's folder to serve",
            where=str(directory),
            todo="hub platforms make DIR",
        )
    with ExitStack() as stack:
        try:
            rack = stack.enter_context(_Rack.opened())
            platforms = []
            for city in cities:
                kind = kinds.get(city.name, "directory")
                platforms.append(Served(city.name, kind, SERVERS[kind](rack, city)))
            yield platforms
        except ModuleNotFoundError as error:
            raise HubError(
                f"the package {error.name} is not installed",
                where="hub platforms serve",
                todo="install the extra `dev`: its servers are for trying out and for tests",
            ) from error


class _Rack:
    """The running servers, the certificates that they share, and what ends them."""

    def __init__(self, folder: Path, stack: ExitStack, loop: asyncio.AbstractEventLoop) -> None:
        self._stack, self._loop = stack, loop
        self.ca_file, self._certificate = make_certificates(folder, HOST)

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator["_Rack"]:
        loop = asyncio.new_event_loop()
        running = Thread(target=loop.run_forever, daemon=True)
        running.start()
        try:
            with TemporaryDirectory(prefix="hub-platforms-") as folder, ExitStack() as stack:
                yield cls(Path(folder), stack, loop)
        finally:
            loop.call_soon_threadsafe(loop.stop)
            running.join()
            loop.close()

    def web(self, application: Callable[[str], "Starlette"]) -> tuple[int, str]:
        """Serve an application, made for a new secret, over HTTPS; return port and secret."""
        import uvicorn

        secret = secrets.token_urlsafe(16)
        listening = socket.create_server((HOST, 0))
        config = uvicorn.Config(
            application(secret),
            log_config=None,
            access_log=False,
            lifespan="off",
            ssl_certfile=self._certificate,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        serving = asyncio.run_coroutine_threadsafe(server.serve(sockets=[listening]), self._loop)
        self._stack.callback(_stop, server, serving)
        return int(listening.getsockname()[1]), secret

    def sftp(self, directory: Path) -> tuple[int, str, str]:
        """Serve a folder over SFTP; return port, password and host key."""
        from federation_demo.platform_servers import sftp

        secret = secrets.token_urlsafe(16)
        server, port, key = self._wait(sftp.start(directory, HOST, LOGIN, secret))
        self._stack.callback(self._loop.call_soon_threadsafe, server.close)
        return port, secret, key

    def s3(self, directory: Path, bucket: str) -> tuple[int, str, str]:
        """Serve a folder's files in a bucket; return port, access key and secret."""
        from federation_demo.platform_servers import s3

        return self._stack.enter_context(
            s3.started(directory, bucket, HOST, self._certificate, self.ca_file)
        )

    def _wait(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)


def _stop(server: Any, serving: "Future[None]") -> None:
    server.should_exit = server.force_exit = True
    serving.result(10)


def _connection(kind: str, port: int, password: str, extra: Mapping[str, str], **more: str) -> str:
    return json.dumps(
        {
            "conn_type": kind,
            "host": HOST,
            "port": port,
            "password": password,
            **more,
            "extra": dict(extra),
        }
    )


def _directory(rack: _Rack, city: Path) -> str:
    return city.as_uri()


def _https_token(rack: _Rack, city: Path) -> str:
    port, token = rack.web(lambda secret: web.pages(city, web.bearer(secret)))
    return _connection("https", port, token, {"ca_file": str(rack.ca_file)})


def _https_login(rack: _Rack, city: Path) -> str:
    port, password = rack.web(lambda secret: web.pages(city, web.basic(LOGIN, secret)))
    return _connection("https", port, password, {"ca_file": str(rack.ca_file)}, login=LOGIN)


def _ckan(rack: _Rack, city: Path) -> str:
    port, token = rack.web(lambda secret: web.ckan(city, secret))
    return _connection("ckan", port, token, {"ca_file": str(rack.ca_file)})


def _s3(rack: _Rack, city: Path) -> str:
    bucket = f"{city.name}-open-data".replace("_", "-").lower()
    port, key, secret = rack.s3(city, bucket)
    return _connection("s3", port, secret, {"ca_file": str(rack.ca_file)}, login=key, schema=bucket)


def _sftp(rack: _Rack, city: Path) -> str:
    port, password, key = rack.sftp(city)
    return _connection("sftp", port, password, {"host_key": key}, login=LOGIN)


SERVERS: dict[str, Callable[[_Rack, Path], str]] = {
    "directory": _directory,
    "https_token": _https_token,
    "https_login": _https_login,
    "ckan": _ckan,
    "s3": _s3,
    "sftp": _sftp,
}
