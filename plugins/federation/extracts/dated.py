"""What the newest extracts of each feed hold: for which local days their records are dated, and of
how many stations or areas. A path says what a file is about, not what is in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb

from federation.common.engine import connect
from federation.common.paths import Home
from federation.common.periods import days
from federation.common.sql import Sql, compose, identifier, identifiers, parquet
from federation.common.vocabulary import ExtractState
from federation.datasets.suites import Suite, load_suite
from federation.extracts.status import ReleaseInput

NEWEST_PERIODS = 12  # of each feed: what scores rest on, and what is looked into
_SUFFICIENT = 0.7  # of the records that a period owes: with fewer it is there in part
_ACCEPTED = (ExtractState.CURRENT, ExtractState.SUPERSEDED)


@dataclass(frozen=True)
class Held:
    """What one extract holds, further copies of a record apart."""

    # first and last local day of what a record is about -> records
    records: Mapping[tuple[date, date], int]
    entities: frozenset[int]  # a hash for each station or area; of the city itself one

    def within(self, first: date, last: date) -> int:
        """Return how many records are about days from `first` to `last`."""
        return sum(count for (start, end), count in self.records.items()
                   if first <= start and end <= last)  # fmt: skip

    @property
    def newest(self) -> date | None:
        """The last day that a record is about."""
        return max((end for _, end in self.records), default=None)

    @property
    def oldest(self) -> date | None:
        """The first day that a record is about."""
        return min((start for start, _ in self.records), default=None)


@dataclass(frozen=True)
class Dated:
    """What is held by the extracts that were looked into, by their ids; older ones were not."""

    held: Mapping[str, Held] = field(default_factory=dict)

    def of(self, entry: ReleaseInput) -> Held | None:
        """Return what an extract holds; None where nobody looked."""
        return self.held.get(entry.extract_id)

    def within(self, entries: Iterable[ReleaseInput], first: date, last: date) -> int | None:
        """Return how many records of these extracts are about days of an interval; None where one
        of them was not looked into."""
        found = [self.of(entry) for entry in entries]
        return None if None in found else sum(held.within(first, last) for held in found if held)

    def newest(self, entries: Iterable[ReleaseInput]) -> date | None:
        """Return the last day that a record of these extracts is about."""
        found = (held.newest for held in map(self.of, entries) if held)
        return max((day for day in found if day), default=None)

    def oldest(self, entries: Iterable[ReleaseInput]) -> date | None:
        """Return the first day that a record of these extracts is about; None where one of them
        was not looked into."""
        found = [self.of(entry) for entry in entries]
        days = [held.oldest for held in found if held and held.oldest]
        return min(days) if days and None not in found else None

    def entities(self, entries: Iterable[ReleaseInput]) -> int:
        """Return the number of stations or areas in these extracts; 1 where the city is the only
        one."""
        keys = [held.entities for held in map(self.of, entries) if held]
        return len(frozenset().union(*keys))


def records_owed(suite: Suite, first: date, last: date, entities: int) -> int | None:
    """Return how many records the dataset's grain promises of an interval of days: one for each
    entity and step; None for events, of which nobody knows how many there will be."""
    days_owed = (last - first).days + 1
    years = last.year - first.year
    months = years * 12 + last.month - first.month
    steps = {"hour": days_owed * 24, "day": days_owed, "month": months + 1, "year": years + 1}
    owed = entities * steps.get(suite.step, 0)
    return owed if owed > 0 else None


def is_sufficient(records: int, owed: int | None) -> bool:
    """Return whether a period with so many records came, not only in part."""
    return not owed or records >= _SUFFICIENT * owed


def dated(inputs: Iterable[ReleaseInput], home: Home) -> Dated:
    """Return what the newest accepted extracts of each feed hold, read from the conformed files.

    A record that is dated outside its extract's own period is not counted.
    """
    by_dataset: dict[str, list[ReleaseInput]] = {}
    for entry in _newest(inputs):
        if home.at(entry.conformed).exists():
            by_dataset.setdefault(entry.dataset, []).append(entry)
    held: dict[str, Held] = {}
    with connect() as con:
        for dataset, entries in by_dataset.items():
            held |= _of_dataset(con, load_suite(dataset), entries, home)
    return Dated(held)


def _newest(inputs: Iterable[ReleaseInput]) -> Iterable[ReleaseInput]:
    by_feed: dict[tuple[str, str], list[ReleaseInput]] = {}
    for entry in inputs:
        if entry.state in _ACCEPTED:
            by_feed.setdefault(entry.key, []).append(entry)
    for entries in by_feed.values():
        ends = sorted({entry.last_date for entry in entries})[-NEWEST_PERIODS:]
        yield from (entry for entry in entries if entry.last_date >= ends[0])


def _of_dataset(
    con: duckdb.DuckDBPyConnection, suite: Suite, entries: Sequence[ReleaseInput], home: Home
) -> dict[str, Held]:
    files = parquet(*(home.at(entry.conformed) for entry in entries))
    periods = {entry.extract_id: (entry.first_date, entry.last_date) for entry in entries}
    records: dict[str, dict[tuple[date, date], int]] = {key: {} for key in periods}
    for extract_id, first, last, count in con.execute(_dated_sql(suite, files)).fetchall():
        start, end = periods[extract_id]
        if start <= str(first) and str(last) <= end:
            records[extract_id][first, last] = count
    entities: dict[str, set[int]] = {key: set() for key in periods}
    for extract_id, key in con.execute(_entities_sql(suite, files)).fetchall():
        entities[extract_id].add(key)
    return {key: Held(records[key], frozenset(entities[key])) for key in periods}


def _dated_sql(suite: Suite, files: Sql) -> Sql:
    period = suite.period
    first, last = days(identifier(period.name), period.name, period.type)
    return compose(
        """
        SELECT extract_id, {first} AS first_day, {last} AS last_day, count(*)
        FROM {files}
        WHERE NOT is_duplicate AND {period} IS NOT NULL
        GROUP BY ALL
        """,
        first=first,
        last=last,
        files=files,
        period=identifier(period.name),
    )


def _entities_sql(suite: Suite, files: Sql) -> Sql:
    named = [name for name in suite.key if name != suite.period.name]
    if not named:
        return compose("SELECT DISTINCT extract_id, 0 FROM {files}", files=files)
    return compose(
        """
        SELECT DISTINCT extract_id, hash(({columns}))
        FROM {files}
        WHERE ({columns}) IS NOT NULL
        """,
        columns=identifiers(named),
        files=files,
    )
