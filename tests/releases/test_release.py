"""Releases: a failed verification publishes nothing, a release cut short is finished or removed,
old ones go."""

from pathlib import Path

import pytest
from federation.common.engine import connect
from federation.common.errors import DataProblem, HubError
from federation.common.paths import Home
from federation.ledger import Ledger
from federation.releases.index import serving
from federation.releases.release import RELEASES_KEPT, hash_contents, point_at, prune, reconcile
from federation.warehouse import verify as verification


def _release(home: Home, release_id: str) -> None:
    home.release(release_id).parent.mkdir(parents=True)
    with connect(home.release(release_id)) as con:
        con.execute("CREATE TABLE answer AS SELECT 42 AS value")
    home.manifest(release_id).write_text(f'{{"release_id": "{release_id}"}}')


def test_a_build_that_breaks_the_warehouse_suite_is_not_released(
    home: Home, ledger: Ledger
) -> None:
    home.build.parent.mkdir(parents=True, exist_ok=True)
    with connect(home.build) as con:
        con.execute(
            "CREATE SCHEMA core; CREATE SCHEMA marts; CREATE SCHEMA ops;"
            "CREATE TABLE core.dim_area AS SELECT 'province' AS level, NULL AS valid_to FROM "
            "range(76);"
            "CREATE TABLE core.dim_city AS SELECT unnest(['10', 'TH']) AS city_code;"
            "CREATE TABLE core.fct_air_quality AS SELECT now() AS measured_at;"
            "CREATE TABLE core.fct_road_accident AS SELECT now() AS occurred_at;"
            "CREATE TABLE core.fct_rainfall AS SELECT DATE '2026-05-01' AS date;"
            "CREATE TABLE core.fct_dengue_cases AS SELECT DATE '2026-05-01' AS month;"
            "CREATE TABLE core.fct_tourism AS SELECT DATE '2026-05-01' AS month;"
            "CREATE TABLE core.fct_population AS SELECT 2025 AS year;"
            "CREATE TABLE core.fct_crop_production AS SELECT 2025 AS crop_year;"
            "CREATE TABLE core.dim_station AS SELECT 13.7 AS lat, 100.5 AS lon;"
            "CREATE TABLE ops.row_accounting AS SELECT 1 AS records_received, 1 AS "
            "records_in_core, "
            "0 AS records_quarantined, 0 AS records_duplicate, 0 AS records_superseded;"
            "CREATE TABLE marts.air_quality_daily AS SELECT 1 AS pm25_stations, 9.5 AS "
            "pm25_mean_ugm3;"
            "CREATE TABLE marts.city_indicator AS SELECT 'TH:PM25_MEAN' AS indicator_code, 1.0 "
            "AS value, "
            "'measured' AS value_status;"
        )
    with pytest.raises(DataProblem, match="all_provinces_known failed"):
        verification._judge_build(ledger, home)
    outcomes = {row["expectation"]: row["outcome"] for row in ledger.results.all()}
    assert outcomes.pop("all_provinces_known") == "failed"
    assert set(outcomes.values()) == {"passed"}


def test_content_hashes_do_not_depend_on_row_order(home: Home) -> None:
    hashes = []
    for order in ("ASC", "DESC"):
        home.build.parent.mkdir(parents=True, exist_ok=True)
        home.build.unlink(missing_ok=True)
        with connect(home.build) as con:
            con.execute(
                "CREATE SCHEMA core; CREATE TABLE core.t AS SELECT range AS a FROM range(5000) "
                f"ORDER BY 1 {order}"
            )
        hashes.append(hash_contents(home)["core.t"])
    assert hashes[0] == hashes[1]
    assert hashes[0]["rows"] == 5000


def test_a_release_cut_short_is_removed_and_a_whole_one_is_taken_up(
    home: Home, ledger: Ledger
) -> None:
    _release(home, "20260101T000000-aaaaaa")
    (home.releases / ".20260102T000000-bbbbbb").mkdir()
    manifest = reconcile(home, ledger)
    assert manifest is not None
    assert manifest["release_id"] == "20260101T000000-aaaaaa" == serving(home)
    assert [row["release_id"] for row in ledger.releases.all()] == ["20260101T000000-aaaaaa"]
    assert not list(home.releases.glob(".*"))


def test_a_damaged_description_of_a_release_is_named_with_what_to_do(
    home: Home, ledger: Ledger
) -> None:
    _release(home, "20260101T000000-aaaaaa")
    home.manifest("20260101T000000-aaaaaa").write_text('{"release_id": "2026')
    with pytest.raises(HubError, match=r"20260101T000000-aaaaaa is damaged") as refused:
        reconcile(home, ledger)
    assert refused.value.where.endswith("release.json")
    assert "a release anew" in refused.value.todo


def test_what_was_not_made_here_is_never_removed_from_among_releases(
    home: Home, ledger: Ledger
) -> None:
    others = [".snapshot", "2025 backup", "0-keep"]
    for name in others:
        (home.releases / name).mkdir(parents=True)
        (home.releases / name / "file").write_text("another's")
    for day in range(1, RELEASES_KEPT + 4):
        _release(home, f"202601{day:02d}T000000-aaaaaa")
    reconcile(home, ledger)
    assert {folder.name for folder in home.releases.iterdir()} > set(others)
    assert len(list(home.releases.iterdir())) == RELEASES_KEPT + len(others)


def test_only_the_newest_releases_are_kept(home: Home) -> None:
    names = [f"202601{day:02d}T000000-aaaaaa" for day in range(1, RELEASES_KEPT + 4)]
    for name in names:
        _release(home, name)
    point_at(names[-1], home)
    prune(home, names[-1])
    assert sorted(folder.name for folder in home.releases.iterdir()) == names[-RELEASES_KEPT:]


def test_the_switch_is_a_relative_link_that_moves_with_the_home(home: Home, tmp_path: Path) -> None:
    _release(home, "20260101T000000-aaaaaa")
    point_at("20260101T000000-aaaaaa", home)
    home.root.rename(tmp_path / "moved")
    with connect(tmp_path / "moved" / "national.duckdb", read_only=True) as con:
        assert con.execute("SELECT value FROM answer").fetchall() == [(42,)]
