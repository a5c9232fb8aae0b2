"""Path patterns: from an extract's path to the closed interval of local dates that it covers."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from federation.common.errors import HubError
from federation.common.periods import day_of

# placeholder -> its regular expression; BE years are Buddhist era, fiscal years begin on 1 October
_FIELDS = {
    "year": r"(?:19|20)\d\d",
    "be_year": r"2[45]\d\d",
    "month": r"(?:0[1-9]|1[0-2])",
    "be_fiscal_year": r"2[45]\d\d",
    "year_to": r"(?:19|20)\d\d",
    "be_year_to": r"2[45]\d\d",
    "part": r"[1-4]",
    "version": r"\d+",
}
_YEARS = ("{year}", "{be_year}", "{be_fiscal_year}")
_PART_FIRST_DAYS = (1, 9, 17, 25)


@dataclass(frozen=True, order=True)
class Partition:
    """A closed interval of local dates, named after what it is (`2026-01`, `2019`,
    `2018-10..2019-09`)."""

    start: date
    end: date

    def __str__(self) -> str:
        first, last = self.start, self.end
        if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
            return str(first.year) if first.year == last.year else f"{first.year}..{last.year}"
        if first.day == 1 and last == _month_end(last.year, last.month):
            months = f"{first:%Y-%m}", f"{last:%Y-%m}"
            return months[0] if months[0] == months[1] else "..".join(months)
        return f"{first}..{last}"

    def covers(self, other: "Partition") -> bool:
        """Return whether every date of `other` is a date of this partition."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Partition") -> bool:
        """Return whether the two share at least one date."""
        return self.start <= other.end and other.start <= self.end


# Every day that a partition may be about.
EVER = Partition(date.min, date.max)


def span_of(first: str | None, last: str | None) -> Partition:
    """Return the days from `first` to `last` (ISO 8601), open where none is given.

    Raises HubError for no span of days.
    """
    span = Partition(
        day_of(first, "--from") if first else date.min, day_of(last, "--to") if last else date.max
    )
    if span.start > span.end:
        raise HubError(
            "the span ends before it begins",
            where="--from, --to",
            todo="give the earlier day to --from",
        )
    return span


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


@dataclass(frozen=True)
class PathPattern:
    """A feed's path on its platform, such as `air/kk_air_{be_year}_{month}.parquet`.

    `{version?:TEXT}` marks text that only a second delivery carries (`-resend`); `{year_to?:TEXT}`
    a last year that only some paths name, behind TEXT (`2524-2553`, `2554`).
    """

    text: str

    @property
    def folder(self) -> str:
        """The part of the path before the first placeholder's folder; where a listing starts."""
        return self.text.split("{", 1)[0].rpartition("/")[0]

    @property
    def depth(self) -> int:
        """How many levels below `folder` the files lie."""
        return self.text.count("/") + 1 - (self.folder.count("/") + 1 if self.folder else 0)

    @property
    def period(self) -> str:
        """What one path is about: `years`, `fiscal_year`, `year`, `month` or `part` (of a
        month)."""
        if "year_to" in self.text:
            return "years"
        if "{be_fiscal_year}" in self.text:
            return "fiscal_year"
        return "part" if "{part}" in self.text else "month" if "{month}" in self.text else "year"

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The whole path as a regular expression; raises ValueError for an unknown placeholder."""
        pieces = re.split(r"(\{[^}]*\})", self.text)
        regex = re.compile(
            "".join(_piece(piece, piece in pieces[:place]) for place, piece in enumerate(pieces))
        )
        if not any(piece in _YEARS for piece in pieces):
            raise ValueError(f"the path names no period; it needs one of {', '.join(_YEARS)}")
        return regex

    def paths(self, first: date, last: date) -> list[str]:
        """Return the paths, in order, of the files that cover these days; of files of several
        years the one that ends with them."""
        starts = (date(first.year - 1, 1, 1), date(last.year + 1, 12, 31))
        wanted = Partition(first, last)
        found = dict.fromkeys(
            path
            for year in range(starts[0].year, starts[1].year + 1)
            for month in range(1, 13)
            for part in range(1, 5)
            for path in [self._path(year, month, part, last.year)]
            if (match := self.match(path)) and match[0].overlaps(wanted)
        )
        return [*found][:1] if self.period == "years" else [*found]

    def short(self, path: str) -> str:
        """Return a path as people call the file: its name where that says what it is about."""
        name = self.text.rpartition("/")[2]
        tells = any(year[:-1] in name for year in _YEARS) and not name.startswith("{")
        return path.rpartition("/")[2] if tells else path

    def _path(self, year: int, month: int, part: int, last_year: int) -> str:
        """Return the path of a first delivery about a year, month or part."""
        values = {
            "year": year,
            "be_year": year + 543,
            "be_fiscal_year": year + 543,
            "month": f"{month:02}",
            "part": part,
            "year_to": last_year,
            "be_year_to": last_year + 543,
        }
        text = re.sub(r"\{version\?:[^}]*\}|\{\w+\?:[^}]*\}", "", self.text)
        return re.sub(r"\{(\w+)\}", lambda field: str(values.get(field[1], 2)), text)

    def match(self, path: str) -> tuple[Partition, int] | None:
        """Return the partition and the version declared in `path` (0 when none), or None if it
        is no extract."""
        match = self.regex.fullmatch(path)
        if match is None:
            return None
        values = {name: text for name, text in match.groupdict().items() if text is not None}
        return _interval(values), _version(values)


def _piece(piece: str, repeated: bool) -> str:
    if not piece.startswith("{"):
        return re.escape(piece)
    name = piece[1:-1]
    if repeated:
        return f"(?P={name})"  # year={year}/report_{year}.parquet: the same year both times
    if name.startswith("version?:"):
        return f"(?P<resend>{re.escape(name.removeprefix('version?:'))})?"
    field, optional, text = name.partition("?:")
    if field not in _FIELDS or (optional and not field.endswith("year_to")):
        raise ValueError(
            f"unknown placeholder {{{name}}}; known: {', '.join(_FIELDS)}, year_to?:TEXT, "
            "be_year_to?:TEXT, "
            "version?:TEXT"
        )
    if optional:
        return f"(?:{re.escape(text)}(?P<{field}>{_FIELDS[field]}))?"
    return f"(?P<{name}>{_FIELDS[name]})"


def _version(values: dict[str, str]) -> int:
    return int(values.get("version", 1 if "resend" in values else 0))


def _interval(values: dict[str, str]) -> Partition:
    if "be_fiscal_year" in values:
        year = int(values["be_fiscal_year"]) - 543
        return Partition(date(year - 1, 10, 1), date(year, 9, 30))
    first = _ce(values, "year", "be_year")
    last = _ce(values, "year_to", "be_year_to") or first
    if "month" not in values:
        return Partition(date(first, 1, 1), date(last, 12, 31))
    month = int(values["month"])
    whole = Partition(date(first, month, 1), _month_end(first, month))
    return _part_of(whole, int(values["part"])) if "part" in values else whole


def _ce(values: dict[str, str], ce_name: str, be_name: str) -> int:
    return int(values[ce_name]) if ce_name in values else int(values.get(be_name, 543)) - 543


def _part_of(month: Partition, part: int) -> Partition:
    start = month.start.replace(day=_PART_FIRST_DAYS[part - 1])
    if part == len(_PART_FIRST_DAYS):
        return Partition(start, month.end)
    return Partition(start, month.start.replace(day=_PART_FIRST_DAYS[part]) - timedelta(days=1))
