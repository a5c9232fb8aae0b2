"""Two passes at once share the work: each extract is conformed and judged once, and who waits is
told for whom."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from federation.common.paths import Home
from federation.common.settings import Settings
from federation.ledger import Ledger, open_ledger
from federation.ledger.tables import conformed, feed_check, verdict
from sqlalchemy import func, select
from support.comparing import assert_core_equals
from support.contracts import of_cities
from support.hubrun import Site
from support.platforms import Request, make_platforms

CITIES = ["chonburi", "rayong"]
DATASETS = ["air_quality", "population", "tourism"]


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Site:
    make_platforms(tmp_path / "platforms", Request(months=2), datasets=DATASETS, cities=CITIES)
    known = of_cities(tmp_path, *CITIES) | {"HUB_DATABASE": database_url}
    return Site(Home(tmp_path / "hub"), tmp_path / "platforms", known)


def _most(site: Site, table: object, *key: str) -> tuple[int, int]:
    """Return how many rows a table has, and how many the key has that has most."""
    columns = [table.c[name] for name in key]  # type: ignore[attr-defined]
    counts = select(func.count().label("rows")).select_from(table).group_by(*columns).subquery()  # type: ignore[arg-type]
    settings = Settings(site.home, site.environment["HUB_DATABASE"], None)
    with open_ledger(settings) as ledger, ledger.engine.connect() as con:
        found = con.execute(select(func.sum(counts.c.rows), func.max(counts.c.rows))).one()
    return int(found[0]), int(found[1])


def test_two_passes_at_once_do_each_piece_of_work_once(site: Site) -> None:
    with ThreadPoolExecutor(2) as pool:
        passes = [*pool.map(lambda _: site.hub("run", "--json"), range(2))]
    assert [done.returncode for done in passes] == [0, 0], [done.stderr[-1500:] for done in passes]
    conformings, most = _most(site, conformed, "extract_id", "conform_key")
    assert most == 1
    assert _most(site, verdict, "extract_id", "work_key") == (conformings, 1)
    assert _most(site, feed_check, "city", "dataset")[1] == 2  # both looked at the platforms
    assert_core_equals(site, site.platforms, DATASETS)


def test_who_waits_is_told_for_whom_and_since_when(ledger: Ledger) -> None:
    told: list[str] = []
    with ledger.locks.claims() as theirs, ledger.locks.claims() as ours:
        assert theirs.take("fetch rayong/tourism")
        assert not ours.take("fetch rayong/tourism")
        assert ours.take("fetch rayong/rainfall")
        ours.wait(
            "fetch rayong/tourism", told.append, lambda: theirs.give_back("fetch rayong/tourism")
        )
        assert not theirs.take("fetch rayong/tourism")
    assert len(told) == 1
    assert re.fullmatch(r"process \d+ on \S+ since \d\d:\d\d:\d\d \(Bangkok\)", told[0])


def test_what_a_pass_has_in_hand_is_free_when_it_ends(ledger: Ledger) -> None:
    with ledger.locks.claims() as theirs:
        assert theirs.take("gate rayong/tourism")
    with ledger.locks.claims() as ours:
        assert ours.take("gate rayong/tourism")
