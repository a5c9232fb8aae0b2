"""The SQL by which an expectation finds the records that fail it."""

from federation.datasets.averaging import impossible_steps, other_averaging
from federation.datasets.suite_file import ExpectationEntry, StuckEntry


def failing(entry: ExpectationEntry) -> str:
    """Return the SQL condition that failing records meet, '' where Great Expectations needs none.

    `{batch}` stands for all records that are judged together.
    """
    condition = entry.where or ""
    if entry.stuck:
        condition = stuck_meters(entry.stuck)
    elif entry.step:
        condition = impossible_steps(entry.step)
    elif entry.averaging:
        condition = other_averaging(entry.averaging)
    return condition


def failing_extracts(entry: ExpectationEntry) -> str:
    """Return the SQL condition that a failing extract meets, over all its records; '' where single
    records are judged."""
    if entry.history:
        low, high = (f"any_value({name})" for name in history_columns(entry.id))
        return f"({entry.history.measure}) NOT BETWEEN {low} AND {high}"
    return entry.having or ""


def history_columns(expectation: str) -> tuple[str, str]:
    """Return the names of the columns that hold an extract's own lower and upper limit, beside
    its records."""
    return f"{expectation}_low", f"{expectation}_high"


def stuck_meters(stuck: StuckEntry) -> str:
    """Return the condition that the records of a meter meet which repeats one value in `readings`
    or more rows.

    Rows are counted in blocks of hours that hold one value only, so a run is seen without sorting
    all rows; it may be longer at both ends. `above` leaves out values up to it: 0 mm of rain are no
    fault.
    """
    column, meter = stuck.column, f"extract_id, {stuck.by}"
    given = f" WHERE {column} > {stuck.above}" if stuck.above is not None else ""
    block = f"floor(epoch(CAST({stuck.at} AS TIMESTAMP)) / {stuck.hours * 3600})"
    blocks = (
        f"SELECT {meter}, {block} AS block, count({column}) AS n, "
        f"CASE WHEN min({column}) = max({column}) THEN min({column}) END AS v FROM "
        f"{{batch}}{given} GROUP BY ALL"
    )
    changes = (
        f"SELECT *, CAST(v IS DISTINCT FROM lag(v) OVER (PARTITION BY {meter} ORDER BY block) AS "
        "INTEGER) AS changed "
        f"FROM ({blocks}) WHERE n > 0"
    )
    runs = (
        f"SELECT *, sum(changed) OVER (PARTITION BY {meter} ORDER BY block) AS run FROM ({changes})"
    )
    return (
        f"({meter}) IN (SELECT ({meter}) FROM ({runs}) WHERE v IS NOT NULL GROUP BY {meter}, run "
        f"HAVING sum(n) >= {stuck.readings})"
    )
