"""A draft says what samples prove, asks the rest, and is never wrong where people have already
written a contract."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from federation.cli.main import main
from federation.conform.sandbox.sandbox import Sandbox
from federation.contracts.load import load_feeds
from federation.contracts.model import Feed
from federation.onboarding import Draft, draft_city
from federation.onboarding.sample_paths import pattern_of
from onboarding.measure import guesses, score
from onboarding.new_style import CODE, KEY, write_platform
from support.platforms import Request, make_platforms

SLOW = [
    pytest.param(city, marks=pytest.mark.slow)
    for city in ("bangkok", "chiang_mai", "phuket", "khon_kaen", "chonburi")
]


@pytest.mark.parametrize("city", ["rayong", *SLOW])
def test_no_fact_of_a_draft_is_wrong_and_few_are_asked(
    city: str, feeds: dict[tuple[str, str], Feed], sandbox: Sandbox, tmp_path: Path
) -> None:
    platforms = tmp_path / "platforms"
    make_platforms(platforms, Request(seed=1, months=1), cities=[city])
    draft = draft_city(city, platforms / city, tmp_path / "drafts")
    ours = [feed for key, feed in sorted(feeds.items()) if key[0] == city]
    found = {
        feed.dataset: score(feed, tmp_path / "drafts" / city, platforms / city, sandbox, tmp_path)
        for feed in ours
    }
    assert {feed.dataset for feed in draft.feeds} == set(found)
    assert {name: one.wrong for name, one in found.items() if one.wrong} == {}
    assert {name: one.missed for name, one in found.items() if one.missed} == {}
    assert sum(one.right for one in found.values()) >= 50
    # What time a value of air covers stands in no file, but where an index is published.
    most = {"air_quality": 6}
    assert {
        name: one.asked for name, one in found.items() if len(one.asked) > most.get(name, 4)
    } == {}
    # beside facts: who hears of the data, the region, how rows name the province, how often and how
    # late files come
    assert len(draft.questions) <= 5 + 3 * len(ours)


def averaging_of(folder: Path, samples: Path, name: str) -> dict[str, str]:
    """Return what a draft from these samples of air says of averaging, by national column."""
    draft = draft_city(name, samples, folder, code="83")
    document = yaml.safe_load((Path(draft.folder) / "air_quality.yml").read_text("utf-8"))
    return {
        column["name"]: fact["value"]
        for column in document["schema"][0]["properties"]
        for fact in column.get("customProperties", ())
        if fact["property"] == "averaging"
    }


def test_a_published_index_says_what_a_value_averages(tmp_path: Path) -> None:
    wanted = {"cities": ["phuket"], "datasets": ["air_quality"]}
    make_platforms(tmp_path / "means", Request(months=1), **wanted)
    hourly = Request(months=1, hourly_cities=frozenset({"phuket"}))
    make_platforms(tmp_path / "hours", hourly, **wanted)
    of_means = averaging_of(tmp_path, tmp_path / "means" / "phuket", "of_means")
    of_hours = averaging_of(tmp_path, tmp_path / "hours" / "phuket", "of_hours")
    assert of_means["pm25_ugm3"] == "running PT24H"
    assert of_hours["pm25_ugm3"].endswith("-- PT1H (50%), running PT8H (50%)")
    # ozone sets no index here
    assert of_means["o3_ppb"] == of_hours["o3_ppb"]
    assert "running PT8H (80%)" in of_means["o3_ppb"]


@pytest.fixture(scope="module")
def seventh(tmp_path_factory: pytest.TempPathFactory) -> tuple[Draft, Path]:
    """A city of habits that no contract of ours has, drafted."""
    folder = tmp_path_factory.mktemp("seventh")
    write_platform(folder / KEY)
    return draft_city(KEY, folder / KEY, folder / "contracts"), folder


def test_a_city_of_other_habits_is_read_without_a_wrong_guess(seventh: tuple[Draft, Path]) -> None:
    draft, _ = seventh
    assert draft.code == CODE
    assert {feed.dataset: (feed.columns, feed.of) for feed in draft.feeds} == {
        "dengue_cases": (2, 2),
        "population": (6, 6),
        "tourism": (8, 8),
    }
    assert [feed.remarks for feed in draft.feeds] == [
        (),
        (),
        (),
    ]  # every record tried was read and placed
    assert all(feed.records for feed in draft.feeds)
    asked = {(file, key.split(".")[0]) for file, key, _ in draft.questions}
    assert asked == {
        ("_city.yml", "region"),
        ("_city.yml", "stewards"),
        ("dengue_cases.yml", "slaProperties"),
        ("population.yml", "slaProperties"),
        ("tourism.yml", "slaProperties"),
    }


def test_a_draft_is_refused_until_every_question_is_answered(seventh: tuple[Draft, Path]) -> None:
    draft, folder = seventh
    loaded, refused = load_feeds(folder / "contracts")
    assert loaded == []
    assert (refused[0].file, refused[0].key) == (str(Path(draft.folder) / "_city.yml"), "region")
    assert "which region" in refused[0].reason
    for file in Path(draft.folder).glob("*.yml"):
        (folder / "answered" / KEY).mkdir(parents=True, exist_ok=True)
        (folder / "answered" / KEY / file.name).write_text(
            guesses(file.read_text("utf-8")), "utf-8"
        )
    loaded, refused = load_feeds(folder / "answered")
    assert [str(error) for error in refused] == []
    assert len(loaded) == 3


def test_a_folder_that_is_there_is_never_overwritten(
    seventh: tuple[Draft, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    draft, folder = seventh
    before = (Path(draft.folder) / "tourism.yml").read_text("utf-8")
    assert (
        main(
            ["city", "draft", KEY, "--from", str(folder / KEY), "--out", str(folder / "contracts")]
        )
        == 2
    )
    assert "never overwritten" in capsys.readouterr().err
    assert (Path(draft.folder) / "tourism.yml").read_text("utf-8") == before


def test_bytes_that_are_no_parquet_are_told_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "samples" / "broken").mkdir(parents=True)
    (tmp_path / "samples" / "broken" / "x-2569.parquet").write_bytes(b"not a Parquet file at all")
    code = main(
        [
            "city",
            "draft",
            "nowhere",
            "--from",
            str(tmp_path / "samples"),
            "--out",
            str(tmp_path / "out"),
            "--json",
        ]
    )
    assert code == 1
    assert "no folder holds a national dataset" in json.loads(capsys.readouterr().out)["error"]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["Bad-Name", "--from", "."], "no name for a city"),
        (["somewhere", "--from", "nothing-here"], "no such directory"),
    ],
)
def test_wrong_usage_is_exit_code_2(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["city", "draft", *words, "--out", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("paths", "pattern"),
    [
        (["a/pm10_2565.parquet"], "a/pm10_{be_year}.parquet"),
        (["a/2026_m05.parquet"], "a/{year}_m{month}.parquet"),
        (
            ["a/year=2024/month=01/x_202401.parquet", "a/year=2024/month=02/x_202402.parquet"],
            "a/year={year}/month={month}/x_{year}{month}.parquet",
        ),
        (["a/2524-2540.parquet", "a/2541.parquet"], "a/{be_year}{be_year_to?:-}.parquet"),
        (
            ["a/x-2569-01.parquet", "a/x-2569-02.parquet", "a/x-2569-01_v2.parquet"],
            "a/x-{be_year}-{month}{version?:_v2}.parquet",
        ),
        (["a/fy2565.parquet", "a/fy2566.parquet"], "a/fy{be_fiscal_year}.parquet"),
        (["a/data.parquet"], ""),
    ],
)
def test_paths_tell_their_pattern(paths: list[str], pattern: str) -> None:
    assert pattern_of(paths).pattern == pattern
