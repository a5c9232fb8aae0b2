"""The hub's append-only record in PostgreSQL of every arrival, verdict, release, mail and
decision."""

from federation.ledger.glance import Glance
from federation.ledger.ledger import Ledger
from federation.ledger.open import open_ledger
from federation.ledger.records import (
    Arrival,
    Check,
    Conformed,
    Decision,
    Measured,
    RowDecision,
    Verdict,
)

__all__ = [
    "Arrival",
    "Check",
    "Conformed",
    "Decision",
    "Glance",
    "Ledger",
    "Measured",
    "RowDecision",
    "Verdict",
    "open_ledger",
]
