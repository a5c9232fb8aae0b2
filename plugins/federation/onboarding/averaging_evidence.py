"""What the published index of samples says of the time that their values cover."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from federation.common import sql
from federation.common.vocabulary import Averaging
from federation.datasets.averaging import averaging_column
from federation.datasets.suites import Expectation, Suite
from federation.gate.predicates import failing_records
from federation.onboarding.column_draft import ColumnDraft

if TYPE_CHECKING:
    import duckdb

Contradicted = dict[str, set[Averaging]]  # by national column
_FAILING = """
WITH batch AS (
    SELECT *, {claimed} AS {column}
    FROM {file}
    WHERE NOT is_duplicate AND len(reasons) = 0
)
SELECT count(*)
FROM batch
WHERE {failing}
"""


def contradicted(conformed: Path, suite: Suite) -> Contradicted:
    """Return the averagings that the published index of one conformed sample contradicts."""
    from federation.common.engine import connect

    with connect() as con:
        return {
            entry.averaging_of: {
                claim for claim in Averaging if _fails(con, conformed, entry, claim)
            }
            for entry in suite.expectations
            if entry.averaging_of and entry.needs
        }


def _fails(
    con: "duckdb.DuckDBPyConnection", conformed: Path, entry: Expectation, claim: Averaging
) -> bool:
    query = sql.compose(
        _FAILING,
        claimed=sql.literal(claim),
        column=sql.identifier(averaging_column(entry.averaging_of)),
        file=sql.parquet(conformed),
        failing=sql.Sql(failing_records(entry)),
    )
    return bool(con.execute(query).fetchall()[0][0])


def with_averaging(drafts: Sequence[ColumnDraft], found: Contradicted) -> list[ColumnDraft]:
    """Return the drafts with the averaging that the index leaves, or a question between those
    that it leaves."""
    return [_narrowed(draft, found.get(draft.name, set())) for draft in drafts]


def _narrowed(draft: ColumnDraft, wrong: set[Averaging]) -> ColumnDraft:
    left = [str(averaging) for averaging in Averaging if averaging not in wrong]
    question = draft.asks.get("averaging")
    if question is None or not wrong or not left:
        return draft
    if len(left) == 1:
        asks = {key: ask for key, ask in draft.asks.items() if key != "averaging"}
        return replace(draft.with_facts({"averaging": left[0]}), asks=asks)
    options = tuple((averaging, 1 / len(left)) for averaging in left)
    return draft.asking(averaging=replace(question, guess=left[0], options=options))
