"""A release opens with the oldest DuckDB client that it promises to open with."""

import duckdb
import pytest
from federation.common.engine import STORAGE_VERSION
from support.hubrun import Site
from support.oldest_client import OLDEST_CLIENT, seen_by


def test_the_oldest_promised_client_reads_tables_views_comments_and_thai(release: Site) -> None:
    if not (OLDEST_CLIENT / "ready").exists():
        pytest.skip("the oldest client is not installed: `make .venv/oldest-client/ready`")
    oldest, own = (seen_by(release, path) for path in (str(OLDEST_CLIENT), ""))
    promised = STORAGE_VERSION.removeprefix("v").rpartition(".")[0]
    assert str(oldest.pop("version")).startswith(f"{promised}.")
    assert own.pop("version") == duckdb.__version__
    assert oldest == own
    assert oldest["hours"] > 100_000
    assert oldest["comments"] > 400
    assert oldest["thai"] == "กรุงเทพมหานคร"
