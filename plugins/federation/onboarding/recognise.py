"""Which dataset a folder holds, and which of its columns are which national ones, by names and
contents."""

from collections.abc import Sequence
from dataclasses import dataclass

from federation.datasets.suites import NationalColumn, dataset_names, load_suite
from federation.datasets.units import known_units
from federation.onboarding import lexicon
from federation.onboarding.items import Item, LayoutFound, stated_unit

SURE, POSSIBLE, AHEAD = 0.7, 0.3, 0.15
Scored = list[tuple[float, Item]]


@dataclass(frozen=True)
class Recognised:
    """A dataset with its confidence, and per national column the items that may be meant, best
    first."""

    dataset: str
    confidence: float
    columns: dict[str, Scored]
    rivals: tuple[tuple[str, float], ...] = ()

    @property
    def is_sure(self) -> bool:
        return self.confidence >= SURE and all(
            self.confidence - other >= AHEAD for _, other in self.rivals
        )


def recognise(folder: str, items: Sequence[Item], layout: LayoutFound) -> Recognised | None:
    """Return the dataset that the folder most speaks for; None when it is none of ours."""
    found = sorted(
        (_of_dataset(name, folder, items, layout) for name in _with_words()),
        key=lambda one: -one.confidence,
    )
    best, rest = found[0], found[1:]
    if best.confidence < POSSIBLE:
        return None
    rivals = tuple(
        (other.dataset, other.confidence) for other in rest if other.confidence >= POSSIBLE
    )
    return Recognised(best.dataset, best.confidence, best.columns, rivals)


def _with_words() -> list[str]:
    known = lexicon.words()["columns"]
    return [name for name in dataset_names() if name in known]


def _of_dataset(
    dataset: str, folder: str, items: Sequence[Item], layout: LayoutFound
) -> Recognised:
    told = lexicon.words()["columns"][dataset]
    national = {column.name: column for column in load_suite(dataset).columns}
    columns = {name: scored(dataset, national[name], items) for name in told}
    measures = [name for name in told if national[name].unit not in ("", "degrees")]
    named = lexicon.speaks_of(dataset, folder) or any(
        dataset.split("_")[0] in item.header.concepts for item in items
    )
    named = named or any(_states_length(item) for name in measures for _, item in columns[name][:1])
    if layout.kind == "months" and len(measures) == 1:
        return Recognised(dataset, 0.9 if named else 0.1, columns)
    share = sum(columns[name][0][0] if columns[name] else 0.0 for name in measures) / len(measures)
    # One word alone (cases, rain) says little: the folder or another header must say what it is
    # about.
    sure = share if len(measures) > 2 or named else 0.6 * share
    return Recognised(dataset, min(1.0, sure + 0.1 * named * (share > 0)), columns)


def _states_length(item: Item) -> bool:
    """Whether millimetres are stated, which nothing but rain is measured in."""
    unit = stated_unit(item)
    return bool(unit) and known_units()[unit].quantity == "length"


def scored(dataset: str, national: NationalColumn, items: Sequence[Item]) -> Scored:
    """Return the items whose names and contents allow a national column, best first."""
    found = [(_score(dataset, national, item), item) for item in items]
    return sorted(((score, item) for score, item in found if score > 0), key=lambda pair: -pair[0])


def _score(dataset: str, national: NationalColumn, item: Item) -> float:
    if national.unit:
        score = lexicon.score(dataset, national.name, item.header)
        fits = item.is_figures or item.is_empty or bool(item.measure)
        unit = stated_unit(item)
        wrong = (
            bool(unit)
            and unit in known_units()
            and known_units()[unit].quantity != known_units()[national.unit].quantity
        )
        return score if fits and not wrong and not _is_text_attribute(item) else 0.0
    if item.measure or item.attribute:
        return 0.0
    if national.name == "crop" and item.leaf.words:
        ours = sum(rows for word, rows in item.leaf.words.items() if lexicon.word_for("crop", word))
        if ours > 0.8 * sum(item.leaf.words.values()):
            return 1.0
    return lexicon.score(dataset, national.name, item.header) * (
        0.0 if _says_nothing(national, item) else 1.0
    )


def _is_text_attribute(item: Item) -> bool:
    return bool(item.transform) and not item.leaf.is_number and not item.attribute


def _says_nothing(national: NationalColumn, item: Item) -> bool:
    """Whether an item is no text: figures and times are no causes, and one word in every row is
    no key."""
    if item.leaf.is_time or item.label == "type":
        return True
    is_id = national.name.endswith("_id")
    return not is_id and (item.leaf.is_number or item.leaf.says("content") == "number")
