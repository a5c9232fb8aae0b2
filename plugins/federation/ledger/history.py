"""What the whole ledger says of single extracts, and whether anything was added to it."""

from collections.abc import Sequence

from sqlalchemy import column, select, table

from federation.ledger.store import Row, Store
from federation.ledger.tables import SCHEMA, arrival, conformed, extract_decision, verdict

_SEQUENCES = table(
    "pg_sequences", column("schemaname"), column("sequencename"), column("last_value")
)


def history(store: Store, extract_ids: Sequence[str]) -> dict[str, list[Row]]:
    """Return rows of these extracts: `arrival` oldest first, `conformed`, `verdict`,
    `extract_decision` newest first."""
    order = {
        arrival: arrival.c.arrival_id,
        conformed: conformed.c.conformed_id.desc(),
        verdict: verdict.c.verdict_id.desc(),
        extract_decision: extract_decision.c.decision_id.desc(),
    }
    return {
        table.name: store.rows(
            select(table).where(table.c.extract_id.in_(extract_ids)).order_by(by)
        )
        for table, by in order.items()
    }


def state(store: Store) -> dict[str, int | None]:
    """Return what changes whenever anything is added to the ledger: the last number drawn for
    each kind of row."""
    of_ledger = _SEQUENCES.c.schemaname == SCHEMA
    query = select(_SEQUENCES).where(of_ledger).order_by(_SEQUENCES.c.sequencename)
    return {row["sequencename"]: row["last_value"] for row in store.rows(query)}
