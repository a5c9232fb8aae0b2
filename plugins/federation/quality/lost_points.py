"""Why a score is not 100, beside what failed: periods that did not come, fewer records than
promised, further copies, days late, no promise of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from federation.common.bilingual import BilingualText
from federation.common.vocabulary import Dimension
from federation.extracts.dated import NEWEST_PERIODS
from federation.extracts.status import ReleaseInput
from federation.messages import said
from federation.quality.scores import OVERALL, Period, expected_records

_OF_ALL_PERIODS = (Dimension.COMPLETENESS, Dimension.TIMELINESS, OVERALL)
_OF_TIME = (Dimension.TIMELINESS, OVERALL)
_OF_COPIES = (Dimension.UNIQUENESS, OVERALL)
_NO_PROMISE = BilingualText("no day of delivery is promised", "ไม่มีกำหนดส่ง")


@dataclass(frozen=True)
class Shortfall:
    """What is not there, of the newest periods of a feed."""

    periods: int
    missing: int  # of these periods
    came: int  # records of the periods that came, up to what each owes
    owed: int
    copies: int
    on_hold: int  # records
    days_late: int  # of the latest one
    is_regular: bool

    def why(self, dimension: str) -> Iterator[BilingualText]:
        """Yield what costs points in a dimension, or in `overall`."""
        if not self.is_regular and dimension in _OF_TIME:
            yield _NO_PROMISE
        if self.missing and dimension in _OF_ALL_PERIODS:
            yield BilingualText(
                f"{self.missing} of the {self.periods} newest periods are missing",
                f"ขาด {self.missing} จาก {self.periods} งวดล่าสุด",
            )
        if self.came < self.owed:
            yield BilingualText(
                f"{self.came:,} of {self.owed:,} records came",
                f"มา {self.came:,} จาก {self.owed:,} ระเบียน",
            )
        if self.on_hold and dimension == Dimension.COMPLETENESS:
            held = said.records(self.on_hold)
            yield BilingualText(f"{held.en} on hold", f"พักรอแก้ไข {held.th}")
        if self.copies and dimension in _OF_COPIES:
            yield said.count(self.copies, "further copy", "further copies", "ระเบียนซ้ำ")
        if self.days_late and dimension in _OF_TIME:
            days = said.length(self.days_late)
            yield BilingualText(f"up to {days.en} late", f"ช้าถึง {days.th}")


def shortfall_of(
    periods: Sequence[Period], recent: Sequence[ReleaseInput], *, is_regular: bool
) -> Shortfall:
    """Return what is not there of a feed with these periods, oldest first; `recent` are its
    extracts of the newest ones."""
    newest = periods[-NEWEST_PERIODS:]
    owed = expected_records(periods)[-NEWEST_PERIODS:]
    came = [(period.serving.received, of) for period, of in zip(newest, owed, strict=True)
            if period.serving]  # fmt: skip
    return Shortfall(
        periods=len(newest),
        missing=sum(period.serving is None for period in newest),
        came=round(sum(min(received, of) for received, of in came)),
        owed=round(sum(of for _, of in came)),
        copies=sum(entry.records_duplicate for entry in recent),
        on_hold=sum(entry.records_quarantined for entry in recent),
        days_late=max((period.days_late for period in newest), default=0),
        is_regular=is_regular,
    )
