"""What dbt keeps of the parsed project holds for one folder: the same home may be run from
another checkout."""

import subprocess
import sys
from pathlib import Path

from federation.common.paths import DBT_PROJECT, Home
from federation.warehouse.dbt.process import Dbt
from support import contracts

SEED = """
import sys
from pathlib import Path
from federation.common.paths import Home
from federation.warehouse.dbt.process import Dbt
with Dbt(Home(Path(sys.argv[1]))) as dbt:
    dbt.call("seed", "--select", "value_status")
"""


def test_a_home_runs_from_another_checkout_and_parses_nothing_twice(
    home: Home, checkout: Path
) -> None:
    home.build.parent.mkdir(parents=True, exist_ok=True)
    seed(home, contracts.environment() | contracts.of_checkout(checkout))
    assert parsed_folder(home) == checkout / "dbt_project"
    seed(home, contracts.environment())
    assert parsed_folder(home) == DBT_PROJECT
    said = "no changes found, skipping parsing"
    log = home.dbt_target / "dbt.log"
    assert said not in log.read_text("utf-8")
    with Dbt(home) as dbt:
        dbt.call("parse")
    assert said in log.read_text("utf-8")


def seed(home: Home, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SEED, str(home.root)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def parsed_folder(home: Home) -> Path:
    return Path(home.dbt_parsed.with_suffix(".folder").read_text("utf-8"))
