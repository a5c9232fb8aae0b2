"""Which province the samples are of, and which columns name its districts and subdistricts."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from federation.conform.profile.places import bare, places_of
from federation.conform.profile.texts import ARABIC
from federation.onboarding.delivered_fields import DeliveredField
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
_AREAS = {"province", "district", "subdistrict", "area"}
_IN_TEXT = re.compile(r"(?:อ\.|อำเภอ)\s*([^,\s]+)")


@dataclass(frozen=True)
class Coded:
    """A column of TIS 1099 codes behind one prefix."""

    prefix: str
    # level -> share of the rows
    levels: Mapping[str, float]
    # province's code -> share of the rows
    provinces: Mapping[str, float]
    # share of the rows that hold a code
    share: float


@dataclass(frozen=True)
class Province:
    """The province that most area values name, its share of the votes, and the next ones."""

    code: str
    confidence: float
    others: tuple[tuple[str, float], ...] = ()


@cache
def known_codes() -> Mapping[str, str]:
    """Return code -> level of every area, abolished ones included."""
    return {area.area_code: area.level for area in all_areas()}


@cache
def province_names() -> Mapping[str, str]:
    """Return bare Thai and small English names of provinces -> code."""
    codes = {}
    for area in all_areas():
        if area.level == "province":
            codes[area.name_th] = area.area_code
            codes[(area.name_en or area.name_th).lower()] = area.area_code
    return codes


def province_of(fields: Iterable[DeliveredField]) -> Province | None:
    """Return the province that most area columns name; None when none does."""
    votes: dict[str, float] = {}
    for field in fields:
        for code, share in _votes(field).items():
            votes[code] = votes.get(code, 0.0) + share
    if not votes:
        return None
    (best, most), *rest = sorted(votes.items(), key=lambda pair: -pair[1])[:4]
    total = most + sum(share for _, share in rest)
    return Province(best, most / total, tuple((code, share / total) for code, share in rest))


def _votes(field: DeliveredField) -> Mapping[str, float]:
    """Return province's code -> share of the rows of one column that name it."""
    words = field.leaf.words
    if field.measure or field.attribute:
        return {}
    if words and (coded := codes_in(words)):
        return coded.provinces
    if field.leaf.is_number and "province" in field.header.concepts:
        return _vote_of_number(field)
    return _votes_of_provinces(words) or _votes_of_places(field)


def _vote_of_number(field: DeliveredField) -> Mapping[str, float]:
    least, _, greatest = field.leaf.span
    code = f"{least:.0f}"
    return {code: 1.0} if least == greatest and code in known_codes() else {}


def _votes_of_provinces(words: Mapping[str, int]) -> Mapping[str, float]:
    """Return the votes of texts that name provinces; {} when under four fifths of rows do."""
    named = Counter[str]()
    for word, rows in words.items():
        if code := province_names().get(_bare_province(word)):
            named[code] += rows
    if not named or named.total() <= 0.8 * sum(words.values()):
        return {}
    return {code: rows / named.total() for code, rows in named.items()}


def _votes_of_places(field: DeliveredField) -> Mapping[str, float]:
    """Return the votes of texts that name districts or subdistricts."""
    if not field.leaf.words or not field.header.concepts & _AREAS:
        return {}
    places = places_of(field.leaf.words)
    if not places:
        return {}
    return {code: share * places.share for code, share in places.provinces.items()}


def _bare_province(word: str) -> str:
    return bare(normalise_thai(word))


def codes_in(words: Mapping[str, int]) -> Coded | None:
    """Return the TIS 1099 codes that texts end with, all behind one prefix.

    None when under nine tenths do. Two figures alone are a code only behind a prefix that names
    the country («TH21»), or beside longer codes.
    """
    total = sum(words.values())
    prefixes, codes = _prefixes_and_codes(words)
    if not codes or codes.total() < 0.9 * total or len(prefixes) > 1:
        return None
    prefix = prefixes.pop()
    levels, provinces = Counter[str](), Counter[str]()
    for code, rows in codes.items():
        levels[known_codes()[code]] += rows
        provinces[code[:2]] += rows
    if set(levels) == {"province"} and not prefix.endswith("TH"):
        return None
    if len(provinces) > 5 and provinces.most_common(1)[0][1] < 0.5 * total:
        return None
    return Coded(prefix, _shares(levels, total), _shares(provinces, total), codes.total() / total)


def _prefixes_and_codes(words: Mapping[str, int]) -> tuple[set[str], Counter[str]]:
    """Return the texts before known codes, and code -> rows."""
    prefixes, codes = set[str](), Counter[str]()
    for word, rows in words.items():
        match = _CODE.fullmatch(word.translate(ARABIC))
        if match and match[2] in known_codes():
            prefixes.add(match[1])
            codes[match[2]] += rows
    return prefixes, codes


def _shares(rows: Mapping[str, int], total: int) -> dict[str, float]:
    return {name: count / total for name, count in rows.items()}


# -- whose rows ------------------------------------------------------------------------------------


def rows_of_city(
    fields: Iterable[DeliveredField], code: str
) -> Iterator[tuple[DeliveredField, list[str], bool]]:
    """Yield the columns that say which province a row belongs to.

    Beside each, its names of the province, and whether the register writes them so.
    """
    official = {name for name, of in province_names().items() if of == code}
    for field in fields:
        words = field.leaf.words
        if field.measure or field.transform or field.attribute:
            continue
        if _is_province_code(field, code):
            yield field, [], True
        elif _names_provinces(words, official):
            yield field, [word for word in words if _bare_province(word) in official], True
        elif _is_one_unknown_province(field):
            yield field, [*words], False


def _is_province_code(field: DeliveredField, code: str) -> bool:
    """Whether a column holds a province's code in every row, as a number or a text."""
    if field.leaf.is_number:
        least, _, greatest = field.leaf.span
        return "province" in field.header.concepts and least == greatest == float(code)
    words = field.leaf.words
    if not words:
        return False
    coded = codes_in(words)
    if coded:
        return set(coded.levels) == {"province"}
    bare_codes = code in words and set(words) <= set(known_codes())
    return "province" in field.header.concepts and bare_codes


def _names_provinces(words: Mapping[str, int], official: set[str]) -> bool:
    """Whether texts name provinces and nothing else, in most rows this one."""
    total = sum(words.values())
    provinces = {word: _bare_province(word) for word in words}
    named = sum(rows for word, rows in words.items() if provinces[word] in province_names())
    this_one = sum(rows for word, rows in words.items() if provinces[word] in official)
    return named > 0.98 * total and this_one > 0.5 * total


def _is_one_unknown_province(field: DeliveredField) -> bool:
    concepts = field.header.concepts
    is_province = "province" in concepts and "district" not in concepts
    return is_province and len(field.leaf.words) == 1 and field.leaf.is_text


@cache
def names_of(
    code: str, spellings: tuple[tuple[str, str], ...] = ()
) -> Mapping[str, frozenset[str]]:
    """Return level -> every way to write the names of a province's districts and subdistricts."""
    official = dict(spellings)
    return {
        "district": frozenset(district_lookup(code, official)),
        "subdistrict": frozenset(name for _, name in subdistrict_lookup(code, official)),
    }


# -- names of districts and subdistricts -----------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """A column of area names of one level.

    `share` is the share of rows whose name the register has, `unknown` are the other names.
    """

    field: DeliveredField
    level: str
    share: float
    unknown: Mapping[str, int]


def named_level(field: DeliveredField, code: str, spellings: Mapping[str, str]) -> Named | None:
    """Return the level whose names a column holds; None when under half of its rows hold any."""
    words = {word: rows for word, rows in field.leaf.words.items() if word not in ("-", "")}
    if not words or _is_no_area(field):
        return None
    levels = names_of(code, tuple(sorted(spellings.items())))
    columns = [_named(field, level, words, names) for level, names in levels.items()]
    best = max(columns, key=lambda column: column.share + 0.2 * _is_in_header(column))
    return best if best.share >= 0.5 else None


def _is_no_area(field: DeliveredField) -> bool:
    if field.measure or field.attribute or field.leaf.is_number:
        return True
    return bool(field.header.concepts & {"station", "route", "agency"})


def _is_in_header(column: Named) -> bool:
    return column.level in column.field.header.concepts


def _named(
    field: DeliveredField, level: str, words: Mapping[str, int], names: frozenset[str]
) -> Named:
    unknown = {word: rows for word, rows in words.items() if word not in names}
    share = 1 - sum(unknown.values()) / sum(words.values())
    return Named(field, level, share, unknown)


def two_levels(field: DeliveredField, code: str, spellings: Mapping[str, str]) -> list[str]:
    """Return the levels of the two names in each text, in their order; [] for other texts."""
    words = field.leaf.words
    names = names_of(code, tuple(sorted(spellings.items())))
    for first, second in (("subdistrict", "district"), ("district", "subdistrict")):
        rows = sum(
            rows for word, rows in words.items() if _is_pair(word, names[first], names[second])
        )
        if words and rows > 0.8 * sum(words.values()):
            return [first, second]
    return []


def _is_pair(text: str, first: frozenset[str], second: frozenset[str]) -> bool:
    parts = text.split(" ")
    return len(parts) == 2 and parts[0] in first and parts[1] in second


def spellings_of(words: Iterable[str], code: str) -> dict[str, str]:
    """Return spelling -> name for «เมือง», where one district is the province's capital."""
    districts = {
        area.name_th
        for area in all_areas()
        if area.level == "district" and area.province_code == code and area.is_used
    }
    capitals = [name for name in districts if name.startswith("เมือง")]
    if len(capitals) != 1 or not any(map(_says_capital, words)):
        return {}
    return {"เมือง": capitals[0]}


def _says_capital(word: str) -> bool:
    return _bare_district(word) == "เมือง" or _district_in(word) == "เมือง"


def _bare_district(word: str) -> str:
    for prefix in PREFIXES["district"]:
        word = word.removeprefix(prefix).strip()
    return word


def _district_in(text: str) -> str:
    """Return what stands behind the first «อ.» of a text, or ''."""
    match = _IN_TEXT.search(text)
    return match[1] if match else ""


def level_words(fields: Sequence[DeliveredField]) -> tuple[DeliveredField, str, str] | None:
    """Return the column that says whether a row is about the province or a district.

    Beside it, its word for each of the two.
    """
    for field in fields:
        words = {word.lower(): word for word in field.leaf.words}
        province = _first_of(LEVEL_WORDS["province"], words)
        district = _first_of(LEVEL_WORDS["district"], words)
        if province and len(words) <= 3 and (district or len(words) == 1):
            return field, province, district
    return None


def _first_of(names: Iterable[str], words: Mapping[str, str]) -> str:
    return next((words[name] for name in names if name in words), "")


def district_inside(field: DeliveredField, code: str) -> float:
    """Return the share of rows in which a longer text names a district behind «อ.»."""
    words = field.leaf.words
    if not words:
        return 0.0
    districts = {*names_of(code)["district"], "เมือง"}
    rows = sum(rows for word, rows in words.items() if _district_in(word) in districts)
    return rows / sum(words.values())
