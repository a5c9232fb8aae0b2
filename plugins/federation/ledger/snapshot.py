"""The ledger of one moment: what the work on extracts asks of every feed, read in five queries."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from federation.ledger.ledger import Ledger
from federation.ledger.records import Arrival, Conformed, RowDecision, Verdict

FeedKey = tuple[str, str]  # city, dataset
WorkKey = tuple[str, str, str]  # city, dataset, and the key of what decides


@dataclass(frozen=True)
class LedgerSnapshot:
    """What a ledger holds now; what is added to it afterwards is not seen here.

    A key without any row has an empty list or mapping.
    """

    arrivals: Mapping[FeedKey, list[Arrival]]  # oldest first
    conformed: Mapping[WorkKey, dict[str, Conformed]]  # by conform key; extract_id -> the newest
    verdicts: Mapping[WorkKey, dict[str, Verdict]]  # by work key; extract_id -> the newest
    decisions: Mapping[FeedKey, dict[str, str]]  # extract_id -> what a person decided last
    row_decisions: Mapping[str, list[RowDecision]]  # by extract_id; the newest on each record


def read_ledger(ledger: Ledger) -> LedgerSnapshot:
    """Return the ledger of this moment."""
    seen = LedgerSnapshot(
        defaultdict(list),
        defaultdict(dict),
        defaultdict(dict),
        defaultdict(dict),
        defaultdict(list),
    )
    for arrival in ledger.arrivals.all():
        seen.arrivals[arrival.city, arrival.dataset].append(arrival)
    for record in ledger.conformed.newest():
        seen.conformed[record.city, record.dataset, record.conform_key][record.extract_id] = record
    for verdict in ledger.verdicts.newest():
        seen.verdicts[verdict.city, verdict.dataset, verdict.work_key][verdict.extract_id] = verdict
    for row in ledger.decisions.newest():
        seen.decisions[row.city, row.dataset][row.extract_id] = row.decision
    for decision in ledger.row_decisions.newest():
        seen.row_decisions[decision.extract_id].append(decision)
    return seen
