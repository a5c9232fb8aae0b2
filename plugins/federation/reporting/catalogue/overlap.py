"""Which datasets have months in common, for the page of the site that shows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb


@dataclass(frozen=True)
class Overlap:
    """The months that two datasets have in common; a dataset with itself shows its own."""

    dataset: str
    other_dataset: str
    cities: int
    months: int  # city-months
    first_month: date
    last_month: date


def overlaps(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Overlap]:
    """Return (dataset, other dataset) -> what they have in common, over all cities."""
    return {(found.dataset, found.other_dataset): found for found in _read(con)}


def _read(con: duckdb.DuckDBPyConnection) -> Iterator[Overlap]:
    rows = con.execute(
        """
        SELECT
            dataset, other_dataset, count(*), CAST(sum(months) AS BIGINT),
            min(first_month), max(last_month)
        FROM marts.dataset_overlap
        GROUP BY ALL
        ORDER BY ALL
        """
    )
    for row in rows.fetchall():
        yield Overlap(*row)
