"""The latest state of each key, for feeds whose files repeat records (append, upsert).

A key's latest state is in the extract that ranks highest. All extracts of such a feed are loaded
together when one of them changes, because any of them may hold the latest state.
"""

from federation.common.sql import Sql, compose, identifiers
from federation.datasets.suites import load_suite


def latest_states(records: Sql, dataset: str) -> Sql:
    """Return the SELECT of the latest state of each key in the SELECT `records`.

    `inputs.place` ranks the extracts.
    """
    return compose(
        "SELECT {columns} FROM ({ranked}) WHERE turn = 1",
        columns=identifiers(load_suite(dataset).record),
        ranked=_ranked(records, dataset),
    )


def superseded_states(records: Sql, dataset: str) -> Sql:
    """Return the SELECT of how many records of each extract a later state replaces.

    Its columns are (extract_id, records).
    """
    template = """
        SELECT extract_id, count(*) FILTER (turn > 1) AS records
        FROM ({ranked})
        GROUP BY extract_id
    """
    return compose(template, ranked=_ranked(records, dataset))


def _ranked(records: Sql, dataset: str) -> Sql:
    """Return the SELECT of the records with `turn`: 1 for the latest state of its key."""
    template = """
        SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY place DESC) AS turn
        FROM ({records})
        JOIN inputs.place USING (extract_id)
    """
    key = identifiers(("city_code", *load_suite(dataset).key))
    return compose(template, key=key, records=records)
