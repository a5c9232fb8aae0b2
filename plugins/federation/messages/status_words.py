"""How a feed is, in one word that leads: from its newest verdict and from what is open about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from federation.common.bilingual import BilingualText
from federation.common.reason import split_code
from federation.common.vocabulary import ProblemKind, ReasonCode, Severity, VerdictKind


class FeedStatus(StrEnum):
    """How a feed is, the worst first."""

    FIX = "fix"
    REFUSED = "refused"
    HELD = "held"
    INCOMPLETE = "incomplete"
    OVERDUE = "overdue"
    DORMANT = "dormant"
    WAITING = "waiting"
    NONE = "none"
    RETIRED = "retired"
    OK = "ok"


@dataclass(frozen=True)
class StatusWords:
    """A status as people see it: a shape before the word, so that colour tells nothing alone."""

    shape: str
    words: BilingualText


STATUS_WORDS: Mapping[FeedStatus, StatusWords] = {
    FeedStatus.FIX: StatusWords("✗", BilingualText("to be fixed", "ต้องแก้ไข")),
    FeedStatus.REFUSED: StatusWords("✗", BilingualText("agreement not usable", "ข้อตกลงใช้ไม่ได้")),
    FeedStatus.HELD: StatusWords("▲", BilingualText("awaiting approval", "รออนุมัติ")),
    FeedStatus.INCOMPLETE: StatusWords("▲", BilingualText("incomplete", "ข้อมูลไม่ครบ")),
    FeedStatus.OVERDUE: StatusWords("▲", BilingualText("overdue", "ขาดส่ง")),
    FeedStatus.DORMANT: StatusWords("■", BilingualText("out of date", "ไม่เป็นปัจจุบัน")),
    FeedStatus.WAITING: StatusWords("○", BilingualText("not yet checked", "รอตรวจ")),
    FeedStatus.NONE: StatusWords("○", BilingualText("no data yet", "ยังไม่มีข้อมูล")),
    FeedStatus.RETIRED: StatusWords("□", BilingualText("stopped for good", "ยุติการส่งแล้ว")),
    FeedStatus.OK: StatusWords("●", BilingualText("in order", "ปกติ")),
}
_OF_VERDICT = {
    VerdictKind.REJECTED: FeedStatus.FIX,
    VerdictKind.HELD: FeedStatus.HELD,
    VerdictKind.REFUSED: FeedStatus.REFUSED,
    VerdictKind.WAITING: FeedStatus.WAITING,
    VerdictKind.NONE: FeedStatus.NONE,
}
_OF_PROBLEM: Mapping[str, FeedStatus] = {
    ProblemKind.LATE: FeedStatus.OVERDUE,
    ProblemKind.DORMANT: FeedStatus.DORMANT,
    ProblemKind.INCOMPLETE: FeedStatus.INCOMPLETE,
    ProblemKind.EMPTY_PERIOD: FeedStatus.INCOMPLETE,
    ReasonCode.HELD_FOR_APPROVAL: FeedStatus.HELD,
}


def feed_status(
    verdict: str, open_problems: Iterable[tuple[str, str]] = (), *, is_retired: bool = False
) -> FeedStatus:
    """Return the worst of a verdict and of what is open: pairs of reason and severity; what is
    only a remark leaves a feed in order. That it is dormant asks nothing of the city and is
    said. A feed that its city has stopped for good is no feed in order, and none that anybody
    waits for."""
    at_best = FeedStatus.RETIRED if is_retired else FeedStatus.OK
    found = [_OF_VERDICT.get(VerdictKind(verdict), at_best)]
    if is_retired and found[0] in (FeedStatus.NONE, FeedStatus.WAITING):
        found = [FeedStatus.RETIRED]
    for reason, severity in open_problems:
        if severity != Severity.INFO or _kind(reason) == ProblemKind.DORMANT:
            found.append(_OF_PROBLEM.get(_kind(reason), FeedStatus.FIX))
    return min(found, key=list(FeedStatus).index)


def in_use(statuses: Iterable[FeedStatus]) -> list[FeedStatus]:
    """Return the statuses without those of feeds that their cities have stopped for good."""
    return [status for status in statuses if status != FeedStatus.RETIRED]


def _kind(reason: str) -> str:
    name, _ = split_code(reason)
    return name
