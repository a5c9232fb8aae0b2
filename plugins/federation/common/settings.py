"""The hub's configuration: environment variables, and in Airflow its connections; nothing else."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

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
    limits: str | None = None  # JSON object; None: the defaults of transport.Limits
    connection: Callable[[str], str | None] = _none  # what the environment does not define, by id
    otel_endpoint: str | None = None  # URL of an OTLP/HTTP receiver of metrics; None: none are sent

    @classmethod
    def from_environment(cls, connection: Callable[[str], str | None] = _none) -> "Settings":
        """Return the settings of this process's environment; paths are made absolute."""
        home = Path(os.environ.get("HUB_HOME") or ".hub").absolute()
        return cls(
            Home(home),
            os.environ.get("HUB_DATABASE") or None,
            os.environ.get("HUB_PLATFORMS") or None,
            os.environ.get("HUB_SITE") or None,
            os.environ.get("HUB_LIMITS") or None,
            connection,
            _otel_endpoint(),
        )

    def airflow_connection(self, connection_id: str) -> str | None:
        """Return an Airflow connection as JSON or URI, or None where nobody defined it.

        `AIRFLOW_CONN_<ID>` wins, as it does in Airflow; inside Airflow's tasks follows what its
        own database or secrets backend knows.
        """
        from_environment = os.environ.get(f"AIRFLOW_CONN_{connection_id.upper()}")
        return from_environment or self.connection(connection_id)

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
