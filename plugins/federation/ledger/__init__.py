"""The hub's append-only record in PostgreSQL of every arrival, verdict, release, mail and
decision.

PostgreSQL itself refuses to change or remove a row.
"""

from federation.ledger.ledger import Ledger, is_trial
from federation.ledger.open import open_database, open_ledger
from federation.ledger.records import (
    Arrival,
    Check,
    Conformed,
    Decision,
    Measured,
    Remark,
    RowDecision,
    Sighting,
    Verdict,
)
from federation.ledger.snapshot import LedgerSnapshot, read_ledger

__all__ = [
    "Arrival",
    "Check",
    "Conformed",
    "Decision",
    "Ledger",
    "LedgerSnapshot",
    "Measured",
    "Remark",
    "RowDecision",
    "Sighting",
    "Verdict",
    "is_trial",
    "open_database",
    "open_ledger",
    "read_ledger",
]
