"""dbt's engine, locked down: a plugin of dbt-duckdb that dbt_project/profiles.yml names.

Models are reviewed code, but they need no other files than the build, its temporary files, the
conformed records and the seeds.
"""

import json
import os
from pathlib import Path

from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from federation.common.engine import in_bangkok, restrict_engine


class Plugin(BasePlugin):
    """Locks every connection before a model runs on it."""

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        in_bangkok(conn)
        folders = json.loads(os.environ["HUB_BUILD_FOLDERS"])
        restrict_engine(conn, map(Path, folders))
