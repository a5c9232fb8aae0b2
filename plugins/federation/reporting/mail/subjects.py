"""The one line that says the act, the feed and the day: the subject of a mail, its heading and the
line of preview."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from federation.common.bilingual import BilingualText
from federation.common.vocabulary import ProblemKind, Severity
from federation.messages import said
from federation.messages.status_words import STATUS_WORDS, FeedStatus, in_use
from federation.reporting.mail.causes import Cause

_LONGEST = 78  # characters of one language in a subject


@dataclass(frozen=True)
class Situation:
    """What a subject is made of: whose mail it is, how the feeds are, what is open and what was
    fixed."""

    about: BilingualText  # the city, with the dataset of a steward of one
    is_nation: bool
    day: date
    statuses: Sequence[FeedStatus]
    urgent: Sequence[Cause]  # what is open and must be done by a day, the worst first
    fixed: Sequence[Cause]
    remarks: Sequence[Cause]  # what is open and asks nobody to act by a day
    changed: bool  # whether anything is new or fixed
    score: str = ""  # of the nation: grade and figure


def heading(now: Situation) -> BilingualText:
    """Return the line in full; `cut` makes a subject of it."""
    if now.is_nation:
        return _of_nation(now)
    if now.urgent:
        return said.joined(_deadline(now), _urgent(now))
    if now.fixed:
        done = BilingualText(f"✓ {now.about.en}:", f"✓ {now.about.th}:")
        return said.joined(done, _fixed(now.fixed))
    return said.joined(BilingualText(f"{now.about.en}:", f"{now.about.th}:"), _in_order(now))


def cut(text: str) -> str:
    """Return a text in the length of a subject, cut at a word."""
    if len(text) <= _LONGEST:
        return text
    whole = text[: _LONGEST - 1].rpartition(" ")[0].rstrip(" ,(:·")
    return f"{whole} …"


def preheader(now: Situation) -> BilingualText:
    """Return the line that mail programs show beside the subject: the first thing to do."""
    if now.urgent:
        return now.urgent[0].todo
    if now.fixed:
        return _fixed(now.fixed)
    return _in_order(now)


def _of_nation(now: Situation) -> BilingualText:
    day = said.day(now.day)
    start = BilingualText(f"City data, {day.en}", f"คุณภาพข้อมูลเมือง {day.th}")
    critical = [cause for cause in now.urgent if cause.severity == Severity.CRITICAL]
    if critical:
        names = critical[0].names
        count = sum(len(cause.incidents) for cause in critical)
        tail = BilingualText(f"{count} urgent ({names.en})", f"เร่งด่วน {count} ({names.th})")
    elif now.urgent:
        count = sum(len(cause.incidents) for cause in now.urgent)
        items = said.count(count, "item needs", "items need", "รายการ")
        tail = BilingualText(f"{items.en} action", f"ต้องแก้ไข {items.th}")
    else:
        tail = _in_order(now)
    score = BilingualText(now.score, now.score)
    return BilingualText(
        f"{start.en}: {said.joined(score, tail, by=', ').en}",
        f"{start.th}: {said.joined(score, tail, by=' · ').th}",
    )


def _deadline(now: Situation) -> BilingualText:
    by = min(cause.by for cause in now.urgent)
    day = said.day_and_month(by)
    if by < now.day:
        return BilingualText(f"[was due {day.en}]", f"[เลยกำหนด {day.th}]")
    return BilingualText(f"[fix by {day.en}]", f"[แก้ภายใน {day.th}]")


def _urgent(now: Situation) -> BilingualText:
    about = now.about
    if len(now.statuses) == 1 or len(now.urgent) == 1:
        first, more = now.urgent[0], len(now.urgent) - 1
        name = about
        if len(now.statuses) > 1:
            name = said.joined(about, first.names)
        rest = said.NOTHING
        if more:
            rest = BilingualText(f", and {more} more", f" และอีก {more} รายการ")
        return BilingualText(
            f"{name.en}: {first.message.en}{rest.en}", f"{name.th}: {first.message.th}{rest.th}"
        )
    statuses = in_use(now.statuses)
    good = sum(status == FeedStatus.OK for status in statuses)
    bad = len(statuses) - good
    needs = "dataset needs" if bad == 1 else "datasets need"
    return BilingualText(
        f"{about.en}: {bad} {needs} action, {good} in order",
        f"{about.th}: ต้องแก้ไข {bad} ชุดข้อมูล ปกติ {good} ชุดข้อมูล",
    )


def _fixed(fixed: Sequence[Cause]) -> BilingualText:
    if len(fixed) == 1:
        cause = fixed[0]
        what = said.joined(cause.names, cause.message, by=": ")
        return BilingualText(
            f"fixed, thank you (was: {what.en})", f"แก้ไขแล้ว ขอบคุณ (เดิม: {what.th})"
        )
    count = said.count(len(fixed), "item", "items", "รายการ")
    return BilingualText(f"{count.en} fixed, thank you", f"แก้ไขแล้ว {count.th} ขอบคุณ")


def _in_order(now: Situation) -> BilingualText:
    statuses = in_use(now.statuses)
    if now.statuses and not statuses:
        return STATUS_WORDS[FeedStatus.RETIRED].words
    good = sum(status == FeedStatus.OK for status in statuses)
    if all(status == FeedStatus.NONE for status in statuses):
        return STATUS_WORDS[FeedStatus.NONE].words
    if len(statuses) == 1:
        return _only_feed(statuses[0], now.remarks)
    if good == len(statuses):
        return BilingualText(f"all {good} datasets in order", f"ปกติทั้ง {good} ชุดข้อมูล")
    total = len(statuses)
    return BilingualText(f"{good} of {total} datasets in order", f"ปกติ {good} จาก {total} ชุดข้อมูล")


def _only_feed(status: FeedStatus, remarks: Sequence[Cause]) -> BilingualText:
    """Return how the feed is of a steward of one: where it is dormant, since when."""
    dormant = [
        cause.message for cause in remarks if cause.incidents[0].problem.kind == ProblemKind.DORMANT
    ]
    return dormant[0] if dormant else STATUS_WORDS[status].words
