"""Thailand's administrative areas by TIS 1099 code, from the `geothai` package (DOPA's
register)."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

LEVEL_BY_LENGTH = {2: "province", 4: "district", 6: "subdistrict"}
# How offices write the level before a name, Bangkok's words included (Local Administration Act
# terms).
PREFIXES = {
    "province": ("จังหวัด", "จ."),
    "district": ("อำเภอ", "อ.", "เขต"),
    "subdistrict": ("ตำบล", "ต.", "แขวง"),
}
# DOPA's directory of places has 7,255 tambon since its count of this day at the latest, 17 of them
# in Pak Phanang district (A. Hoerstemeier, "How many tambon are there in Thailand?", 2013, and
# "Entity numbers as of December 2015"; the province's own list). Its register of people and of
# postal codes has an 18th there.
_NOT_COUNTED = {"801201": "2009-12-31"}


@dataclass(frozen=True)
class Area:
    """One area of the register, in force or abolished.

    `valid_to` is the first day on which it was no longer in force, None for areas in force, and
    `valid_to_basis` says what that rests on: notice (its successors' first day, by a notice in the
    Royal Gazette), not_later_than (the register's edition that no longer has it, or its successor's
    first day: it was abolished on that day or earlier) or not_counted (people are still registered
    in it, but the directory of places counts it to none). `valid_from` is known for areas that took
    the place of others.
    `successor_code` is the one area that took its place, `current_code` where that leads today (its
    own code for areas in force or still used); both are None where several areas or none took its
    place.
    """

    area_code: str
    level: str
    name_th: str
    name_en: str | None
    province_code: str
    district_code: str | None
    valid_from: str | None
    valid_to: str | None
    valid_to_basis: str | None
    successor_code: str | None
    current_code: str | None

    @property
    def is_used(self) -> bool:
        """Return whether registers use the code today."""
        return self.valid_to_basis in (None, "not_counted")


@dataclass(frozen=True)
class Succession:
    """One area that took the place of an abolished one, whole or in part."""

    area_code: str
    successor_code: str
    # notice: a reviewed notice says so; name: the only area of that name left in the province
    basis: str
    in_force_from: str | None
    source: str | None


def normalise_thai(text: str) -> str:
    """Return `text` in NFC, with one spelling of sara am, single spaces, and no letters that nobody
    sees: zero-width marks, directions, controls.

    NFC leaves nikhahit + sara aa («ํา») apart from sara am («ำ»), which readers cannot tell apart.
    Neither PostgreSQL nor a workbook takes a NUL or the end of a DOS file.
    """
    text = unicodedata.normalize("NFC", text).replace("\u0e4d\u0e32", "\u0e33")
    return " ".join(text.translate(_INVISIBLE).split())


_CONTROLS = {*range(0x20), 0x7F} - {*b"\t\n\v\f\r\x1c\x1d\x1e\x1f"}  # without blanks
_MARKS = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\ufffe\uffff"
_DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE = dict.fromkeys({*_CONTROLS, *map(ord, _MARKS + _DIRECTIONS)})


@cache
def all_areas() -> tuple[Area, ...]:
    """Return every area in force and every abolished one, sorted by code; a code appears once."""
    began = {
        entry.successor_code: entry.in_force_from for entry in successions() if entry.in_force_from
    }
    areas = {area.area_code: area for area in (*_abolished(), *_in_force())}
    current = {code: _current(code, areas) for code in areas}
    return tuple(
        replace(
            areas[code],
            valid_from=began.get(code),
            valid_to=_last_possible(areas[code], began),
            current_code=current[code],
        )
        for code in sorted(areas)
    )


def _last_possible(area: Area, began: Mapping[str, str]) -> str | None:
    """Return the day on which an area was abolished, or the nearest one before which it was: no
    area stands beside the one that took its place."""
    first_day = began.get(area.successor_code or "")
    if area.valid_to_basis != "not_later_than" or first_day is None or area.valid_to is None:
        return area.valid_to
    return min(area.valid_to, first_day)


@cache
def successions() -> tuple[Succession, ...]:
    """Return which areas took the place of which abolished ones, sorted.

    A split has several rows.
    """
    from geothai.abolished import abolished_areas

    rows = [
        Succession(
            entry.code,
            code,
            entry.successors_basis or "",
            entry.successors_in_force,
            entry.successors_source,
        )
        for entry in abolished_areas()
        for code in entry.successors
    ]
    return tuple(sorted(rows, key=lambda entry: (entry.area_code, entry.successor_code)))


def _current(code: str, areas: Mapping[str, Area]) -> str | None:
    """Follow successors to an area that is used today.

    None where the way splits, ends or turns in a circle.
    """
    seen: set[str] = set()
    here: str | None = code
    while here is not None and here in areas and here not in seen:
        seen.add(here)
        if areas[here].is_used:
            return here
        here = areas[here].successor_code
    return None


def _in_force() -> Iterator[Area]:
    import geothai

    for province in geothai.provinces():
        yield _area(province.code, province.name_th, province.name_en)
        for district in geothai.districts(province.code):
            yield _area(district.code, district.name_th, district.name_en)
            for subdistrict in geothai.subdistricts(district.code):
                yield _area(subdistrict.code, subdistrict.name_th, subdistrict.name_en)


def _abolished() -> Iterator[Area]:
    from geothai.abolished import abolished_areas

    for entry in abolished_areas():
        # Several successors: the area was split, and no single code takes its place.
        successor = entry.successors[0] if len(entry.successors) == 1 else None
        replaced_on = entry.successors_in_force
        yield replace(
            _area(entry.code, entry.name_th, entry.name_en),
            valid_to=replaced_on or entry.abolished_on,
            valid_to_basis="notice" if replaced_on else "not_later_than",
            successor_code=successor,
        )


def _area(code: str, name_th: str, name_en: str | None) -> Area:
    not_counted = _NOT_COUNTED.get(code)
    return Area(
        area_code=code,
        level=LEVEL_BY_LENGTH[len(code)],
        name_th=normalise_thai(name_th),
        name_en=name_en and _romanised(name_en),
        province_code=code[:2],
        district_code=code[:4] if len(code) > 2 else None,
        valid_from=None,
        valid_to=not_counted,
        valid_to_basis=not_counted and "not_counted",
        successor_code=None,
        current_code=None,
    )


def _romanised(name: str) -> str:
    """Return the name with a capital at the head of each word and none inside it: the register
    writes «Doi SaKet» and «Ban rai»."""
    words = (word[:1].upper() + word[1:] for word in name.split(" "))
    return re.sub(r"(?<=[a-z])[A-Z]", lambda letter: letter[0].lower(), " ".join(words))


def spellings_of_level(
    areas: Iterable[Area], level: str, spellings: Mapping[str, str]
) -> dict[str, list[Area]]:
    """Return every way a city may write the names of one level: bare, prefixed, or in a declared
    spelling."""
    areas_by_name: dict[str, list[Area]] = {}
    for area in areas:
        if area.level == level:
            for written in _ways_to_write(area, spellings):
                areas_by_name.setdefault(written, []).append(area)
    return areas_by_name


def _ways_to_write(area: Area, spellings: Mapping[str, str]) -> set[str]:
    # The register itself writes the level before the names of Bangkok's districts.
    bare = area.name_th.removeprefix("เขต") if area.level == "district" else area.name_th
    names = {
        bare,
        *(spelling for spelling, register in spellings.items() if register in (area.name_th, bare)),
    }
    prefixed = {
        f"{prefix}{space}{name}"
        for prefix in PREFIXES[area.level]
        for space in ("", " ")
        for name in names
    }
    return {area.name_th, *names, *prefixed}


@cache
def subdistricts(province: str) -> int:
    """Return how many subdistricts the registers of a province use."""
    return sum(area.level == "subdistrict" for area in _of(province))


def district_lookup(province: str, spellings: Mapping[str, str]) -> dict[str, str]:
    """Return district spelling -> 4-digit code within one province.

    Ambiguous spellings are left out.
    """
    areas_by_name = spellings_of_level(_of(province), "district", spellings)
    return {name: areas[0].area_code for name, areas in areas_by_name.items() if len(areas) == 1}


def subdistrict_lookup(province: str, spellings: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Return (district spelling, subdistrict spelling) -> 6-digit code.

    Ambiguous pairs are left out.
    """
    districts: dict[str | None, list[str]] = {}
    for district, code in district_lookup(province, spellings).items():
        districts.setdefault(code, []).append(district)
    codes_by_name: dict[tuple[str, str], set[str]] = {}
    for name, areas in spellings_of_level(_of(province), "subdistrict", spellings).items():
        for area in areas:
            for district in districts.get(area.district_code, []):
                codes_by_name.setdefault((district, name), set()).add(area.area_code)
    return {pair: next(iter(codes)) for pair, codes in codes_by_name.items() if len(codes) == 1}


def _of(province: str) -> list[Area]:
    return [area for area in all_areas() if area.province_code == province and area.is_used]
