"""Pass after pass of one hub, seen as a user sees it: corrections, rejects, re-runs."""

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from federation.common.paths import Home
from support.comparing import assert_core_equals
from support.contracts import of_cities
from support.hubrun import HOME_NAME, Site
from support.platforms import Request, make_platforms

DATASETS = ["air_quality", "population"]
CITIES = ["chonburi", "phuket", "rayong"]
MONTH = "chonburi/air-quality/airQuality-202605.parquet"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A hub that has done one pass over three months of three cities.

    Tests below build on each other's passes.
    """
    folder = tmp_path_factory.mktemp("site")
    make_platforms(
        folder / "platforms", Request(seed=1, months=3), datasets=DATASETS, cities=CITIES
    )
    known = of_cities(folder, *CITIES)
    site = Site(Home(folder / HOME_NAME), folder / "platforms", known)
    result = site.run()
    assert result["published"]
    return site


def test_nothing_new_publishes_nothing_and_says_so(site: Site) -> None:
    before = site.manifest()
    done = site.hub("run")
    assert done.returncode == 0
    assert "nothing new" in done.stderr
    assert site.manifest() == before


def test_a_broken_file_is_rejected_and_the_last_accepted_data_keep_serving(site: Site) -> None:
    before = site.sql("SELECT count(*) FROM core.fct_air_quality WHERE city_code = '20'")
    good = (site.platforms / MONTH).read_bytes()
    (site.platforms / MONTH).write_bytes(good[: len(good) // 2])
    result = site.run(expected=1)
    feed = next(
        feed
        for feed in result["feeds"]
        if (feed["city"], feed["dataset"]) == ("chonburi", "air_quality")
    )
    assert feed["verdict"] == "rejected"
    assert feed["extracts"] == {"new": 1, "unchanged": 3, "rejected": 1}
    assert site.sql("SELECT count(*) FROM core.fct_air_quality WHERE city_code = '20'") == before
    assert site.sql("SELECT count(*) FROM ops.extracts WHERE verdict = 'rejected'") == [(1,)]
    (site.platforms / MONTH).write_bytes(good)
    assert site.run()["published"]


@pytest.mark.slow
def test_a_shrunk_file_waits_for_a_person_and_an_empty_one_removes_the_month(site: Site) -> None:
    file = site.platforms / MONTH
    good, table = file.read_bytes(), pq.read_table(file)
    first = table.slice(0, 10)
    pq.write_table(first, file, compression="snappy")
    of_may = (
        "SELECT count(*) FROM core.fct_air_quality WHERE city_code = '20' AND measured_at >= "
        "'2026-04-30 17:00:00+00'"
    )
    whole = site.sql(of_may)
    assert site.run(expected=1)["published"], "the release says that a delivery is held"
    assert site.sql(of_may) == whole
    (held,) = json.loads(site.hub("release", "held", "--json").stdout)
    assert (held["city"], held["records_after"], held["replaces"]) == (
        "chonburi",
        10,
        [held["replaces"][0]],
    )
    assert (
        site.hub(
            "release", "approve", held["extract_id"][:8], "--reason", "told by telephone"
        ).returncode
        == 0
    )
    assert site.run()["published"]
    assert site.sql(of_may) == [(10,)]
    pq.write_table(table.slice(0, 0), file, compression="snappy")
    site.run()
    assert site.sql(of_may) == [(0,)]
    assert site.sql(
        "SELECT count(*) FROM marts.air_quality_daily WHERE city_code = '20' AND date >= "
        "'2026-05-01'"
    ) == [(0,)]
    file.write_bytes(good)
    site.run()
    assert_core_equals(site, site.platforms, DATASETS)
    assert site.sql(
        "SELECT sum(records_superseded) > 0 FROM ops.row_accounting WHERE city = 'chonburi'"
    ) == [(True,)]


@pytest.mark.slow
def test_incremental_passes_end_where_one_full_pass_ends(site: Site, tmp_path: Path) -> None:
    afresh = Site(Home(tmp_path / "hub"), site.platforms, site.settings)
    afresh.run()
    ours, theirs = site.manifest()["tables"], afresh.manifest()["tables"]
    core = [name for name in ours if not name.startswith("ops.")]
    assert {name: ours[name] for name in core} == {name: theirs[name] for name in core}


@pytest.mark.slow
def test_everything_right_of_landing_can_be_made_again_and_ends_where_the_incremental_passes_ended(
    site: Site,
) -> None:
    before = site.manifest()
    shutil.rmtree(site.home.root / "conformed")
    shutil.rmtree(site.home.releases)
    site.home.current.unlink()
    assert site.run()["published"]
    ours, afresh = before["tables"], site.manifest()["tables"]
    core = [name for name in ours if not name.startswith("ops.")]
    assert {name: ours[name] for name in core} == {name: afresh[name] for name in core}
    assert site.manifest()["content_hash"] == before["content_hash"]


def test_an_unreachable_city_stops_only_its_own_feeds(site: Site) -> None:
    away = site.platforms / "phuket.away"
    (site.platforms / "phuket").rename(away)
    result = site.run(expected=1)
    verdicts = {(feed["city"], feed["verdict"]) for feed in result["feeds"]}
    assert ("phuket", "unreachable") in verdicts
    assert ("rayong", "unreachable") not in verdicts
    assert site.sql("SELECT count(*) > 0 FROM core.fct_population WHERE city_code = '83'") == [
        (True,)
    ]
    away.rename(site.platforms / "phuket")
