"""An older ledger is refused with the reason, upgraded by `hub migrate`, and then serves a pass."""

import json
from pathlib import Path

import pytest
from federation.common.paths import Home
from federation.common.settings import Settings
from federation.ledger import open_database
from federation.ledger.migrate import bring, head, revisions
from sqlalchemy import text
from support.hubrun import HOME_NAME, Site

ARRIVED = """
INSERT INTO hub.arrival (run_id, city, dataset, path, token, partition_start, partition_end,
    declared_version, size_bytes, sha256, extract_id, outcome)
VALUES ('r', 'rayong', 'tourism', 'gone.parquet', 't', '2020-01-01', '2020-01-31', 1, 10, 's', 'e',
    'new');
"""


@pytest.fixture
def site(fresh: Settings, tmp_path: Path, platforms: Path) -> Site:
    """A hub with a database of the version before, in which something has arrived."""
    with open_database(fresh) as engine, engine.begin() as con:
        bring(con, revisions()[-2])
        con.execute(text(ARRIVED))
    home = Home(tmp_path / HOME_NAME)
    return Site(home, platforms, {"HUB_DATABASE": str(fresh.database_url)})


def test_an_older_ledger_is_refused_then_migrated_then_serves_a_pass(
    site: Site, fresh: Settings
) -> None:
    refused = site.hub("run", "--city", "rayong")
    assert refused.returncode == 2
    assert f"of version {revisions()[-2]}, this hub needs {head()}" in refused.stderr
    assert "hub migrate" in refused.stderr
    planned = json.loads(site.hub("migrate", "--dry-run", "--json").stdout)
    assert planned == {"version": head(), "revisions": [head()], "applied": False}
    assert site.hub("status").returncode == 2
    done = site.hub("migrate")
    assert (done.returncode, done.stdout) == (0, f"applied {head()}\n")
    assert "nothing to do" in site.hub("migrate").stdout
    # What had arrived before the upgrade is known to the pass: its file is missing from landing.
    run = site.hub("run", "--city", "rayong", "--json")
    assert json.loads(run.stdout)["release_id"], run.stderr[-3000:]
    assert "landed files are gone: 1 of rayong/" in run.stderr
    # A database that holds nothing does not become the ledger of a home with releases.
    with open_database(fresh) as engine, engine.begin() as con:
        con.execute(text("DROP SCHEMA hub CASCADE"))
    empty = site.hub("migrate")
    assert empty.returncode == 2
    assert "the database holds no ledger, and releases are here" in empty.stderr
