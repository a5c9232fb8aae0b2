"""Which dataset a folder holds, and which national columns its columns may be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from federation.datasets.suites import NationalColumn, dataset_names, load_suite
from federation.datasets.units import known_units
from federation.onboarding import header_words
from federation.onboarding.delivered_fields import DeliveredField, SampleLayout, stated_unit

SURE, POSSIBLE, AHEAD = 0.7, 0.3, 0.15
Scored = list[tuple[float, DeliveredField]]


@dataclass(frozen=True)
class Recognised:
    """A dataset with its confidence; per national column the fields that may be it, best first."""

    dataset: str
    confidence: float
    columns: dict[str, Scored]
    rivals: tuple[tuple[str, float], ...] = ()

    @property
    def is_sure(self) -> bool:
        return self.confidence >= SURE and all(
            self.confidence - other >= AHEAD for _, other in self.rivals
        )


def recognise(
    folder: str, fields: Sequence[DeliveredField], layout: SampleLayout
) -> Recognised | None:
    """Return the likeliest dataset of a folder; None when it is no national one."""
    candidates = [_of_dataset(name, folder, fields, layout) for name in _with_words()]
    candidates.sort(key=lambda candidate: -candidate.confidence)
    possible = [one for one in candidates if one.confidence >= POSSIBLE]
    if not possible:
        return None
    best, *others = possible
    return replace(best, rivals=tuple((other.dataset, other.confidence) for other in others))


def _with_words() -> list[str]:
    described = header_words.words()["columns"]
    return [name for name in dataset_names() if name in described]


def _of_dataset(
    dataset: str, folder: str, fields: Sequence[DeliveredField], layout: SampleLayout
) -> Recognised:
    national = {column.name: column for column in load_suite(dataset).columns}
    names = [*header_words.words()["columns"][dataset]]
    columns = {name: scored(dataset, national[name], fields) for name in names}
    measures = [columns[name] for name in names if national[name].unit not in ("", "degrees")]
    named = _is_named(dataset, folder, fields) or any(map(_is_length, measures))
    if layout.kind == "months" and len(measures) == 1:
        return Recognised(dataset, 0.9 if named else 0.1, columns)
    return Recognised(dataset, _confidence(measures, named), columns)


def _confidence(measures: Sequence[Scored], named: bool) -> float:
    """Return how surely the measures are there, 0 to 1.

    One word alone (cases, rain) proves little: the folder or another header must name the dataset.
    """
    share = sum(scores[0][0] for scores in measures if scores) / len(measures)
    if share == 0:
        return 0.0
    if named:
        return min(1.0, share + 0.1)
    return min(1.0, share if len(measures) > 2 else 0.6 * share)


def _is_named(dataset: str, folder: str, fields: Sequence[DeliveredField]) -> bool:
    """Whether the folder or a header names the dataset."""
    if header_words.speaks_of(dataset, folder):
        return True
    first_word = dataset.split("_")[0]
    return any(first_word in field.header.concepts for field in fields)


def _is_length(scores: Scored) -> bool:
    return bool(scores) and _states_length(scores[0][1])


def _states_length(field: DeliveredField) -> bool:
    """Whether millimetres are stated, which nothing but rain is measured in."""
    unit = stated_unit(field)
    return bool(unit) and known_units()[unit].quantity == "length"


def scored(dataset: str, national: NationalColumn, fields: Sequence[DeliveredField]) -> Scored:
    """Return the fields whose names and contents allow a national column, best first."""
    pairs = [(_score(dataset, national, field), field) for field in fields]
    possible = [pair for pair in pairs if pair[0] > 0]
    return sorted(possible, key=lambda pair: -pair[0])


def _score(dataset: str, national: NationalColumn, field: DeliveredField) -> float:
    score = header_words.score(dataset, national.name, field.header)
    if national.unit:
        return score if _may_be_measure(national, field) else 0.0
    if national.type != "VARCHAR":
        return score if _may_be_figure(field) else 0.0
    if field.measure or field.attribute:
        return 0.0
    if national.name == "crop" and _names_crops(field):
        return 1.0
    return 0.0 if _says_nothing(national, field) else score


def _may_be_measure(national: NationalColumn, field: DeliveredField) -> bool:
    if _is_text_attribute(field):
        return False
    units, unit = known_units(), stated_unit(field)
    if unit in units and units[unit].quantity != units[national.unit].quantity:
        return False
    return field.is_figures or field.is_empty or bool(field.measure)


def _may_be_figure(field: DeliveredField) -> bool:
    """Whether a field may hold a figure without a unit."""
    if _is_text_attribute(field) or stated_unit(field) in known_units():
        return False
    return field.is_figures or field.is_empty or bool(field.measure)


def _names_crops(field: DeliveredField) -> bool:
    words = field.leaf.words
    named = sum(rows for word, rows in words.items() if header_words.word_for("crop", word))
    return bool(words) and named > 0.8 * sum(words.values())


def _is_text_attribute(field: DeliveredField) -> bool:
    return bool(field.transform) and not field.leaf.is_number and not field.attribute


def _says_nothing(national: NationalColumn, field: DeliveredField) -> bool:
    """Whether a field cannot be this text: figures and times are no causes."""
    if field.leaf.is_time or field.label == "type":
        return True
    is_id = national.name.endswith("_id")
    return not is_id and (field.leaf.is_number or field.leaf.says("content") == "number")
