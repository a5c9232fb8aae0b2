"""The DAGs say when, for every city of the contracts, and cost next to nothing to parse."""

from __future__ import annotations

import ast
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from federation.common.paths import DAGS, PLUGINS, REPOSITORY
from federation.contracts.model import Feed
from federation.datasets.suites import dataset_names
from support import nation
from support.contracts import copy_contracts, of_checkout

Parse = Callable[..., dict[str, Any]]
Python = Callable[..., CompletedProcess[str]]
CITIES = ["bangkok", "chiang_mai", "chonburi", "khon_kaen", "phuket", "rayong"]
HEAVY = {"dbt", "duckdb", "great_expectations", "numpy", "pandas", "polars", "pyarrow"}
ASKS_PEOPLE = "approval.ask"  # waits as long as it takes


def tasks_of(bag: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for dag_id, dag in bag["dags"].items():
        for task_id, task in dag["tasks"].items():
            yield f"{dag_id}.{task_id}", task


def imports(file: Path) -> Iterator[tuple[str, bool]]:
    """Yield every module that a file imports and whether it does so at its top."""
    tree = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node in tree.body) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node in tree.body


def from_first_error(log: str) -> list[str]:
    """The lines of a task's log from its first error on."""
    lines = log.splitlines()
    return lines[next(number for number, line in enumerate(lines) if "[error" in line) :]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository with a misspelt key in one contract, and a city file that is no
    YAML."""
    copy = tmp_path_factory.mktemp("repository")
    for folder in ("dags", "plugins", "expectations", "dbt_project"):
        shutil.copytree(
            REPOSITORY / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    contracts = copy / "expectations" / "contracts"
    copy_contracts(contracts)
    misspelt = contracts / "khon_kaen" / "tourism.yml"
    misspelt.write_text(
        misspelt.read_text("utf-8").replace("physicalName", "physicalNane", 1), "utf-8"
    )
    (contracts / "phuket" / "_city.yml").write_text("city: [", "utf-8")
    return copy


def test_the_bag_is_full(bag: dict[str, Any]) -> None:
    assert bag["import_errors"] == {}
    assert list(bag["dags"]) == [
        "approval",
        "arrivals",
        *(f"ingest_{city}" for city in CITIES),
        "reports",
        "warehouse",
    ]
    assert len(list(tasks_of(bag))) == 6 * 5 + 3 + 1 + 1 + 3


def test_every_city_of_the_contracts_has_its_dag(
    bag: dict[str, Any], feeds: dict[tuple[str, str], Feed]
) -> None:
    for city, dataset in feeds:
        assert f"`{dataset}`" in bag["dags"][f"ingest_{city}"]["doc"]


def test_parsing_imports_nothing_heavy(bag: dict[str, Any]) -> None:
    assert "federation.contracts" in bag["modules"]  # the list is a real one
    assert HEAVY.isdisjoint(module.split(".")[0] for module in bag["modules"])


def test_every_task_has_owner_documentation_and_time_limit(bag: dict[str, Any]) -> None:
    for name, task in tasks_of(bag):
        assert task["owner"] not in ("", "airflow"), name
        assert task["doc"], name
        assert "\n    " not in task["doc"], f"{name}: indented lines are code in Markdown"
        if name != ASKS_PEOPLE:
            assert 0 < task["timeout"] <= 3 * 3600, name


def test_what_may_help_is_tried_again_with_growing_pauses(bag: dict[str, Any]) -> None:
    for name, task in tasks_of(bag):
        if not name.endswith(".watch"):
            assert task["retries"] >= 2, name
            assert task["backoff"] >= 2, name


def test_every_dag_is_documented_tagged_and_never_runs_beside_itself(bag: dict[str, Any]) -> None:
    for dag_id, dag in bag["dags"].items():
        assert dag["doc"], dag_id
        assert dag["tags"], dag_id
        beside = (
            dag["max_active_runs"] if dag_id == "approval" else 1
        )  # each of its runs waits for a person
        assert (dag["catchup"], dag["max_active_runs"]) == (False, beside), dag_id


def test_cities_are_pulled_nightly_at_different_minutes_of_bangkok_time(
    bag: dict[str, Any],
) -> None:
    schedules = [bag["dags"][f"ingest_{city}"]["schedule"] for city in CITIES]
    assert len(set(schedules)) == len(CITIES)
    assert all("Asia/Bangkok" in schedule and " 2 * * *" in schedule for schedule in schedules)


def test_assets_wake_the_warehouse_and_the_reports(bag: dict[str, Any]) -> None:
    for city in CITIES:
        tasks = bag["dags"][f"ingest_{city}"]["tasks"]
        for name in ("gate", "wake"):  # the second one where the first one failed
            assert tasks[name]["outlets"] == [f"city/{city}"]
        assert (tasks["wake"]["upstream"], tasks["wake"]["trigger_rule"]) == (
            ["gate"],
            "all_failed",
        )
    assert bag["dags"]["warehouse"]["tasks"]["publish"]["outlets"] == ["release"]


def test_a_failed_step_stops_no_later_one_and_reddens_the_run(bag: dict[str, Any]) -> None:
    tasks = bag["dags"]["ingest_bangkok"]["tasks"]
    assert {tasks[name]["trigger_rule"] for name in ("conform", "gate")} == {"all_done"}
    assert tasks["watch"]["trigger_rule"] == "one_failed"
    assert tasks["watch"]["upstream"] == ["conform", "fetch", "gate", "wake"]


def test_parsing_again_makes_no_new_version(parse: Parse, bag: dict[str, Any]) -> None:
    again = parse(PYTHONHASHSEED="4711")
    assert {name: dag["hash"] for name, dag in again["dags"].items()} == {
        name: dag["hash"] for name, dag in bag["dags"].items()
    }
    assert bag["unstable"] == []


def test_a_broken_contract_leaves_all_dags_and_is_told_in_its_citys(
    parse: Parse, broken: Path
) -> None:
    bag = parse(broken)
    assert bag["import_errors"] == {}
    assert len(bag["dags"]) == len(CITIES) + 4
    assert "tourism.yml** – contract refused" in bag["dags"]["ingest_khon_kaen"]["doc"]
    assert "_city.yml** – contract refused" in bag["dags"]["ingest_phuket"]["doc"]
    assert "refused" not in bag["dags"]["ingest_bangkok"]["doc"]


def test_a_broken_contract_fails_fetch_for_good_after_the_citys_other_feeds(
    python: Python, broken: Path, tmp_path: Path, database_url: str, platforms: Path
) -> None:
    done = python(
        "-c",
        "from federation.airflow.tasks import fetch; fetch('khon_kaen')",
        HUB_DATABASE=database_url,
        HUB_HOME=str(tmp_path / "hub"),
        HUB_PLATFORMS=str(platforms),
        **of_checkout(broken),
    )
    assert "fetch: looks at the platform of khon_kaen" in done.stdout.splitlines()[0]
    assert "tourism.yml refused: unknown key" in from_first_error(done.stdout)[0]
    assert "khon_kaen/tourism.yml: schema" in done.stdout
    assert "AirflowFailException: tourism.yml refused" in done.stderr.splitlines()[-1]
    landed = sorted(
        folder.name for folder in (tmp_path / "hub" / "landing" / "khon_kaen").iterdir()
    )
    assert landed == [name for name in dataset_names() if name != "tourism"]


def test_a_nation_of_77_provinces_parses_without_touching_a_dag_file(
    parse: Parse, checkout: Path
) -> None:
    nation.write_contracts(checkout / "expectations" / "contracts")
    shutil.copytree(DAGS, checkout / "dags", ignore=shutil.ignore_patterns("__pycache__"))
    bag = parse(checkout)
    assert bag["import_errors"] == {}
    assert (
        sum(dag_id.startswith("ingest_province_") for dag_id in bag["dags"])
        == 77
        == len(bag["dags"]) - 4
    )
    minutes = {
        dag["schedule"] for dag_id, dag in bag["dags"].items() if dag_id.startswith("ingest_")
    }
    assert len(minutes) > 40, "spread over the hour"


def test_a_city_that_lacks_a_dataset_has_its_dag(parse: Parse, checkout: Path) -> None:
    (checkout / "expectations/contracts/chonburi/rainfall.yml").unlink()
    shutil.copytree(DAGS, checkout / "dags", ignore=shutil.ignore_patterns("__pycache__"))
    bag = parse(checkout)
    assert bag["import_errors"] == {}
    assert "`rainfall`" not in bag["dags"]["ingest_chonburi"]["doc"]
    assert "`tourism`" in bag["dags"]["ingest_chonburi"]["doc"]


def test_dags_import_airflow_and_federation_only() -> None:
    files = sorted(DAGS.glob("*.py"))
    assert [file.stem for file in files] == [
        "approval",
        "arrivals",
        "ingest",
        "reports",
        "warehouse",
    ]
    for file in files:
        for module, _ in imports(file):
            top = module.split(".")[0]
            assert top in ("airflow", "federation") or top in sys.stdlib_module_names, (
                f"{file.name} imports {module}"
            )


def test_the_library_needs_no_airflow() -> None:
    files = sorted((PLUGINS / "federation").rglob("*.py"))
    assert len(files) > 50
    for file in files:
        for module, at_top in imports(file):
            if module.split(".")[0] == "airflow":
                if file.is_relative_to(PLUGINS / "federation" / "airflow" / "page"):
                    # what Airflow's own server runs; the rest of the library does not import it
                    continue
                # even this room imports it inside functions only, or for the type checker
                assert file.parent.name == "airflow", f"{file.name} imports {module}"
                assert not at_top, f"{file.name} imports {module}"


def test_loading_plugins_executes_nothing_of_the_library_but_where_the_page_is(
    python: Python,
) -> None:
    code = (
        "import sys; from airflow import plugins_manager as m; print(m._get_plugins()[1]); "
        "print([n for n, x in list(sys.modules.items()) if '/federation/' in (getattr(x, "
        "'__file__', '') or '')])"
    )
    done = python("-c", code, AIRFLOW__CORE__PLUGINS_FOLDER=str(PLUGINS))
    assert done.returncode == 0, done.stderr
    packages = ["federation", "federation.airflow", "federation.airflow.page"]
    assert done.stdout.splitlines()[-2:] == ["{}", str(packages)]


def test_an_unreachable_platform_fails_fetch_in_a_way_that_is_tried_again(
    python: Python, tmp_path: Path, database_url: str
) -> None:
    (tmp_path / "empty").mkdir()
    done = python(
        "-c",
        "from federation.airflow.tasks import fetch; fetch('phuket')",
        HUB_DATABASE=database_url,
        HUB_HOME=str(tmp_path / "hub"),
        HUB_PLATFORMS=str(tmp_path / "empty"),
    )
    assert (
        "phuket/air_quality unreachable: the platform's directory does not exist"
        in from_first_error(done.stdout)[0]
    )
    assert "to do: ask the city's steward" in from_first_error(done.stdout)[2]
    assert "AirflowException: phuket/air_quality unreachable" in done.stderr.splitlines()[-1]


def test_a_connection_of_airflows_secrets_backend_reaches_the_hub(
    python: Python, tmp_path: Path
) -> None:
    known = tmp_path / "connections.json"
    given = {"conn_type": "s3", "password": "p", "schema": "b", "extra": {"scheme": "http"}}
    known.write_text(json.dumps({"city_bangkok": given}))
    code = (
        "import json; from federation.airflow.tasks import _connection\n"
        "print(json.dumps([_connection('city_bangkok'), _connection('city_nowhere')]))"
    )
    done = python(
        "-c",
        code,
        AIRFLOW__WORKERS__SECRETS_BACKEND="airflow.secrets.local_filesystem.LocalFilesystemBackend",
        AIRFLOW__WORKERS__SECRETS_BACKEND_KWARGS=json.dumps({"connections_file_path": str(known)}),
    )
    assert done.returncode == 0, done.stderr
    found, missing = json.loads(done.stdout.splitlines()[-1])
    assert json.loads(found) == {
        "conn_type": "s3",
        "host": None,
        "port": None,
        "login": None,
        "password": "p",
        "schema": "b",
        "extra": '{"scheme": "http"}',
    }
    assert missing is None
