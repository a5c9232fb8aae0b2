"""Reading OpenLineage events as another program would: against the specification's structure,
and as a graph."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMA = Path(__file__).with_name("openlineage.schema.json")


def read(file: Path) -> list[dict[str, Any]]:
    """Return the events of a file; fails the test for one that is not as the specification says."""
    validator = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    events = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert events
    assert [error.message for event in events for error in validator.iter_errors(event)] == []
    return events


def fed_by(events: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    """Return what each dataset is made from, directly or by way of others; by name."""
    made_from: dict[str, set[str]] = defaultdict(set)
    for event in events:
        for output in event["outputs"]:
            made_from[output["name"]] |= {entry["name"] for entry in event["inputs"]}
    grown = True
    while grown:
        more = {
            name: set().union(*(made_from.get(source, set()) for source in sources))
            for name, sources in made_from.items()
        }
        grown = any(more[name] - made_from[name] for name in more)
        for name, sources in more.items():
            made_from[name] |= sources
    return dict(made_from)
