"""What is true of every transport when its platform shows less than before, or one entry of it is
in trouble."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from federation.common.paths import Home
from federation.common.vocabulary import RemarkKind
from federation.ledger import Check, Ledger
from federation.ledger.tables import sighting
from federation.transport import Listed, Transport
from federation.transport.base import Opened
from support.ledgers import age

from .conftest import FEBRUARY, JANUARY, KINDS, Fetch, Platform, landed

MONTHS = [f"air/kk_air_2569_{month:02}.parquet" for month in range(1, 6)]


@pytest.fixture(params=KINDS)
def platform(request: pytest.FixtureRequest, named: Callable[[str], Platform]) -> Platform:
    return named(request.param)


def put_all(platform: Platform, paths: list[str] = MONTHS) -> None:
    for path in paths:
        platform.put(path, path.encode())


def remove(platform: Platform, *paths: str) -> None:
    for path in paths:
        (platform.directory / path).unlink()
    platform.settle()


def remarks(check: Check) -> list[tuple[str, str]]:
    return [(remark.kind, remark.path) for remark in check.remarks]


class Late:
    """A transport between whose listing and downloads something happens."""

    def __init__(self, transport: Transport, happens: Callable[[], object]) -> None:
        self._transport, self._happens = transport, happens
        self.where, self.limits = transport.where, transport.limits

    def files(self, folder: str, depth: int) -> Iterator[Listed]:
        found = list(self._transport.files(folder, depth))
        self._happens()
        yield from found

    def stream(self, path: str, **how: Any) -> AbstractContextManager[Opened]:
        return self._transport.stream(path, **how)

    def close(self) -> None:
        self._transport.close()


def test_a_platform_that_shows_none_of_its_files_is_emptied_until_it_shows_them_again(
    platform: Platform, fetch: Fetch, home: Home
) -> None:
    put_all(platform)
    assert fetch(platform.transport()).outcome == "ok"
    shutil.rmtree(platform.directory / "air")
    platform.settle()
    for _ in range(2):
        check = fetch(platform.transport())
        assert (check.outcome, check.seen) == ("emptied", 0)
        assert "none of the 5 files" in check.message
    put_all(platform)
    assert fetch(platform.transport()).outcome == "ok"
    assert len(landed(home)) == 5


def test_a_platform_that_shows_less_than_half_of_its_files_has_shrunk(
    platform: Platform, fetch: Fetch
) -> None:
    put_all(platform)
    fetch(platform.transport())
    remove(platform, *MONTHS[:3])
    check = fetch(platform.transport())
    assert (check.outcome, check.seen) == ("shrunk", 2)
    assert "shows 2 files, and had 5" in check.message


def test_a_single_file_that_vanished_is_told_and_no_trouble_of_the_platform(
    platform: Platform, fetch: Fetch
) -> None:
    put_all(platform)
    fetch(platform.transport())
    remove(platform, MONTHS[0])
    check = fetch(platform.transport())
    assert (check.outcome, remarks(check)) == ("ok", [(RemarkKind.VANISHED, MONTHS[0])])
    assert MONTHS[0] in check.message
    platform.put(MONTHS[0], MONTHS[0].encode())
    assert remarks(fetch(platform.transport())) == []


@pytest.mark.parametrize("kind", ["directory"])
def test_a_platform_that_shows_the_newest_file_alone_has_not_shrunk(
    named: Callable[[str], Platform], fetch: Fetch, kind: str
) -> None:
    platform = named(kind)
    for before, path in zip([None, *MONTHS], MONTHS, strict=False):
        platform.put(path, path.encode())
        if before:
            remove(platform, before)
        assert fetch(platform.transport()).outcome == "ok"


def test_files_that_have_been_gone_for_long_were_withdrawn_and_an_emptied_platform_never_is(
    platform: Platform, fetch: Fetch, ledger: Ledger
) -> None:
    put_all(platform)
    fetch(platform.transport())
    remove(platform, *MONTHS[:3])
    assert fetch(platform.transport()).outcome == "shrunk"
    age(ledger, sighting.c.seen_at, 29)
    assert fetch(platform.transport()).outcome == "shrunk"
    age(ledger, sighting.c.seen_at, 2)
    check = fetch(platform.transport())
    assert (check.outcome, check.remarks) == ("ok", [])
    remove(platform, *MONTHS[3:])
    fetch(platform.transport())
    age(ledger, sighting.c.seen_at, 60)
    assert fetch(platform.transport()).outcome == "emptied"


def test_a_file_that_is_gone_when_it_is_asked_for_is_named_and_the_others_land(
    platform: Platform, fetch: Fetch, home: Home
) -> None:
    platform.put(JANUARY, b"january")
    platform.put(FEBRUARY, b"february")
    check = fetch(Late(platform.transport(), lambda: remove(platform, JANUARY)))
    assert (check.outcome, check.new) == ("ok", 1)
    assert remarks(check) == [(RemarkKind.VANISHED, JANUARY)]
    assert landed(home) == [b"february"]


def test_a_name_that_is_nearly_the_contracts_is_told_and_nobody_elses_is(
    platform: Platform, fetch: Fetch
) -> None:
    near = "air/kk_air_2569_01 (1).parquet"
    others = ["air/._kk_air_2569_01.parquet", "air/README.txt", "air/_SUCCESS"]
    put_all(platform, [FEBRUARY, near, *others])
    check = fetch(platform.transport())
    assert (check.outcome, check.new, sorted(check.unmatched)) == ("ok", 1, sorted([near, *others]))
    assert remarks(check) == [(RemarkKind.NEAR_MISS, near)]
    assert near in check.message


@pytest.mark.parametrize("kind", ["directory", "sftp", "openssh"])
def test_a_name_in_another_encoding_is_named_and_the_others_land(
    named: Callable[[str], Platform], fetch: Fetch, home: Home, kind: str
) -> None:
    platform = named(kind)
    platform.put(JANUARY, b"january")
    folder = os.fsencode(platform.directory / "air")
    with open(folder + b"/" + "สำเนา ฝน 60.parquet".encode("tis-620"), "wb") as file:
        file.write(b"x")
    os.mkdir(folder + b"/" + "ฝน".encode("tis-620"))
    check = fetch(platform.transport())
    assert (check.outcome, check.new) == ("ok", 1)
    assert "no UTF-8 (in TIS-620: สำเนา ฝน 60.parquet)" in check.message
    assert check.message.isprintable()
    assert landed(home) == [b"january"]


def test_a_time_that_cannot_be_true_is_told_and_the_file_lands(
    platform: Platform, fetch: Fetch
) -> None:
    if platform.kind == "s3":
        pytest.skip("a bucket states when the object was put into it")
    platform.put(JANUARY, b"january", seconds=2_051_222_400)
    platform.put(FEBRUARY, b"february")
    check = fetch(platform.transport())
    assert (check.outcome, check.new) == ("ok", 2)
    assert remarks(check) == [(RemarkKind.IMPOSSIBLE_TIME, JANUARY)]
    assert "2035-01-01" in check.message
