"""The oldest DuckDB that is promised to open a release, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from federation.common.paths import REPOSITORY

from support.hubrun import Site

OLDEST_CLIENT = REPOSITORY / ".venv" / "oldest-client"
LOOK = """
import duckdb, json, sys
con = duckdb.connect(sys.argv[1], read_only=True)
def one(query):
    return con.execute(query).fetchall()[0][0]
print(json.dumps({
    "version": duckdb.__version__,
    "hours": one("SELECT count(*) FROM core.fct_air_quality"),
    "newest": one("SELECT max(measured_at)::VARCHAR FROM core.fct_air_quality"),
    "cells": one("SELECT count(*) FROM marts.city_indicator WHERE value IS NOT NULL"),
    "thai": one("SELECT min(name_th) FROM core.dim_city"),
    "comments": one("SELECT count(*) FROM duckdb_columns() WHERE comment IS NOT NULL"),
    "views": {
        f"{schema}.{view}": one(f"SELECT count(*) FROM {schema}.{view}")
        for schema, view in con.execute(
            "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    },
}))
"""


def seen_by(release: Site, packages: str) -> dict[str, Any]:
    """Return what a Python process sees of the release, with `packages` before its own."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(release.home.current)],
        env=os.environ | {"PYTHONPATH": packages, "TZ": "UTC"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout))
