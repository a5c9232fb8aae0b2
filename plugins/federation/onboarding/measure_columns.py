"""How the figures of a draft are read: which column, in which unit."""

from collections.abc import Sequence
from typing import Any

from federation.conform.profile.numbers import units_of_middle
from federation.datasets.suites import NationalColumn
from federation.datasets.units import known_units
from federation.onboarding import header_words
from federation.onboarding.entries import Entry, Question
from federation.onboarding.items import Item, stated_unit
from federation.onboarding.readings import Reading
from federation.onboarding.recognise import Scored
from federation.onboarding.text_columns import asked_when_unsure, rivals_of

# Quantities whose figures are in the national unit when nothing states another one.
_IMPLIED = {"mass_concentration", "persons", "houses", "vehicles", "percent", "degrees", "length"}
_AREA_PARTS = ("rai", "ngan", "square_wah")


def measure_entry(national: NationalColumn, scored: Scored) -> Entry | None:
    """Return how a figure is read; None when no item may be meant."""
    if not scored:
        return None
    score, item = scored[0]
    parts = _parts_of_area(rivals_of(scored))
    if parts:
        sources = tuple(part.column for part in parts)
        units = [stated_unit(part) for part in parts]
        return Entry(national.name, (Reading(sources, "", {"units": units}),))
    unit, question = _unit(national, item)
    entry = Entry(national.name, (_reading(item, unit),), {}, score)
    if question:
        entry = entry.asking(unit=question)
    return asked_when_unsure(entry, scored)


def _reading(item: Item, unit: str) -> Reading:
    facts: dict[str, Any] = {"measure": item.measure} if item.measure else {}
    facts["unit"] = unit
    if item.has_thai_digits:
        facts["digits"] = "thai"
    sources = () if item.measure else (item.column,)
    return Reading(sources, item.transform, facts)


def _parts_of_area(rivals: Scored) -> list[Item]:
    """Return the columns of rai, ngan and square wah that make one area together."""
    by_unit = {stated_unit(item): item for _, item in rivals}
    parts = [by_unit[unit] for unit in _AREA_PARTS if unit in by_unit]
    return parts if len(parts) > 1 and len(parts) == len(rivals) else []


def _unit(national: NationalColumn, item: Item) -> tuple[str, Question | None]:
    """Return the unit that is stated, implied or likely, and the question where it is open."""
    quantity = known_units()[national.unit].quantity
    stated = stated_unit(item)
    if stated and known_units()[stated].quantity == quantity:
        return stated, None
    _, middle, greatest = item.leaf.span
    options = units_of_middle(middle, quantity)
    if item.measure or item.attribute:
        question = None if _counts(item, quantity) else _which_unit(national, options)
        return national.unit, question
    if quantity == "percent" and 0 < greatest <= 1:
        return "percent", _which_unit(national, ("percent", "share of one"))
    if quantity in _IMPLIED:
        return national.unit, None
    if len(options) == 1 and quantity in ("money", "mole_fraction"):
        return options[0], None
    likely = options[0] if options else national.unit
    return likely, _which_unit(national, options)


def _counts(item: Item, quantity: str) -> bool:
    return item.unit == "C62" and quantity in ("persons", "houses", "vehicles")


def _which_unit(national: NationalColumn, options: Sequence[str]) -> Question:
    listed = options or _units_like(national.unit)
    return Question(
        f"in which unit is {national.name}?",
        f"{national.name} มีหน่วยอะไร",
        listed[0],
        tuple((unit, 1 / len(listed)) for unit in listed),
    )


def _units_like(national: str) -> list[str]:
    """Return every unit of the same quantity."""
    units = known_units()
    quantity = units[national].quantity
    return [unit for unit in header_words.words()["units"] if units[unit].quantity == quantity]


def coordinate_entry(name: str, items: Sequence[Item]) -> Entry | None:
    """Return how `lat` or `lon` is read, with a question when its figures look like the other."""
    named = [item for item in items if name in item.header.concepts and item.is_figures]
    if not named:
        return None
    item = named[0]
    entry = Entry(name, (Reading((item.column,), item.transform, {"unit": "degrees"}),))
    if item.leaf.says("coordinate") in ("", name):
        return entry
    exchanged = Question(
        f"{item.label} does not look like {name}: are latitude and longitude exchanged?",
        f"{item.label} ดูไม่เหมือน {name}: ละติจูดกับลองจิจูดสลับกันหรือไม่",
        item.label,
    )
    return entry.asking(physicalName=exchanged)
