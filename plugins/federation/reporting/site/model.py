"""The report's content: the nation, its cities and their feeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from federation.common.bilingual import BilingualText
from federation.common.vocabulary import Dimension, ExtractState, Severity, VerdictKind
from federation.contracts.model import City
from federation.messages.status_words import STATUS_WORDS, FeedStatus, StatusWords, feed_status
from federation.reporting.charts.flow import Accounting
from federation.reporting.charts.freshness import Freshness
from federation.reporting.lifts import lifts
from federation.reporting.score_change import Change
from federation.reporting.score_order import best_first
from federation.reporting.site.expectations import Extract, Measured
from federation.reporting.site.incidents import Act, Incident, acts

_OF_WHAT_CAME = (
    Dimension.VALIDITY,
    Dimension.UNIQUENESS,
    Dimension.CONSISTENCY,
    Dimension.ACCURACY,
)


@dataclass(frozen=True)
class Score:
    """One score; None where nothing could be measured."""

    score: float | None
    grade: str | None
    reasons: BilingualText


@dataclass(frozen=True)
class Standing:
    """What `ops.feed_status` says of a feed; empty in releases of earlier code."""

    state: str = FeedStatus.OK
    data_up_to: date | None = None  # the newest local day that a record in the warehouse is about
    promised_up_to: date | None = None  # the last day of the newest file's period
    periods_missing: int = 0
    missing_since: date | None = None  # the first day of the oldest of them since what came last
    records_open: int = 0  # records that wait to be corrected
    grade_of_what_came: str | None = None  # where the feed as a whole has no grade


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
    now: Standing
    next_due: date | None  # when the next period is due
    incidents: list[Incident]

    @property
    def page(self) -> str:
        return f"{self.city.key}-{self.dataset}.html"

    @property
    def on_hold(self) -> int:
        """How many records wait to be corrected."""
        return self.now.records_open

    @property
    def verdict(self) -> str:
        """What the check of the newest file said."""
        return self.standing[0].verdict if self.standing else VerdictKind.NONE

    @property
    def is_in_order(self) -> bool:
        return self._status == FeedStatus.OK

    @property
    def status(self) -> StatusWords:
        """How the feed is, which leads before what a file check said."""
        return STATUS_WORDS[self._status]

    @property
    def _status(self) -> FeedStatus:
        # The incident of a dormant one is a question, which is a remark.
        if self.now.state == FeedStatus.DORMANT:
            return FeedStatus.DORMANT
        found = [(entry.reason, entry.severity) for entry in self.incidents]
        # A file that was not yet checked is no trouble of the feed.
        verdict = VerdictKind.ACCEPTED if self.verdict == VerdictKind.WAITING else self.verdict
        return feed_status(verdict, found, is_retired=self.now.state == FeedStatus.RETIRED)

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
    own_incidents: list[Incident]

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

    @property
    def incidents(self) -> list[Incident]:
        """Those of its feeds and of the city as a whole, the gravest first."""
        found = [*self.own_incidents, *(entry for feed in self.feeds for entry in feed.incidents)]
        return sorted(found, key=lambda entry: entry.gravity)

    @property
    def on_hold(self) -> int:
        return sum(feed.on_hold for feed in self.feeds)

    @property
    def in_order(self) -> int:
        """How many feeds have nothing to do."""
        return sum(feed.is_in_order for feed in self.feeds)

    @property
    def right(self) -> float | None:
        """How much of what came is right: the mean of the dimensions that ask this."""
        found = [self.scores[name].score for name in _OF_WHAT_CAME if name in self.scores]
        present = [score for score in found if score is not None]
        return sum(present) / len(present) if present else None

    @property
    def lifts(self) -> list[tuple[FeedPage, float]]:
        """The feeds that would raise the city's score most, with the points."""
        return lifts(self.feeds, lambda feed: feed.overall.score if feed.overall else None)

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
    incidents: list[Incident]
    change: Change | None  # of the national score; None for the first release

    @property
    def feeds(self) -> list[FeedPage]:
        return [feed for city in self.cities for feed in city.feeds]

    @property
    def in_order(self) -> int:
        """How many feeds have nothing to do."""
        return sum(feed.is_in_order for feed in self.feeds)

    @property
    def overall(self) -> Score | None:
        return self.scores.get("overall")

    @property
    def acts(self) -> list[Act]:
        """What is to be done, the gravest first, one line for each cause; remarks left out."""
        return acts(entry for entry in self.incidents if entry.severity != Severity.INFO)

    @property
    def accounting(self) -> Accounting:
        return total([city.accounting for city in self.cities])

    @property
    def datasets(self) -> dict[str, BilingualText]:
        """The datasets that some city delivers, with their titles."""
        return {feed.dataset: feed.title for city in self.cities for feed in city.feeds}

    def title(self, dataset: str) -> BilingualText:
        """Return the title of a dataset; of all where it is empty."""
        return self.datasets.get(dataset, BilingualText("All datasets", "ทุกชุดข้อมูล"))

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
        """The cities, the best first; those within a point of each other in order of code."""
        return best_first(self.cities, lambda page: page.overall.score if page.overall else None)


def total(counts: Sequence[Accounting]) -> Accounting:
    """Return the sums."""
    return Accounting(
        in_core=sum(entry.in_core for entry in counts),
        quarantined=sum(entry.quarantined for entry in counts),
        duplicate=sum(entry.duplicate for entry in counts),
        superseded=sum(entry.superseded for entry in counts),
    )
