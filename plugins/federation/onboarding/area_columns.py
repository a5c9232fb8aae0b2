"""How a draft reads the area of a record: by codes, by parts of a code, or by names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from federation.datasets.suites import NationalColumn
from federation.onboarding import sample_areas
from federation.onboarding.entries import Entry, which_column
from federation.onboarding.items import Item
from federation.onboarding.readings import Reading

_DISTRICT_IN_TEXT = r"(?:อ\.|อำเภอ)\s*([^,\s]+)"


@dataclass(frozen=True)
class CityNames:
    """The city's province code, and the spellings of its areas that are known so far."""

    code: str
    spellings: Mapping[str, str]


def area_entry(
    national: NationalColumn, dataset: str, items: Sequence[Item], city: CityNames
) -> Entry | None:
    """Return how the record's area is read; it is asked when no item says it."""
    reading = next(_readings(dataset, items, city), None)
    if reading:
        return Entry(national.name, (reading,))
    if national.name == "station_area_code":
        return Entry(national.name, (Reading((), "", {"area": {"by": "city"}}),))
    question = which_column(national.name, "codes or names of areas", [])
    return Entry(national.name, (), {"physicalName": question})


def _readings(dataset: str, items: Sequence[Item], city: CityNames) -> Iterator[Reading]:
    yield from _by_code(dataset, items, city)
    yield from _by_parts(dataset, items, city)
    yield from _by_names(dataset, items, city)


# -- codes -----------------------------------------------------------------------------------------


def _by_code(dataset: str, items: Sequence[Item], city: CityNames) -> Iterator[Reading]:
    for item in items:
        if item.measure or item.transform:
            continue
        coded = sample_areas.codes_in(item.leaf.words) if item.leaf.words else None
        if coded is None or coded.provinces.get(city.code, 0) < 0.5:
            continue
        if set(coded.levels) == {"province"} and dataset != "crop_production":
            continue
        facts: dict[str, Any] = {"area": {"by": "tis1099", **_level_of_codes(dataset)}}
        if coded.prefix:
            facts["prefix"] = coded.prefix
        if item.has_thai_digits:
            facts["digits"] = "thai"
        yield Reading((item.column,), "", facts)


def _level_of_codes(dataset: str) -> dict[str, Any]:
    if dataset == "population":
        return {"level": "subdistrict"}
    if dataset == "crop_production":
        return {"levels": ["province", "district"]}
    return {}


def _by_parts(dataset: str, items: Sequence[Item], city: CityNames) -> Iterator[Reading]:
    parts = _parts_of_codes(items)
    if "province" not in parts or "district" not in parts:
        return
    if parts["province"].leaf.span[0] != float(city.code):
        return
    levels = ["province", "district"]
    area: dict[str, Any] = {"by": "tis1099_parts"}
    if dataset == "crop_production":
        area["levels"] = ["province", "district"]
        if parts["district"].leaf.span[0] == 0:
            area["whole"] = {"column": parts["district"].column, "is": 0}
    elif "subdistrict" in parts:
        levels.append("subdistrict")
        area["level"] = "subdistrict"
    yield Reading(tuple(parts[level].column for level in levels), "", {"area": area})


def _parts_of_codes(items: Sequence[Item]) -> dict[str, Item]:
    """Return level -> the first column of numbers up to 99 whose header names the level."""
    parts: dict[str, Item] = {}
    for item in items:
        if not item.leaf.is_number or item.leaf.span[2] > 99:
            continue
        for level in ("province", "district", "subdistrict"):
            if level in item.header.concepts:
                parts.setdefault(level, item)
    return parts


def out_of_scope(area: Entry | None, dataset: str, items: Sequence[Item]) -> str:
    """Return the SQL for rows of whole provinces and districts among those of subdistricts."""
    if dataset != "population" or area is None or not area.readings:
        return ""
    reading = area.readings[0]
    if reading.facts["area"]["by"] != "tis1099":
        return ""
    item = next(item for item in items if item.column == reading.sources[0])
    coded = sample_areas.codes_in(item.leaf.words)
    if coded is None or set(coded.levels) == {"subdistrict"}:
        return ""
    return f'length("{item.column}") < {len(coded.prefix) + 6}'


# -- names -----------------------------------------------------------------------------------------


def _reads_names(sources: Sequence[str], levels: Sequence[str], **more: Any) -> Reading:
    area = {"by": "names", "levels": [*levels], **more}
    return Reading(tuple(sources), "", {"area": area})


def _by_names(dataset: str, items: Sequence[Item], city: CityNames) -> Iterator[Reading]:
    named = _named_columns(items, city)
    district = _best_of_level(named, "district")
    subdistrict = _best_of_level(named, "subdistrict")
    if dataset == "crop_production":
        yield from _whole_or_district(items, district, city)
    elif district and subdistrict:
        sources = (district.item.column, subdistrict.item.column)
        yield _reads_names(sources, ("district", "subdistrict"))
    elif dataset == "population":
        return
    elif district:
        yield _reads_names((district.item.column,), ("district",))
    else:
        yield from _two_in_one(items, city)
        yield from _inside_text(items, city)


def _named_columns(items: Sequence[Item], city: CityNames) -> list[sample_areas.Named]:
    plain = [item for item in items if not item.transform]
    named = [sample_areas.named_level(item, city.code, city.spellings) for item in plain]
    return [column for column in named if column]


def _best_of_level(named: Sequence[sample_areas.Named], level: str) -> sample_areas.Named | None:
    columns = [column for column in named if column.level == level]
    return max(columns, default=None, key=lambda column: column.share)


def _whole_or_district(
    items: Sequence[Item], district: sample_areas.Named | None, city: CityNames
) -> Iterator[Reading]:
    """Yield readings of rows that are about the province as a whole or about one district."""
    provinces = {name for name, code in sample_areas.province_names().items() if code == city.code}
    level = sample_areas.level_words(items)
    if level:
        yield from _by_level_words(level, items, district, provinces)
        return
    for item in [district.item] if district else items:
        whole = [word for word in item.leaf.words if _means_whole(word, provinces)]
        if len(whole) == 1 and item.header.concepts & {"district", "area"}:
            rule = {"column": item.column, "is": whole[0]}
            yield _reads_names((item.column,), ("district",), whole=rule)
    if district:
        yield _reads_names((district.item.column,), ("district",))


def _means_whole(word: str, provinces: set[str]) -> bool:
    return word.lower() in sample_areas.WHOLE or word in provinces


def _by_level_words(
    level: tuple[Item, str, str],
    items: Sequence[Item],
    district: sample_areas.Named | None,
    provinces: set[str],
) -> Iterator[Reading]:
    level_item, province_word, district_word = level
    with_province = (item for item in items if set(item.leaf.words) & provinces)
    names = district.item if district else next(with_province, None)
    if names is None:
        return
    rule = {"column": level_item.column, "is": province_word}
    if district_word:
        rule["otherwise"] = district_word
    yield _reads_names((names.column, level_item.column), ("district",), whole=rule)


def _two_in_one(items: Sequence[Item], city: CityNames) -> Iterator[Reading]:
    """Yield readings of texts that hold two names, «ต.ก อ.ข»."""
    for item in items:
        if item.transform:
            continue
        levels = sample_areas.two_levels(item, city.code, city.spellings)
        if levels:
            yield _reads_names((item.column,), levels, separator=" ")


def _inside_text(items: Sequence[Item], city: CityNames) -> Iterator[Reading]:
    """Yield readings of longer texts that name a district behind «อ.»."""
    for item in items:
        if not item.leaf.words or "area" not in item.header.concepts:
            continue
        if sample_areas.district_inside(item, city.code) > 0.5:
            text = f'"{item.column}"'
            sql = f"nullif('อ.' || regexp_extract({text}, '{_DISTRICT_IN_TEXT}', 1), 'อ.')"
            yield Reading((item.column,), sql, {"area": {"by": "names", "levels": ["district"]}})
