"""The hub's configuration: environment variables, files of the folder `HUB_SECRETS`, and in Airflow
its connections; nothing else."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from federation.common.errors import HubError
from federation.common.paths import Home


def _none(_: str) -> str | None:
    return None


def _otel_endpoint() -> str | None:
    """Return where metrics go: the hub's own setting, or else OpenTelemetry's."""
    if whole := os.environ.get("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"):
        return whole
    base = os.environ.get("HUB_OTEL_ENDPOINT") or os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    return f"{base.rstrip('/')}/v1/metrics" if base else None


@dataclass(frozen=True)
class Settings:
    """Where the hub works, and where it fetches from."""

    home: Home
    database_url: str | None  # None: a private embedded PostgreSQL
    platforms: str | None  # directory or base URI that holds <city>/…; None: see `platform_base`
    site: str | None = (
        # URI below which readers of mails find the folder `reports`; None: mails name the release
        # alone
        None
    )
    answers: str | None = None  # URL at which stewards reach `hub serve`; None: no mail leads there
    limits: str | None = None  # JSON object; None: the defaults of transport.Limits
    connection: Callable[[str], str | None] = _none  # what the environment does not define, by id
    otel_endpoint: str | None = None  # URL of an OTLP/HTTP receiver of metrics; None: none are sent
    secrets: Path | None = None  # folder of files, each named as the variable that it stands for

    @classmethod
    def from_environment(cls, connection: Callable[[str], str | None] = _none) -> "Settings":
        """Return the settings of this process's environment; paths are made absolute.

        Raises HubError where `HUB_SECRETS` is no folder, or a file of it cannot be read.
        """
        home = Path(os.environ.get("HUB_HOME") or ".hub").absolute()
        secrets = _folder(os.environ.get("HUB_SECRETS") or None)
        return cls(
            Home(home),
            os.environ.get("HUB_DATABASE") or _secret("HUB_DATABASE", secrets),
            os.environ.get("HUB_PLATFORMS") or None,
            site=os.environ.get("HUB_SITE") or None,
            answers=os.environ.get("HUB_ANSWERS") or None,
            limits=os.environ.get("HUB_LIMITS") or None,
            connection=connection,
            otel_endpoint=_otel_endpoint(),
            secrets=secrets,
        )

    def airflow_connection(self, connection_id: str) -> str | None:
        """Return an Airflow connection as JSON or URI, or None where nobody defined it.

        `AIRFLOW_CONN_<ID>` wins, as it does in Airflow; then the file of that name in
        `HUB_SECRETS`; inside Airflow's tasks follows what its own database or secrets backend
        knows.
        """
        name = f"AIRFLOW_CONN_{connection_id.upper()}"
        given = os.environ.get(name) or _secret(name, self.secrets)
        return given or self.connection(connection_id)

    def refuse_wrong_platforms(self) -> None:
        """Raise HubError where `HUB_PLATFORMS` names nothing that could hold platforms: that is no
        city's fault."""
        place, scheme = self.platforms or "", urlsplit(self.platforms or "").scheme
        local = urlsplit(place).path if scheme == "file" else "" if scheme else place
        if scheme in ("", "file") and (not local or Path(local).is_dir()):
            return
        if scheme not in ("http", "https"):
            raise HubError(
                "HUB_PLATFORMS is no directory and no URI that the hub knows",
                where=place,
                todo="name a directory, or a URI (file, http, https) with <city>/… in it",
            )

    def platform_base(self, connection_id: str) -> str:
        """Return the base URI, directory or Airflow connection of one city's platform.

        An Airflow connection wins; then `HUB_PLATFORMS`/<city>; then the generated platforms of
        this home.
        """
        connection = self.airflow_connection(connection_id)
        if connection:
            return connection
        base, mark, query = (self.platforms or str(self.home.generated_platforms)).partition("?")
        return base.rstrip("/") + "/" + connection_id.removeprefix("city_") + mark + query


def _folder(text: str | None) -> Path | None:
    if text is None:
        return None
    folder = Path(text).absolute()
    if not folder.is_dir():
        raise HubError(
            "HUB_SECRETS is no folder",
            where=str(folder),
            todo="mount the secrets there, or unset it",
        )
    return folder


def _secret(name: str, folder: Path | None) -> str | None:
    """Return what a file of the secrets folder holds, without its line end, or None."""
    file = folder / name if folder else None
    if file is None or not file.exists():
        return None
    try:
        return file.read_text("utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise HubError(
            "a secret cannot be read",
            where=str(file),
            todo="let the user of the hub read it; it is text in UTF-8",
        ) from error
