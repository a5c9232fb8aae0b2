"""The ledger seen at once: what `placed` asks of every feed, in a few queries instead of a few
for each feed."""

from collections import defaultdict
from typing import Any

from federation.ledger.ledger import Ledger, _arrival, _without
from federation.ledger.records import Arrival, Conformed, RowDecision, Verdict


class LedgerSnapshot(Ledger):
    """What a ledger holds now; what is added to it afterwards is not seen here."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger.engine, ledger.run_id, ledger._until)
        self._arrivals: dict[tuple[str, ...], list[Arrival]] = defaultdict(list)
        for row in self._rows(
            f"SELECT * FROM arrival WHERE {self._before('arrived_at')} ORDER BY arrival_id"
        ):
            self._arrivals[row["city"], row["dataset"]].append(_arrival(row))
        self._conformed: dict[tuple[str, ...], dict[str, Conformed]] = defaultdict(dict)
        for row in self._newest("conformed", "conform_key", "conformed_id"):
            record = Conformed(**_without(row, "conformed_id", "run_id"))
            self._conformed[record.city, record.dataset, record.conform_key][record.extract_id] = (
                record
            )
        self._verdicts: dict[tuple[str, ...], dict[str, Verdict]] = defaultdict(dict)
        for row in self._newest("verdict", "work_key", "verdict_id"):
            verdict = Verdict(**_without(row, "verdict_id", "run_id"))
            self._verdicts[verdict.city, verdict.dataset, verdict.work_key][verdict.extract_id] = (
                verdict
            )
        self._decisions: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
        for row in self._rows(
            "SELECT city, dataset, extract_id, decision FROM extract_decision "
            f"WHERE {self._before('decided_at')} ORDER BY decision_id"
        ):
            self._decisions[row["city"], row["dataset"]][row["extract_id"]] = row["decision"]
        self._row_decisions: dict[tuple[str, ...], list[RowDecision]] = defaultdict(list)
        for decision in super().row_decisions():
            self._row_decisions[decision.city, decision.dataset].append(decision)

    def _newest(self, table: str, key: str, number: str) -> list[dict[str, Any]]:
        order = f"city, dataset, {key}, extract_id"
        return self._rows(
            f"SELECT DISTINCT ON ({order}) * FROM {table} ORDER BY {order}, {number} DESC"
        )

    def arrivals(self, city: str, dataset: str) -> list[Arrival]:
        return self._arrivals[city, dataset]

    def conformed(self, city: str, dataset: str, conform_key: str) -> dict[str, Conformed]:
        return self._conformed[city, dataset, conform_key]

    def verdicts(self, city: str, dataset: str, work_key: str) -> dict[str, Verdict]:
        return self._verdicts[city, dataset, work_key]

    def decisions(self, city: str, dataset: str) -> dict[str, str]:
        return self._decisions[city, dataset]

    def row_decisions(
        self, city: str | None = None, dataset: str | None = None
    ) -> list[RowDecision]:
        return self._row_decisions[city, dataset or ""] if city else super().row_decisions()
