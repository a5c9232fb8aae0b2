"""A YAML file that breaks a rule of its model is refused with file, key, reason and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pytest
from federation.common.errors import ContractError
from federation.common.yaml_files import Day, OneOf, Text, YamlModel, load_yaml, wrong
from pydantic import Field, model_validator


class Entry(YamlModel):
    id: Text
    colour: Literal["red", "blue"] = "red"
    size: Annotated[str, OneOf("small", "large")] = "small"
    since: Day | None = None
    count: Annotated[int, Field(strict=True, ge=1)] = 1

    @model_validator(mode="after")
    def _small_things_are_red(self) -> Entry:
        if self.size == "small" and self.colour != "red":
            raise wrong("small things are red", "colour", todo="write red")
        return self


class File(YamlModel):
    entries: tuple[Entry, ...] = Field(min_length=1)


@pytest.mark.parametrize(
    ("text", "key", "reason", "todo"),
    [
        ("{", "(whole file)", "cannot be read as YAML", "correct"),
        ("- a", "(whole file)", "must be a mapping", "correct"),
        ("", "entries", "must be given", "correct"),
        ("entries:", "entries", "must be given", "correct"),
        ("entries: []", "entries", "must be given", "correct"),
        ("entries: x", "entries", "must be a list", "correct"),
        ("entries: [x]", "entries.0", "must be a mapping", "correct"),
        ("entries: [{}]", "entries.0.id", "must be given", "correct"),
        ("entries: [{id: ''}]", "entries.0.id", "must be given", "correct"),
        ("entries: [{id: 5}]", "entries.5.id", "must be a text", "correct"),
        ("entries: [{id: a, color: red}]", "entries.a.color", "unknown key", "colour?"),
        ("entries: [{id: a, qqq: red}]", "entries.a.qqq", "known: colour, count", "delete"),
        ("entries: [{id: a, colour: tan}]", "entries.a.colour", "'tan' is none of 'red'", ""),
        ("entries: [{id: a, size: [1]}]", "entries.a.size", "[1] is none of 'small'", ""),
        ("entries: [{id: a, since: soon}]", "entries.a.since", "'soon' is no date", ""),
        ("entries: [{id: a, since: 2026-07-01 10:00:00}]", "entries.a.since", "no date", ""),
        ("entries: [{id: a, count: true}]", "entries.a.count", "must be a whole number", ""),
        ("entries: [{id: a, count: 0}]", "entries.a.count", "must be 1 or more", ""),
        ("entries: [{id: a, colour: blue}]", "entries.a.colour", "small things are red", "write"),
    ],
)
def test_a_file_is_refused_for(tmp_path: Path, text: str, key: str, reason: str, todo: str) -> None:
    file = tmp_path / "things.yml"
    file.write_text(text, "utf-8")
    with pytest.raises(ContractError) as refused:
        load_yaml(file, File)
    assert (refused.value.file, refused.value.key) == (str(file), key)
    assert reason in refused.value.reason
    assert todo in refused.value.todo


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="No such file"):
        load_yaml(tmp_path / "nothing.yml", File)
