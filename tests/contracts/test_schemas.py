"""Every YAML file in `expectations` names its JSON Schema, which an editor completes it by, and
holds to it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from federation.cli.schemas import schemas
from federation.common.paths import INDICATORS, REPOSITORY, SCHEMAS
from federation.contracts.documents import read_document
from jsonschema import Draft202012Validator

EXPECTATIONS = REPOSITORY / "expectations"
FILES = [*sorted(EXPECTATIONS.rglob("*.yml")), *sorted(INDICATORS.glob("*.yml"))]
MODELINE = re.compile(r"# yaml-language-server: \$schema=(\S+)")
NAMED = {
    "_shared.yml": "shared",
    "_city.yml": "city",
    "_national.yml": "national",
    "waivers.yml": "waivers",
    "subscriptions.yml": "subscriptions",
    "units.yml": "units",
}


def schema_of(file: Path) -> Path:
    if file.parent == INDICATORS:
        return SCHEMAS / "indicator.schema.json"
    kind = NAMED.get(file.name) or file.relative_to(EXPECTATIONS).parts[0].removesuffix("s")
    return SCHEMAS / f"{kind}.schema.json"


def errors(schema: Path, document: Any) -> list[str]:
    validator = Draft202012Validator(json.loads(schema.read_text("utf-8")))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def test_the_schemas_are_those_of_the_models() -> None:
    written = {file.name: file.read_text("utf-8") for file in SCHEMAS.iterdir()}
    assert written == schemas(), "write them anew with: make schemas"
    for text in written.values():
        Draft202012Validator.check_schema(json.loads(text))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(REPOSITORY)))
def test_a_file_names_its_schema_and_holds_to_it(file: Path) -> None:
    first = MODELINE.fullmatch(file.read_text("utf-8").partition("\n")[0])
    assert first, "the first line must name the schema"
    schema = schema_of(file)
    assert first[1] == os.path.relpath(schema, file.parent)
    assert errors(schema, read_document(file)) == []


@pytest.mark.parametrize(
    ("schema", "document"),
    [
        ("suite", {"expectations": [{"id": "x"}], "title": {"th": "x", "en": "x"}}),
        ("suite", {"expectations": [], "title": {"th": "x", "en": "x"}, "grian": "x"}),
        ("waivers", {"waivers": [{"city": "phuket"}]}),
        ("subscriptions", {"subscriptions": [{"email": "a@example.org", "when": "never"}]}),
        ("city", {"city": "phuket", "code": 83}),
        ("units", {"units": {"m": {"quantity": "length"}}}),
        ("contract", {"servrs": []}),
        ("contract", {"slaProperties": [{"property": "frequency", "value": "hourly"}]}),
    ],
)
def test_a_schema_refuses_what_the_hub_refuses(schema: str, document: Any) -> None:
    assert errors(SCHEMAS / f"{schema}.schema.json", document)


@pytest.mark.parametrize(
    "fact", [{"property": "calender", "value": "BE"}, {"property": "calendar", "value": "lunar"}]
)
def test_a_schema_knows_the_hub_s_own_vocabulary(fact: dict[str, str]) -> None:
    file = EXPECTATIONS / "contracts" / "phuket" / "air_quality.yml"
    document = read_document(file)
    document["schema"][0]["customProperties"].append(fact)
    assert errors(schema_of(file), document)
