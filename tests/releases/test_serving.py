"""What nobody has judged anew goes on serving: a refused contract or an unjudged change takes no
data away."""

import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from federation.common.paths import Home
from support.contracts import of_checkout
from support.hubrun import Site, edit
from support.platforms import Request, make_platforms

CONTRACT = "expectations/contracts/khon_kaen/tourism.yml"
COUNTS = "SELECT city_code, count(*) FROM core.fct_tourism GROUP BY 1 ORDER BY 1"


@pytest.mark.slow
def test_a_refused_contract_and_an_unjudged_change_keep_the_last_accepted_data(
    checkout: Path,
) -> None:
    make_platforms(checkout / "platforms", Request(seed=3, months=1), datasets=["tourism"])
    site = Site(Home(checkout / "hub"), checkout / "platforms")
    ours = of_checkout(checkout)
    assert site.hub("run", "--json", **ours).returncode == 0
    before = site.sql(COUNTS)
    assert before == [(code, 60) for code in ("10", "20", "21", "40", "50", "83")]

    edit(checkout / CONTRACT, lambda text: text.replace("version: 1.0.0", "version: 1.0.1"))
    file = site.platforms / "phuket/Tourism/Tourism_2023.parquet"
    pq.write_table(pq.read_table(file).slice(0, 11), file, compression="gzip")
    assert site.hub("run", "--json", "--city", "phuket", **ours).returncode == 0
    assert dict(site.sql(COUNTS)) == dict(before) | {"83": 59}

    edit(checkout / CONTRACT, lambda text: text.replace("million_baht", "million_bath"))
    os.utime(file)
    pq.write_table(pq.read_table(file).slice(0, 10), file, compression="gzip")
    refused = site.hub("run", "--json", **ours)
    assert refused.returncode == 1
    assert "million_bath" in refused.stderr
    assert dict(site.sql(COUNTS)) == dict(before) | {"83": 58}
    accounted = (
        "SELECT sum(records_in_core), count(*) FROM ops.row_accounting WHERE city = 'khon_kaen'"
    )
    assert site.sql(accounted) == [(60, 5)]
