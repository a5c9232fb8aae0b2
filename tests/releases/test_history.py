"""A corrected delivery, told from before: diff, trace, the day before, and going back.

As a user does it.
"""

import json
import shutil
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from federation.common.paths import Home
from federation.common.settings import Settings
from federation.contracts.load import load_feeds
from federation.ledger import open_ledger
from federation.ledger.tables import arrival, feed_check, release
from independent import national, published
from support import killing
from support.contracts import HOURLY_CITIES, of_cities
from support.hubrun import FACTS, Site
from support.ledgers import age
from support.oldest_client import OLDEST_CLIENT, seen_by
from support.platforms import Request, make_platforms

CORRECTED = "chonburi/air-quality/airQuality-202605.parquet"
RESENT = "phuket/Population/Population_2020.parquet"
DATASETS = ["air_quality", "population", "road_accidents", "tourism"]
CITIES = ["chonburi", "khon_kaen", "phuket"]
DAYS_AGO = 3


class History:
    """A hub with a release of three days ago and one of today, when Chonburi had corrected May."""

    def __init__(self, folder: Path) -> None:
        self.old_platforms = folder / "old"
        known = of_cities(folder, *CITIES)
        self.site = Site(Home(folder / "hub"), folder / "platforms", known)
        make_platforms(
            self.site.platforms, Request(seed=1, months=1), datasets=DATASETS, cities=CITIES
        )
        self.site.run()
        self.before = self.site.manifest()
        self._age()
        shutil.copytree(self.site.platforms, self.old_platforms, copy_function=shutil.copy2)
        self._correct()
        self.site.run()
        self.after = self.site.manifest()

    def _age(self) -> None:
        """Let everything so far have happened some days ago."""
        instants = (arrival.c.arrived_at, feed_check.c.checked_at, release.c.created_at)
        with open_ledger(Settings(self.site.home, None, None)) as ledger:
            for instant in instants:
                age(ledger, instant, DAYS_AGO)

    def _correct(self) -> None:
        """A smoky tenth of May and no last evening in Chonburi.

        The same register again, in other bytes, in Phuket.
        """
        file = self.site.platforms / CORRECTED
        table = pq.read_table(file)
        table = table.filter(pc.less(table["observedAt"], _instant(31, 20)))
        smoky = pc.and_(
            pc.greater_equal(table["observedAt"], _instant(10, 0)),
            pc.less(table["observedAt"], _instant(11, 0)),
        )
        raised = pc.if_else(smoky, pc.add(table["pm25"], pa.scalar(40.0)), table["pm25"])
        table = table.set_column(table.schema.get_field_index("pm25"), "pm25", raised)
        pq.write_table(table, file, compression="snappy")
        again = self.site.platforms / RESENT
        assert pq.ParquetFile(again).metadata.row_group(0).column(0).compression != "ZSTD"
        pq.write_table(pq.read_table(again), again, compression="zstd")

    @property
    def that_day(self) -> str:
        return str((datetime.now(ZoneInfo("Asia/Bangkok")) - timedelta(days=DAYS_AGO)).date())

    def json(self, *arguments: str, expected: int = 0) -> Any:
        """Run a command and return what it printed."""
        done = self.site.hub(*arguments, "--json")
        assert done.returncode == expected, done.stderr[-3000:]
        return json.loads(done.stdout.strip().splitlines()[-1])


def _instant(day: int, hour: int) -> int:
    """An hour of May 2026 as Chonburi writes it: milliseconds since 1970."""
    return int(datetime(2026, 5, day, hour, tzinfo=ZoneInfo("Asia/Bangkok")).timestamp() * 1000)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return History(tmp_path_factory.mktemp("history"))


@pytest.fixture(scope="module")
def difference(history: History) -> dict[str, Any]:
    return dict(history.json("diff", "previous", "current", "--examples", "100000"))


def test_the_oldest_promised_client_opens_a_release_that_was_built_upon_another(
    history: History,
) -> None:
    if not (OLDEST_CLIENT / "ready").exists():
        pytest.skip("the oldest client is not installed: `make .venv/oldest-client/ready`")
    oldest, own = (seen_by(history.site, path) for path in (str(OLDEST_CLIENT), ""))
    assert oldest | {"version": ""} == own | {"version": ""}
    assert oldest["hours"] > 1_000


# -- diff ------------------------------------------------------------------------------------------


def _compared(
    before: pd.DataFrame, after: pd.DataFrame, key: list[str]
) -> dict[str, set[tuple[Any, ...]]]:
    """The keys of the rows that pandas finds added, removed and changed."""
    both = before.merge(after, on=key, how="outer", suffixes=("_a", "_b"), indicator=True)
    names = [name for name in before.columns if name not in key]
    differs = pd.Series(False, index=both.index)
    for name in names:
        a, b = both[f"{name}_a"], both[f"{name}_b"]
        differs |= ~((a == b).fillna(False).astype(bool) | (a.isna() & b.isna()))
    rows = {
        "added": both["_merge"] == "right_only",
        "removed": both["_merge"] == "left_only",
        "changed": (both["_merge"] == "both") & differs,
    }
    return {
        kind: set(both.loc[chosen, key].itertuples(index=False, name=None))
        for kind, chosen in rows.items()
    }


def test_diff_names_exactly_the_rows_that_an_independent_comparison_names(
    history: History, difference: dict[str, Any]
) -> None:
    told = {table["table"]: table for table in difference["tables"]}
    differing = {
        name
        for name, table in told.items()
        if table["added"] or table["removed"] or table["changed"]
    }
    assert differing == {
        "core.fct_air_quality",
        "core.fct_station_report",
        "core.dim_station",
        "marts.air_quality_station_daily",
        "marts.air_quality_daily",
        "marts.air_quality_monthly",
        "marts.measure",
        "marts.city_indicator",
        "marts.city_scorecard",
        "marts.city_profile",
    }
    key = ["city_code", "station_id", "measured_at"]
    expected = _compared(
        *(
            national("air_quality", folder)
            for folder in (history.old_platforms, history.site.platforms)
        ),
        key,
    )
    assert len(expected["removed"]) >= 8
    assert len(expected["changed"]) > 24
    assert expected["added"] == set()
    found = told["core.fct_air_quality"]
    for kind, keys in expected.items():
        assert found[kind] == len(keys)
        assert {_key(example) for example in found["examples"] if example["change"] == kind} == keys
    assert found["columns"] == {"pm25_ugm3": len(expected["changed"])}


def _key(example: dict[str, Any]) -> tuple[Any, ...]:
    key = example["key"]
    return key["city_code"], key["station_id"], pd.Timestamp(key["measured_at"]).tz_convert("UTC")


def test_diff_names_exactly_the_indicators_that_moved_and_the_city_that_moved_them(
    history: History, difference: dict[str, Any]
) -> None:
    expected = _compared(
        *map(_indicators, (history.old_platforms, history.site.platforms)),
        ["indicator_code", "city_code", "period_kind", "period_start"],
    )
    assert expected["changed"] >= {
        ("TH:PM25_MEAN", "20", "month", "2026-05-01"),
        ("TH:PM25_MEAN", "TH", "year", "2026-01-01"),
    }
    assert not expected["added"] | expected["removed"]
    moves = {
        (move["indicator_code"], move["city_code"], move["period_kind"], move["period_start"]): move
        for move in difference["indicators"]
    }
    assert set(moves) == expected["changed"]
    for (_, city, _, _), move in moves.items():
        causes = [
            [cause[name] for name in ("cause", "what", "city", "dataset", "partition")]
            for cause in move["causes"]
        ]
        assert causes == [["source", "replaced", "chonburi", "air_quality", "2026-05"]]
        assert move.get("cities") == (["20"] if city == "TH" else None)


def _indicators(platforms: Path) -> pd.DataFrame:
    records = {dataset: national(dataset, platforms) for dataset in FACTS}
    found = published(records, platforms, HOURLY_CITIES)["city_indicator"]
    return found.assign(period_start=found["period_start"].astype(str)).round(6)


def test_diff_says_by_how_much(difference: dict[str, Any], history: History) -> None:
    move = next(
        move
        for move in difference["indicators"]
        if move["city_code"] == "20"
        and move["period_kind"] == "month"
        and move["indicator_code"] == "TH:PM25_MEAN"
    )
    query = (
        "SELECT value FROM marts.city_indicator WHERE city_code = '20' AND indicator_code = "
        "'TH:PM25_MEAN' "
        "AND period_kind = 'month' AND period_start = '2026-05-01'"
    )
    values = []
    for manifest in (history.before, history.after):
        with duckdb.connect(
            str(history.site.home.release(manifest["release_id"])), read_only=True
        ) as con:
            values += [row[0] for row in con.execute(query).fetchall()]
    assert [move["value"]["from"], move["value"]["to"]] == values
    assert move["value"]["by"] == pytest.approx(values[1] - values[0], abs=1e-6)
    assert move["value"]["by"] > 1


def test_two_releases_without_a_difference_have_none(history: History) -> None:
    same = history.json("diff", "current", "current")
    assert same["identical"]
    assert same["indicators"] == []
    said = history.site.hub("diff", "current", "current")
    assert said.returncode == 0
    assert "no difference" in said.stdout


def test_what_a_killed_comparison_spilled_is_removed_by_the_next(history: History) -> None:
    leftover = history.site.home.scratch / "diff-999999999-spill"
    leftover.mkdir()
    history.json("diff", "previous", "current")
    assert not list(history.site.home.scratch.glob("diff-*"))


def test_diff_of_a_release_that_is_not_kept_says_which_are(history: History) -> None:
    done = history.site.hub("diff", "20200101T000000-aaaaaa", "current")
    assert done.returncode == 2
    assert history.after["release_id"] in done.stderr


# -- as of a day -----------------------------------------------------------------------------------


def test_the_day_before_the_correction_has_the_content_of_its_release(history: History) -> None:
    served, mails = history.site.manifest(), sorted(history.site.home.outbox.iterdir())
    first = history.json("run", "--as-of", history.that_day)
    assert first["published"]
    manifest = json.loads(history.site.home.manifest(first["release_id"]).read_text("utf-8"))
    hashes = {name: table["content_hash"] for name, table in history.before["tables"].items()}
    assert {name: table["content_hash"] for name, table in manifest["tables"].items()} == hashes
    assert manifest["as_of"] == history.that_day
    again = history.json("run", "--as-of", history.that_day)
    assert (again["release_id"], again["content_hash"]) == (
        first["release_id"],
        history.before["content_hash"],
    )
    assert not again["published"]
    assert history.site.manifest() == served
    assert sorted(history.site.home.outbox.iterdir()) == mails


def test_a_release_as_of_a_day_can_be_asked_but_neither_serves_nor_is_built_upon(
    history: History,
) -> None:
    release_id = history.json("run", "--as-of", history.that_day)["release_id"]
    query = "SELECT count(*) AS rows FROM core.fct_air_quality WHERE city_code = '20'"
    counts = [
        int(history.site.hub("sql", "--format", "csv", *option, query).stdout.split()[1])
        for option in ((), ("--release", release_id), ("--release", "previous"))
    ]
    assert counts[1] == counts[2] >= counts[0] + 8
    refused = history.site.hub("rollback", release_id)
    assert refused.returncode == 2
    assert "never serves" in refused.stderr
    assert not history.site.run()["published"]
    listed = {entry["release_id"]: entry for entry in history.json("releases")}
    assert [name for name, entry in listed.items() if entry["serving"]] == [
        history.after["release_id"]
    ]
    assert {name: entry["as_of"] for name, entry in listed.items()} == {
        history.before["release_id"]: None,
        history.after["release_id"]: None,
        release_id: history.that_day,
    }


@pytest.mark.slow
def test_conformed_files_that_are_gone_are_made_again(history: History) -> None:
    release_id = history.json("run", "--as-of", history.that_day)["release_id"]
    shutil.rmtree(history.site.home.releases / release_id)
    shutil.rmtree(history.site.home.root / "conformed" / "chonburi")
    again = history.json("run", "--as-of", history.that_day)
    assert again["published"]
    assert (again["release_id"], again["content_hash"]) == (
        release_id,
        history.before["content_hash"],
    )
    assert not history.site.run()["published"]


@pytest.mark.parametrize(
    ("day", "code", "said"),
    [
        ("2001-01-01", 1, "first extract arrived"),
        ("2569-01-01", 2, "not come yet"),
        ("31/05/2026", 2, "no date"),
    ],
)
def test_a_day_that_nothing_is_known_of_is_refused(
    history: History, day: str, code: int, said: str
) -> None:
    done = history.site.hub("run", "--as-of", day)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_as_of_is_about_the_whole_warehouse(history: History) -> None:
    assert history.site.hub("run", "--as-of", history.that_day, "--city", "phuket").returncode == 2


# -- trace -----------------------------------------------------------------------------------------


def test_a_fact_leads_to_the_row_of_the_delivered_file(history: History) -> None:
    found = history.json(
        "trace",
        "core.fct_air_quality",
        "--where",
        "city_code = '20' AND measured_at = TIMESTAMPTZ '2026-05-10 08:00:00+07'",
    )
    assert len(found["rows"]) > 1
    delivered = pq.read_table(history.site.platforms / CORRECTED).to_pylist()
    for entry in found["rows"]:
        row = delivered[entry["row_number"] - 1]
        assert row["stationId"] == entry["row"]["station_id"]
        assert row["pm25"] == entry["row"]["pm25_ugm3"]
        assert row["observedAt"] == pd.Timestamp(entry["row"]["measured_at"]).timestamp() * 1000
    (extract,) = found["extracts"].values()
    assert (
        history.site.platforms / "chonburi" / extract["path"] == history.site.platforms / CORRECTED
    )
    landed = history.site.home.root / extract["landing"]
    assert landed.read_bytes() == (history.site.platforms / CORRECTED).read_bytes()
    assert extract["partition"] == "2026-05"
    (feed,) = [feed for feed in load_feeds()[0] if feed.key == ("chonburi", "air_quality")]
    assert extract["verdict"]["contract_version"] == feed.version
    assert extract["verdict"]["verdict"].startswith("accepted")
    assert extract["conformed"]["source_rows"] == len(delivered)
    assert [entry["release_id"] for entry in extract["releases"]] == [history.after["release_id"]]
    assert len(extract["arrivals"]) == 1


def test_an_indicator_of_the_nation_leads_to_every_city(history: History) -> None:
    found = history.json(
        "trace",
        "marts.city_indicator",
        "--limit",
        "2",
        "--where",
        "city_code = 'TH' AND indicator_code = 'TH:ROAD_DEATHS_MOT_ROADS_PER_100K' "
        "AND period_kind = 'year' AND period_start = '2019-01-01'",
    )
    (row,) = found["rows"]
    counted = {entry["table"]: entry for entry in row["computed_from"]}
    assert set(counted) == {"core.fct_population", "core.fct_road_accident"}
    sums = history.site.sql(
        "SELECT (SELECT count(*) FROM core.fct_population WHERE year = 2019), "
        "(SELECT count(*) FROM core.fct_road_accident WHERE year(occurred_at + INTERVAL 7 HOUR) "
        "= 2019)"
    )
    assert (
        counted["core.fct_population"]["rows"],
        counted["core.fct_road_accident"]["rows"],
    ) == sums[0]
    for entry in counted.values():
        assert sum(entry["extracts"].values()) == entry["rows"]
        assert len({found["extracts"][name]["city"] for name in entry["extracts"]}) == len(CITIES)
        assert len(entry["sample"]) == 2
        assert all(sample["row_number"] for sample in entry["sample"])


def test_a_daily_mean_leads_to_its_hours_in_any_kept_release(history: History) -> None:
    where = "city_code = '20' AND date = '2026-05-31'"
    counts = [
        history.json("trace", "marts.air_quality_daily", "--where", where, *more)["rows"][0][
            "computed_from"
        ][0]["rows"]
        for more in ((), ("--release", "previous"))
    ]
    assert counts[1] >= counts[0] + 8


def test_a_dimension_names_its_package(history: History) -> None:
    found = history.json("trace", "core.dim_area", "--where", "area_code = '10'")
    assert found["rows"][0]["reference"]["package"] == "geothai"
    assert found["rows"][0]["reference"]["version"].startswith("3.")


@pytest.mark.parametrize(
    ("table", "where", "said"),
    [
        ("core.fct_nothing", "true", "there is no table"),
        ("core.fct_tourism", "nothing = 1", "cannot be traced"),
    ],
)
def test_a_trace_that_cannot_be_says_why(
    history: History, table: str, where: str, said: str
) -> None:
    done = history.site.hub("trace", table, "--where", where)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_every_story_can_be_read_by_people(history: History) -> None:
    for arguments in (
        ("diff", "previous", "current"),
        ("releases",),
        ("trace", "core.fct_tourism", "--where", "true"),
        ("trace", "marts.city_indicator", "--where", "city_code = 'TH'", "--limit", "1"),
    ):
        done = history.site.hub(*arguments)
        assert done.returncode == 0, done.stderr
        assert history.after["release_id"] in done.stdout


# -- going back; these come last, because they change what serves ----------------------------------


@pytest.mark.slow
def test_a_release_that_is_rolled_back_to_serves_until_it_is_unpinned(history: History) -> None:
    old, new = history.before["release_id"], history.after["release_id"]
    assert history.json("rollback", "previous") == {"serving": old, "pinned": old}
    assert history.site.manifest()["release_id"] == old
    file = history.site.platforms / CORRECTED
    corrected = file.read_bytes()
    file.write_bytes((history.old_platforms / CORRECTED).read_bytes())
    result = history.site.run()
    assert (result["published"], result["pinned"], result["release_id"]) == (True, old, old)
    assert history.site.manifest()["release_id"] == old
    listed = history.json("releases")
    assert [entry["release_id"] for entry in listed if entry["pinned"] and entry["serving"]] == [
        old
    ]
    newest = listed[0]["release_id"]
    assert newest not in (old, new)
    assert history.json("rollback", "--unpin") == {"serving": newest, "pinned": None}
    assert history.site.manifest()["release_id"] == newest
    ours, theirs = history.before["tables"], history.site.manifest()["tables"]
    assert {
        name for name in ours if ours[name]["content_hash"] != theirs[name]["content_hash"]
    } == {"core.fct_population"}
    file.write_bytes(corrected)
    history.site.run()


def test_unpinning_nothing_changes_nothing(history: History) -> None:
    before = history.site.manifest()
    assert history.json("rollback", "--unpin")["pinned"] is None
    assert history.site.manifest() == before


def test_rolling_back_needs_to_know_where_to(history: History) -> None:
    assert history.site.hub("rollback").returncode == 2
    assert history.site.hub("rollback", "previous", "--unpin").returncode == 2
    unknown = history.site.hub("rollback", "20200101T000000-aaaaaa")
    assert unknown.returncode == 2
    assert "hub releases" in unknown.stderr


@pytest.mark.slow
def test_an_as_of_release_that_was_killed_is_made_whole_by_another_run(history: History) -> None:
    release_id = history.json("run", "--as-of", history.that_day)["release_id"]
    shutil.rmtree(history.site.home.releases / release_id)
    driver = str(killing.__file__)
    died = subprocess.run(
        [
            sys.executable,
            driver,
            "federation.releases.release:write_durably",
            "1",
            "before",
            "--",
            "run",
            "--as-of",
            history.that_day,
        ],
        env=history.site.environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr[-2000:]
    assert not history.site.home.release(release_id).exists()
    again = history.json("run", "--as-of", history.that_day)
    assert (again["release_id"], again["content_hash"]) == (
        release_id,
        history.before["content_hash"],
    )
    assert not list(history.site.home.releases.glob(".*"))
