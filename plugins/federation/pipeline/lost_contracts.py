"""Feeds that leave the release because their contract is gone: meant or not, somebody is told."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from federation.common.errors import DataProblem
from federation.common.paths import CONTRACTS
from federation.common.vocabulary import ExtractState
from federation.warehouse.plan import Plan, has_contract


def lost_contracts(base: Mapping[str, Any] | None, plan: Plan) -> Iterator[DataProblem]:
    """Yield each feed of the base that has no contract any more, as a trouble of the hub itself."""
    before = Counter(
        (entry["city"], entry["dataset"])
        for entry in (base or {}).get("inputs", [])
        if entry["state"] == ExtractState.CURRENT
    )
    now = {entry.key for entry in plan.inputs}
    for (city, dataset), extracts in sorted(before.items()):
        if (city, dataset) not in now and not has_contract(city, dataset):
            yield DataProblem(
                f"{city}/{dataset} has no contract any more: its {extracts} extracts left the "
                "release",
                where=str(CONTRACTS / city / f"{dataset}.yml"),
                todo=(
                    "put the file back, and they return with the next pass; if it was meant, "
                    "nothing: this is told once"
                ),
            )
