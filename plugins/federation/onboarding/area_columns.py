"""How a draft reads the area of a record: by codes, by parts of a code, or by names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from federation.datasets.suites import NationalColumn
from federation.onboarding import sample_areas
from federation.onboarding.column_draft import ColumnDraft, which_column
from federation.onboarding.delivered_fields import DeliveredField
from federation.onboarding.readings import Reading

_DISTRICT_IN_TEXT = r"(?:อ\.|อำเภอ)\s*([^,\s]+)"


@dataclass(frozen=True)
class CityNames:
    """The city's province code, and the spellings of its areas that are known so far."""

    code: str
    spellings: Mapping[str, str]


def draft_area(
    national: NationalColumn, dataset: str, fields: Sequence[DeliveredField], city: CityNames
) -> ColumnDraft | None:
    """Return how the record's area is read; it is asked when no field says it."""
    reading = next(_readings(dataset, fields, city), None)
    if reading:
        return ColumnDraft(national.name, (reading,))
    if national.name == "station_area_code":
        return ColumnDraft(national.name, (Reading((), "", {"area": {"by": "city"}}),))
    question = which_column(national.name, "codes or names of areas", [])
    return ColumnDraft(national.name, (), {"physicalName": question})


def _readings(dataset: str, fields: Sequence[DeliveredField], city: CityNames) -> Iterator[Reading]:
    yield from _by_code(dataset, fields, city)
    yield from _by_parts(dataset, fields, city)
    yield from _by_names(dataset, fields, city)


# -- codes -----------------------------------------------------------------------------------------


def _by_code(dataset: str, fields: Sequence[DeliveredField], city: CityNames) -> Iterator[Reading]:
    for field in fields:
        if field.measure or field.transform:
            continue
        coded = sample_areas.codes_in(field.leaf.words) if field.leaf.words else None
        if coded is None or coded.provinces.get(city.code, 0) < 0.5:
            continue
        if set(coded.levels) == {"province"} and dataset != "crop_production":
            continue
        facts: dict[str, Any] = {"area": {"by": "tis1099", **_level_of_codes(dataset)}}
        if coded.prefix:
            facts["prefix"] = coded.prefix
        if field.has_thai_digits:
            facts["digits"] = "thai"
        yield Reading((field.column,), "", facts)


def _level_of_codes(dataset: str) -> dict[str, Any]:
    if dataset == "population":
        return {"level": "subdistrict"}
    if dataset == "crop_production":
        return {"levels": ["province", "district"]}
    return {}


def _by_parts(dataset: str, fields: Sequence[DeliveredField], city: CityNames) -> Iterator[Reading]:
    parts = _parts_of_codes(fields)
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


def _parts_of_codes(fields: Sequence[DeliveredField]) -> dict[str, DeliveredField]:
    """Return level -> the first column of numbers up to 99 whose header names the level."""
    parts: dict[str, DeliveredField] = {}
    for field in fields:
        if not field.leaf.is_number or field.leaf.span[2] > 99:
            continue
        for level in ("province", "district", "subdistrict"):
            if level in field.header.concepts:
                parts.setdefault(level, field)
    return parts


def out_of_scope(area: ColumnDraft | None, dataset: str, fields: Sequence[DeliveredField]) -> str:
    """Return the SQL for rows of whole provinces and districts among those of subdistricts."""
    if dataset != "population" or area is None or not area.readings:
        return ""
    reading = area.readings[0]
    if reading.facts["area"]["by"] != "tis1099":
        return ""
    field = next(field for field in fields if field.column == reading.sources[0])
    coded = sample_areas.codes_in(field.leaf.words)
    if coded is None or set(coded.levels) == {"subdistrict"}:
        return ""
    return f'length("{field.column}") < {len(coded.prefix) + 6}'


# -- names -----------------------------------------------------------------------------------------


def _reads_names(sources: Sequence[str], levels: Sequence[str], **more: Any) -> Reading:
    area = {"by": "names", "levels": [*levels], **more}
    return Reading(tuple(sources), "", {"area": area})


def _by_names(dataset: str, fields: Sequence[DeliveredField], city: CityNames) -> Iterator[Reading]:
    named = _named_columns(fields, city)
    district = _best_of_level(named, "district")
    subdistrict = _best_of_level(named, "subdistrict")
    if dataset == "crop_production":
        yield from _whole_or_district(fields, district, city)
    elif district and subdistrict:
        sources = (district.field.column, subdistrict.field.column)
        yield _reads_names(sources, ("district", "subdistrict"))
    elif dataset == "population":
        return
    elif district:
        yield _reads_names((district.field.column,), ("district",))
    else:
        yield from _two_in_one(fields, city)
        yield from _inside_text(fields, city)


def _named_columns(fields: Sequence[DeliveredField], city: CityNames) -> list[sample_areas.Named]:
    plain = [field for field in fields if not field.transform]
    named = [sample_areas.named_level(field, city.code, city.spellings) for field in plain]
    return [column for column in named if column]


def _best_of_level(named: Sequence[sample_areas.Named], level: str) -> sample_areas.Named | None:
    columns = [column for column in named if column.level == level]
    return max(columns, default=None, key=lambda column: column.share)


def _whole_or_district(
    fields: Sequence[DeliveredField], district: sample_areas.Named | None, city: CityNames
) -> Iterator[Reading]:
    """Yield readings of rows that are about the province as a whole or about one district."""
    provinces = {name for name, code in sample_areas.province_names().items() if code == city.code}
    level = sample_areas.level_words(fields)
    if level:
        yield from _by_level_words(level, fields, district, provinces)
        return
    for field in [district.field] if district else fields:
        whole = [word for word in field.leaf.words if _means_whole(word, provinces)]
        if len(whole) == 1 and field.header.concepts & {"district", "area"}:
            rule = {"column": field.column, "is": whole[0]}
            yield _reads_names((field.column,), ("district",), whole=rule)
    if district:
        yield _reads_names((district.field.column,), ("district",))


def _means_whole(word: str, provinces: set[str]) -> bool:
    return word.lower() in sample_areas.WHOLE or word in provinces


def _by_level_words(
    level: tuple[DeliveredField, str, str],
    fields: Sequence[DeliveredField],
    district: sample_areas.Named | None,
    provinces: set[str],
) -> Iterator[Reading]:
    level_field, province_word, district_word = level
    with_province = (field for field in fields if set(field.leaf.words) & provinces)
    names = district.field if district else next(with_province, None)
    if names is None:
        return
    rule = {"column": level_field.column, "is": province_word}
    if district_word:
        rule["otherwise"] = district_word
    yield _reads_names((names.column, level_field.column), ("district",), whole=rule)


def _two_in_one(fields: Sequence[DeliveredField], city: CityNames) -> Iterator[Reading]:
    """Yield readings of texts that hold two names, «ต.ก อ.ข»."""
    for field in fields:
        if field.transform:
            continue
        levels = sample_areas.two_levels(field, city.code, city.spellings)
        if levels:
            yield _reads_names((field.column,), levels, separator=" ")


def _inside_text(fields: Sequence[DeliveredField], city: CityNames) -> Iterator[Reading]:
    """Yield readings of longer texts that name a district behind «อ.»."""
    for field in fields:
        if not field.leaf.words or "area" not in field.header.concepts:
            continue
        if sample_areas.district_inside(field, city.code) > 0.5:
            text = f'"{field.column}"'
            sql = f"nullif('อ.' || regexp_extract({text}, '{_DISTRICT_IN_TEXT}', 1), 'อ.')"
            yield Reading((field.column,), sql, {"area": {"by": "names", "levels": ["district"]}})
