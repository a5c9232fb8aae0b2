"""What each release said of each indicator: ops.indicator_vintages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

from federation.common.sql import compose, literal

_CARRY = "INSERT INTO ops.indicator_vintages SELECT * FROM earlier.ops.indicator_vintages"
# The last word on each cell, against the cells of this release: what is new or differs is told.
_TELL = """
    INSERT INTO ops.indicator_vintages
    WITH told AS (
        SELECT * FROM ops.indicator_vintages
        QUALIFY row_number() OVER (
            PARTITION BY indicator_code, city_code, period_kind, period_start
            ORDER BY release_id DESC
        ) = 1
    )
    SELECT
        {release_id}, {created_at},
        coalesce(cell.indicator_code, told.indicator_code), cell.indicator_version,
        coalesce(cell.city_code, told.city_code),
        coalesce(cell.period_kind, told.period_kind),
        coalesce(cell.period_start, told.period_start),
        cell.value, coalesce(cell.value_status, 'removed')
    FROM marts.city_indicator AS cell
    FULL JOIN told USING (indicator_code, city_code, period_kind, period_start)
    WHERE
        cell.value IS DISTINCT FROM told.value
        OR coalesce(cell.value_status, 'removed') IS DISTINCT FROM told.value_status
        OR (
            cell.indicator_version IS DISTINCT FROM told.indicator_version
            AND cell.indicator_version IS NOT NULL
        )
    ORDER BY ALL
"""


def tell_vintages(
    con: duckdb.DuckDBPyConnection, release_id: str, created_at: datetime, earlier: Path | None
) -> None:
    """Write ops.indicator_vintages of a build that becomes a release.

    It holds what `earlier`, the file of the release before, holds, and one row for each cell of
    marts.city_indicator that says another value, status or version than it did, or none any more.
    """
    con.execute("DELETE FROM ops.indicator_vintages")
    if earlier:
        with _attached(con, earlier):
            if _has_vintages(con):
                con.execute(_CARRY)
    con.execute(
        compose(_TELL, release_id=literal(release_id), created_at=literal(created_at.isoformat()))
    )


@contextmanager
def _attached(con: duckdb.DuckDBPyConnection, file: Path) -> Iterator[None]:
    con.execute(compose("ATTACH {file} AS earlier (READ_ONLY)", file=literal(str(file))))
    try:
        yield
    finally:
        con.execute("DETACH earlier")


def _has_vintages(con: duckdb.DuckDBPyConnection) -> bool:
    """Return whether the release before is of a version that keeps vintages."""
    rows = con.execute(
        "SELECT count(*) FROM duckdb_tables() "
        "WHERE database_name = 'earlier' AND table_name = 'indicator_vintages'"
    ).fetchall()
    return bool(rows[0][0])
