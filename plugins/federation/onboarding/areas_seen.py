"""Which province the samples are of, and which columns name its districts and subdistricts."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from federation.conform.profile.places import bare, places_of
from federation.conform.profile.texts import ARABIC
from federation.onboarding.items import Item
from federation.reference.areas import (
    PREFIXES,
    all_areas,
    district_lookup,
    normalise_thai,
    subdistrict_lookup,
)

_CODE = re.compile(r"(.*?)([0-9]{6}|[0-9]{4}|[0-9]{2})", re.S)
# What offices write in a row about all of the province.
WHOLE = {
    "ทั้งจังหวัด",
    "รวมทั้งจังหวัด",
    "รวมจังหวัด",
    "รวม",
    "whole province",
    "province total",
    "all",
    "total",
}
# Words of a column that says what a row is about.
LEVEL_WORDS = {
    "province": ("จังหวัด", "province", "changwat", "จ."),
    "district": ("เขต", "อำเภอ", "district", "amphoe", "อ."),
}
_IN_TEXT = re.compile(r"(?:อ\.|อำเภอ)\s*([^,\s]+)")


@dataclass(frozen=True)
class Coded:
    """A column of TIS 1099 codes behind a prefix.

    `levels` maps the level to the share of its rows.
    """

    prefix: str
    levels: Mapping[str, float]
    provinces: Mapping[str, float]
    share: float


@dataclass(frozen=True)
class Province:
    """The province that the area values speak for, with the share of the votes, and the ones
    that follow."""

    code: str
    confidence: float
    others: tuple[tuple[str, float], ...] = field(default=())


@cache
def known_codes() -> Mapping[str, str]:
    """Return code -> level of every area, abolished ones included."""
    return {area.area_code: area.level for area in all_areas()}


@cache
def province_names() -> Mapping[str, str]:
    """Return bare Thai and small English names of provinces -> code."""
    found = {}
    for area in all_areas():
        if area.level == "province":
            found[area.name_th] = area.area_code
            found[(area.name_en or area.name_th).lower()] = area.area_code
    return found


def province_of(items: Iterable[Item]) -> Province | None:
    """Return the province that most area columns name; None when none does."""
    votes: dict[str, float] = {}
    for item in items:
        for code, share in _votes(item).items():
            votes[code] = votes.get(code, 0.0) + share
    if not votes:
        return None
    (best, most), *rest = sorted(votes.items(), key=lambda pair: -pair[1])[:4]
    total = most + sum(share for _, share in rest)
    return Province(best, most / total, tuple((code, share / total) for code, share in rest))


def _votes(item: Item) -> Mapping[str, float]:
    if item.measure or item.attribute:
        return {}
    words = item.leaf.words
    if words and (coded := codes_in(words)):
        return coded.provinces
    if item.leaf.is_number and "province" in item.header.concepts:
        least, _, most = item.leaf.span
        return {f"{least:.0f}": 1.0} if least == most and f"{least:.0f}" in known_codes() else {}
    named = Counter[str]()
    for word, rows in words.items():
        if code := province_names().get(_bare_province(word)):
            named[code] += rows
    if named and sum(named.values()) > 0.8 * sum(words.values()):
        return {code: rows / sum(named.values()) for code, rows in named.items()}
    found = (
        places_of(words)
        if words and item.header.concepts & {"district", "subdistrict", "area", "province"}
        else None
    )
    return {code: share * found.share for code, share in found.provinces.items()} if found else {}


def _bare_province(word: str) -> str:
    return bare(normalise_thai(word))


def codes_in(words: Mapping[str, int]) -> Coded | None:
    """Return the TIS 1099 codes that texts end with, all behind one prefix.

    None when under nine tenths do.

    Two figures alone are a code only behind a prefix that speaks of the country («TH21»), or beside
    longer codes.
    """
    found = [(_CODE.fullmatch(word.translate(ARABIC)), rows) for word, rows in words.items()]
    told = [(match[1], match[2], rows) for match, rows in found if match]
    total = sum(words.values())
    good = [(prefix, code, rows) for prefix, code, rows in told if code in known_codes()]
    if (
        not good
        or sum(rows for *_, rows in good) < 0.9 * total
        or len({prefix for prefix, *_ in good}) > 1
    ):
        return None
    prefix = good[0][0]
    levels, provinces = Counter[str](), Counter[str]()
    for _, code, rows in good:
        levels[known_codes()[code]] += rows
        provinces[code[:2]] += rows
    if set(levels) == {"province"} and not prefix.endswith("TH"):
        return None
    if len(provinces) > 5 and provinces.most_common(1)[0][1] < 0.5 * total:
        return None
    return Coded(
        prefix,
        {level: rows / total for level, rows in levels.items()},
        {code: rows / total for code, rows in provinces.items()},
        sum(rows for *_, rows in good) / total,
    )


# -- whose rows ------------------------------------------------------------------------------------


def rows_of_city(items: Iterable[Item], code: str) -> Iterator[tuple[Item, list[str], bool]]:
    """Yield the columns that say whose row it is, the names that they use, and whether those are
    the register's."""
    names = {name for name, of in province_names().items() if of == code}
    for item in items:
        words, said = item.leaf.words, item.header.concepts
        if item.measure or item.transform or item.attribute:
            continue
        if _says_code(item, code):
            yield item, [], True
        elif _names_provinces(words, names):
            yield item, [word for word in words if _bare_province(word) in names], True
        elif (
            "province" in said and "district" not in said and len(words) == 1 and item.leaf.is_text
        ):
            yield item, [*words], False


def _says_code(item: Item, code: str) -> bool:
    """Whether a column holds the province's code in every row, as a number or a text."""
    if item.leaf.is_number:
        return "province" in item.header.concepts and item.leaf.span[0] == item.leaf.span[
            2
        ] == float(code)
    coded = codes_in(item.leaf.words) or _province_codes(item, code) if item.leaf.words else None
    return coded is not None and set(coded.levels) == {"province"}


def _names_provinces(words: Mapping[str, int], names: set[str]) -> bool:
    """Whether texts name provinces and nothing else, in most rows this one."""
    total = sum(words.values())
    any_of = sum(rows for word, rows in words.items() if _bare_province(word) in province_names())
    return (
        any_of > 0.98 * total
        and sum(rows for word, rows in words.items() if _bare_province(word) in names) > 0.5 * total
    )


def _province_codes(item: Item, code: str) -> Coded | None:
    if (
        "province" in item.header.concepts
        and set(item.leaf.words) <= set(known_codes())
        and code in item.leaf.words
    ):
        return Coded("", {"province": 1.0}, {code: 1.0}, 1.0)
    return None


@cache
def names_of(
    code: str, spellings: tuple[tuple[str, str], ...] = ()
) -> Mapping[str, frozenset[str]]:
    """Return level -> every way to write the names of a province's districts and subdistricts."""
    told = dict(spellings)
    return {
        "district": frozenset(district_lookup(code, told)),
        "subdistrict": frozenset(name for _, name in subdistrict_lookup(code, told)),
    }


# -- names of districts and subdistricts -----------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """A column of area names of one level: the share of rows that the register knows, and the
    names that it does not."""

    item: Item
    level: str
    share: float
    unknown: Mapping[str, int]


def named_level(item: Item, code: str, spellings: Mapping[str, str]) -> Named | None:
    """Return the level whose names a column holds; None when under half of its rows hold any."""
    words = {word: rows for word, rows in item.leaf.words.items() if word not in ("-", "")}
    total = sum(words.values())
    other = (
        item.measure
        or item.attribute
        or item.leaf.is_number
        or item.header.concepts & {"station", "route", "agency"}
    )
    if not total or other:
        return None
    found = []
    for level, names in names_of(code, tuple(sorted(spellings.items()))).items():
        unknown = {word: rows for word, rows in words.items() if word not in names}
        found.append(Named(item, level, 1 - sum(unknown.values()) / total, unknown))
    best = max(found, key=lambda one: one.share + 0.2 * (one.level in item.header.concepts))
    return best if best.share >= 0.5 else None


def two_levels(item: Item, code: str, spellings: Mapping[str, str]) -> list[str]:
    """Return the levels of the two names that texts hold beside each other, in their order; []
    for other texts."""
    known, words = names_of(code, tuple(sorted(spellings.items()))), item.leaf.words
    for levels in (["subdistrict", "district"], ["district", "subdistrict"]):
        rows = sum(
            rows
            for word, rows in words.items()
            if len(parts := word.split(" ")) == 2
            and all(part in known[level] for part, level in zip(parts, levels, strict=True))
        )
        if words and rows > 0.8 * sum(words.values()):
            return levels
    return []


def spellings_of(words: Iterable[str], code: str) -> dict[str, str]:
    """Return the names that can only mean one district: «เมือง», where one district is the
    province's capital."""
    districts = {
        area.name_th
        for area in all_areas()
        if area.level == "district" and area.province_code == code and area.valid_to is None
    }
    capital = [name for name in districts if name.startswith("เมือง")]
    said = any(
        _bare_level(word) == "เมือง" or ((found := _IN_TEXT.search(word)) and found[1] == "เมือง")
        for word in words
    )
    return {"เมือง": capital[0]} if len(capital) == 1 and said else {}


def _bare_level(word: str) -> str:
    for prefix in PREFIXES["district"]:
        word = word.removeprefix(prefix).strip()
    return word


def level_words(items: Sequence[Item]) -> tuple[Item, str, str] | None:
    """Return the column that says of each row whether it is about the province or a district,
    and its two words."""
    for item in items:
        words = {word.lower(): word for word in item.leaf.words}
        province = next((words[word] for word in LEVEL_WORDS["province"] if word in words), "")
        district = next((words[word] for word in LEVEL_WORDS["district"] if word in words), "")
        if province and len(words) <= 3 and (district or len(words) == 1):
            return item, province, district
    return None


def district_inside(item: Item, code: str) -> float:
    """Return the share of rows in which a longer text names a district behind «อ.»."""
    known = names_of(code)["district"]
    total = sum(item.leaf.words.values())
    return (
        sum(
            rows
            for word, rows in item.leaf.words.items()
            if (found := _IN_TEXT.search(word)) and (found[1] in known or found[1] == "เมือง")
        )
        / total
        if total
        else 0.0
    )
