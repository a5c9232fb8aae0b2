"""What a release contains about each city and feed, read from the release alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb

from federation.common.vocabulary import ExtractState, VerdictKind
from federation.contracts.model import City
from federation.datasets.suites import dataset_names, load_suite
from federation.messages.status_words import FeedStatus
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
    latest: date | None  # the newest local day of its records in core
    received: int
    in_core: int
    on_hold: int  # records that are open in quarantine
    duplicate: int
    superseded: int  # replaced by later files or corrected records
    platform: str
    is_retired: bool = False  # its city has stopped it for good


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


def read_mark(con: duckdb.DuckDBPyConnection) -> Mark:
    """Return the nation's overall score."""
    return _marks(con).get(("", ""), Mark())


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


def _feed(
    con: duckdb.DuckDBPyConnection, city: str, dataset: str, platform: str, mark: Mark
) -> FeedReport:
    title = load_suite(dataset).title
    counts, (latest, on_hold, state) = _counts(con, city, dataset), _now(con, city, dataset)
    return FeedReport(
        city=city,
        dataset=dataset,
        title_th=title["th"],
        title_en=title["en"],
        verdict=worst(_standing(con, city, dataset)),
        mark=mark,
        latest=latest,
        received=counts["received"],
        in_core=counts["in_core"],
        on_hold=on_hold,
        duplicate=counts["duplicate"],
        superseded=counts["superseded"] + counts["quarantined"] - on_hold,
        platform=platform,
        is_retired=state == FeedStatus.RETIRED,
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


def _now(con: duckdb.DuckDBPyConnection, city: str, dataset: str) -> tuple[date | None, int, str]:
    """Return the newest local day of a feed's records in core, how many records wait for somebody
    (those fixed, waived or let in do not), and the feed's status."""
    row = con.execute(
        """
        SELECT data_up_to, records_open, state
        FROM ops.feed_status
        WHERE city = ? AND dataset = ?
        """,
        [city, dataset],
    ).fetchone()
    return (row[0], int(row[1] or 0), row[2]) if row else (None, 0, FeedStatus.NONE)


def _standing(con: duckdb.DuckDBPyConnection, city: str, dataset: str) -> list[str]:
    """Return the verdicts on the files that no later one has replaced."""
    rows = con.execute(
        "SELECT verdict FROM ops.extracts WHERE city = ? AND dataset = ? AND state <> ?",
        [city, dataset, ExtractState.SUPERSEDED],
    ).fetchall()
    return [verdict for (verdict,) in rows]


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
