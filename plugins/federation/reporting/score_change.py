"""How much the national score changed since a week ago."""

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from federation.common.bilingual import BilingualText
from federation.messages import said

CHANGE_OVER = timedelta(days=7)  # where there is a release so old


@dataclass(frozen=True)
class Change:
    """How much the national score changed, and since when."""

    points: float
    since: date

    @property
    def words(self) -> BilingualText:
        """The change with its direction and its first day: ▲0.4 since 19 Nov 2026."""
        sign = "▲" if self.points > 0 else "▼" if self.points < 0 else "="
        since = said.day(self.since)
        return BilingualText(
            f"{sign}{abs(self.points):.1f} since {since.en}",
            f"{sign}{abs(self.points):.1f} จาก {since.th}",
        )


def change_of_nation(
    con: duckdb.DuckDBPyConnection, score: float | None, today: date
) -> Change | None:
    """Return the change of the national score since a week ago, or since the newest release before
    this one where none is so old; None for the first release and for releases without a history."""
    has_history = con.execute(
        "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'ops' AND table_name = 'score_history'"
    ).fetchone()
    if score is None or not has_history:
        return None
    found = con.execute(
        """
        SELECT score, CAST(measured_at AS DATE) AS day
        FROM ops.score_history
        WHERE scope = 'nation' AND dimension = 'overall' AND score IS NOT NULL
        ORDER BY day > ?, abs(day - CAST(? AS DATE)), measured_at DESC
        LIMIT 1
        """,
        [today - CHANGE_OVER, today - CHANGE_OVER],
    ).fetchone()
    return Change(round(score - found[0], 1), found[1]) if found else None
