"""The contracts that tests run on: those of the six cities that the generator knows.

The repository's own folder may hold any number of cities; `tests/contracts/test_repository.py`
looks at those. Import this module before `federation`, which reads the setting once.
"""

import atexit
import os
import re
import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path

CITIES = ("bangkok", "chiang_mai", "chonburi", "khon_kaen", "phuket", "rayong")
# Cities whose air is published hour by hour in the tests; the real one publishes running means.
HOURLY_CITIES = ("khon_kaen",)
_AVERAGING = re.compile(r",\s*{property: averaging, value: [^}]*}")
SETTING = "HUB_CONTRACTS"
REPOSITORY = Path(__file__).parents[2]
REPOSITORYS_CONTRACTS = REPOSITORY / "expectations" / "contracts"


def copy_contracts(folder: Path, hourly_cities: Collection[str] = HOURLY_CITIES) -> None:
    """Make `folder` hold the contracts of the six cities and the national file.

    Those of `hourly_cities` say no averaging, so that a value covers its hour.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(REPOSITORYS_CONTRACTS / "_national.yml", folder)
    for city in CITIES:
        shutil.copytree(REPOSITORYS_CONTRACTS / city, folder / city)
    for city in hourly_cities:
        file = folder / city / "air_quality.yml"
        file.write_text(_AVERAGING.sub("", file.read_text("utf-8")), "utf-8")


def of_cities(folder: Path, *cities: str) -> dict[str, str]:
    """Return the environment of a hub that knows these cities alone; `folder` holds their
    contracts."""
    contracts = folder / "expectations" / "contracts"
    copy_contracts(contracts)
    for city in set(CITIES) - set(cities):
        shutil.rmtree(contracts / city)
    return {SETTING: str(contracts)}


def of_checkout(checkout: Path) -> dict[str, str]:
    """Return the environment in which a copy of the repository runs its own code and contracts."""
    contracts = checkout / "expectations" / "contracts"
    return {"PYTHONPATH": str(checkout / "plugins"), SETTING: str(contracts)}


def environment() -> dict[str, str]:
    """Return this process's environment without a setting of the developer's shell."""
    return {
        name: value
        for name, value in os.environ.items()
        if name == SETTING or not name.startswith(("HUB_", "AIRFLOW_"))
    }


def _pin() -> None:
    folder = Path(tempfile.mkdtemp(prefix="hub-contracts-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    contracts = folder / "expectations" / "contracts"
    copy_contracts(contracts)
    os.environ[SETTING] = str(contracts)


if "PYTEST_XDIST_WORKER" not in os.environ:  # a worker has the folder of its session
    _pin()
