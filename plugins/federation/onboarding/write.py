"""A draft as the files of a city's folder: columns in flow style, questions as TODO."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from federation.datasets.suites import NationalColumn, Suite
from federation.onboarding.column_draft import ColumnDraft, Question
from federation.onboarding.contract_body import ContractBody
from federation.onboarding.readings import Reading
from federation.reference.areas import Area

_LOGICAL = {
    "VARCHAR": "string",
    "TIMESTAMPTZ": "timestamp",
    "DATE": "date",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DOUBLE": "number",
}
# What may be asked of a column and is a key of its own; all else is a custom property.
_KEYS = ("physicalName", "transformLogic")


def plain(value: Any, answers: bool) -> Any:
    """Return a value with its questions as TODO texts, or with `answers` as their guesses."""
    if isinstance(value, Question):
        return value.guess if answers else value.text
    if isinstance(value, Mapping):
        return {key: plain(member, answers) for key, member in value.items()}
    if isinstance(value, list | tuple):
        members = [plain(member, answers) for member in value]
        return [member for member in members if member is not None]
    return value


def _flow(value: Any) -> str:
    text = yaml.dump(
        value, default_flow_style=True, allow_unicode=True, width=100_000, sort_keys=False
    )
    return text.removesuffix("\n").removesuffix("\n...")


def _schema_line(name: str) -> str:
    """Return the line by which an editor finds the JSON Schema, from a city's folder."""
    return f"# yaml-language-server: $schema=../../schemas/{name}.schema.json"


def city_text(city: str, area: Area, facts: Mapping[str, Any], answers: bool) -> str:
    """Return `_city.yml`; `facts` are the code, the region, names, spellings and the steward."""
    document = plain(facts, answers)
    lines = [
        _schema_line("city"),
        f"# Drafted from sample extracts of {area.name_en}: answer every TODO; hub refuses the "
        "city until then.",
        f"city: {city}",
        f"code: {_flow(document['code'])}",
        f"region: {_flow(document['region'])}",
        f"name: {_flow({'th': area.name_th, 'en': area.name_en})}",
        "shadow_periods: 3  # delete this line to let the city into releases (hub status says "
        "when it is ready)",
        f"connection: city_{city}",
        "facts: {zone: Asia/Bangkok}",
        f"province_names: {_flow(document['province_names'])}  # how rows name their province",
        *_spellings(document["area_spellings"]),
        "stewards:",
        f"  - {_flow(document['steward'])}",
    ]
    return "\n".join(lines) + "\n"


def _spellings(spellings: Mapping[str, str]) -> Iterator[str]:
    if spellings:
        yield "area_spellings:  # the offices' spelling: the register's"
    for spelling, official in spellings.items():
        yield f"  {_flow(spelling)}: {_flow(official)}"


def contract_text(
    city: str, suite: Suite, head: Mapping[str, Any], body: ContractBody, answers: bool
) -> str:
    """Return a feed's ODCS file.

    `head` holds the path, the dataset, the cadence, the latency and the limitations.
    """
    plain_head = plain(head, answers)
    lines = [
        *_header(city, suite, plain_head),
        "schema:",
        f"  - name: {suite.name}",
        f"    dataGranularityDescription: {_flow(suite.grain)}",
        "    customProperties:",
        *_delivered(plain(body.delivered, answers)),
        *_facts(body, answers),
        "    properties:",
        *_properties(suite, body.drafts, answers),
        "slaProperties:",
        *_sla(plain_head["cadence"], plain_head["latency"]),
    ]
    return "\n".join(lines) + "\n"


def _header(city: str, suite: Suite, head: Mapping[str, Any]) -> Iterator[str]:
    thai, english = suite.title.get("th", ""), suite.title.get("en", suite.name)
    server = {"server": "platform", "type": "custom", "path": head["path"]}
    yield _schema_line("contract")
    yield "apiVersion: v3.1.0"
    yield "kind: DataContract"
    yield f"id: {city}.{suite.name}"
    yield f"name: {_flow(f'{thai} ({english})')}"
    yield "version: 1.0.0"
    yield "status: draft"
    yield f"domain: {suite.depa_dimension}"
    yield f"dataProduct: {_flow(head['dataset'])}"
    yield "description:"
    yield f"  purpose: {_flow(suite.grain)}"
    yield "  usage: Not stated."
    yield f"  limitations: {_flow(head['limitations'])}"
    yield "servers:"
    yield f"  - {_flow(server)}"


def _delivered(columns: Mapping[str, Any]) -> Iterator[str]:
    yield "      - property: columns  # as delivered, with their Arrow types"
    yield "        value:"
    for name, kind in columns.items():
        yield f"          {_flow(name)}: {_flow(kind)}"


def _facts(body: ContractBody, answers: bool) -> Iterator[str]:
    facts = {**body.facts}
    if body.not_published:
        facts["not_published"] = body.not_published
    for name, value in plain(facts, answers).items():
        yield f"      - {_flow({'property': name, 'value': value})}"


def _properties(suite: Suite, drafts: Sequence[ColumnDraft], answers: bool) -> Iterator[str]:
    national = {column.name: column for column in suite.columns}
    for draft in drafts:
        yield f"      - {_flow(_property(draft, national[draft.name], answers))}"


def _property(draft: ColumnDraft, column: NationalColumn, answers: bool) -> dict[str, Any]:
    reading = draft.readings[0] if draft.readings else Reading(())
    asks = {} if answers else draft.asks
    line: dict[str, Any] = {"name": draft.name, **_sources(reading)}
    line["logicalType"] = _LOGICAL[column.type]
    if column.key or column.period:
        line["required"] = True
    if column.key:
        line["primaryKey"] = True
    if reading.transform:
        line["transformLogic"] = reading.transform
    facts = dict(reading.facts)
    for key, question in asks.items():
        if key in _KEYS:
            line[key] = question.text
        else:
            facts[key] = question
    if "physicalName" in asks:
        line.pop("transformSourceObjects", None)
    if facts:
        line["customProperties"] = _custom_properties(facts, answers)
    return line


def _custom_properties(facts: Mapping[str, Any], answers: bool) -> list[dict[str, Any]]:
    return [{"property": key, "value": plain(value, answers)} for key, value in facts.items()]


def _sources(reading: Reading) -> dict[str, Any]:
    if len(reading.sources) > 1:
        return {"transformSourceObjects": list(reading.sources)}
    return {"physicalName": reading.sources[0]} if reading.sources else {}


def _sla(cadence: str, latency: str | None) -> Iterator[str]:
    yield f"  - {_flow({'property': 'frequency', 'value': cadence})}"
    if latency:
        late = {
            "property": "latency",
            "value": latency,
            "description": "after the end of the period",
        }
        yield f"  - {_flow(late)}"
