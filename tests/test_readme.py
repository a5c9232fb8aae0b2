"""The README tells the truth: its commands, settings and tables exist, and none that exists is
left out."""

import argparse
import re
import shlex
from collections.abc import Iterator

import pytest
from federation.cli.main import parser
from federation.common.paths import REPOSITORY
from federation.contracts import load_cities
from federation.datasets.suites import dataset_names, load_suite

README = (REPOSITORY / "README.md").read_text("utf-8")
SOURCES = [
    file.read_text("utf-8") for file in (REPOSITORY / "plugins" / "federation").rglob("*.py")
]


def _commands(
    grammar: argparse.ArgumentParser, words: tuple[str, ...] = ("hub",)
) -> Iterator[tuple[str, set[str]]]:
    nested = [
        action for action in grammar._actions if isinstance(action, argparse._SubParsersAction)
    ]
    for action in nested:
        for name, command in action.choices.items():
            yield from _commands(command, (*words, name))
    if not nested:
        options = {
            option
            for action in grammar._actions
            for option in action.option_strings
            if option.startswith("--")
        }
        yield " ".join(words), options - {"--help"}


@pytest.mark.parametrize(("command", "options"), [*_commands(parser())])
def test_every_command_stands_in_the_readme_with_its_options(
    command: str, options: set[str]
) -> None:
    row = next(
        (
            line
            for line in README.splitlines()
            if line.startswith((f"| `{command} ", f"| `{command}`"))
        ),
        "",
    )
    assert row, f"{command} is missing"
    assert set(re.findall(r"--[a-z-]+", row)) == options


def test_every_command_of_the_readme_can_be_parsed() -> None:
    lines = re.findall(r"^\.venv/bin/hub (.*)$", README, flags=re.M)
    assert lines
    for line in lines:
        words = shlex.split(line.split(" > ")[0])
        assert parser().parse_args(words).command


def test_settings_are_those_that_the_code_reads() -> None:
    told = set(re.findall(r"^\| `((?:HUB|AIRFLOW)_[A-Z_<>]+)`", README, flags=re.M))
    read = {
        name
        for text in SOURCES
        for name in re.findall(r"environ(?:\.get)?[\[(]\"(HUB_[A-Z]+)\"", text)
    }
    assert {name for name in told if name.startswith("HUB_")} == read
    assert told - read == {"AIRFLOW_CONN_CITY_<CITY>", "AIRFLOW_CONN_SMTP_HUB"}


def test_every_make_target_and_folder_named_exists() -> None:
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    for target in re.findall(r"^make (\w+)", README, flags=re.M):
        assert re.search(rf"^{target}:", makefile, flags=re.M), target
    for folder in (
        "dags/",
        "plugins/federation/",
        "expectations/contracts/",
        "expectations/suites/",
        "dbt_project/",
        "tests/",
    ):
        assert f"`{folder}" in README
        assert (REPOSITORY / folder).is_dir()


def test_every_city_dataset_and_core_model_is_named() -> None:
    for city in load_cities():
        assert city.name_en in README
    for dataset in dataset_names():
        assert f"`{load_suite(dataset).fact}`" in README
    for layer in ("core", "marts"):
        for file in (REPOSITORY / "dbt_project" / "models" / layer).glob("*.sql"):
            assert f"`{file.stem}" in README or "materialized='ephemeral'" in file.read_text(
                "utf-8"
            ), file.stem
