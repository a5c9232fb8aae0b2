"""Who hears of the federation beside the stewards of the cities, and how soon incidents are to
be mended: `_national.yml`."""

from functools import cache
from typing import Any

import yaml

from federation.common.paths import CONTRACTS
from federation.contracts.model import Contact


def national() -> dict[str, Any]:
    """Return what `_national.yml` says."""
    return dict(yaml.safe_load((CONTRACTS / "_national.yml").read_text("utf-8")))


def stakeholders() -> list[Contact]:
    """Return those who hear of releases of the whole nation."""
    return [Contact(**entry) for entry in national()["stakeholders"]]


def on_call() -> list[Contact]:
    """Return the data engineers who are told of failures of the hub itself."""
    return [Contact(**entry) for entry in national().get("on_call", [])]


@cache
def repair_within_working_days() -> dict[str, int]:
    """Return severity -> the working days within which an incident of it should be mended."""
    return {
        str(severity): int(days)
        for severity, days in national()["repair_within_working_days"].items()
    }
