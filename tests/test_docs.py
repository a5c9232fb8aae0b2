"""The pages tell the truth: what they name exists, what exists is named, and their commands run."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from federation.cli.main import parser
from federation.common import vocabulary
from federation.common.paths import DAGS, DBT_PROJECT, PLUGINS, REPOSITORY
from federation.common.yaml_files import YamlModel
from federation.conform.sandbox.job import Limits as SandboxLimits
from federation.contracts import vocabulary as contract_words
from federation.contracts.city_file import CityFile
from federation.contracts.load import load_cities
from federation.contracts.properties import (
    Area,
    ColumnProperties,
    FeedProperties,
    SlaProperties,
    Whole,
)
from federation.datasets.suite_file import (
    AveragingEntry,
    ColumnEntry,
    ExpectationEntry,
    HistoryEntry,
    StepEntry,
    StuckEntry,
    SuiteFile,
)
from federation.datasets.suites import dataset_names, load_suite
from federation.transport import Limits
from support.diagram import with_diagram
from support.hubrun import Site

PAGES = {
    file.relative_to(REPOSITORY).as_posix(): file.read_text("utf-8")
    for file in (
        *(REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
        *sorted(REPOSITORY.glob("[!.]*/*.md")),
        *sorted((PLUGINS / "decisions").glob("*.md")),
    )
}
ALL = "\n".join(PAGES.values())
OPERATE, CONTRACTS = PAGES["dags/README.md"], PAGES["expectations/README.md"]
MODELS, ARCHITECTURE = PAGES["dbt_project/README.md"], PAGES["plugins/README.md"]
FENCES = re.compile(r"^```(\w*)\n(.*?)^```", flags=re.M | re.S)
FOLDERS = ("dags/", "dbt_project/", "expectations/", "plugins/", "tests/", ".hub/")
# What can be asked of the shared release without changing it; the rest is parsed.
READING = (
    *("export", "incidents", "metrics", "release held", "releases", "report mails", "sql"),
    *("status", "trace"),
)
# A file of these is there only while something is wrong.
SOMETIMES = (".hub/proposals/",)


def lines() -> list[str]:
    """Every line of the pages' blocks of commands, without its comment."""
    blocks = [text for language, text in FENCES.findall(ALL) if not language]
    return [line.split(" # ")[0].strip() for text in blocks for line in text.splitlines()]


def inline() -> list[str]:
    """Every text in backquotes outside of blocks."""
    return re.findall(r"`([^`\n]+)`", FENCES.sub("", ALL))


def named(page: str) -> set[str]:
    """Every text in backquotes of a page, and every word in it."""
    texts = re.findall(r"`([^`\n]+)`", FENCES.sub("", page))
    return {*texts, *(word for text in texts for word in re.findall(r"[\w-]+", text))}


HUB_LINES = [line.removeprefix(".venv/bin/hub ") for line in lines() if "bin/hub " in line]
EXAMPLES = [
    (page, text)
    for page, content in PAGES.items()
    for language, text in FENCES.findall(content)
    if language == "sql"
]


# -- commands --------------------------------------------------------------------------------------


def commands(
    asked: argparse.ArgumentParser, words: tuple[str, ...] = ("hub",)
) -> Iterator[tuple[str, set[str]]]:
    """Every command of the command line with its options."""
    actions = asked._actions
    nested = [action for action in actions if isinstance(action, argparse._SubParsersAction)]
    for action in nested:
        for name, command in action.choices.items():
            yield from commands(command, (*words, name))
    if not nested:
        options = {option for action in actions for option in action.option_strings}
        yield " ".join(words), {name for name in options if name.startswith("--")} - {"--help"}


COMMANDS = dict(commands(parser()))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_stands_in_the_table_with_its_options(command: str) -> None:
    starts = (f"| `{command} ", f"| `{command}`")
    row = next((line for line in OPERATE.splitlines() if line.startswith(starts)), "")
    assert row, f"{command} is missing"
    assert set(re.findall(r"--[a-z-]+", row)) == COMMANDS[command]


def test_every_command_that_a_sentence_names_exists() -> None:
    texts = [text.removeprefix(".venv/bin/") for text in inline()]
    asked = [text for text in texts if text.startswith("hub ")]
    assert len(asked) > 30
    known = {" ".join(name.split()[:count]) for name in COMMANDS for count in (2, 3)}
    for text in asked:
        words = re.match(r"hub( [a-z]+)?( [a-z]+)?", text)
        assert words, text
        command = words[0] if words[0] in known else " ".join(text.split()[:2])
        assert command in known, text
        options = set(re.findall(r"--[a-z-]+", text))
        assert any(
            options <= COMMANDS[name] for name in COMMANDS if f"{name} ".startswith(f"{command} ")
        ), text


@pytest.mark.parametrize("line", HUB_LINES)
def test_a_command_of_a_page_can_be_parsed(line: str) -> None:
    assert parser().parse_args(shlex.split(line.split(" > ")[0])).command


@pytest.mark.parametrize("line", [line for line in HUB_LINES if line.startswith(READING)])
def test_a_command_of_a_page_runs(
    release: Site, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = release.hub(*shlex.split(line.split(" > ")[0]))
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout


@pytest.mark.integration  # imports Airflow
def test_the_backfill_of_the_page_is_a_command_of_airflow(tmp_path: Path) -> None:
    asked = [
        shlex.split(line.removeprefix(".venv/bin/hub "))[1:]
        for line in lines()
        if line.startswith(("airflow ", ".venv/bin/hub airflow "))
    ]
    assert asked
    read = f"for line in {asked!r}: get_parser().parse_args(line)"
    code = f"from airflow.cli.cli_parser import get_parser\n{read}"
    environment = os.environ | {"AIRFLOW_HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=180)


@pytest.mark.integration  # starts pytest
def test_every_selection_of_tests_selects_some() -> None:
    asked = [shlex.split(line) for line in lines() if " -m pytest " in line]
    assert asked
    for words in asked:
        arguments = [sys.executable, *words[1:], "--collect-only", "-q"]
        done = subprocess.run(
            arguments, cwd=REPOSITORY, capture_output=True, text=True, timeout=180, check=False
        )
        assert done.returncode == 0, done.stdout


def test_every_program_of_a_page_is_installed() -> None:
    programs = set(re.findall(r"\.venv/bin/([\w-]+)", ALL))
    assert {"hub", "python", "pre-commit"} <= programs
    for program in programs:
        assert (Path(sys.executable).parent / program).exists(), program


def test_every_target_of_the_makefile_is_told_and_no_other() -> None:
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.M))
    told = [*inline(), *lines()]
    named_targets = {
        target for text in told for target in re.findall(r"(?:^| )make ([a-z-]+)", text)
    }
    assert named_targets == targets


# -- settings, limits, words -----------------------------------------------------------------------


def test_settings_are_those_that_the_code_reads() -> None:
    told = set(re.findall(r"^\| `((?:HUB|AIRFLOW)_[A-Z_<>]+)`", OPERATE, flags=re.M))
    read = {
        name
        for file in (PLUGINS / "federation").rglob("*.py")
        for name in re.findall(r"environ(?:\.get)?[\[(]\"(HUB_[A-Z_]+)\"", file.read_text("utf-8"))
        if name != "HUB_BUILD_FOLDERS"  # between the hub and its own dbt process
    }
    assert {name for name in told if name.startswith("HUB_")} == read
    connections = {"CITY_<CITY>", "SMTP_HUB", "WEBHOOK_HUB"}
    assert told - read == {f"AIRFLOW_CONN_{name}" for name in connections}
    assert set(re.findall(r"\bHUB_[A-Z_]+", ALL)) == read


def test_limits_are_those_that_the_code_knows() -> None:
    def told(heading: str) -> set[str]:
        table = OPERATE.split(f"| {heading} |")[1].split("\n\n")[0]
        return {name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row)}

    assert told("limit of fetching") == {entry.name for entry in fields(Limits)} | {"HUB_LIMITS"}
    assert told("limit of `conform`") == {entry.name for entry in fields(SandboxLimits)}


@pytest.mark.parametrize(
    "words",
    [
        contract_words.TIME_FORMATS,
        contract_words.LAYOUTS,
        contract_words.AREA_SYSTEMS,
        contract_words.CADENCES,
        contract_words.CALENDARS,
        vocabulary.Delivery,
    ],
)
def test_the_words_of_contracts_are_told(words: Iterable[str]) -> None:
    assert set(map(str, words)) - named(CONTRACTS) == set()


@pytest.mark.parametrize(
    "model",
    [
        CityFile,
        FeedProperties,
        ColumnProperties,
        SlaProperties,
        Area,
        Whole,
        SuiteFile,
        ColumnEntry,
        ExpectationEntry,
        StuckEntry,
        AveragingEntry,
        StepEntry,
        HistoryEntry,
    ],
)
def test_every_key_of_the_yaml_files_is_told(model: type[YamlModel]) -> None:
    keys = {entry.alias or name for name, entry in model.model_fields.items()}
    assert keys - named(CONTRACTS) == set()


@pytest.mark.parametrize(
    "states", [vocabulary.VerdictKind, vocabulary.ExtractState, vocabulary.Consequence]
)
def test_the_glossary_tells_every_state(states: Iterable[str]) -> None:
    assert set(map(str, states)) - named(ARCHITECTURE) == set()


@pytest.mark.parametrize("words", [vocabulary.RecordState, vocabulary.ReasonCode])
def test_who_operates_reads_every_state_and_reason(words: Iterable[str]) -> None:
    told = named(OPERATE) | named(CONTRACTS)
    assert set(map(str, words)) - told - {vocabulary.ReasonCode.FAILED_EXPECTATION} == set()


def test_every_city_dataset_model_and_dag_is_named() -> None:
    for city in load_cities():
        assert city.name_en in PAGES["README.md"]
    told = named(MODELS)
    for dataset in dataset_names():
        assert load_suite(dataset).fact in told
    for layer in ("core", "marts"):
        for file in (DBT_PROJECT / "models" / layer).glob("*.sql"):
            hidden = "materialized='ephemeral'" in file.read_text("utf-8")
            assert hidden or file.stem in told, file.stem
    for file in DAGS.glob("*.py"):
        assert f"| `{file.stem}" in OPERATE


# -- places and links ------------------------------------------------------------------------------


def test_every_path_that_is_named_exists(release: Site) -> None:
    paths = {text.split()[0] for text in inline() if text.startswith(FOLDERS)}
    assert len(paths) > 40
    for path in sorted(paths):
        if path.startswith(SOMETIMES):
            continue
        root, inside = (
            (release.home.root, path.removeprefix(".hub/"))
            if path.startswith(".hub/")
            else (REPOSITORY, path)
        )
        assert any(root.glob(re.sub(r"<\w+>", "*", inside))), path


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_link_between_pages_leads_to_a_page_and_a_heading() -> None:
    links = [
        (page, link)
        for page, text in PAGES.items()
        for link in re.findall(r"\]\(([^)\s]+)\)", FENCES.sub("", text))
        if not link.startswith("https://")
    ]
    assert len(links) > 40
    for page, link in links:
        file, _, anchor = link.partition("#")
        target = (REPOSITORY / page).parent / file if file else REPOSITORY / page
        assert target.is_file(), (page, link)
        headings = re.findall(r"^#+ (.*)$", FENCES.sub("", target.read_text("utf-8")), flags=re.M)
        assert not anchor or anchor in map(slug, headings), (page, link)


def test_the_first_page_is_short_and_leads_to_all_others() -> None:
    assert len(PAGES["README.md"].splitlines()) <= 150
    for page in PAGES:
        linked = "plugins/README.md" if "/decisions/" in page else "README.md"
        name = page.removeprefix("plugins/") if "/decisions/" in page else page
        assert page == "README.md" or f"]({name}" in PAGES[linked], page


def test_a_decision_has_context_decision_and_consequences() -> None:
    records = [text for page, text in PAGES.items() if "/decisions/" in page]
    assert len(records) >= 5
    for text in records:
        assert re.findall(r"^## (.*)$", text, flags=re.M) == ["Context", "Decision", "Consequences"]


def test_the_diagram_of_the_rooms_is_that_of_the_declared_layers() -> None:
    assert with_diagram(ARCHITECTURE) == ARCHITECTURE, "run `make diagram`"


# -- questions -------------------------------------------------------------------------------------


def test_there_are_ten_questions() -> None:
    assert sum(page == "dbt_project/README.md" for page, _ in EXAMPLES) == 10
