"""Feeds whose files tell states of the same records (append, upsert): core takes the latest
state of each key.

A key's latest state is that of the extract that ranks highest. All extracts of such a feed are
loaded together whenever one of them changes, since any of them may hold the state that counts.
"""

from federation.datasets.suites import load_suite


def latest_states(records: str, dataset: str) -> str:
    """Return the SELECT of the latest state of each key in the SELECT `records`.

    `inputs.place` ranks the extracts.
    """
    return (
        f"SELECT {', '.join(load_suite(dataset).record)} FROM ({_in_turn(records, dataset)}) "
        "WHERE turn = 1"
    )


def superseded_states(records: str, dataset: str) -> str:
    """Return the SELECT of how many records of each extract gave way to a later state:
    (extract_id, records)."""
    return (
        "SELECT extract_id, count(*) FILTER (turn > 1) AS records FROM "
        f"({_in_turn(records, dataset)}) "
        "GROUP BY extract_id"
    )


def _in_turn(records: str, dataset: str) -> str:
    key = ", ".join(("city_code", *(f'"{name}"' for name in load_suite(dataset).key)))
    return (
        f"SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY place DESC) AS turn "
        f"FROM ({records}) JOIN inputs.place USING (extract_id)"
    )
