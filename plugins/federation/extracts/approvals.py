"""Extracts that a person decides on: what each would change in the warehouse, and the decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from getpass import getuser
from typing import Any

from federation.common.engine import connect
from federation.common.errors import HubError
from federation.common.paths import Home
from federation.common.sql import Sql, compose, identifier, identifiers
from federation.common.vocabulary import ExtractDecision, ExtractState
from federation.datasets.suites import Suite
from federation.extracts.accepted_records import accepted_records
from federation.extracts.precedence import PrecedenceRules
from federation.extracts.snapshot import Snapshot
from federation.extracts.status import ExtractStatus
from federation.ledger import Decision, Ledger

_PERIODS_SHOWN = 5


@dataclass(frozen=True)
class Difference:
    """What would be in the warehouse after an extract took its place, against what the extracts
    it replaces put there.

    Records are told apart by the dataset's key; `removed_most` names the periods (days, months or
    years) that lose most.
    """

    city: str
    dataset: str
    partition: str
    extract_id: str
    path: str
    state: ExtractState
    replaces: list[str]
    tolerance_pct: float
    records_before: int
    records_after: int
    removed: int
    added: int
    changed: int
    removed_most: list[tuple[str, int]]

    @property
    def text(self) -> str:
        """One line that says it all to a person."""
        fewer = 100 * (1 - self.records_after / self.records_before) if self.records_before else 0.0
        periods = ", ".join(f"{period} ({records:,})" for period, records in self.removed_most)
        return (
            f"{self.city}/{self.dataset} {self.partition}: {self.records_after:,} records in "
            "place of "
            f"{self.records_before:,} ({fewer:.1f} % fewer, tolerated are {self.tolerance_pct:g} "
            "%); "
            f"{self.removed:,} removed, {self.added:,} added, {self.changed:,} changed"
            + (f"; most are removed from {periods}" if periods else "")
        )


def held(seen: Snapshot) -> list[Difference]:
    """Return what every extract that is held would change."""
    return [difference(entry, seen) for entry in seen.statuses if entry.state == ExtractState.HELD]


def find(extract_id: str, seen: Snapshot) -> ExtractStatus:
    """Return the extract whose id begins so; raises HubError when none or several do."""
    matching = [entry for entry in seen.statuses if entry.extract.extract_id.startswith(extract_id)]
    if len(matching) != 1:
        raise HubError(
            f"{'no extract has' if not matching else 'several extracts have'} an id that begins "
            f"with {extract_id!r}",
            where="the ledger's arrivals",
            todo="hub release held lists those that wait for a person",
        )
    return matching[0]


def decide(
    entry: ExtractStatus, decision: ExtractDecision, reason: str, ledger: Ledger, by: str = ""
) -> None:
    """Record that a person holds or approves an extract; the next pass acts on it.

    Raises HubError for an extract that the gate rejected or has not judged: there is nothing to
    decide then.
    """
    if not (entry.extract.verdict and entry.extract.verdict.accepted):
        raise HubError(
            f"extract {entry.extract.extract_id} is {entry.verdict}: nothing of it can enter the "
            "warehouse",
            todo="ask the city for a corrected file",
        )
    ledger.decisions.add(
        Decision(
            *entry.extract.feed.key,
            entry.extract.extract_id,
            ExtractDecision(decision),
            reason,
            by or getuser(),
        )
    )


def difference(entry: ExtractStatus, seen: Snapshot) -> Difference:
    """Return what the extract would change."""
    arrival, feed = entry.extract.arrival, entry.extract.feed
    rules = PrecedenceRules(feed.delivery)
    replaced = [
        other
        for other in seen.of(feed)
        if other.state == ExtractState.CURRENT
        and other.extract.extract_id != entry.extract.extract_id
        and rules.supersedes(arrival, other.extract.arrival)
    ]
    counts, removed_most = _compared(replaced, entry, seen.home)
    return Difference(
        *feed.key,
        str(arrival.partition),
        entry.extract.extract_id,
        arrival.path,
        entry.state,
        [other.extract.extract_id for other in replaced],
        feed.shrink_tolerance_pct,
        sum(other.extract.records_valid for other in replaced),
        entry.extract.records_valid,
        *counts,
        removed_most,
    )


def _compared(
    replaced: Sequence[ExtractStatus], entry: ExtractStatus, home: Home
) -> tuple[tuple[int, int, int], list[tuple[str, int]]]:
    suite = entry.extract.feed.suite
    before, after = (
        _keyed([other.as_input(home) for other in those], suite, home)
        for those in (replaced, [entry])
    )
    joined = compose(
        "({before}) AS b FULL JOIN ({after}) AS a USING ({key})",
        before=before,
        after=after,
        key=identifiers(suite.key),
    )
    with connect() as con:
        removed, added, changed = con.execute(compose(_COUNTS, joined=joined)).fetchall()[0]
        most = con.execute(compose(_REMOVED_MOST, joined=joined), [_PERIODS_SHOWN]).fetchall()
    return (removed, added, changed), most


_COUNTS = """
SELECT
    count(*) FILTER (a.rest IS NULL),
    count(*) FILTER (b.rest IS NULL),
    count(*) FILTER (a.rest <> b.rest)
FROM {joined}
"""
_REMOVED_MOST = """
SELECT b.period, count(*)
FROM {joined}
WHERE a.rest IS NULL AND b.period IS NOT NULL
GROUP BY b.period
ORDER BY count(*) DESC, b.period
LIMIT ?
"""


def _keyed(inputs: Sequence[Any], suite: Suite, home: Home) -> Sql:
    """Return the SELECT of the key, the period as text, and a hash of all other columns."""
    day_or_year = "VARCHAR" if suite.period.type == "INTEGER" else "DATE"
    return compose(
        """
        SELECT
            {key},
            CAST(CAST({period} AS {day_or_year}) AS VARCHAR) AS period,
            hash({rest}) AS rest
        FROM ({records})
        """,
        key=identifiers(suite.key),
        period=identifier(suite.period.name),
        day_or_year=Sql(day_or_year),
        rest=identifiers(column.name for column in suite.columns if not column.key),
        records=accepted_records(suite.name, inputs, home),
    )
