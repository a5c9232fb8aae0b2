"""Thailand's holidays by who has them, and the days of the two festivals that fill the roads.

Holidays are those of the `holidays` package, told apart by name, with `holiday_corrections.csv` for
the days of which the package says something else than the cabinet or the Bank of Thailand. The
lists of 2020 to 2026 were compared day by day. Regional holidays, which the cabinet gave in 2021,
are none of the nation's.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_IN_LIEU = "ชดเชย"
# National Children's Day is a Saturday of no holiday; the closing day was the farmers' bank's own.
_NOBODYS = {
    "วันเด็กแห่งชาติ",
    "วันหยุดเพิ่มเติมสำหรับการปิดบัญชีประจำปีของธนาคารเพื่อการเกษตรและสหกรณ์การเกษตร",
}
_OF_BANKS = {"วันแรงงานแห่งชาติ", "วันหยุดภาคครึ่งปีของสถาบันการเงินและสถาบันการเงินเฉพาะกิจ"}
_OF_GOVERNMENT = "วันพืชมงคล"
_LENT, _LENT_EVE = "วันเข้าพรรษา", "วันอาสาฬหบูชา"
_GIVEN_ONCE = ("วันหยุดพิเศษ", "วันเลือกตั้ง", "พระราชพิธี", "วันพระราชพิธี")


@dataclass(frozen=True)
class Holiday:
    """One day of holiday.

    `kind` is regular (the day itself), substitute (for one that fell on a weekend), moved (the
    cabinet put it elsewhere) or special (given for one year). Government offices keep the cabinet's
    list, which names weekend days too; banks that of the Bank of Thailand, which names weekdays
    only. Several names of one day are separated by a semicolon.
    """

    day: date
    kind: str
    name_th: str
    name_en: str
    is_government_holiday: bool
    is_bank_holiday: bool


@dataclass(frozen=True)
class FestivalPeriod:
    """The days of one year's festival that the Road Safety Directing Centre watched most.

    Both days are None where there was no festival.
    """

    festival: str
    year: int
    first_day: date | None
    last_day: date | None


@cache
def holidays_of(year: int) -> dict[date, Holiday]:
    """Return the holidays of a year by their day.

    Years that are not announced yet have those that follow from the rules.
    """
    found = {entry.day: entry for entry in _of_package(year)}
    for row in _rows("holiday_corrections.csv"):
        day = date.fromisoformat(row["date"])
        if day.year == year:
            found[day] = _corrected(day, row, found.get(day))
    return {day: entry for day, entry in sorted(found.items()) if _is_kept(entry)}


@cache
def festival_periods() -> tuple[FestivalPeriod, ...]:
    """Return the periods of Songkran and New Year, for the years whose days are known."""
    return tuple(
        FestivalPeriod(
            row["festival"], int(row["year"]), _day(row["first_day"]), _day(row["last_day"])
        )
        for row in _rows("festival_periods.csv")
    )


def is_in_festival(festival: str, day: date) -> bool | None:
    """Return whether a day is in the period of a festival; None where its days are not known."""
    # New Year's period begins in December.
    year = day.year + (1 if festival == "new_year" and day.month > 6 else 0)
    for entry in festival_periods():
        if (entry.festival, entry.year) == (festival, year):
            return (
                entry.first_day is not None
                and entry.last_day is not None
                and entry.first_day <= day <= entry.last_day
            )
    return None


def _of_package(year: int) -> Iterator[Holiday]:
    import holidays

    thai, english = (
        holidays.country_holidays(
            "TH", years=year, language=language, categories=("public", "government", "bank")
        )
        for language in ("th", "en_US")
    )
    for day in thai:
        names = zip(thai.get_list(day), english.get_list(day), strict=True)
        yield _holiday(day, [(th, en) for th, en in names if _bare(th) not in _NOBODYS])


def _holiday(day: date, names: list[tuple[str, str]]) -> Holiday:
    bare = [_bare(th) for th, _ in names]
    return Holiday(
        day=day,
        kind=_kind(names[0][0]) if names else "regular",
        name_th="; ".join(th for th, _ in names),
        name_en="; ".join(en for _, en in names),
        is_government_holiday=any(name not in _OF_BANKS for name in bare),
        is_bank_holiday=day.isoweekday() < 6
        and any(name not in _not_of_banks(day.year) for name in bare),
    )


def _bare(name_th: str) -> str:
    return name_th.removeprefix(_IN_LIEU)


def _not_of_banks(year: int) -> set[str]:
    """Return whose days banks do not keep: Asarnha Bucha took the place of Khao Phansa in 2007
    (Bank of Thailand's list of 2009)."""
    return {_OF_GOVERNMENT, _LENT if year >= 2007 else _LENT_EVE}


def _kind(name_th: str) -> str:
    if _IN_LIEU in name_th:
        return "substitute"
    return "special" if name_th.startswith(_GIVEN_ONCE) else "regular"


def _corrected(day: date, row: dict[str, str], package: Holiday | None) -> Holiday:
    """Return what a row of the corrections says of a day; what it leaves out is as in the
    package."""
    return Holiday(
        day=day,
        kind=row["kind"] or (package.kind if package else "special"),
        name_th=row["name_th"] or (package.name_th if package else ""),
        name_en=row["name_en"] or (package.name_en if package else ""),
        is_government_holiday=row["government"] == "true",
        is_bank_holiday=row["banks"] == "true",
    )


def _is_kept(entry: Holiday) -> bool:
    return entry.is_government_holiday or entry.is_bank_holiday


def _day(written: str) -> date | None:
    return date.fromisoformat(written) if written else None


def _rows(name: str) -> Iterable[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
