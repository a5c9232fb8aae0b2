"""Expectations that several suites have in common stand once, in `_shared.yml`.

An entry `{use: NAME, with: {parameter: value}, …}` becomes the block NAME with its parameters
filled in; the entry's other keys stand instead of the block's. Its id is NAME unless it says one.
"""

from collections.abc import Set
from pathlib import Path
from string import Template
from typing import Any

from pydantic import Field

from federation.common.errors import ContractError
from federation.common.yaml_files import Bilingual, Text, YamlModel, read_yaml, validated
from federation.datasets.suite_file import ExpectationEntry, SharedFile

SHARED = "_shared.yml"
_USE = ("use", "with")
Entry = dict[str, Any]


class Use(YamlModel):
    """What an entry says of the block that completes it."""

    use: Text
    parameters: dict[str, Any] = Field(default={}, alias="with")


def with_shared(file: Path, entries: Any) -> Any:
    """Return a suite's expectations as if nothing were shared; raises ContractError.

    What is no list of mappings is returned as it is, for the suite's model to refuse.
    """
    if not isinstance(entries, list) or not any("use" in entry for entry in _mappings(entries)):
        return entries
    blocks = _blocks(file.with_name(SHARED))
    return [
        _completed(file, entry, blocks) if isinstance(entry, dict) and "use" in entry else entry
        for entry in entries
    ]


def todo_of(file: Path, entry: ExpectationEntry) -> dict[str, str]:
    """Return what an expectation asks of stewards, by language; raises ContractError for a name
    that stands for nothing."""
    if isinstance(entry.todo, Bilingual):
        return entry.todo.model_dump()
    shared = file.with_name(SHARED)
    known = validated(shared, SharedFile, read_yaml(shared)).todos
    if entry.todo not in known:
        reason = f"{entry.todo!r} is no todo of {SHARED}; known: {', '.join(sorted(known))}"
        raise ContractError(file, f"expectations.{entry.id}.todo", reason)
    return known[entry.todo].model_dump()


def _mappings(entries: list[Any]) -> list[Entry]:
    return [entry for entry in entries if isinstance(entry, dict)]


def _blocks(file: Path) -> dict[str, Entry]:
    document = read_yaml(file)
    validated(file, SharedFile, document)
    return dict(document["blocks"])


def _completed(file: Path, entry: Entry, blocks: dict[str, Entry]) -> Entry:
    own = {key: value for key, value in entry.items() if key not in _USE}
    key = f"expectations.{own.get('id', entry['use'])}"
    used = validated(file, Use, {name: entry[name] for name in _USE if name in entry}, key)
    if used.use not in blocks:
        reason = f"{used.use!r} is no block of {SHARED}; known: {', '.join(sorted(blocks))}"
        raise ContractError(file, f"{key}.use", reason)
    block = blocks[used.use]
    _check_parameters(file, f"{key}.with", used.parameters.keys(), _parameters(block))
    return {"id": used.use, **_filled(block, used.parameters), **own}


def _check_parameters(file: Path, key: str, given: Set[str], asked: Set[str]) -> None:
    for name in sorted(asked - given):
        raise ContractError(file, f"{key}.{name}", "must be given")
    for name in sorted(given - asked):
        reason = f"unknown parameter; known: {', '.join(sorted(asked))}"
        raise ContractError(file, f"{key}.{name}", reason)


def _parameters(value: Any) -> set[str]:
    if isinstance(value, str):
        return set(Template(value).get_identifiers())
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return set().union(*map(_parameters, inner))
    return set()


def _filled(value: Any, parameters: Entry) -> Any:
    """Return the value with its parameters filled in; a text that is one parameter alone becomes
    the parameter's value, of whatever type."""
    if isinstance(value, dict):
        return {key: _filled(inner, parameters) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, parameters) for inner in value]
    if not isinstance(value, str):
        return value
    alone = value.removeprefix("$") if value.startswith("$") else ""
    return parameters[alone] if alone in parameters else Template(value).substitute(parameters)
