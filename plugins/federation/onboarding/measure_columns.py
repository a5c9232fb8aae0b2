"""How the figures of a draft are read: which column, in which unit."""

from collections.abc import Sequence
from typing import Any

from federation.common.vocabulary import Averaging
from federation.conform.profile.numbers import units_of_middle
from federation.datasets.suites import NationalColumn
from federation.datasets.units import known_units
from federation.onboarding import header_words
from federation.onboarding.column_draft import ColumnDraft, Question
from federation.onboarding.delivered_fields import DeliveredField, stated_unit
from federation.onboarding.readings import Reading
from federation.onboarding.recognise import Scored
from federation.onboarding.text_columns import asked_when_unsure, rivals_of

# Quantities whose figures are in the national unit when nothing states another one.
_IMPLIED = {"mass_concentration", "persons", "houses", "vehicles", "percent", "degrees", "length"}
_AREA_PARTS = ("rai", "ngan", "square_wah")


def draft_measure(national: NationalColumn, scored: Scored) -> ColumnDraft | None:
    """Return how a figure is read; None when no field may be meant."""
    if not scored:
        return None
    score, field = scored[0]
    parts = _parts_of_area(rivals_of(scored))
    if parts:
        sources = tuple(part.column for part in parts)
        units = [stated_unit(part) for part in parts]
        return ColumnDraft(national.name, (Reading(sources, "", {"units": units}),))
    unit, question = _unit(national, field)
    draft = ColumnDraft(national.name, (_reading(field, unit),), {}, score)
    if question:
        draft = draft.asking(unit=question)
    usual = header_words.words()["averaging"].get(national.name)
    if usual:
        draft = draft.asking(averaging=_which_averaging(national, usual))
    return asked_when_unsure(draft, scored)


def draft_figure(national: NationalColumn, scored: Scored) -> ColumnDraft | None:
    """Return how a figure without a unit is read; None when no field may be meant."""
    if not scored:
        return None
    score, field = scored[0]
    return asked_when_unsure(ColumnDraft(national.name, (_reading(field),), {}, score), scored)


def _reading(field: DeliveredField, unit: str = "") -> Reading:
    facts: dict[str, Any] = {"measure": field.measure} if field.measure else {}
    if unit:
        facts["unit"] = unit
    if field.has_thai_digits:
        facts["digits"] = "thai"
    sources = () if field.measure else (field.column,)
    return Reading(sources, field.transform, facts)


def _parts_of_area(rivals: Scored) -> list[DeliveredField]:
    """Return the columns of rai, ngan and square wah that make one area together."""
    by_unit = {stated_unit(field): field for _, field in rivals}
    parts = [by_unit[unit] for unit in _AREA_PARTS if unit in by_unit]
    return parts if len(parts) > 1 and len(parts) == len(rivals) else []


def _unit(national: NationalColumn, field: DeliveredField) -> tuple[str, Question | None]:
    """Return the unit that is stated, implied or likely, and the question where it is open."""
    quantity = known_units()[national.unit].quantity
    stated = stated_unit(field)
    if stated and known_units()[stated].quantity == quantity:
        return stated, None
    _, middle, greatest = field.leaf.span
    options = units_of_middle(middle, quantity)
    if field.measure or field.attribute:
        question = None if _counts(field, quantity) else _which_unit(national, options)
        return national.unit, question
    if quantity == "percent" and 0 < greatest <= 1:
        return "percent", _which_unit(national, ("percent", "share of one"))
    if quantity in _IMPLIED:
        return national.unit, None
    if len(options) == 1 and quantity in ("money", "mole_fraction"):
        return options[0], None
    likely = options[0] if options else national.unit
    return likely, _which_unit(national, options)


def _counts(field: DeliveredField, quantity: str) -> bool:
    return field.unit == "C62" and quantity in ("persons", "houses", "vehicles")


def _which_unit(national: NationalColumn, options: Sequence[str]) -> Question:
    listed = options or _units_like(national.unit)
    return Question(
        f"in which unit is {national.name}?",
        f"{national.name} มีหน่วยอะไร",
        listed[0],
        tuple((unit, 1 / len(listed)) for unit in listed),
    )


def _which_averaging(national: NationalColumn, usual: str) -> Question:
    """Return the question what time a value covers: no file says it, and every daily figure rests
    on it. The guess is what is usual, where that is not the hour."""
    return Question(
        f"what time does a value of {national.name} cover?",
        f"ค่า {national.name} แต่ละค่าครอบคลุมช่วงเวลาใด (ค่ารายชั่วโมง หรือค่าเฉลี่ยเคลื่อนที่)",
        usual,
        tuple((str(averaging), 0.8 if averaging == usual else 0.1) for averaging in Averaging),
    )


def _units_like(national: str) -> list[str]:
    """Return every unit of the same quantity."""
    units = known_units()
    quantity = units[national].quantity
    return [unit for unit in header_words.words()["units"] if units[unit].quantity == quantity]


def draft_coordinate(name: str, fields: Sequence[DeliveredField]) -> ColumnDraft | None:
    """Return how `lat` or `lon` is read, with a question when its figures look like the other."""
    named = [field for field in fields if name in field.header.concepts and field.is_figures]
    if not named:
        return None
    field = named[0]
    draft = ColumnDraft(name, (Reading((field.column,), field.transform, {"unit": "degrees"}),))
    if field.leaf.says("coordinate") in ("", name):
        return draft
    exchanged = Question(
        f"{field.label} does not look like {name}: are latitude and longitude exchanged?",
        f"{field.label} ดูไม่เหมือน {name}: ละติจูดกับลองจิจูดสลับกันหรือไม่",
        field.label,
    )
    return draft.asking(physicalName=exchanged)
