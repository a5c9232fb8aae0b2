"""The hub's configuration: environment variables, nothing else."""

import os
from dataclasses import dataclass
from pathlib import Path

from federation.paths import Home


@dataclass(frozen=True)
class Settings:
    """Where the hub works and whence it pulls."""

    home: Home
    database_url: str | None  # None: a private embedded PostgreSQL
    platforms: str | None  # directory or base URI that holds <city>/…; None: see `platform_base`

    @classmethod
    def from_environment(cls) -> "Settings":
        """Return the settings of this process's environment; paths are made absolute."""
        home = Path(os.environ.get("HUB_HOME") or ".hub").absolute()
        return cls(Home(home), os.environ.get("HUB_DATABASE") or None, os.environ.get("HUB_PLATFORMS") or None)

    def platform_base(self, connection_id: str) -> str:
        """Return the base URI or directory of one city's platform.

        An Airflow connection (`AIRFLOW_CONN_<ID>`) wins; then `HUB_PLATFORMS`/<city>; then the generated
        platforms of this home.
        """
        connection = os.environ.get(f"AIRFLOW_CONN_{connection_id.upper()}")
        if connection:
            return connection
        base = self.platforms or str(self.home.generated_platforms)
        return base.rstrip("/") + "/" + connection_id.removeprefix("city_")
