"""What came of each model and test of dbt's last command."""

import json
from dataclasses import dataclass

from federation.common.paths import Home

_FAILED = ("error", "fail", "runtime error")


@dataclass(frozen=True)
class NodeResult:
    """One model, seed or test of dbt, as run_results.json tells of it."""

    name: str  # kind and name, as `model fct_tourism`
    status: str  # success, error, pass, fail, skipped: dbt's own words
    seconds: float
    message: str

    @property
    def is_failed(self) -> bool:
        return self.status in _FAILED

    @property
    def line(self) -> str:
        """One line of a table: seconds, status, name, and of a failure dbt's message."""
        why = f": {' '.join(self.message.split())[:300]}" if self.is_failed else ""
        return f"{self.seconds:7.2f} s  {self.status:8} {self.name}{why}"


def node_results(home: Home) -> list[NodeResult]:
    """Return what came of each node, the slowest first; nothing where dbt failed before the
    first."""
    if not home.dbt_results.exists():
        return []
    results = json.loads(home.dbt_results.read_text("utf-8"))["results"]
    return sorted(map(_node, results), key=lambda node: -node.seconds)


def _node(result: dict[str, object]) -> NodeResult:
    kind, _, name = str(result["unique_id"]).split(".")[:3]
    return NodeResult(
        f"{kind} {name}",
        str(result["status"]),
        float(str(result["execution_time"])),
        str(result.get("message") or ""),
    )
