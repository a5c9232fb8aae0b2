"""What a running mean can and cannot do, as SQL conditions over the records of extracts.

A running mean of 24 hours shares 23 of them with its neighbour. So it moves little from hour to
hour, and its changes 24 hours apart oppose each other: what enters the window leaves it again a day
later. The Pollution Control Department says of its PM2.5: "a 24-hour average, updated hourly".
Where a city publishes the air quality index beside its values, it tells most: the index is defined
on 24 hours of particles, and on 8 hours of ozone and carbon monoxide.
"""

from federation.common.sql import Sql
from federation.datasets.suite_file import AveragingEntry, IndexEntry, StepEntry
from federation.datasets.thai_index import DEFINED_ON, in_force, indices

# One hour of 1,000 µg/m³, the range of the meters, moves a mean of 24 hours by this much.
LARGEST_STEP_OF_24_HOURS = 41.7
# The spread of the changes, as a share of the values' spread. Real extracts of six cities, December
# 2025 to May 2026, by month: 0.01 to 0.19 for running means of 24 hours; single hours have more.
_RATIO_OF_24_HOURS = 0.15
_RATIO_OF_HOURS = 0.25
# The correlation of changes 24 hours apart: -0.61 to 0.12 there; around 0 for single hours.
_CORRELATION_OF_24_HOURS = -0.05
_CORRELATION_OF_HOURS = -0.1
_LEAST_CHANGES = 200
_LEAST_PAIRS = 100
# Ozone peaks soon after noon; a running mean of 8 hours peaks some four hours later (16:00 to 20:00
# in real extracts).
_PEAK_OF_HOURS = (11, 15)
_PEAK_OF_8_HOURS = (17, 21)
_LEAST_CLOCK_HOURS = 20
# The share of an extract's records whose published index is, within 1 point, that of the value:
# 0.992 to 1 for running means (real extracts of three cities, December 2025 to May 2026, and
# generated ones); 0.03 to 0.13 for single hours (generated extracts).
_FEW = 0.5
_NEARLY_ALL = 0.95
_LEAST_INDICES = 100


def averaging_column(column: str) -> str:
    """Return the name of the column, beside the records, that says what a contract promises."""
    return f"{column}_averaging"


def other_averaging(entry: AveragingEntry) -> str:
    """Return the condition of extracts whose values behave unlike what their contract says.

    `{batch}` stands for all records that are judged together. Without enough hours nothing is said.
    """
    if entry.index:
        return _extracts_where(_index_contradicts(entry, entry.index))
    if entry.evidence == "clock":
        return _extracts_where(_peak_contradicts(entry))
    return _extracts_where(_changes_contradict(entry))


def _extracts_where(extracts: str) -> str:
    return f"extract_id IN ({extracts})"


def _changes_contradict(entry: AveragingEntry) -> str:
    """Return the extracts of which the changes from hour to hour tell another window."""
    column, claimed = entry.column, averaging_column(entry.column)
    meter = f"PARTITION BY extract_id, {entry.by}"
    # Larger steps than a window allows are faults of a meter: they tell nothing of the window.
    hours = (
        f"SELECT extract_id, {entry.by}, {entry.at}, {claimed} AS claimed, "
        f"{column} - avg({column}) OVER ({meter}) AS level, "
        f"CASE WHEN {entry.at} - lag({entry.at}) OVER hours = INTERVAL 1 HOUR AND "
        f"abs({column} - lag({column}) OVER hours) <= {LARGEST_STEP_OF_24_HOURS} "
        f"THEN {column} - lag({column}) OVER hours END AS change "
        f"FROM {{batch}} WHERE {column} IS NOT NULL WINDOW hours AS ({meter} ORDER BY {entry.at})"
    )
    pairs = (
        "SELECT *, first_value(change) OVER "
        f"({meter} ORDER BY {entry.at} RANGE BETWEEN INTERVAL 24 HOURS PRECEDING AND INTERVAL 24 "
        f"HOURS PRECEDING) AS day_before FROM ({hours})"
    )
    evidence = (
        "SELECT extract_id, any_value(claimed) AS claimed, count(change) AS changes, "
        "count(change * day_before) AS pairs, "
        "sqrt(avg(change * change)) / nullif(stddev_pop(level), 0) AS ratio, "
        "corr(change, day_before) AS correlation "
        f"FROM ({pairs}) GROUP BY extract_id"
    )
    runs = f"ratio < {_RATIO_OF_24_HOURS} AND correlation < {_CORRELATION_OF_24_HOURS}"
    hourly = f"ratio > {_RATIO_OF_HOURS} AND correlation > {_CORRELATION_OF_HOURS}"
    return (
        f"SELECT extract_id FROM ({evidence}) WHERE changes >= {_LEAST_CHANGES} AND "
        f"pairs >= {_LEAST_PAIRS} AND (claimed <> 'running PT24H' AND {runs} OR "
        f"claimed = 'running PT24H' AND {hourly})"
    )


def _peak_contradicts(entry: AveragingEntry) -> str:
    """Return the extracts of which the mean day peaks when another window would."""
    column, claimed = entry.column, averaging_column(entry.column)
    clock = (
        f"SELECT extract_id, any_value({claimed}) AS claimed, hour({entry.at}) AS hour, "
        f"avg({column}) AS mean FROM {{batch}} WHERE {column} IS NOT NULL "
        "GROUP BY extract_id, hour HAVING count(*) >= 5"
    )
    peaks = (
        "SELECT extract_id, any_value(claimed) AS claimed, count(*) AS hours, "
        f"arg_max(hour, mean) AS peak FROM ({clock}) GROUP BY extract_id"
    )
    of_hours = f"peak BETWEEN {_PEAK_OF_HOURS[0]} AND {_PEAK_OF_HOURS[1]}"
    of_8_hours = f"peak BETWEEN {_PEAK_OF_8_HOURS[0]} AND {_PEAK_OF_8_HOURS[1]}"
    return (
        f"SELECT extract_id FROM ({peaks}) WHERE hours >= {_LEAST_CLOCK_HOURS} AND "
        f"(claimed = 'PT1H' AND {of_8_hours} OR claimed = 'running PT8H' AND {of_hours})"
    )


def _index_contradicts(entry: AveragingEntry, index: IndexEntry) -> str:
    """Return the extracts of which the published index tells another window.

    It looks at the records in which the pollutant's own index is the highest.
    """
    pollutant = index.pollutant_of(entry.column)
    evidence = (
        f"WITH looked AS ({_index_of_values(entry, index)}) "
        "SELECT extract_id, any_value(claimed) AS claimed, count(*) AS records, "
        "avg(CAST(abs(own - published) <= 1 AS INTEGER)) AS equal "
        f"FROM ({_own_and_highest(entry, index)}) WHERE own = highest GROUP BY extract_id"
    )
    covered = f"claimed = '{DEFINED_ON[pollutant]}'"
    return (
        f"SELECT extract_id FROM ({evidence}) WHERE records >= {_LEAST_INDICES} AND "
        f"({covered} AND equal < {_FEW} OR NOT {covered} AND equal > {_NEARLY_ALL})"
    )


def _index_of_values(entry: AveragingEntry, index: IndexEntry) -> str:
    """Return the SELECT of the index of each different value of each pollutant: they are few."""
    values = " UNION ALL ".join(
        f"SELECT DISTINCT '{name}' AS pollutant, {column} AS value, {in_force(entry.at)} AS day "
        f"FROM {{batch}} WHERE {index.published} IS NOT NULL AND {column} IS NOT NULL"
        for name, column in index.pollutants.items()
    )
    found = indices(Sql(values))
    return f"SELECT pollutant, value, day, max(aqi) AS aqi FROM ({found}) GROUP BY ALL"


def _own_and_highest(entry: AveragingEntry, index: IndexEntry) -> str:
    """Return the SELECT of each record's published index, that of its own value, and the highest
    of its pollutants."""
    joins = " ".join(
        f"LEFT JOIN looked AS of_{name} ON of_{name}.pollutant = '{name}' "
        f"AND of_{name}.value = shown.{column} AND of_{name}.day = shown.day"
        for name, column in index.pollutants.items()
    )
    highest = ", ".join(f"of_{name}.aqi" for name in index.pollutants)
    shown = (
        f"SELECT *, {in_force(entry.at)} AS day FROM {{batch}} "
        f"WHERE {index.published} IS NOT NULL AND {entry.column} IS NOT NULL"
    )
    return (
        f"SELECT shown.extract_id, shown.{averaging_column(entry.column)} AS claimed, "
        f"shown.{index.published} AS published, greatest({highest}) AS highest, "
        f"of_{index.pollutant_of(entry.column)}.aqi AS own FROM ({shown}) AS shown {joins}"
    )


def impossible_steps(entry: StepEntry) -> str:
    """Return the condition of readings by which a running mean of 24 hours moves too far.

    The readings of a meter are parted where it moves by more than `largest_per_hour` for each hour
    between two readings. Of the two readings at such a step, the one farther from the meter's
    middle value is wrong, and so is each reading of its part that the other one contradicts.
    """
    column, limit = entry.column, entry.largest_per_hour
    meter = f"extract_id, {entry.by}"
    readings = (
        f"SELECT {meter}, row_number, {column} AS value, epoch({entry.at}) / 3600 AS hour, "
        f"abs(ln(({column} + 1) / (median({column}) OVER (PARTITION BY {meter}) + 1))) AS distance "
        f"FROM {{batch}} WHERE {column} BETWEEN 0 AND {entry.largest}"
    )
    by_time = f"(PARTITION BY {meter} ORDER BY hour)"
    steps = (
        f"SELECT *, coalesce(abs(value - lag(value) OVER {by_time}) > {limit} * "
        f"(hour - lag(hour) OVER {by_time}), false) AS is_step FROM ({readings})"
    )
    parted = f"SELECT *, sum(CAST(is_step AS INTEGER)) OVER {by_time} AS part FROM ({steps})"
    parts = (
        f"SELECT {meter}, part, min_by(value, hour) AS first_value, min(hour) AS first_hour, "
        "max_by(value, hour) AS last_value, max(hour) AS last_hour, "
        "min_by(distance, hour) AS first_distance, max_by(distance, hour) AS last_distance "
        f"FROM ({parted}) GROUP BY {meter}, part"
    )
    by_part = f"(PARTITION BY {meter} ORDER BY part)"
    beside = (
        f"SELECT {meter}, part, "
        f"CASE WHEN first_distance > lag(last_distance) OVER {by_part} "
        f"THEN lag(last_value) OVER {by_part} END AS value_before, "
        f"lag(last_hour) OVER {by_part} AS hour_before, "
        f"CASE WHEN last_distance > lead(first_distance) OVER {by_part} "
        f"THEN lead(first_value) OVER {by_part} END AS value_after, "
        f"lead(first_hour) OVER {by_part} AS hour_after FROM ({parts})"
    )
    wrong = (
        f"SELECT (extract_id, row_number) FROM ({parted}) JOIN ({beside}) USING ({meter}, part) "
        f"WHERE abs(value - value_before) > {limit} * (hour - hour_before) "
        f"OR abs(value - value_after) > {limit} * (hour_after - hour)"
    )
    return f"(extract_id, row_number) IN ({wrong})"
