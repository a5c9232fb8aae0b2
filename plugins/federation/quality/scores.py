"""Scores from 0 to 100: the share of the expected records that came and are good, by dimension.

A score cannot rise by sending less. A record that is left out counts as one that fails, in every
dimension; a delivery with fewer records than another one of its period scores no more than that
one. A period that does not come scores 0 in completeness, timeliness and overall; the other
dimensions are about the periods that came.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from federation.common.vocabulary import Dimension
from federation.extracts.dated import NEWEST_PERIODS as PERIODS

DIMENSIONS = tuple(Dimension)
OVERALL = "overall"
_OF_ALL_PERIODS = (Dimension.COMPLETENESS, Dimension.TIMELINESS)  # others: of those that came
FINDING_PENALTY = 0.05  # what a finding on a whole file costs of its dimension
DAYS_TO_NOTHING = 30  # days late after which a delivery is worth nothing in timeliness
GRADES = ((95.0, "A"), (85.0, "B"), (70.0, "C"), (50.0, "D"), (0.0, "F"))


@dataclass(frozen=True)
class ScoredDelivery:
    """One accepted delivery of a period; counts are records, further copies apart."""

    received: int
    # dimension -> records that fail its worst expectation
    failing: Mapping[str, int] = field(default_factory=dict)
    # dimension -> findings on the file as a whole
    findings_on_file: Mapping[str, int] = field(default_factory=dict)

    def good(self, dimension: str) -> float:
        """Return how many of its records are good in a dimension."""
        good = max(0, self.received - self.failing.get(dimension, 0))
        findings = self.findings_on_file.get(dimension, 0)
        return float(good * (1 - FINDING_PENALTY) ** findings)


@dataclass(frozen=True)
class Period:
    """One period of a feed: the delivery that serves, the others, and what was promised."""

    days: int
    serving: ScoredDelivery | None
    others: Sequence[ScoredDelivery] = ()  # accepted ones that were replaced
    most_of_others: int = 0  # records of the largest other file that ever came, rejected ones too
    # Records by the dataset's grain, such as stations x hours; None where it says nothing.
    promised: float | None = None
    days_late: int = 0

    @property
    def largest(self) -> int:
        """Records of the largest file that ever came of it."""
        return max(self.most_of_others, self.serving.received if self.serving else 0)

    def good(self, dimension: str) -> float:
        """Return the records that are good: no more than in a larger delivery before."""
        if self.serving is None:
            return 0.0
        larger = [other for other in self.others if other.received > self.serving.received]
        good = min(delivery.good(dimension) for delivery in (self.serving, *larger))
        if dimension == Dimension.TIMELINESS:
            good *= max(0.0, 1 - self.days_late / DAYS_TO_NOTHING)
        return good


def expected_records(periods: Sequence[Period]) -> list[float]:
    """Return the number of records that each period should have, oldest first.

    It is what the dataset's grain promises. Else it is the larger of two: the records of another
    file of the period, and the median daily records of the periods before times its days. Only
    where none of this is known, it is what the period holds itself: a delivery must not set its
    own target, or leaving records out would pay.
    """
    rates = [period.largest / period.days for period in periods]
    expected = []
    for place, period in enumerate(periods):
        before = [rate for rate in rates[max(0, place - PERIODS) : place] if rate]
        usual = median(before) * period.days if before else 0.0
        records = (
            period.promised
            or max(float(period.most_of_others), usual)
            or float(period.largest)
            or 1.0
        )
        expected.append(records)
    return expected


def feed_scores(
    periods: Sequence[Period], measured: Sequence[str] = DIMENSIONS, *, is_regular: bool = True
) -> dict[str, float | None]:
    """Return dimension -> score of a feed with these periods, oldest first, and `overall`.

    Each period counts alike, so no period gains weight by the records that are sent of it.
    `overall` is the mean of the dimensions, where a missing period counts as 0 in each. A score is
    None for a dimension that no expectation measures or of which nothing came; all are None for a
    feed of which nothing is due yet. A feed that promises no time has neither timeliness nor
    `overall`.
    """
    newest = periods[-PERIODS:]
    expected = expected_records(periods)[-PERIODS:]
    came = sum(period.serving is not None for period in newest)
    scores: dict[str, float | None] = dict.fromkeys((*DIMENSIONS, OVERALL))
    sums = []
    for dimension in DIMENSIONS:
        if dimension in measured and (is_regular or dimension != Dimension.TIMELINESS):
            total = _sum_of_shares(dimension, newest, expected)
            count = len(newest) if dimension in _OF_ALL_PERIODS else came
            scores[dimension] = _percent(total, count)
            sums.append(total)
    if is_regular:
        scores[OVERALL] = _percent(sum(sums), len(newest) * len(sums))
    return scores


def score_of_what_came(
    periods: Sequence[Period], measured: Sequence[str] = DIMENSIONS
) -> float | None:
    """Return the mean of the dimensions but timeliness over the newest periods that came, however
    long ago: how much of what came is there and right."""
    came = [period for period in periods if period.serving is not None]
    others = [name for name in measured if name != Dimension.TIMELINESS]
    scores = feed_scores(came, others, is_regular=False)
    return mean(scores[name] for name in others)


def _sum_of_shares(dimension: str, periods: Sequence[Period], expected: Sequence[float]) -> float:
    """Return the sum of the periods' shares of good records, each 0 to 1."""
    shares = [
        period.good(dimension) / records for period, records in zip(periods, expected, strict=True)
    ]
    return sum(min(1.0, share) for share in shares)


def _percent(part: float, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def mean(scores: Iterable[float | None]) -> float | None:
    """Return the mean of the scores that there are, or None."""
    present = [score for score in scores if score is not None]
    return round(sum(present) / len(present), 1) if present else None


def combine_scores(scores: Sequence[Mapping[str, float | None]]) -> dict[str, float | None]:
    """Return the scores of a city from its feeds', or of the nation from its cities': each
    counts alike."""
    return {
        dimension: mean([entry[dimension] for entry in scores])
        for dimension in (*DIMENSIONS, OVERALL)
    }


def grade(score: float | None) -> str | None:
    """Return A (95 and more) to F (below 50), or None."""
    if score is None:
        return None
    return next(letter for least, letter in GRADES if score >= least)
