"""The JSON Schema of a contract file: ODCS v3.1 as its package has it, closed, with the hub's own
vocabulary in its customProperties and slaProperties."""

from collections.abc import Mapping
from typing import Any

from open_data_contract_standard.model import OpenDataContractStandard

from federation.common.yaml_files import YamlModel
from federation.contracts.properties import ColumnProperties, FeedProperties, SlaProperties

Schema = dict[str, Any]
# Definition of ODCS -> its list of {property, value}, and the model that says which there are.
_OWN: Mapping[str, tuple[str, type[YamlModel]]] = {
    "SchemaObject": ("customProperties", FeedProperties),
    "SchemaProperty": ("customProperties", ColumnProperties),
}


def contract_schema() -> Schema:
    """Return the JSON Schema of a contract file."""
    schema = OpenDataContractStandard.model_json_schema()
    definitions = schema["$defs"]
    for definition in (schema, *definitions.values()):
        if "properties" in definition:
            definition["additionalProperties"] = False
    for name, (key, model) in _OWN.items():
        items = {"anyOf": [*_entries(model, definitions)]}
        definitions[name]["properties"][key] = {"type": "array", "items": items}
    levels = {"anyOf": [*_entries(SlaProperties, definitions), _other_levels()]}
    schema["properties"]["slaProperties"] = {"type": "array", "items": levels}
    return schema


def _entries(model: type[YamlModel], definitions: Schema) -> list[Schema]:
    """Return one schema for each {property, value} that a model knows."""
    own = model.model_json_schema()
    definitions |= own.get("$defs", {})
    return [_entry(name, value) for name, value in own["properties"].items()]


def _entry(name: str, value: Schema) -> Schema:
    entry = {"property": {"const": name}, "value": value, "description": {"type": "string"}}
    return {
        "type": "object",
        "properties": entry,
        "required": ["property", "value"],
        "additionalProperties": False,
    }


def _other_levels() -> Schema:
    """Return the schema of service levels that the hub does not read."""
    own = SlaProperties.model_json_schema()["properties"]
    return {
        "type": "object",
        "properties": {"property": {"type": "string", "not": {"enum": [*own]}}},
        "required": ["property"],
    }
