"""What charts of mails and pages read of a release, so that both draw the same."""

from datetime import date, datetime

import duckdb

RELEASES_SHOWN = 24  # of a trend, this one included
RELEASES_OF_A_TREND = 3  # fewer points show none

Point = tuple[datetime, float | None]


def read_score_trend(
    con: duckdb.DuckDBPyConnection, city: str | None, dataset: str | None
) -> list[Point]:
    """Return (measured at, overall score) of the newest releases, this one last.

    `city` None is the nation, `dataset` None all feeds of the city. A score of None could not be
    measured.
    """
    rows = con.execute(
        """
        WITH scores AS (
            SELECT measured_at, score, city, dataset, dimension FROM ops.score_history
            UNION ALL
            SELECT now(), score, city, dataset, dimension FROM ops.scores
        )
        SELECT measured_at, score
        FROM scores
        WHERE city IS NOT DISTINCT FROM $city
          AND dataset IS NOT DISTINCT FROM $dataset
          AND dimension = 'overall'
        ORDER BY measured_at DESC
        LIMIT $releases
        """,
        {"city": city or None, "dataset": dataset or None, "releases": RELEASES_SHOWN},
    ).fetchall()
    return [(measured_at, score) for measured_at, score in reversed(rows)]


def read_allowed_age_days(
    con: duckdb.DuckDBPyConnection, city: str, dataset: str, today: date
) -> int | None:
    """Return how many days old a feed's data may be today; None when nothing is promised.

    That is the age of the newest period whose due day has passed. On the due day itself the
    period may still come, so it does not count yet.
    """
    row = con.execute(
        "SELECT max(last_date) FROM ops.expected_arrivals "
        "WHERE city = ? AND dataset = ? AND due_on < ?",
        [city, dataset, today],
    ).fetchone()
    due = row[0] if row else None
    return (today - due).days if due else None
