"""One pass on the cities' real extracts, where they lie beside the repository."""

from pathlib import Path

import pytest
from federation.common.paths import Home
from independent import index
from independent.arrivals import compared, silent
from independent.reading import buddhist_date, native, number
from support.comparing import assert_core_and_marts_equal
from support.contracts import SETTING, copy_contracts
from support.hubrun import Site


def test_one_pass_on_the_real_extracts_equals_the_independent_computation(
    shared_platforms: Path, tmp_path: Path
) -> None:
    contracts = tmp_path / "expectations" / "contracts"
    copy_contracts(contracts, hourly_cities=())  # the real platforms publish running means
    site = Site(Home(tmp_path / "hub"), shared_platforms, {SETTING: str(contracts)})
    result = site.run()
    assert len(result["feeds"]) == 42
    assert_core_and_marts_equal(site, shared_platforms, hourly_cities=())
    for period in compared(site.sql):
        missing = period.found == "missing" and period.said in ("late", "empty", "not_due")
        assert period.said == period.found or missing, period
    said = site.sql("SELECT city, dataset FROM ops.feed_status WHERE state = 'dormant'")
    assert {*said} == silent(site.sql)
    assert len(said) == 7
    unbalanced = site.sql(
        "SELECT count(*) FROM ops.row_accounting WHERE records_received <> records_in_core "
        "+ records_quarantined + records_duplicate + records_superseded"
    )
    assert unbalanced == [(0,)]
    kept_out = site.sql(
        "SELECT city, reason, count(*) FROM ops.quarantine GROUP BY ALL ORDER BY ALL"
    )
    told = site.sql(
        "SELECT expectation FROM ops.quality_results "
        "WHERE expectation LIKE 'other_averaging%' AND outcome NOT IN ('passed', 'not_applicable')"
    )
    assert told == []
    assert kept_out == [
        ("bangkok", "outside_partition", 1),
        ("bangkok", "pm25_step", 2),
        ("chonburi", "pm25_step", 7),
        ("rayong", "outside_partition", 1),
        ("rayong", "pm25_step", 3),
    ]


@pytest.mark.slow
def test_the_index_tells_that_a_contract_of_single_hours_is_wrong(
    shared_platforms: Path, tmp_path: Path
) -> None:
    """Phuket's few hours say nothing by their changes."""
    contracts = tmp_path / "expectations" / "contracts"
    copy_contracts(contracts, hourly_cities=("phuket",))
    site = Site(Home(tmp_path / "hub"), shared_platforms, {SETTING: str(contracts)})
    assert site.hub("run", "--city", "phuket", "--dataset", "air_quality").returncode == 0
    told = site.sql(
        "SELECT expectation, count(*) FROM ops.quality_results "
        "WHERE expectation LIKE 'other_averaging%' AND outcome = 'failed' GROUP BY ALL"
    )
    # December has 59 hours, too few to tell
    assert told == [("other_averaging_pm25_index", 5)]


def test_the_index_of_a_published_value_is_the_published_index(shared_platforms: Path) -> None:
    """Air4Thai's own PM2.5 and index in Bangkok's extracts: all 199 656 were equal when this was
    written."""
    rows = native(shared_platforms / "bangkok" / "khunaphap-akat")
    published = number(rows["AQI (ดัชนี)"])
    rows = rows[(rows["สารมลพิษหลัก"] == "PM25") & (published > 0)]
    values = number(rows["PM2.5 (มคก./ลบ.ม.)"], missing=("-", "-1"))
    found = index(values, "pm25", buddhist_date(rows["วันที่ เวลา"].str.split(" ").str[0]))
    assert len(rows) > 100_000
    assert (found == published[rows.index]).mean() >= 0.99
