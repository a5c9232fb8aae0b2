"""The keys of conformed records and verdicts cover all code that decides."""

from __future__ import annotations

from pathlib import Path

import grimp
import pytest
from federation.extracts import code_keys

# From these on everything that they import decides. The sandbox's worker is a program of its own.
CONFORMING = (
    "federation.contracts.load",
    "federation.conform.proposals",
    "federation.conform.sandbox.sandbox",
    "federation.conform.sandbox.supervisor",
)
JUDGING = (
    "federation.extracts.judging",
    "federation.gate.exemptions",
    "federation.gate.verdict",
)
# These carry facts and decide nothing about the content of a record or verdict.
CARRIERS = ("federation.ledger", "federation.extracts.extract", "federation.common.settings")


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return grimp.build_graph("federation", exclude_type_checking_imports=True, cache_dir=None)


def closure(graph: grimp.ImportGraph, roots: tuple[str, ...]) -> set[str]:
    seen: set[str] = set()
    waiting = list(roots)
    while waiting:
        module = waiting.pop()
        if module not in seen and not module.startswith(CARRIERS):
            seen.add(module)
            waiting += graph.find_modules_directly_imported_by(module)
    return seen


def test_the_key_of_conformed_records_names_every_module_that_decides(
    imports: grimp.ImportGraph,
) -> None:
    assert set(code_keys.CONFORMING_MODULES) == closure(imports, CONFORMING)


def test_the_key_of_verdicts_names_every_module_that_decides(imports: grimp.ImportGraph) -> None:
    conforming = closure(imports, CONFORMING)
    assert set(code_keys.JUDGING_MODULES) == closure(imports, JUDGING) - conforming


@pytest.mark.parametrize(
    "module",
    [
        "federation.conform.profile.texts",
        "federation.datasets.suites",
        "federation.reference.areas",
        "federation.common.periods",
        "federation.common.engine",
    ],
)
def test_an_edit_of_a_deciding_module_is_new_work(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert module in code_keys.CONFORMING_MODULES
    before = code_keys.conforming_code()
    edited = tmp_path.joinpath(*module.split(".")).with_suffix(".py")
    for name in code_keys.CONFORMING_MODULES:
        copy_source(name, tmp_path)
    edited.write_text(edited.read_text("utf-8") + "\n# edited\n", "utf-8")
    monkeypatch.setattr(code_keys, "PLUGINS", tmp_path)
    code_keys.conforming_code.cache_clear()
    try:
        assert code_keys.conforming_code() != before
    finally:
        code_keys.conforming_code.cache_clear()


def copy_source(module: str, target: Path) -> None:
    source = code_keys.PLUGINS.joinpath(*module.split("."))
    package = source.is_dir()
    file = source / "__init__.py" if package else source.with_suffix(".py")
    place = target / file.relative_to(code_keys.PLUGINS)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(file.read_bytes())


def test_another_version_of_a_deciding_package_is_new_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = code_keys.conforming_code()
    monkeypatch.setattr(code_keys, "version", lambda package: f"{package} of another day")
    code_keys.conforming_code.cache_clear()
    try:
        assert code_keys.conforming_code() != before
    finally:
        code_keys.conforming_code.cache_clear()
