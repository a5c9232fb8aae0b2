"""Thresholds from a feed's own history, where no fixed number makes sense: how many records, how
many of them empty."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from statistics import median

import duckdb

from federation.common.sql import Sql, compose, listed
from federation.datasets.suites import Expectation
from federation.gate.conformed_file import ConformedFile, Limit, relation
from federation.messages.said import share

FILES = 12  # the newest earlier files that a threshold rests on
AT_LEAST = 4  # of them; fewer are no evidence


def with_limits(
    files: Sequence[ConformedFile], con: duckdb.DuckDBPyConnection
) -> list[ConformedFile]:
    """Return the files of one dataset with the limits that their earlier files give, in the
    order given."""
    asked = [entry for entry in files[0].feed.suite.expectations if entry.history] if files else []
    if not asked:
        return list(files)
    limited: dict[str, ConformedFile] = {}
    for _, group in groupby(files, key=lambda file: file.feed.key):
        of_feed = list(group)
        values = _measures(
            asked,
            {earlier.extract_id: earlier for file in of_feed for earlier in file.earlier}.values(),
            con,
        )
        limited |= {
            file.extract_id: replace(file, limits=_limits(file, asked, values)) for file in of_feed
        }
    return [limited[file.extract_id] for file in files]


def _measures(
    asked: Sequence[Expectation], files: Iterable[ConformedFile], con: duckdb.DuckDBPyConnection
) -> Mapping[str, tuple[float | None, ...]]:
    """Return extract_id -> the value of each expectation's measure."""
    all_files = list(files)
    if not all_files:
        return {}
    measures = [Sql(f"CAST({entry.history.measure} AS DOUBLE)") for entry in asked if entry.history]
    query = compose(
        "SELECT extract_id, {measures} FROM ({records}) GROUP BY extract_id",
        measures=listed(measures),
        records=relation(all_files, "records"),
    )
    rows = con.execute(query).fetchall()
    return {row[0]: tuple(row[1:]) for row in rows}


def _limits(
    file: ConformedFile,
    asked: Sequence[Expectation],
    values: Mapping[str, tuple[float | None, ...]],
) -> dict[str, Limit]:
    earlier_values = [
        values[earlier.extract_id] for earlier in file.earlier if earlier.extract_id in values
    ]
    limits = {}
    for place, entry in enumerate(asked):
        before = [row[place] for row in earlier_values]
        given = [value for value in before if value is not None][:FILES]
        if entry.history and len(given) >= AT_LEAST:
            limits[entry.id] = _limit(entry, given)
    return limits


def _limit(entry: Expectation, values: Sequence[float]) -> Limit:
    assert entry.history is not None
    low, high = entry.history.limits(values)
    # A margin in the measure's own unit is one of shares, none of which is below 0 or above 1.
    say = share if entry.history.margin else _figure
    return Limit(
        low,
        high,
        f"{len(values)} earlier files had {say(min(values))} to {say(max(values))}, half of them "
        f"{say(median(values))} or less; tolerated are {say(low)} to {say(high)}",
    )


def _figure(value: float) -> str:
    """Return a figure that counts something: never less than nothing."""
    return f"{max(0.0, value):.4g}"
