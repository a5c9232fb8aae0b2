"""Thailand's administrative areas by TIS 1099 code, from the `geothai` package (DOPA's register)."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

LEVEL_BY_LENGTH = {2: "province", 4: "district", 6: "subdistrict"}
# How offices write the level before a name, Bangkok's words included (Local Administration Act terms).
PREFIXES = {
    "province": ("จังหวัด", "จ."),
    "district": ("อำเภอ", "อ.", "เขต"),
    "subdistrict": ("ตำบล", "ต.", "แขวง"),
}


@dataclass(frozen=True)
class Area:
    """One area; `valid_to` (the day it was abolished) and `successor_code` are None for areas in force."""

    area_code: str
    level: str
    name_th: str
    name_en: str | None
    province_code: str
    district_code: str | None
    valid_from: str | None
    valid_to: str | None
    successor_code: str | None


def normalise_thai(text: str) -> str:
    """Return `text` in NFC, with one spelling of sara am, no zero-width marks and single spaces.

    NFC leaves nikhahit + sara aa («ํา») apart from sara am («ำ»), which readers cannot tell apart.
    """
    text = unicodedata.normalize("NFC", text).replace("\u0e4d\u0e32", "\u0e33")
    return " ".join(text.translate(_INVISIBLE).split())


_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


@cache
def all_areas() -> tuple[Area, ...]:
    """Return every area in force and every abolished one, sorted by code; a code appears once."""
    areas = {area.area_code: area for area in (*_abolished(), *_in_force())}
    return tuple(areas[code] for code in sorted(areas))


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
        yield _area(entry.code, entry.name_th, entry.name_en, entry.abolished_on, successor)


def _area(code: str, name_th: str, name_en: str | None, valid_to: str | None = None,
          successor: str | None = None) -> Area:
    return Area(code, LEVEL_BY_LENGTH[len(code)], normalise_thai(name_th), name_en, code[:2],
                code[:4] if len(code) > 2 else None, None, valid_to, successor)


def spellings_of_level(areas: Iterable[Area], level: str, spellings: Mapping[str, str]) -> dict[str, list[Area]]:
    """Return every way a city may write the names of one level: bare, prefixed, or in a declared spelling."""
    found: dict[str, list[Area]] = {}
    for area in areas:
        if area.level == level:
            names = [area.name_th, *(ours for ours, register in spellings.items() if register == area.name_th)]
            for name in names:
                for prefix in ("", *PREFIXES[level]):
                    found.setdefault(prefix + name, []).append(area)
                    if prefix:
                        found.setdefault(f"{prefix} {name}", []).append(area)
    return found


def district_lookup(province: str, spellings: Mapping[str, str]) -> dict[str, str]:
    """Return district spelling -> 4-digit code within one province; ambiguous spellings are left out."""
    found = spellings_of_level(_of(province), "district", spellings)
    return {name: areas[0].area_code for name, areas in found.items() if len(areas) == 1}


def subdistrict_lookup(province: str, spellings: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Return (district spelling, subdistrict spelling) -> 6-digit code; ambiguous pairs are left out."""
    districts = district_lookup(province, spellings)
    found: dict[tuple[str, str], set[str]] = {}
    for name, areas in spellings_of_level(_of(province), "subdistrict", spellings).items():
        for area in areas:
            for district, code in districts.items():
                if code == area.district_code:
                    found.setdefault((district, name), set()).add(area.area_code)
    return {pair: next(iter(codes)) for pair, codes in found.items() if len(codes) == 1}


def _of(province: str) -> list[Area]:
    return [area for area in all_areas() if area.province_code == province and area.valid_to is None]
