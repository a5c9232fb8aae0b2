"""Waivers: expectations that a named person lets fail for one feed, until a day.

Reviewed in `expectations/waivers.yml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from federation.common.errors import ContractError
from federation.common.paths import WAIVERS
from federation.common.periods import today
from federation.contracts.model import Feed
from federation.datasets.suites import load_suite

_KEYS = ("city", "dataset", "expectation", "owner", "reason", "expires")


@dataclass(frozen=True)
class Waiver:
    """One expectation that may fail for one feed: who answers for it, why, and the last local
    day on which it holds."""

    city: str
    dataset: str
    expectation: str
    owner: str
    reason: str
    expires: date

    def __str__(self) -> str:
        return f"{self.owner}, until {self.expires}"


@cache
def load_waivers(file: Path = WAIVERS) -> tuple[Waiver, ...]:
    """Return every waiver, expired ones too, as written.

    Raises ContractError with file, key and reason.
    """
    try:
        listed = (yaml.safe_load(file.read_text("utf-8")) or {}).get("waivers") or []
    except (OSError, yaml.YAMLError, AttributeError) as error:
        raise ContractError(file, "waivers", f"cannot be read: {error}") from error
    return tuple(_waiver(file, f"waivers.{number}", entry) for number, entry in enumerate(listed))


def _waiver(file: Path, key: str, entry: Mapping[str, Any]) -> Waiver:
    for name in _KEYS:
        if not entry.get(name):
            raise ContractError(file, f"{key}.{name}", "must be given")
    for name in entry:
        if name not in _KEYS:
            raise ContractError(file, f"{key}.{name}", f"unknown key; known: {', '.join(_KEYS)}")
    if not isinstance(entry["expires"], date):
        raise ContractError(file, f"{key}.expires", f"{entry['expires']!r} is no date (2026-07-01)")
    if entry["expectation"] not in {
        known.id for known in load_suite(entry["dataset"]).expectations
    }:
        raise ContractError(
            file,
            f"{key}.expectation",
            f"the suite {entry['dataset']} has no {entry['expectation']!r}",
        )
    return Waiver(**entry)


def holding(feed: Feed) -> dict[str, Waiver]:
    """Return expectation -> the waiver that holds for this feed today."""
    return {
        waiver.expectation: waiver
        for waiver in load_waivers()
        if (waiver.city, waiver.dataset) == feed.key and waiver.expires >= today()
    }


def expired() -> list[Waiver]:
    """Return the waivers whose last day has passed: what they let fail must be mended, or the
    waiver written anew."""
    return [waiver for waiver in load_waivers() if waiver.expires < today()]
