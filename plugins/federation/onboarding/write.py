"""A draft as the files of a city's folder, in the style that reviewers know: columns in flow
style, questions as TODO."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from federation.datasets.suites import NationalColumn, Suite
from federation.onboarding.build import Built
from federation.onboarding.entries import Entry, Question
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
_KEYS = ("physicalName", "transformLogic")  # what is asked of a column beside its facts


def told(value: Any, answers: bool) -> Any:
    """Return a value with its questions written as TODO, or with `answers` as they are guessed."""
    if isinstance(value, Question):
        return value.guess if answers else value.text
    if isinstance(value, Mapping):
        return {key: told(inner, answers) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [inner for one in value if (inner := told(one, answers)) is not None]
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
    """Return `_city.yml`; `facts` holds what the samples told: names in rows, spellings, code."""
    document = told(facts, answers)
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
    ]
    if document["area_spellings"]:
        lines.append("area_spellings:  # the offices' spelling: the register's")
        lines += [
            f"  {_flow(ours)}: {_flow(theirs)}"
            for ours, theirs in document["area_spellings"].items()
        ]
    lines += ["stewards:", f"  - {_flow(document['steward'])}"]
    return "\n".join(lines) + "\n"


def contract_text(
    city: str,
    suite: Suite,
    built: Built,
    columns: Mapping[str, Any],
    head: Mapping[str, Any],
    answers: bool,
) -> str:
    """Return a feed's ODCS file.

    `head` holds the path, the cadence, the latency, remarks and how sure the dataset is.
    """
    left_out = {"not_published": built.not_published} if built.not_published else {}
    facts = told({**head, "facts": {**built.facts, **left_out}, "columns": columns}, answers)
    return (
        "\n".join(
            [
                _schema_line("contract"),
                "apiVersion: v3.1.0",
                "kind: DataContract",
                f"id: {city}.{suite.name}",
                "name: "
                f"{_flow(' '.join((suite.title.get('th', ''), '(' + suite.title.get('en', suite.name) + ')')))}",
                "version: 1.0.0",
                "status: draft",
                f"domain: {suite.depa_dimension}",
                f"dataProduct: {_flow(facts['dataset'])}",
                "description:",
                f"  purpose: {_flow(suite.grain)}",
                "  usage: Not stated.",
                f"  limitations: {_flow(facts['limitations'])}",
                "servers:",
                f"  - {_flow({'server': 'platform', 'type': 'custom', 'path': facts['path']})}",
                "schema:",
                f"  - name: {suite.name}",
                f"    dataGranularityDescription: {_flow(suite.grain)}",
                "    customProperties:",
                "      - property: columns  # as delivered, with their Arrow types",
                "        value:",
                *(
                    f"          {_flow(name)}: {_flow(kind)}"
                    for name, kind in facts["columns"].items()
                ),
                *(
                    f"      - {_flow({'property': name, 'value': value})}"
                    for name, value in facts["facts"].items()
                ),
                "    properties:",
                *_properties(suite, built.entries, answers),
                "slaProperties:",
                *_sla(facts["cadence"], facts["latency"]),
            ]
        )
        + "\n"
    )


def _sla(cadence: str, latency: str | None) -> Iterator[str]:
    yield f"  - {_flow({'property': 'frequency', 'value': cadence})}"
    if latency:
        yield (
            "  - "
            f"{_flow({'property': 'latency', 'value': latency, 'description': 'after the end of the period'})}"
        )


def _properties(suite: Suite, entries: Sequence[Entry], answers: bool) -> Iterator[str]:
    national = {column.name: column for column in suite.columns}
    return (
        f"      - {_flow(_property(entry, national[entry.name], answers))}" for entry in entries
    )


def _property(entry: Entry, column: NationalColumn, answers: bool) -> dict[str, Any]:
    reading = entry.readings[0] if entry.readings else Reading(())
    asks = {} if answers else entry.asks
    line: dict[str, Any] = {
        "name": entry.name,
        **_sources(reading),
        "logicalType": _LOGICAL[column.type],
    }
    line |= {"required": True} if column.key or column.period else {}
    line |= {"primaryKey": True} if column.key else {}
    line |= {"transformLogic": reading.transform} if reading.transform else {}
    line |= {key: ask.text for key, ask in asks.items() if key in _KEYS}
    if "physicalName" in asks:
        line.pop("transformSourceObjects", None)
    facts = {**reading.facts, **{key: ask for key, ask in asks.items() if key not in _KEYS}}
    if facts:
        line["customProperties"] = [
            {"property": key, "value": told(value, answers)} for key, value in facts.items()
        ]
    return line


def _sources(reading: Reading) -> dict[str, Any]:
    if len(reading.sources) > 1:
        return {"transformSourceObjects": list(reading.sources)}
    return {"physicalName": reading.sources[0]} if reading.sources else {}
