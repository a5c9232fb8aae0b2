"""What a first mail tells a steward of each feed: what was agreed, when a file is due."""

from collections.abc import Sequence
from datetime import date, timedelta

from federation.common.bilingual import BilingualText
from federation.contracts.model import Feed
from federation.extracts.expected_arrivals import periods
from federation.messages import said
from federation.messages.status_words import STATUS_WORDS, FeedStatus
from federation.reference.working_days import working_day

_CADENCES = {
    "monthly": BilingualText("every month", "ทุกเดือน"),
    "quarterly": BilingualText("every quarter", "ทุกไตรมาส"),
    "yearly": BilingualText("every year", "ทุกปี"),
    "four_times_a_month": BilingualText("four times a month", "เดือนละสี่ครั้ง"),
}
_YEAR = timedelta(days=370)


def promises(feeds: Sequence[Feed], today: date) -> list[BilingualText]:
    """Return a line per feed."""
    return [_promise(feed, today) for feed in feeds]


def _promise(feed: Feed, today: date) -> BilingualText:
    title = feed.suite.title
    if feed.is_retired(today):
        words = STATUS_WORDS[FeedStatus.RETIRED].words
        return BilingualText(f"{title['en']}: {words.en}", f"{title['th']}: {words.th}")
    if feed.latency_days is None or feed.cadence not in _CADENCES:
        return BilingualText(f"{title['en']}: no fixed day is agreed", f"{title['th']}: ไม่มีกำหนดส่ง")
    every, days = _CADENCES[feed.cadence], said.length(feed.latency_days)
    due = said.day(next_due(feed, today))
    return BilingualText(
        f"{title['en']}: {every.en}, within {days.en} after the period; next by {due.en}",
        f"{title['th']}: {every.th} ภายใน {days.th}หลังสิ้นงวด ครั้งต่อไปภายใน {due.th}",
    )


def next_due(feed: Feed, today: date) -> date:
    """Return the next day from today on which a file is due by the feed's cadence."""
    latency = timedelta(days=feed.latency_days or 0)
    around = periods(feed.cadence, today - latency - _YEAR, today + _YEAR)
    return min(due for _, last in around if (due := working_day(last + latency)) >= today)
