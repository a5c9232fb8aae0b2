"""Limits as configuration: `HUB_LIMITS` is a JSON object of the limits of fetching, with those of
the sandbox under `conform`."""

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from federation.common.errors import HubError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Limits = TypeVar("Limits", bound="DataclassInstance")
CONFORM = "conform"


def read_limits(text: str | None, where: str) -> dict[str, Any]:
    """Return the JSON object, empty for no text; raises HubError for a text that holds none."""
    try:
        given = json.loads(text or "{}")
    except ValueError:
        given = None
    if not isinstance(given, dict) or not isinstance(given.get(CONFORM, {}), dict):
        raise HubError(
            "the limits are no JSON object",
            where=where,
            todo='for example {"file_bytes": 1000000000, "conform": {"seconds": 60}}',
        )
    return given


def altered(limits: Limits, given: Mapping[str, Any], where: str) -> Limits:
    """Return the limits with the given ones in their place.

    Raises HubError for an unknown name, or a value that is no limit.
    """
    names = {entry.name for entry in fields(limits)}
    for name, value in given.items():
        if name not in names:
            raise HubError(
                f"unknown limit {name}", where=where, todo=f"known: {', '.join(sorted(names))}"
            )
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise HubError(f"the limit {name} is no whole number from 1 on", where=where)
    return replace(limits, **given)
