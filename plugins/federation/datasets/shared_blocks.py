"""Expectations that several suites have in common stand once, in `_shared.yml`.

An entry `{use: NAME, with: {parameter: value}, …}` becomes the block NAME with its parameters
filled in; the entry's other keys stand instead of the block's. Its id is NAME unless it says one.
"""

from pathlib import Path
from string import Template
from typing import Any

from federation.common.errors import ContractError
from federation.common.yaml_files import read_yaml, validated
from federation.datasets.suite_file import SharedFile

SHARED = "_shared.yml"
Entry = dict[str, Any]


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


def _mappings(entries: list[Any]) -> list[Entry]:
    return [entry for entry in entries if isinstance(entry, dict)]


def _blocks(file: Path) -> dict[str, Entry]:
    document = read_yaml(file)
    validated(file, SharedFile, document)
    return dict(document["blocks"])


def _completed(file: Path, entry: Entry, blocks: dict[str, Entry]) -> Entry:
    own = {key: value for key, value in entry.items() if key not in ("use", "with")}
    name, parameters = entry["use"], entry.get("with", {})
    key = f"expectations.{own.get('id', name)}"
    if name not in blocks:
        known = ", ".join(sorted(blocks))
        raise ContractError(file, f"{key}.use", f"{name!r} is no block of {SHARED}; known: {known}")
    if not isinstance(parameters, dict):
        raise ContractError(file, f"{key}.with", "must be a mapping")
    block, used = blocks[name], _parameters(blocks[name])
    for parameter in sorted(used - parameters.keys()):
        raise ContractError(file, f"{key}.with.{parameter}", "must be given")
    for parameter in sorted(parameters.keys() - used):
        reason = f"unknown parameter; known: {', '.join(sorted(used))}"
        raise ContractError(file, f"{key}.with.{parameter}", reason)
    return {"id": name, **_filled(block, parameters), **own}


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
