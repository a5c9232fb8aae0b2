"""A probe is told whether a release serves and is known to be up to date, and why not."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from federation.common.errors import HubError
from federation.common.paths import Home
from federation.common.settings import Settings
from federation.common.vocabulary import AttemptOutcome
from federation.ledger import Check, Ledger
from federation.ledger.tables import build_attempt, feed_check
from federation.operation.health import age, health
from support.hubrun import Site
from support.ledgers import age as made_older

DAY = timedelta(hours=26)


@pytest.fixture
def served(home: Home, database_url: str, release: Site) -> Settings:
    """A home in which a real release serves, with a ledger that knows nothing yet."""
    folder = home.release("20260101T000000-abcdef").parent
    folder.parent.mkdir(parents=True)
    folder.symlink_to(release.home.current.resolve().parent)
    home.current.symlink_to(home.release(folder.name))
    return Settings(home, database_url, None)


def reasons(settings: Settings) -> str:
    return "\n".join(health(settings, DAY).reasons)


def test_a_release_is_well_while_passes_look_and_find_nothing_new(
    served: Settings, ledger: Ledger
) -> None:
    assert "confirmed up to date: never" in reasons(served)
    ledger.builds.add(AttemptOutcome.RELEASED, "r1")
    assert reasons(served) == "a platform was looked at: never"
    ledger.checks.add(Check("rayong", "tourism", outcome="unreachable"))
    assert health(served, DAY).healthy
    made_older(ledger, build_attempt.c.at, 3)
    assert "confirmed up to date last at" in reasons(served)
    ledger.builds.add(AttemptOutcome.UNCHANGED, "r1")
    assert health(served, DAY).healthy
    made_older(ledger, feed_check.c.checked_at, 3)
    assert reasons(served).startswith("a platform was looked at last at")


def test_a_failed_build_confirms_nothing(served: Settings, ledger: Ledger) -> None:
    ledger.checks.add(Check("rayong", "tourism", outcome="ok"))
    ledger.builds.add(AttemptOutcome.BUILD_FAILED, "dbt")
    assert "confirmed up to date: never" in reasons(served)


def test_a_link_that_leads_nowhere_or_to_no_release_is_told(
    served: Settings, ledger: Ledger, tmp_path: Path
) -> None:
    ledger.checks.add(Check("rayong", "tourism", outcome="ok"))
    ledger.builds.add(AttemptOutcome.UNCHANGED, "r1")
    served.home.current.unlink()
    served.home.current.symlink_to(tmp_path / "nothing")
    assert "leads nowhere" in reasons(served)
    (tmp_path / "nothing").write_bytes(b"no database" * 1000)
    assert "cannot be read" in reasons(served)


def test_a_database_that_is_away_is_a_reason(home: Home) -> None:
    away = Settings(home, "postgresql://hub@127.0.0.1:1/hub", None)
    assert "cannot be reached" in reasons(away)


def test_a_home_without_anything_is_told_and_stays_empty(tmp_path: Path) -> None:
    nothing = Settings(Home(tmp_path / "hub"), None, None)
    assert "no release serves" in reasons(nothing)
    assert "no ledger yet" in reasons(nothing)
    assert not nothing.home.root.exists()


def test_spans_of_time_are_read_or_refused() -> None:
    assert [age(text) for text in ("26h", "90m", "2d")] == [
        DAY,
        timedelta(minutes=90),
        timedelta(days=2),
    ]
    for text in ("26", "h", "0h", "-1h", "1w"):
        with pytest.raises(HubError, match="no span of time"):
            age(text)


def test_a_hub_after_a_pass_is_well(release: Site) -> None:
    done = release.hub("health", "--max-age", "20d", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["release_id"] == release.manifest()["release_id"]
    for heavy in ("great_expectations", "dbt", "airflow"):
        assert heavy not in _imported(release)


def _imported(release: Site) -> set[str]:
    """The packages that `hub health` imports."""
    said = release.hub("health", PYTHONPROFILEIMPORTTIME="1").stderr.splitlines()
    names = {line.rsplit("|")[-1].strip() for line in said if line.startswith("import time:")}
    assert "sqlalchemy" in names
    return names
