"""From a recognised folder to the entries of its contract, and the facts of the feed as a whole."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from federation.conform.profile.numbers import units_of_middle
from federation.datasets.suites import NationalColumn, load_suite
from federation.datasets.units import known_units
from federation.onboarding import areas_seen, lexicon
from federation.onboarding.entries import Entry, Question, which_column
from federation.onboarding.items import Item, LayoutFound, stated_unit
from federation.onboarding.periods import period_entry, timed
from federation.onboarding.readings import Reading
from federation.onboarding.recognise import AHEAD, SURE, Recognised

_IMPLIED = {"mass_concentration", "persons", "houses", "vehicles", "percent", "degrees", "length"}
_THAI = re.compile("[\u0e01-\u0e5b]")


@dataclass(frozen=True)
class Built:
    """The columns of a draft, what nothing in the samples says, and facts of the feed."""

    entries: tuple[Entry, ...]
    not_published: tuple[str, ...]
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """What is known of the city while its feeds are drafted."""

    code: str
    spellings: Mapping[str, str]


def build(
    found: Recognised, items: Sequence[Item], layout: LayoutFound, period: str, place: Place
) -> Built:
    """Return the entries of every national column of the dataset, in the suite's order."""
    suite = load_suite(found.dataset)
    taken = _assigned(found)
    when = timed(_with_dates_in_ids(items))
    entries: dict[str, Entry | None] = {}
    for national in suite.columns:
        entries[national.name] = _entry(national, found, taken, items, layout, when, period, place)
    facts = dict(_feed_facts(entries, items, layout, found, place))
    return Built(
        tuple(entry for entry in entries.values() if entry),
        tuple(name for name, entry in entries.items() if entry is None),
        facts,
    )


def _assigned(found: Recognised) -> dict[str, list[tuple[float, Item]]]:
    """Give each item to the national column that it fits best; what is left are rivals."""
    pairs = sorted(
        (
            (score, name, item)
            for name, scored in found.columns.items()
            for score, item in scored
            if not name.startswith("station_name")
        ),
        key=lambda pair: -pair[0],
    )
    owner: dict[str, str] = {}
    filled = set[str]()
    for _, name, item in pairs:
        if name not in filled and item.label not in owner:
            owner[item.label] = name
            filled.add(name)
    return {
        name: [(score, item) for score, item in scored if owner.get(item.label, name) == name]
        for name, scored in found.columns.items()
    }


def _entry(
    national: NationalColumn,
    found: Recognised,
    taken: Mapping[str, list[tuple[float, Item]]],
    items: Sequence[Item],
    layout: LayoutFound,
    when: Sequence[Any],
    period: str,
    place: Place,
) -> Entry | None:
    name = national.name
    if national.type in ("TIMESTAMPTZ", "DATE", "INTEGER"):
        return period_entry(national, when, items, layout, period)
    if name in ("area_code", "station_area_code"):
        return area_entry(national, found.dataset, items, place)
    if name in ("lat", "lon"):
        return _coordinate(name, items)
    if layout.kind == "months" and national.unit:
        return Entry(
            name,
            (
                Reading(
                    layout.months, "", {"unit": national.unit} | _digits(items, layout.months[0])
                ),
            ),
        )
    scored = taken.get(name, [])
    if name.startswith("station_name"):
        return _station_name(name, scored)
    return _measured(national, scored) if national.unit else _worded(national, scored)


# -- figures ---------------------------------------------------------------------------------------


def _measured(national: NationalColumn, scored: list[tuple[float, Item]]) -> Entry | None:
    if not scored:
        return None
    score, item = scored[0]
    rivals = [other for other in scored if other[0] > score - AHEAD]
    parts = _parts_of_area(rivals)
    if parts:
        units = [stated_unit(part) for part in parts]
        return Entry(
            national.name, (Reading(tuple(part.column for part in parts), "", {"units": units}),)
        )
    unit, question = _unit(national, item)
    facts: dict[str, Any] = {"measure": item.measure} if item.measure else {}
    facts |= {"unit": unit} | ({"digits": "thai"} if item.leaf.says("digits") == "thai" else {})
    sources = () if item.measure else (item.column,)
    entry = Entry(national.name, (Reading(sources, item.transform, facts),), {}, score)
    entry = entry.asking(unit=question) if question else entry
    return entry if score >= SURE and len(rivals) == 1 else _asking_column(entry, rivals)


def _asking_column(entry: Entry, rivals: list[tuple[float, Item]]) -> Entry:
    share = sum(score for score, _ in rivals)
    options = [(item.label, score / max(1.0, share)) for score, item in rivals]
    return entry.asking(
        **{
            "measure" if rivals[0][1].measure else "physicalName": which_column(
                entry.name, "", options
            )
        }
    )


def _parts_of_area(rivals: list[tuple[float, Item]]) -> list[Item]:
    """Return the columns of rai, ngan and square wah that make one area together."""
    by_unit = {stated_unit(item): item for _, item in rivals}
    parts = [by_unit[unit] for unit in ("rai", "ngan", "square_wah") if unit in by_unit]
    return parts if len(parts) > 1 and len(parts) == len(rivals) else []


def _unit(national: NationalColumn, item: Item) -> tuple[str, Question | None]:
    """Return the unit that is stated, that the dataset implies or that the figures allow, and
    the question where it is open."""
    quantity = known_units()[national.unit].quantity
    stated = stated_unit(item)
    if stated and known_units()[stated].quantity == quantity:
        return stated, None
    options = units_of_middle(item.leaf.span[1], quantity)
    if item.measure or item.attribute:
        return national.unit, None if _counts(item, quantity) else _which_unit(national, options)
    if quantity == "percent" and 0 < item.leaf.span[2] <= 1:
        return "percent", _which_unit(national, ("percent", "share of one"))
    if quantity in _IMPLIED:
        return national.unit, None
    if len(options) == 1 and quantity in ("money", "mole_fraction"):
        return options[0], None
    return (options or (national.unit,))[0], _which_unit(national, options)


def _counts(item: Item, quantity: str) -> bool:
    return item.unit == "C62" and quantity in ("persons", "houses", "vehicles")


def _which_unit(national: NationalColumn, options: Sequence[str]) -> Question:
    listed = options or tuple(
        dict.fromkeys(
            unit
            for unit in lexicon.words()["units"]
            if known_units()[unit].quantity == known_units()[national.unit].quantity
        )
    )
    return Question(
        f"in which unit is {national.name}?",
        f"{national.name} มีหน่วยอะไร",
        listed[0],
        tuple((unit, 1 / len(listed)) for unit in listed),
    )


def _digits(items: Sequence[Item], column: str) -> dict[str, str]:
    return (
        {"digits": "thai"}
        if any(item.column == column and item.leaf.says("digits") == "thai" for item in items)
        else {}
    )


def _coordinate(name: str, items: Sequence[Item]) -> Entry | None:
    named = [item for item in items if name in item.header.concepts and item.is_figures]
    if not named:
        return None
    item, told = named[0], named[0].leaf.says("coordinate")
    entry = Entry(name, (Reading((item.column,), item.transform, {"unit": "degrees"}),))
    if told in ("", name):
        return entry
    return entry.asking(
        physicalName=Question(
            f"{item.label} does not look like {name}: are latitude and longitude exchanged?",
            f"{item.label} ดูไม่เหมือน {name}: ละติจูดกับลองจิจูดสลับกันหรือไม่",
            item.label,
        )
    )


# -- words -----------------------------------------------------------------------------------------


def _worded(national: NationalColumn, scored: list[tuple[float, Item]]) -> Entry | None:
    if not scored:
        if not national.key:
            return None
        return Entry(national.name, (), {"physicalName": which_column(national.name, "", [])})
    score, item = scored[0]
    facts: dict[str, Any] = (
        {"prefix": prefix}
        if (prefix := _urn_prefix(item)) and national.name.endswith("_id")
        else {}
    )
    listed = item.transform.endswith("[1]") and not national.name.endswith("_id")
    sql = f"array_to_string(\"{item.column}\", '; ')" if listed else item.transform
    entry = Entry(national.name, (Reading((item.column,), sql, facts),), {}, score)
    if national.values:
        entry = _translated(entry, national, item)
    rivals = [other for other in scored if other[0] > score - AHEAD]
    return entry if score >= SURE and len(rivals) == 1 else _asking_column(entry, rivals)


def _urn_prefix(item: Item) -> str:
    words = [*item.leaf.words]
    prefixes = {word[: word.rfind(":") + 1] for word in words}
    return prefixes.pop() if words and len(prefixes) == 1 and words[0].startswith("urn:") else ""


def _translated(entry: Entry, national: NationalColumn, item: Item) -> Entry:
    words = {word: lexicon.word_for(national.name, word) for word in item.leaf.words if word}
    if all(word == ours for word, ours in words.items()):
        return entry
    asked = {
        word: Question(
            f"which of {', '.join(national.values)} is «{word}»?",
            f"«{word}» คือค่าใด",
            national.values[0],
        )
        for word, ours in words.items()
        if not ours
    }
    return entry.with_facts({"values": words | asked})


def _station_name(name: str, scored: list[tuple[float, Item]]) -> Entry | None:
    thai = name.endswith("_th")
    ours = [(score, item) for score, item in scored if score >= SURE and _is_thai(item) == thai]
    return Entry(name, (Reading((ours[0][1].column,), ours[0][1].transform),)) if ours else None


def _is_thai(item: Item) -> bool:
    rows = sum(rows for word, rows in item.leaf.words.items() if _THAI.search(word))
    return rows * 2 > sum(item.leaf.words.values())


def _with_dates_in_ids(items: Sequence[Item]) -> list[Item]:
    """Add the day at the end of an id (`urn:…:2017-08-01`) as something that says when."""
    found = [*items]
    for item in items:
        words = item.leaf.words
        if (
            item.label == "id"
            and words
            and all(re.search(r":\d{4}-\d\d-\d\d$", word) for word in words)
        ):
            days = Counter[str]()
            for word, rows in words.items():
                days[word[-10:]] += rows
            leaf = replace(item.leaf, words=days, facts={})
            found.append(
                replace(
                    item,
                    leaf=leaf,
                    header=lexicon.header("date"),
                    transform=f'right("{item.column}", 10)',
                )
            )
    return found


# -- areas -----------------------------------------------------------------------------------------


def area_entry(
    national: NationalColumn, dataset: str, items: Sequence[Item], place: Place
) -> Entry | None:
    """Return how the record's area is read: by codes, by parts of a code, by names, or as the
    city itself."""
    options = [
        *_by_code(dataset, items, place),
        *_by_parts(dataset, items, place),
        *_by_names(dataset, items, place),
    ]
    if options:
        return Entry(national.name, (options[0],))
    if national.name == "station_area_code":
        return Entry(national.name, (Reading((), "", {"area": {"by": "city"}}),))
    return Entry(
        national.name,
        (),
        {"physicalName": which_column(national.name, "codes or names of areas", [])},
    )


def _by_code(dataset: str, items: Sequence[Item], place: Place) -> Iterator[Reading]:
    for item in items:
        coded = (
            areas_seen.codes_in(item.leaf.words)
            if item.leaf.words and not item.measure and not item.transform
            else None
        )
        if coded is None or coded.provinces.get(place.code, 0) < 0.5:
            continue
        if set(coded.levels) == {"province"} and dataset != "crop_production":
            continue
        area: dict[str, Any] = {"by": "tis1099"}
        if dataset == "population":
            area["level"] = "subdistrict"
        elif dataset == "crop_production":
            area["levels"] = ["province", "district"]
        facts: dict[str, Any] = {"area": area} | ({"prefix": coded.prefix} if coded.prefix else {})
        facts |= {"digits": "thai"} if item.leaf.says("digits") == "thai" else {}
        yield Reading((item.column,), "", facts)


def _by_parts(dataset: str, items: Sequence[Item], place: Place) -> Iterator[Reading]:
    parts: dict[str, Item] = {}
    for item in items:
        for level in ("province", "district", "subdistrict"):
            if level in item.header.concepts and item.leaf.is_number and item.leaf.span[2] <= 99:
                parts.setdefault(level, item)
    if (
        "province" not in parts
        or "district" not in parts
        or parts["province"].leaf.span[0] != float(place.code)
    ):
        return
    levels = ["province", "district"] + (["subdistrict"] if "subdistrict" in parts else [])
    area: dict[str, Any] = {"by": "tis1099_parts"}
    if dataset == "crop_production":
        levels = levels[:2]
        area["levels"] = levels
        if parts["district"].leaf.span[0] == 0:
            area["whole"] = {"column": parts["district"].column, "is": 0}
    elif "subdistrict" in parts:
        area["level"] = "subdistrict"
    yield Reading(tuple(parts[level].column for level in levels), "", {"area": area})


def _by_names(dataset: str, items: Sequence[Item], place: Place) -> Iterator[Reading]:
    named = [
        found
        for item in items
        if not item.transform
        and (found := areas_seen.named_level(item, place.code, place.spellings))
    ]
    best = {
        level: max(
            (one for one in named if one.level == level), default=None, key=lambda one: one.share
        )
        for level in ("district", "subdistrict")
    }
    district, subdistrict = best["district"], best["subdistrict"]
    if dataset == "crop_production":
        yield from _whole_or_district(items, district, place)
    elif district and subdistrict:
        levels = ["district", "subdistrict"]
        yield Reading(
            (district.item.column, subdistrict.item.column),
            "",
            {"area": {"by": "names", "levels": levels}},
        )
    elif district and dataset != "population":
        yield Reading(
            (district.item.column,), "", {"area": {"by": "names", "levels": ["district"]}}
        )
    elif dataset != "population":
        yield from _two_in_one(items, place)
        yield from _inside_text(items, place)


def _whole_or_district(
    items: Sequence[Item], district: areas_seen.Named | None, place: Place
) -> Iterator[Reading]:
    level = areas_seen.level_words(items)
    names = {name for name, code in areas_seen.province_names().items() if code == place.code}
    if level:
        column = (
            district.item
            if district
            else next((item for item in items if set(item.leaf.words) & names), None)
        )
        if column:
            whole = {"column": level[0].column, "is": level[1]} | (
                {"otherwise": level[2]} if level[2] else {}
            )
            area = {"by": "names", "levels": ["district"], "whole": whole}
            yield Reading((column.column, level[0].column), "", {"area": area})
        return
    for item in items if not district else [district.item]:
        whole_words = [
            word for word in item.leaf.words if word.lower() in areas_seen.WHOLE or word in names
        ]
        if len(whole_words) == 1 and (
            "district" in item.header.concepts or "area" in item.header.concepts
        ):
            whole = {"column": item.column, "is": whole_words[0]}
            yield Reading(
                (item.column,),
                "",
                {"area": {"by": "names", "levels": ["district"], "whole": whole}},
            )
    if district:
        yield Reading(
            (district.item.column,), "", {"area": {"by": "names", "levels": ["district"]}}
        )


def _two_in_one(items: Sequence[Item], place: Place) -> Iterator[Reading]:
    """A text of two names, «ต.ก อ.ข»."""
    for item in items:
        if not item.transform and (
            levels := areas_seen.two_levels(item, place.code, place.spellings)
        ):
            yield Reading(
                (item.column,), "", {"area": {"by": "names", "levels": levels, "separator": " "}}
            )


def _inside_text(items: Sequence[Item], place: Place) -> Iterator[Reading]:
    for item in items:
        if (
            item.leaf.words
            and "area" in item.header.concepts
            and areas_seen.district_inside(item, place.code) > 0.5
        ):
            text = f'"{item.column}"'
            sql = rf"nullif('อ.' || regexp_extract({text}, '(?:อ\.|อำเภอ)\s*([^,\s]+)', 1), 'อ.')"
            yield Reading((item.column,), sql, {"area": {"by": "names", "levels": ["district"]}})


# -- the feed --------------------------------------------------------------------------------------


def _feed_facts(
    entries: Mapping[str, Entry | None],
    items: Sequence[Item],
    layout: LayoutFound,
    found: Recognised,
    place: Place,
) -> Iterator[tuple[str, Any]]:
    read = {
        source
        for entry in entries.values()
        if entry
        for one in entry.readings
        for source in one.sources
    }
    read |= set(layout.own)
    ours = [item for item in items if item.column in read]
    if layout.kind != "rows":
        yield "layout", layout.declared
    if missing := _markers(ours):
        yield "missing", missing
    if any(item.leaf.says("thousands") == "," for item in ours):
        yield "thousands", ","
    if any(
        item.leaf.type == "binary" and item.leaf.says("encoding") == "tis-620" for item in items
    ):
        yield "encoding", "tis-620"
    used = {
        one.facts.get("measure") for entry in entries.values() if entry for one in entry.readings
    }
    if ignored := [item.measure for item in items if item.measure and item.measure not in used]:
        yield "ignored_measures", ignored
    if scope := _out_of_scope(entries.get("area_code"), found.dataset, items):
        yield "out_of_scope", scope


def _markers(items: Sequence[Item]) -> list[Any]:
    texts = {
        word
        for item in items
        if item.leaf.is_text
        for word in item.leaf.facts.get("missing", ())
        if item.leaf.words.get(word)
    }
    texts |= {"-" for item in items if item.leaf.is_text and item.leaf.words.get("-")}
    texts |= {
        word
        for item in items
        if item.leaf.is_text
        for word in item.leaf.words
        if item.leaf.is_figures and word.lower() in ("-1", "n/a", "na")
    }
    numbers = {
        float(value)
        for item in items
        if item.leaf.is_number
        for value in item.leaf.facts.get("missing", ())
    }
    return [
        *sorted(texts),
        *(int(value) if value.is_integer() else value for value in sorted(numbers, reverse=True)),
    ]


def _out_of_scope(area: Entry | None, dataset: str, items: Sequence[Item]) -> str:
    """Rows of whole provinces and districts, among rows of subdistricts."""
    if (
        dataset != "population"
        or area is None
        or not area.readings
        or area.readings[0].facts["area"]["by"] != "tis1099"
    ):
        return ""
    item = next(item for item in items if item.column == area.readings[0].sources[0])
    coded = areas_seen.codes_in(item.leaf.words)
    if coded is None or set(coded.levels) == {"subdistrict"}:
        return ""
    return f'length("{item.column}") < {len(coded.prefix) + 6}'
