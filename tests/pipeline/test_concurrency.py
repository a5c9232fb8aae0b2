"""Two passes at once, and readers while releases change."""

import os
import re
import threading
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from federation.common.errors import HubError
from federation.common.paths import Home
from federation.ledger import Ledger
from support.hubrun import Site
from support.platforms import Request, make_platforms

TOURISM = "phuket/Tourism/Tourism_2023.parquet"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    make_platforms(tmp_path / "platforms", Request(seed=3, months=1), datasets=["tourism"])
    return Site(Home(tmp_path / "hub"), tmp_path / "platforms")


def test_one_pass_at_a_time_builds_and_the_next_waits(ledger: Ledger) -> None:
    another = Ledger(ledger.engine)
    with ledger.locks.build():
        with (
            pytest.raises(HubError, match="another pass is building"),
            another.locks.build(wait=False),
        ):
            pass
        waited: list[str] = []
        later = threading.Thread(target=lambda: _build(another, waited))
        later.start()
        deadline = time.monotonic() + 30
        while not waited:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        (told,) = waited
        process = rf"process {os.getpid()} on \S+ since \d\d:\d\d:\d\d \(Bangkok\)"
        assert re.fullmatch(rf"another pass is building \({process}\); waiting .*", told)
    later.join(30)
    assert waited == [told, "builds"]


def _build(ledger: Ledger, waited: list[str]) -> None:
    with ledger.locks.build(on_wait=waited.append):
        waited.append("builds")


@pytest.mark.slow
def test_a_second_pass_waits_and_finds_nothing_new(site: Site) -> None:
    first, second = site.start("run", "--json"), site.start("run", "--json")
    ended = [process.communicate(timeout=300) for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), ended
    log = "".join(err for _, err in ended)
    assert log.count("nothing new") == 1
    assert len(list(site.home.releases.glob("[0-9]*"))) == 1
    balanced = (
        "SELECT bool_and(records_received = records_in_core + records_quarantined + "
        "records_duplicate "
        "+ records_superseded) FROM ops.row_accounting"
    )
    assert site.sql(balanced) == [(True,)]


@pytest.mark.slow
def test_a_reader_sees_no_error_and_no_half_state_while_three_releases_come(site: Site) -> None:
    file = site.platforms / TOURISM
    table = pq.read_table(file)

    def deliver(
        months: int,
    ) -> None:  # ever more of the year: what takes records away would wait for a person
        pq.write_table(
            table.slice(0, months), file, compression="gzip", use_deprecated_int96_timestamps=True
        )

    deliver(3)
    site.run()
    seen: set[tuple[int, int]] = set()
    errors: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                with duckdb.connect(str(site.home.current.resolve()), read_only=True) as con:
                    seen.update(
                        con.execute(
                            "SELECT (SELECT count(*) FROM core.fct_tourism WHERE city_code = "
                            "'83'), (SELECT sum(records_in_core) "
                            "FROM ops.row_accounting WHERE city = 'phuket')"
                        ).fetchall()
                    )
            except Exception as error:
                errors.append(repr(error))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for months in (7, 11, 12):
            deliver(months)
            assert site.run()["published"]
    finally:
        done.set()
        reader.join()
    assert errors == []
    assert seen == {(51, 51), (55, 55), (59, 59), (60, 60)}
