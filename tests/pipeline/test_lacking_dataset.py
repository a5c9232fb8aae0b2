"""A city need not deliver every dataset: what it lacks is absent everywhere, and nothing fails."""

from __future__ import annotations

import json
import shutil
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import geothai
import pytest
from federation.common.paths import CONTRACTS, Home
from support import nation
from support.contracts import SETTING
from support.hubrun import Site

CODE, OTHER, LACKING = "31", "83", "rainfall"
KEY, OTHER_KEY = nation.key_of(CODE), nation.key_of(OTHER)


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contracts of a city that lacks a dataset, and of another that delivers all."""
    folder = tmp_path_factory.mktemp("expectations") / "contracts"
    folder.mkdir()
    shutil.copy(CONTRACTS / "_national.yml", folder)
    for area in geothai.provinces():
        if area.code in (CODE, OTHER):
            nation.write_city(folder, CONTRACTS / nation.TEMPLATE, area)
    (folder / KEY / f"{LACKING}.yml").unlink()
    return folder


@pytest.fixture(scope="module")
def site(contracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A hub that has done one pass over the two cities."""
    folder = tmp_path_factory.mktemp("lacking")
    for code in (CODE, OTHER):
        nation.write_platform(folder / "platforms", code)
    site = Site(Home(folder / "hub"), folder / "platforms")
    done = site.hub("run", "--json", **{SETTING: str(contracts)})
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return site


def test_status_tells_of_the_feeds_there_are(site: Site, contracts: Path) -> None:
    done = site.hub("status", "--json", **{SETTING: str(contracts)})
    assert done.returncode == 0
    feeds = {(feed["city"], feed["dataset"]) for feed in json.loads(done.stdout)["feeds"]}
    assert len(feeds) == 13
    assert (KEY, LACKING) not in feeds


def test_marts_have_no_row_of_the_dataset_and_a_row_of_the_city(site: Site) -> None:
    cities = "SELECT DISTINCT city_code FROM {} ORDER BY 1"
    assert site.sql(cities.format("core.fct_rainfall")) == [(OTHER,)]
    assert site.sql(cities.format("core.fct_tourism")) == [(CODE,), (OTHER,)]
    assert site.sql(cities.format("core.dim_city")) == [(CODE,), (OTHER,), ("TH",)]
    told = f"SELECT count(*) FROM marts.city_profile WHERE city_code = '{CODE}'"
    assert site.sql(told) > [(0,)]
    values = (
        "SELECT count(value), count(*) FROM marts.city_indicator JOIN core.dim_indicator "
        "USING (indicator_code) WHERE city_code = '{}' AND numerator_source = 'fct_rainfall'"
    )
    assert site.sql(values.format(OTHER))[0][0] > 0
    ((of_lacking, cells),) = site.sql(values.format(CODE))
    assert of_lacking == 0 < cells


def test_mails_and_pages_tell_of_the_other_datasets(site: Site) -> None:
    files = site.home.outbox.glob("*.eml")
    mails = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
    (mail,) = [mail for mail in mails if f"steward@{CODE}.example.org" in mail["To"]]
    text = mail.get_body(("plain",)).get_content()
    assert "Tourism by month" in text
    pages = site.home.reports(site.manifest()["release_id"])
    names = {file.name for file in pages.rglob("*.html") if KEY in str(file.relative_to(pages))}
    assert any("tourism" in name for name in names)
    assert not any(LACKING in name for name in names)


def test_a_feed_whose_contract_is_gone_does_not_leave_the_release_without_a_word(
    site: Site, contracts: Path
) -> None:
    (contracts / OTHER_KEY / f"{LACKING}.yml").unlink()
    done = site.hub("run", "--json", **{SETTING: str(contracts)})
    assert done.returncode == 1
    (trouble,) = json.loads(done.stdout.splitlines()[-1])["troubles"]
    assert f"{OTHER_KEY}/{LACKING} has no contract any more" in trouble["error"]
    assert trouble["where"].endswith(f"{OTHER_KEY}/{LACKING}.yml")
    assert site.sql("SELECT count(*) FROM core.fct_rainfall") == [(0,)]
    again = site.hub("run", "--json", **{SETTING: str(contracts)})
    assert (again.returncode, json.loads(again.stdout.splitlines()[-1])["troubles"]) == (0, [])
