"""What a release contains about each city and feed, read from the release alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

import duckdb

from federation.common.vocabulary import ExtractState, VerdictKind
from federation.contracts.model import City
from federation.datasets.suites import dataset_names, load_suite
from federation.reporting.mail.recipients import Scope


@dataclass(frozen=True)
class Mark:
    """An overall score, 0 to 100, with its grade and reasons.

    No score where nothing measured it.
    """

    score: float | None = None
    grade: str = ""
    reasons_th: str = ""
    reasons_en: str = ""


@dataclass(frozen=True)
class FeedReport:
    """One feed in one release; counts are records of its accepted extracts."""

    city: str
    dataset: str
    title_th: str
    title_en: str
    verdict: VerdictKind
    mark: Mark
    extracts: int
    arrived: int  # extracts that came since the release before
    latest: date | None  # last day of the periods covered
    sent: date | None  # local day on which the newest of its files was sent
    loaded: date | None  # local day on which that file was loaded
    received: int
    in_core: int
    quarantined: int
    duplicate: int
    superseded: int
    platform: str
    late: int  # periods that are due and have not come


@dataclass(frozen=True)
class CityReport:
    """One city in one release."""

    key: str
    name_th: str
    name_en: str
    mark: Mark
    feeds: list[FeedReport]

    def narrowed(self, scope: Scope) -> "CityReport":
        """Return it with the feeds of a scope only."""
        return replace(
            self, feeds=[feed for feed in self.feeds if scope.holds(self.key, feed.dataset)]
        )

    @property
    def accepted(self) -> int:
        """How many feeds have no file that was refused or waits for a person."""
        return sum(feed.verdict.is_accepted for feed in self.feeds)

    def total(self, name: str) -> int:
        """Return the sum of a count over its feeds."""
        return sum(getattr(feed, name) for feed in self.feeds)


def read_reports(
    con: duckdb.DuckDBPyConnection,
    cities: Sequence[City],
    platform: Mapping[tuple[str, str], str],
) -> list[CityReport]:
    """Return one report per city.

    `con` has the release open, `platform` says how each feed's last look at a platform ended.
    """
    marks = _marks(con)
    return [_city(con, city, platform, marks) for city in cities]


def _marks(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Mark]:
    rows = con.execute(
        "SELECT coalesce(city, ''), coalesce(dataset, ''), score, grade, reasons_th, reasons_en "
        "FROM ops.scores WHERE dimension = 'overall'"
    ).fetchall()
    return {
        (city, dataset): Mark(score, grade or "", th or "", en or "")
        for city, dataset, score, grade, th, en in rows
    }


def _city(
    con: duckdb.DuckDBPyConnection,
    city: City,
    platform: Mapping[tuple[str, str], str],
    marks: dict[tuple[str, str], Mark],
) -> CityReport:
    datasets = [name for name in dataset_names() if (city.key, name) in platform]
    feeds = []
    for dataset in datasets:
        mark = marks.get((city.key, dataset), Mark())
        feeds.append(_feed(con, city.key, dataset, platform[city.key, dataset], mark))
    mark_of_city = marks.get((city.key, ""), Mark())
    return CityReport(city.key, city.name_th, city.name_en, mark_of_city, feeds)


class _Extract(NamedTuple):
    """One extract of the release."""

    state: str
    verdict: str
    last_date: date
    arrived_at: datetime
    sent_on: date | None  # local day
    loaded_on: date  # local day


def _feed(
    con: duckdb.DuckDBPyConnection, city: str, dataset: str, platform: str, mark: Mark
) -> FeedReport:
    title = load_suite(dataset).title
    counts = _counts(con, city, dataset)
    extracts = _extracts(con, city, dataset)
    before = con.execute("SELECT max(created_at) FROM ops.releases").fetchall()[0][0]
    standing = [extract for extract in extracts if extract.state != ExtractState.SUPERSEDED]
    current = [extract for extract in extracts if extract.state == ExtractState.CURRENT]
    newest = max(current, key=lambda extract: (extract.last_date, extract.arrived_at), default=None)
    return FeedReport(
        city=city,
        dataset=dataset,
        title_th=title["th"],
        title_en=title["en"],
        verdict=worst(extract.verdict for extract in standing),
        mark=mark,
        extracts=len(extracts),
        arrived=sum(before is None or extract.arrived_at > before for extract in extracts),
        latest=newest.last_date if newest else None,
        sent=newest.sent_on if newest else None,
        loaded=newest.loaded_on if newest else None,
        received=counts["received"],
        in_core=counts["in_core"],
        quarantined=counts["quarantined"],
        duplicate=counts["duplicate"],
        superseded=counts["superseded"],
        platform=platform,
        late=_late(con, city, dataset),
    )


def _counts(con: duckdb.DuckDBPyConnection, city: str, dataset: str) -> dict[str, int]:
    """Return the numbers of records by where they went."""
    names = ("received", "in_core", "quarantined", "duplicate", "superseded")
    sums = con.execute(
        """
        SELECT
          sum(records_received), sum(records_in_core), sum(records_quarantined),
          sum(records_duplicate), sum(records_superseded)
        FROM ops.row_accounting
        WHERE city = ? AND dataset = ?
        """,
        [city, dataset],
    ).fetchall()[0]
    return {name: int(value or 0) for name, value in zip(names, sums, strict=True)}


def _late(con: duckdb.DuckDBPyConnection, city: str, dataset: str) -> int:
    rows = con.execute(
        """
        SELECT count(*)
        FROM ops.expected_arrivals
        WHERE city = ? AND dataset = ? AND state = 'late'
        """,
        [city, dataset],
    ).fetchall()
    return int(rows[0][0])


def _extracts(con: duckdb.DuckDBPyConnection, city: str, dataset: str) -> list[_Extract]:
    rows = con.execute(
        """
        SELECT
          state, verdict, last_date, arrived_at,
          CAST(modified_at AS DATE), CAST(arrived_at AS DATE)
        FROM ops.extracts
        WHERE city = ? AND dataset = ?
        ORDER BY first_date, arrived_at
        """,
        [city, dataset],
    ).fetchall()
    return [_Extract(*row) for row in rows]


def worst(verdicts: Iterable[str]) -> VerdictKind:
    """Return the worst of some verdicts; `none` when there are none."""
    present = set(verdicts)
    return next((verdict for verdict in _WORST_FIRST if verdict in present), VerdictKind.NONE)


_WORST_FIRST = (
    VerdictKind.REJECTED,
    VerdictKind.HELD,
    VerdictKind.ACCEPTED_WITH_WARNING,
    VerdictKind.ACCEPTED,
)
