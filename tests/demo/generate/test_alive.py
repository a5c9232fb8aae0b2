"""Platforms that are alive: they reach the day that is asked for, and five problems in them can be
mended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from federation.common.periods import BANGKOK
from federation.contracts.model import Feed
from federation.extracts.expected_arrivals import periods
from federation.reference.working_days import working_day
from federation_demo.planted import PROBLEMS, make_with_problems, mend, planted
from support.platforms import Request, make_platforms

UNTIL = date(2026, 6, 30)
ALIVE = Request(months=2, until=UNTIL)
Contents = Callable[..., dict[str, bytes]]


@pytest.fixture(scope="module")
def alive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six healthy cities as they are on that day."""
    directory = tmp_path_factory.mktemp("alive")
    make_platforms(directory, ALIVE)
    return directory


def spans(folder: Path, feed: Feed) -> Iterator[tuple[date, date, date]]:
    """Yield first day, last day and local day of sending of each file of a feed."""
    for file in folder.rglob("*.parquet"):
        match = feed.pattern.match(file.relative_to(folder).as_posix())
        if match:
            sent = datetime.fromtimestamp(file.stat().st_mtime, BANGKOK).date()
            yield match[0].start, match[0].end, sent


def test_what_is_due_by_contract_is_there_and_was_sent_in_time(
    alive: Path, feeds: dict[tuple[str, str], Feed]
) -> None:
    regular = [feed for feed in feeds.values() if feed.latency_days is not None]
    assert len(regular) == 6 * 7 - 5
    for feed in regular:
        found = list(spans(alive / feed.city.key, feed))
        began = min(first for first, _, _ in found)
        due = [
            (last, by)
            for _, last in periods(feed.cadence, began, UNTIL)
            if (by := working_day(last + timedelta(days=feed.latency_days))) <= UNTIL  # type: ignore[arg-type]
        ]
        newest_due, by = due[-1]
        assert any(
            first <= newest_due <= last and newest_due < sent and (sent <= by or last > UNTIL)
            for first, last, sent in found
        ), feed


def test_nothing_was_sent_before_its_period_began_or_after_the_day(
    alive: Path, feeds: dict[tuple[str, str], Feed]
) -> None:
    for feed in feeds.values():
        for first, _, sent in spans(alive / feed.city.key, feed):
            assert first < sent <= UNTIL


def test_the_same_day_gives_the_same_bytes(contents: Contents) -> None:
    asked = {"cities": ["khon_kaen", "bangkok"]}
    assert contents(ALIVE, **asked) == contents(ALIVE, **asked)


def test_rain_of_the_north_runs_for_a_year(alive: Path, feeds: dict[tuple[str, str], Feed]) -> None:
    found = sorted(spans(alive / "chiang_mai", feeds["chiang_mai", "rainfall"]))
    assert len(found) == 48
    assert (found[0][0], found[-1][1]) == (date(2025, 6, 25), date(2026, 6, 24))


def test_problems_are_planted_and_mended_one_by_one(alive: Path, tmp_path: Path) -> None:
    directory = tmp_path / "platforms"
    make_with_problems(directory, ALIVE)
    assert [problem.name for problem in planted(directory)] == list(PROBLEMS)
    healthy, spoilt = _all_bytes(alive), _all_bytes(directory)
    wrong = {path.parts[0] for path in healthy if spoilt.get(path) != healthy[path]}
    assert wrong == {"phuket", "chiang_mai", "khon_kaen"}
    missing = healthy.keys() - spoilt.keys()
    assert len([path for path in missing if path.parts[1] == "rain"]) >= 2
    (resend,) = spoilt.keys() - healthy.keys()
    assert pq.read_metadata(directory / resend).num_rows < 0.75 * _rows(alive, resend)

    assert [problem.name for problem in mend(directory, ["late-rain"])] == ["late-rain"]
    assert "late-rain" not in [problem.name for problem in planted(directory)]
    assert len(mend(directory)) == len(PROBLEMS) - 1
    assert mend(directory) == []
    mended = _all_bytes(directory)
    assert {path: mended[path] for path in healthy} == healthy
    assert pq.read_metadata(directory / resend).num_rows == _rows(alive, resend)


def _all_bytes(directory: Path) -> dict[Path, bytes]:
    return {file.relative_to(directory): file.read_bytes() for file in directory.rglob("*.parquet")}


def _rows(directory: Path, resend: Path) -> int:
    first = directory / str(resend).replace("-resend", "")
    return int(pq.read_metadata(first).num_rows)
