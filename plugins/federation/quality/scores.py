"""Scores from 0 to 100: what share of the records that a feed owes is there and good, dimension
by dimension.

What is owed and not there is not good, so a score cannot rise by sending less: a record that is
left out counts as one that fails, in every dimension, and a delivery with fewer records than
another one of its period is worth no more than that one. A period that does not come is nothing in
completeness, timeliness and overall; the other dimensions say how good that is which came.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from federation.common.vocabulary import Dimension

DIMENSIONS = tuple(Dimension)
OVERALL = "overall"
_OF_WHAT_IS_DUE = (Dimension.COMPLETENESS, Dimension.TIMELINESS)
PERIODS = 12  # the newest ones that a score rests on
FINDING_PENALTY = 0.05  # what a finding on a whole file costs of its dimension
DAYS_TO_NOTHING = 30  # days late after which a delivery is worth nothing in timeliness
GRADES = ((95.0, "A"), (85.0, "B"), (70.0, "C"), (50.0, "D"), (0.0, "F"))


@dataclass(frozen=True)
class ScoredDelivery:
    """One accepted delivery of a period; counts are records, further copies apart."""

    received: int
    failing: Mapping[str, int] = field(
        default_factory=dict
    )  # dimension -> records that fail the worst expectation of it
    findings_on_file: Mapping[str, int] = field(
        default_factory=dict
    )  # dimension -> findings on the file as a whole

    def good(self, dimension: str) -> float:
        """Return how many of its records are good in a dimension."""
        good = max(0, self.received - self.failing.get(dimension, 0))
        return float(good * (1 - FINDING_PENALTY) ** self.findings_on_file.get(dimension, 0))


@dataclass(frozen=True)
class Period:
    """One period of a feed: what serves of it, what else came of it, and what it promises."""

    days: int
    serving: ScoredDelivery | None
    others: Sequence[ScoredDelivery] = ()  # accepted ones that were replaced
    most_of_others: int = (
        0  # records of the largest other file that ever came of it, rejected ones too
    )
    promised: float | None = (
        None  # records by the dataset's grain, such as stations x hours; None where it says nothing
    )
    days_late: int = 0

    @property
    def largest(self) -> int:
        """Records of the largest file that ever came of it."""
        return max(self.most_of_others, self.serving.received if self.serving else 0)

    def good(self, dimension: str) -> float:
        """Return the records that are good.

        The delivery that serves is worth no more than a larger one before it.
        """
        if self.serving is None:
            return 0.0
        larger = [
            other.good(dimension) for other in self.others if other.received > self.serving.received
        ]
        good = min([self.serving.good(dimension), *larger])
        return (
            good * max(0.0, 1 - self.days_late / DAYS_TO_NOTHING)
            if dimension == Dimension.TIMELINESS
            else good
        )


def expected_records(periods: Sequence[Period]) -> list[float]:
    """Return the records that each period owes, oldest first.

    What its grain promises; else as many as another file of it held, and as many a day as came in
    the middle one of the periods before. Only where nothing of this is known, what it holds itself:
    what a delivery holds must not say what it owes, else leaving records out would pay.
    """
    rates = [period.largest / period.days for period in periods]
    found = []
    for place, period in enumerate(periods):
        before = [rate for rate in rates[max(0, place - PERIODS) : place] if rate]
        usual = median(before) * period.days if before else 0.0
        found.append(
            period.promised
            or max(float(period.most_of_others), usual)
            or float(period.largest)
            or 1.0
        )
    return found


def feed_scores(
    periods: Sequence[Period], measured: Sequence[str] = DIMENSIONS
) -> dict[str, float | None]:
    """Return dimension -> score of a feed with these periods, oldest first, and `overall`.

    Each period counts alike, so that a period cannot gain weight by what is sent of it. `overall`
    is the mean of the dimensions when a missing period counts as nothing in each. None for a
    dimension that no expectation measures or of which nothing came, and everywhere for a feed that
    owes nothing yet.
    """
    newest, due = periods[-PERIODS:], expected_records(periods)[-PERIODS:]
    came = sum(period.serving is not None for period in newest)
    found: dict[str, float | None] = dict.fromkeys((*DIMENSIONS, OVERALL))
    sums = {
        dimension: sum(
            min(1.0, period.good(dimension) / part)
            for period, part in zip(newest, due, strict=True)
        )
        for dimension in DIMENSIONS
        if dimension in measured
    }
    for dimension, total in sums.items():
        found[dimension] = _percent(total, len(newest) if dimension in _OF_WHAT_IS_DUE else came)
    return found | {OVERALL: _percent(sum(sums.values()), len(newest) * len(sums))}


def _percent(part: float, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def mean(scores: Iterable[float | None]) -> float | None:
    """Return the mean of the scores that there are, or None."""
    known = [score for score in scores if score is not None]
    return round(sum(known) / len(known), 1) if known else None


def combine_scores(scores: Sequence[Mapping[str, float | None]]) -> dict[str, float | None]:
    """Return the scores of a city from its feeds', or of the nation from its cities': each
    counts alike."""
    return {
        dimension: mean([entry[dimension] for entry in scores])
        for dimension in (*DIMENSIONS, OVERALL)
    }


def grade(score: float | None) -> str | None:
    """Return A (95 and more) to F (below 50), or None."""
    return None if score is None else next(letter for least, letter in GRADES if score >= least)
