"""The shape of the repository: places, what comes with an import, what every dataset needs."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from federation.common.paths import DAGS, DBT_PROJECT, PLUGINS, REPOSITORY
from federation.contracts.load import load_cities
from federation.datasets.suites import dataset_names, load_suite
from support.contracts import REPOSITORYS_CONTRACTS

PACKAGE, DEMO = PLUGINS / "federation", PLUGINS / "federation_demo"
PATHS = PACKAGE / "common" / "paths.py"
# Alembic runs `env.py`; it is a script that nothing imports.
MODULES = sorted(file for file in PACKAGE.rglob("*.py") if file.name != "env.py")
EVERYTHING = [*MODULES, *sorted(DEMO.rglob("*.py"))]


def name_of(file: Path) -> str:
    """Dotted name of a module below plugins/."""
    return ".".join(file.relative_to(PLUGINS).with_suffix("").parts).removesuffix(".__init__")


def imported(file: Path, *, everywhere: bool = True) -> Iterator[str]:
    """Names of the modules that a file imports.

    `everywhere` False: only while it is imported itself.
    """
    tree = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)


def strings(file: Path) -> Iterator[str]:
    """Every text constant of a file that is no docstring, f-strings' pieces included."""
    tree = ast.parse(file.read_text("utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if isinstance(node, documented)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value not in docstrings
        ):
            yield node.value


def test_there_is_a_package_to_look_at() -> None:
    assert len(MODULES) > 40
    assert "federation.fetch.feed" in map(name_of, MODULES)


# -- who imports whom ------------------------------------------------------------------------------
# Which room may import which is said in pyproject.toml and held by import-linter (`make lint`).


def test_only_the_demo_imports_the_command_line() -> None:
    named = {
        name_of(file)
        for file in EVERYTHING
        if any(f"{name}.".startswith("federation.cli.") for name in imported(file))
    }
    others = {name for name in named if not name.startswith("federation.cli.")}
    assert others <= {"federation_demo.commands"}


@pytest.mark.parametrize("file", sorted(DAGS.glob("*.py")), ids=lambda file: file.stem)
def test_a_dag_file_holds_order_only(file: Path) -> None:
    heavy = {"great_expectations", "dbt", "pandas", "pyarrow", "duckdb", "sqlalchemy"}
    assert not heavy & {name.split(".")[0] for name in imported(file)}
    sql = [
        text
        for text in strings(file)
        if text.upper().startswith(("SELECT ", "INSERT ", "CREATE ", "WITH "))
    ]
    assert sql == []
    words = [text for text in strings(file) if len(text.split()) == 1]
    assert [
        word for word in words if word.startswith("/") or word.endswith((".parquet", ".duckdb"))
    ] == []


# -- places ----------------------------------------------------------------------------------------

PLACES = (
    "landing",
    "conformed",
    "releases",
    "outbox",
    "national.duckdb",
    "release.json",
    ".quarantine.parquet",
    ".incoming",
    "dbt_project",
    "expectations",
)


def test_one_module_alone_spells_the_places() -> None:
    def spelled(text: str) -> set[str]:
        return {
            place
            for place in PLACES
            if text == place or text.startswith(f"{place}/") or f"/{place}" in text
        }

    known = {place for text in strings(PATHS) for place in spelled(text)}
    assert known >= {
        "landing",
        "conformed",
        "releases",
        "outbox",
        "national.duckdb",
        "release.json",
    }
    # «conformed» is a table of the ledger as well; as a place it is followed or preceded by a
    # slash.
    elsewhere = {
        (name_of(file), text)
        for file in EVERYTHING
        if file != PATHS
        for text in strings(file)
        if spelled(text)
        and not text.startswith("expectations")
        and text not in ("conformed", "releases", "landing")
    }
    assert elsewhere == set()


def test_nobody_joins_a_path_to_the_home_but_the_module_of_places() -> None:
    joined = {
        name_of(file)
        for file in EVERYTHING
        if file != PATHS
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div)
        and isinstance(node.left, ast.Attribute)
        and node.left.attr == "root"
        and "home" in ast.unparse(node.left)
    }
    assert joined == set()


# -- importing -------------------------------------------------------------------------------------


def without(packages: set[str], modules: list[str]) -> None:
    """Import the modules in a new interpreter and look for packages that came along."""
    code = (
        f"import importlib, sys\nfor name in {modules!r}:\n    importlib.import_module(name)\n"
        f"came = {packages!r} & {{name.split('.')[0] for name in sys.modules}}\nassert not came, "
        "came"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.integration  # processes of its own, with every import
def test_the_library_can_be_imported_without_airflow() -> None:
    free = [
        name_of(file)
        for file in MODULES
        if not any(name.split(".")[0] == "airflow" for name in imported(file))
    ]
    assert len(free) > 40
    without({"airflow"}, free)


JUDGES = "federation.extracts.judging"  # gives the gate its work; imported by the step that judges


@pytest.mark.integration  # processes of its own, with every import
def test_only_the_gate_brings_great_expectations_along() -> None:
    assert not any(JUDGES in imported(file, everywhere=False) for file in MODULES)
    light = [
        name_of(file)
        for file in MODULES
        if "gate" not in file.parts
        and name_of(file) != JUDGES
        and not any(name.split(".")[0] in ("airflow", "dbt") for name in imported(file))
    ]
    assert len(light) > 40
    # dbt imports its plugin, and the worker is a process of its own: no other module of ours
    # imports either.
    with_dbt = {
        name_of(file)
        for file in MODULES
        if any(name.split(".")[0] == "dbt" for name in imported(file))
    }
    assert with_dbt == {"federation.warehouse.dbt.worker", "federation.warehouse.dbt.plugin"}
    assert not any(with_dbt & set(imported(file)) for file in EVERYTHING)
    without({"airflow", "great_expectations", "dbt", "matplotlib"}, light)


def test_nothing_at_the_top_of_plugins_hides_a_module_of_python() -> None:
    # Airflow imports every file there under its bare name.
    top = {
        path.stem
        for path in PLUGINS.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert "federation" in top
    assert not top & sys.stdlib_module_names
    assert not {name for name in top if name.startswith("dbt_")}


def test_airflow_leaves_the_library_alone() -> None:
    assert "federation/" in (PLUGINS / ".airflowignore").read_text("utf-8").split()


def test_nobody_changes_the_search_path() -> None:
    wrong = [
        file.relative_to(REPOSITORY).as_posix()
        for folder in (PLUGINS, DAGS, REPOSITORY / "tests")
        for file in folder.rglob("*.py")
        if "sys.path." + "insert" in file.read_text("utf-8")
        or "sys.path." + "append" in file.read_text("utf-8")
    ]
    assert wrong == []


# -- what every dataset needs ----------------------------------------------------------------------


def test_the_datasets_are_there() -> None:
    public = {
        "air_quality",
        "population",
        "road_accidents",
        "tourism",
        "dengue_cases",
        "crop_production",
        "rainfall",
    }
    assert public <= set(dataset_names())


@pytest.mark.parametrize("dataset", dataset_names())
def test_a_dataset_has_all_its_parts(dataset: str) -> None:
    models, fact = DBT_PROJECT / "models", load_suite(dataset).fact
    parts = [
        *(models / "staging" / f"stg_{dataset}.{kind}" for kind in ("sql", "yml")),
        *(models / "core" / f"{fact}.{kind}" for kind in ("sql", "yml")),
    ]
    missing = [part.relative_to(REPOSITORY).as_posix() for part in parts if not part.is_file()]
    assert missing == [], f"{dataset} still lacks these"


@pytest.mark.parametrize("folder", ["staging", "core", "marts"])
def test_every_model_is_described_beside_it(folder: str) -> None:
    models = sorted((DBT_PROJECT / "models" / folder).glob("*.sql"))
    assert models
    described = {
        name
        for file in (DBT_PROJECT / "models" / folder).glob("*.yml")
        for name in (
            line.split("name:")[1].strip()
            for line in file.read_text("utf-8").splitlines()
            if line.startswith("  - name:")
        )
    }
    assert [model.stem for model in models if model.stem not in described] == []


def test_no_model_names_a_city() -> None:
    named = {
        (file.name, city.key)
        for city in load_cities(REPOSITORYS_CONTRACTS)
        for file in DBT_PROJECT.rglob("*.sql")
        if "target" not in file.parts and f"'{city.key}'" in file.read_text("utf-8")
    }
    assert named == set()


def test_no_code_of_the_hub_names_a_city() -> None:
    keys = {city.key for city in load_cities(REPOSITORYS_CONTRACTS)}
    named = {(name_of(file), key) for file in MODULES for key in keys & set(strings(file))}
    assert named == set()
