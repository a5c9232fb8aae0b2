"""The report's content, read from the release alone: the nation, its cities and their feeds, with
scores, extracts, expectations and incidents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from federation.common.bilingual import BilingualText
from federation.common.vocabulary import ExtractState
from federation.contracts.model import City, Feed
from federation.reporting.charts.flow import Accounting
from federation.reporting.charts.freshness import Freshness
from federation.reporting.charts.readings import read_allowed_age_days
from federation.reporting.site.expectations import Extract, Measured, read_extracts, read_measured

ZONE = "Asia/Bangkok"


@dataclass(frozen=True)
class Score:
    """One score; None where nothing could be measured."""

    score: float | None
    grade: str | None
    reasons: BilingualText


@dataclass(frozen=True)
class Late:
    """The periods of a feed that are due and have not come."""

    periods: int
    since: date | None


@dataclass(frozen=True)
class FeedPage:
    """One feed in a release."""

    city: City
    dataset: str
    title: BilingualText
    table: str
    # By dimension, `overall` among them; empty for a release without scores.
    scores: Mapping[str, Score]
    extracts: list[Extract]
    measured: list[Measured]
    accounting: Accounting
    source_rows: int
    freshness: Freshness
    late: Late
    data_up_to: date | None

    @property
    def page(self) -> str:
        return f"{self.city.key}-{self.dataset}.html"

    @property
    def about(self) -> BilingualText:
        """City and dataset."""
        return BilingualText(
            f"{self.city.name_en}, {self.title.en}", f"{self.city.name_th} {self.title.th}"
        )

    @property
    def overall(self) -> Score | None:
        return self.scores.get("overall")

    @property
    def standing(self) -> list[Extract]:
        """The extracts that no later one replaced."""
        return [extract for extract in self.extracts if extract.state != ExtractState.SUPERSEDED]

    @property
    def failed(self) -> list[Measured]:
        return [entry for entry in self.measured if entry.outcome.is_failing]


@dataclass(frozen=True)
class CityPage:
    """One city in a release."""

    city: City
    scores: Mapping[str, Score]
    feeds: list[FeedPage]

    @property
    def page(self) -> str:
        return f"{self.city.key}.html"

    @property
    def name(self) -> BilingualText:
        return BilingualText(self.city.name_en, self.city.name_th)

    @property
    def overall(self) -> Score | None:
        return self.scores.get("overall")

    @property
    def accounting(self) -> Accounting:
        return total([feed.accounting for feed in self.feeds])

    def feed(self, dataset: str) -> FeedPage | None:
        """Return the city's feed of a dataset, or None when it delivers none."""
        return next((feed for feed in self.feeds if feed.dataset == dataset), None)


@dataclass(frozen=True)
class Nation:
    """All cities in a release, and the incidents that are open."""

    release_id: str
    today: date  # the local day on which the release was made
    before: datetime | None  # when the release before was made
    cities: list[CityPage]
    scores: Mapping[str, Score]
    incidents: list[dict[str, Any]]

    @property
    def accounting(self) -> Accounting:
        return total([city.accounting for city in self.cities])

    @property
    def datasets(self) -> dict[str, BilingualText]:
        """The datasets that some city delivers, with their titles."""
        return {feed.dataset: feed.title for city in self.cities for feed in city.feeds}

    def page_of(self, city: str | None, dataset: str | None) -> str | None:
        """Return the page about a city, or about its feed of a dataset; None when there is none."""
        page, feed_page = self._pages_about(city, dataset)
        if feed_page:
            return feed_page.page
        return page.page if page else None

    def about(self, city: str | None, dataset: str | None) -> BilingualText:
        """Return the names of a city and dataset; of the nation where there is no city."""
        if not city:
            return BilingualText("Nation", "ทั้งประเทศ")
        page, feed_page = self._pages_about(city, dataset)
        if feed_page:
            return feed_page.about
        if page and not dataset:
            return page.name
        key = " ".join(filter(None, [city, dataset]))
        return BilingualText(key, key)

    def _pages_about(
        self, city: str | None, dataset: str | None
    ) -> tuple[CityPage | None, FeedPage | None]:
        """Return the page of the city and of its feed of the dataset, as far as they exist."""
        page = next((page for page in self.cities if page.city.key == city), None)
        return page, page.feed(dataset) if page and dataset else None

    def new(self, feed: FeedPage) -> int:
        """Return how many of a feed's extracts came since the release before; 0 for the first
        release."""
        if self.before is None:
            return 0
        return sum(extract.arrived_at > self.before for extract in feed.extracts)

    @property
    def ranked(self) -> list[CityPage]:
        """The cities, the best first; those without a score last."""
        return sorted(self.cities, key=_rank)


def _rank(page: CityPage) -> tuple[float, str]:
    score = page.overall.score if page.overall else None
    return -(score or -1), page.city.code


def total(counts: Sequence[Accounting]) -> Accounting:
    """Return the sums."""
    return Accounting(
        in_core=sum(entry.in_core for entry in counts),
        quarantined=sum(entry.quarantined for entry in counts),
        duplicate=sum(entry.duplicate for entry in counts),
        superseded=sum(entry.superseded for entry in counts),
    )


def read_nation(
    con: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], feeds: Sequence[Feed]
) -> Nation:
    """Return what the release that `con` has open says of these feeds."""
    today = con.execute(
        f"SELECT CAST(timezone('{ZONE}', ?::TIMESTAMPTZ) AS DATE)", [manifest["created_at"]]
    ).fetchall()[0][0]
    scores = _scores(con)
    cities = {feed.city.key: feed.city for feed in feeds}.values()
    pages = []
    for city in sorted(cities, key=lambda city: city.code):
        feeds_of_city = [feed for feed in feeds if feed.city.key == city.key]
        pages.append(_city(con, city, feeds_of_city, scores, today))
    before = con.execute("SELECT max(created_at) FROM ops.releases").fetchall()[0][0]
    of_nation = scores.get((None, None), {})
    return Nation(manifest["release_id"], today, before, pages, of_nation, _incidents(con))


def has_table(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Return whether the release has a table of schema `ops`; older releases lack some."""
    query = "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'ops' AND table_name = ?"
    return bool(con.execute(query, [name]).fetchall())


def rows(
    con: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any] = ()
) -> list[dict[str, Any]]:
    """Return the rows of a query by name of column."""
    cursor = con.execute(query, list(values))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _scores(
    con: duckdb.DuckDBPyConnection,
) -> dict[tuple[str | None, str | None], dict[str, Score]]:
    """Return dimension -> score by city and dataset; (city, None) is a city's, (None, None) the
    nation's."""
    scores: dict[tuple[str | None, str | None], dict[str, Score]] = {}
    if not has_table(con, "scores"):
        return scores
    for row in rows(con, "SELECT * FROM ops.scores"):
        by_dimension = scores.setdefault((row["city"], row["dataset"]), {})
        reasons = BilingualText(row["reasons_en"] or "", row["reasons_th"] or "")
        by_dimension[row["dimension"]] = Score(row["score"], row["grade"], reasons)
    return scores


def _incidents(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    if not has_table(con, "incidents"):
        return []
    query = """
        SELECT *
        FROM ops.incidents
        WHERE state <> 'closed'
        ORDER BY severity, opened_at, incident_id
        """
    return rows(con, query)


def _city(
    con: duckdb.DuckDBPyConnection,
    city: City,
    feeds: Sequence[Feed],
    scores: Mapping[tuple[str | None, str | None], Mapping[str, Score]],
    today: date,
) -> CityPage:
    pages = [
        _feed(con, feed, scores.get(feed.key, {}), today)
        for feed in sorted(feeds, key=lambda feed: feed.dataset)
    ]
    return CityPage(city, scores.get((city.key, None), {}), pages)


def _feed(
    con: duckdb.DuckDBPyConnection, feed: Feed, scores: Mapping[str, Score], today: date
) -> FeedPage:
    suite = feed.suite
    title = BilingualText(**suite.title)
    extracts = read_extracts(con, *feed.key)
    current = [extract for extract in extracts if extract.state == ExtractState.CURRENT]
    up_to = max((extract.last_date for extract in current), default=None)
    source_rows, accounting = _accounting(con, feed)
    days_since = (today - up_to).days if up_to else None
    freshness = Freshness(title, days_since, read_allowed_age_days(con, *feed.key, today))
    return FeedPage(
        city=feed.city,
        dataset=feed.dataset,
        title=title,
        table=f"core.{suite.fact}",
        scores=scores,
        extracts=extracts,
        measured=read_measured(con, feed, extracts),
        accounting=accounting,
        source_rows=source_rows,
        freshness=freshness,
        late=_late(con, feed),
        data_up_to=up_to,
    )


def _accounting(con: duckdb.DuckDBPyConnection, feed: Feed) -> tuple[int, Accounting]:
    """Return the rows of the feed's files, and where their records went."""
    sums = con.execute(
        """
        SELECT
          sum(source_rows), sum(records_in_core), sum(records_quarantined),
          sum(records_duplicate), sum(records_superseded)
        FROM ops.row_accounting
        WHERE city = ? AND dataset = ?
        """,
        feed.key,
    ).fetchall()[0]
    source_rows, *counts = (int(value or 0) for value in sums)
    return source_rows, Accounting(*counts)


def _late(con: duckdb.DuckDBPyConnection, feed: Feed) -> Late:
    row = con.execute(
        """
        SELECT count(*), min(due_on)
        FROM ops.expected_arrivals
        WHERE city = ? AND dataset = ? AND state = 'late'
        """,
        feed.key,
    ).fetchall()[0]
    return Late(*row)
