"""The repository's own contracts hold, whatever cities there are and whatever each delivers."""

from __future__ import annotations

import pytest
from federation.common.errors import ContractError
from federation.conform.binding import check_bindings
from federation.contracts.load import load_cities, load_feeds
from federation.contracts.model import Feed
from support.contracts import CITIES, REPOSITORYS_CONTRACTS


@pytest.fixture(scope="module")
def loaded() -> tuple[list[Feed], list[ContractError]]:
    return load_feeds(REPOSITORYS_CONTRACTS)


def test_every_contract_loads_and_its_sql_holds(
    loaded: tuple[list[Feed], list[ContractError]],
) -> None:
    feeds, refused = loaded
    assert [str(error) for error in refused] == []
    proven, unproven = check_bindings(feeds)
    assert [str(error) for error in unproven] == []
    assert proven == feeds


def test_every_file_of_a_city_is_read(
    loaded: tuple[list[Feed], list[ContractError]],
) -> None:
    read = {version.file for feed in loaded[0] for version in feed.versions}
    read |= {city.file for city in load_cities(REPOSITORYS_CONTRACTS)}
    assert read == set(REPOSITORYS_CONTRACTS.glob("*/*.yml"))


def test_every_city_has_a_feed_and_a_code_of_its_own(
    loaded: tuple[list[Feed], list[ContractError]],
) -> None:
    cities = load_cities(REPOSITORYS_CONTRACTS)
    assert {city.key for city in cities} >= set(CITIES)
    assert {city.key for city in cities} == {feed.city.key for feed in loaded[0]}
    assert len({city.code for city in cities}) == len(cities)


def test_what_readers_must_know_is_said_in_thai_too(
    loaded: tuple[list[Feed], list[ContractError]],
) -> None:
    told = [feed.description for feed in loaded[0] if feed.description.get("limitations")]
    assert len(told) > 30
    for description in told:
        assert any("ก" <= letter <= "๙" for letter in description["limitations_th"])
