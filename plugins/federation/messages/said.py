"""How days, spans, counts, lengths and shares are said to people, in Thai and English.

Thai years are of the Buddhist era. Tables and commands keep ISO 8601; sentences use these.
"""

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from federation.common.bilingual import BilingualText
from federation.common.periods import BANGKOK

BE = 543  # years between the Buddhist and the Common Era
MONTHS_TH = (
    *("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย."),
    *("ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."),
)
LONG_MONTHS_TH = (
    *("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน"),
    *("กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"),
)
MONTHS_EN = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
NOTHING = BilingualText("", "")
_NO_DAY = BilingualText("–", "–")


def day(local: date | datetime | None) -> BilingualText:
    """Return a local day (26 Nov 2026, 26 พ.ย. 2569); an instant is taken to Asia/Bangkok."""
    if local is None:
        return _NO_DAY
    if isinstance(local, datetime):
        local = local.astimezone(BANGKOK).date() if local.tzinfo else local.date()
    return _of(lambda month, year: f"{local.day} {month} {year}", local)


def day_and_month(local: date) -> BilingualText:
    """Return a local day of about now, without its year, as subjects name it."""
    return _of(lambda month, _: f"{local.day} {month}", local)


def minute(instant: datetime) -> BilingualText:
    """Return an instant to the minute in Thai time, and say that it is."""
    local = instant.astimezone(BANGKOK)
    at = day(local.date())
    return BilingualText(f"{at.en} {local:%H:%M} (Thai time)", f"{at.th} เวลา {local:%H.%M} น.")


def span(first: date, last: date) -> BilingualText:
    """Return a closed interval of local days in the shortest way that is plain: years, months,
    days."""
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        years = [str(first.year)] + [str(last.year)] * (first.year != last.year)
        in_be = [str(int(year) + BE) for year in years]
        return BilingualText("–".join(years), f"ปี {'–'.join(in_be)}")
    if first.day == 1 and last.day == monthrange(last.year, last.month)[1]:
        return _range(first, last, lambda month, _: month)
    return _range(first, last, lambda month, at: f"{at.day} {month}")


def period(partition: str) -> BilingualText:
    """Return what the name of a partition (`2026-01`, `2019`, `2018-10..2019-09`) stands for; a
    text that is none stays as it is."""
    first, _, last = partition.partition("..")
    try:
        return span(_first_day(first), _last_day(last or first))
    except ValueError:
        return BilingualText(partition, partition)


def count(number: int, one: str, many: str, thai: str) -> BilingualText:
    """Return a number of things: `3 periods`, `3 งวด`."""
    return BilingualText(f"{number:,} {one if number == 1 else many}", f"{number:,} {thai}")


def records(number: int) -> BilingualText:
    return count(number, "record", "records", "ระเบียน")


def files(number: int) -> BilingualText:
    return count(number, "file", "files", "ไฟล์")


def periods(number: int) -> BilingualText:
    return count(number, "period", "periods", "งวด")


def share(part: float, precision: int = 0) -> str:
    """Return a share of one as per cent, between 0 % and 100 %."""
    return f"{100 * min(1.0, max(0.0, part)):.{precision}f} %"


def length(days: int) -> BilingualText:
    """Return how long something lasts in its two largest units: years and months, or days."""
    years, months = divmod(days * 12 // 365, 12)
    if years or months > 1:
        parts = [(years, "year", "years", "ปี"), (months, "month", "months", "เดือน")]
        said = [count(*part) for part in parts if part[0]]
        return BilingualText(*(" ".join(getattr(it, key) for it in said) for key in ("en", "th")))
    return count(days, "day", "days", "วัน")


def took(hours: float) -> BilingualText:
    """Return within what time something was done."""
    if hours < 1:
        return BilingualText("within an hour", "ภายในหนึ่งชั่วโมง")
    if hours < 48:
        said = count(round(hours), "hour", "hours", "ชั่วโมง")
    else:
        said = count(round(hours / 24), "day", "days", "วัน")
    return BilingualText(f"in {said.en}", f"ภายใน {said.th}")


def names(of: Sequence[BilingualText], shown: int = 6) -> BilingualText:
    """Return names beside each other; of many the first, and how many more there are."""
    more = len(of) - shown
    en, th = [name.en for name in of[:shown]], [name.th for name in of[:shown]]
    if more > 0:
        return BilingualText(f"{', '.join(en)} and {more} more", f"{' '.join(th)} และอีก {more}")
    if len(of) < 2:
        return of[0] if of else NOTHING
    last = " " if th[-1].isascii() else ""
    return BilingualText(
        f"{', '.join(en[:-1])} and {en[-1]}", f"{' '.join(th[:-1])} และ{last}{th[-1]}"
    )


def joined(*texts: BilingualText, by: str = " ") -> BilingualText:
    """Return the texts that are there beside each other."""
    return BilingualText(
        by.join(text.en for text in texts if text.en), by.join(text.th for text in texts if text.th)
    )


def _of(text: Callable[[str, int], str], at: date) -> BilingualText:
    return BilingualText(
        text(MONTHS_EN[at.month - 1], at.year), text(MONTHS_TH[at.month - 1], at.year + BE)
    )


def _range(first: date, last: date, text: Callable[[str, date], str]) -> BilingualText:
    """Return two ends of which the first leaves out what both share."""
    ends = []
    for months, era in ((MONTHS_EN, 0), (MONTHS_TH, BE)):
        start, end = (text(months[at.month - 1], at) for at in (first, last))
        same_month = (first.year, first.month) == (last.year, last.month)
        if start == end and first.year == last.year:
            ends.append(f"{end} {last.year + era}")
        elif same_month:
            ends.append(f"{first.day}–{end} {last.year + era}")
        elif first.year == last.year:
            ends.append(f"{start}–{end} {last.year + era}")
        else:
            ends.append(f"{start} {first.year + era}–{end} {last.year + era}")
    return BilingualText(*ends)


def _first_day(text: str) -> date:
    return date.fromisoformat(f"{text}-01-01"[:10] if len(text) != 7 else f"{text}-01")


def _last_day(text: str) -> date:
    if len(text) == 4:
        return date(int(text), 12, 31)
    if len(text) == 7:
        first = date.fromisoformat(f"{text}-01")
        return first.replace(day=monthrange(first.year, first.month)[1])
    return date.fromisoformat(text)


def until(end: date, today: date) -> BilingualText:
    """Return how long ago a day was."""
    return length(max(timedelta(0), today - end).days)
