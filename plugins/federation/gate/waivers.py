"""Waivers: expectations that a named person lets fail for one feed, until a day.

Reviewed in `expectations/waivers.yml`.
"""

from functools import cache
from pathlib import Path

from pydantic import Field

from federation.common.errors import ContractError
from federation.common.paths import CONTRACTS, WAIVERS
from federation.common.periods import today
from federation.common.yaml_files import Day, Text, YamlModel, load_yaml
from federation.contracts.model import Feed
from federation.datasets.suites import load_suite


class Waiver(YamlModel):
    """One expectation that may fail for one feed: who answers for it, why, and the last local
    day on which it holds."""

    city: Text
    dataset: Text
    expectation: Text
    owner: Text = Field(description="the address of the person who answers for it")
    reason: Text
    expires: Day = Field(description="the last local day on which it holds")

    def __str__(self) -> str:
        return f"{self.owner}, until {self.expires}"


class WaiversFile(YamlModel):
    """`waivers.yml`."""

    waivers: tuple[Waiver, ...] | None = None


@cache
def load_waivers(file: Path = WAIVERS) -> tuple[Waiver, ...]:
    """Return every waiver, expired ones too, as written.

    Raises ContractError with file, key and reason.
    """
    waivers = load_yaml(file, WaiversFile).waivers or ()
    for number, waiver in enumerate(waivers):
        if not (CONTRACTS / waiver.city).is_dir():
            raise ContractError(
                file, f"waivers.{number}.city", f"no city is called {waiver.city!r}"
            )
        ids = {entry.id for entry in load_suite(waiver.dataset).expectations}
        if waiver.expectation not in ids:
            reason = f"the suite {waiver.dataset} has no {waiver.expectation!r}"
            raise ContractError(file, f"waivers.{number}.expectation", reason)
    return waivers


def holding(feed: Feed) -> dict[str, Waiver]:
    """Return expectation -> the waiver that holds for this feed today."""
    return {
        waiver.expectation: waiver
        for waiver in load_waivers()
        if (waiver.city, waiver.dataset) == feed.key and waiver.expires >= today()
    }


def expired() -> list[Waiver]:
    """Return the waivers whose last day has passed: the fault must be mended, or the waiver written
    anew."""
    return [waiver for waiver in load_waivers() if waiver.expires < today()]
