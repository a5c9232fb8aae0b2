"""The body of a drafted contract: its columns, and the facts of the feed as a whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from federation.datasets.suites import NationalColumn, load_suite
from federation.onboarding.area_columns import CityNames, draft_area, out_of_scope
from federation.onboarding.column_draft import ColumnDraft, Question
from federation.onboarding.delivered_fields import DeliveredField, SampleLayout
from federation.onboarding.measure_columns import (
    draft_coordinate,
    draft_figure,
    draft_measure,
)
from federation.onboarding.period_columns import Timed, draft_period, timed
from federation.onboarding.readings import Reading
from federation.onboarding.recognise import Recognised, Scored
from federation.onboarding.sample_areas import rows_of_city
from federation.onboarding.sample_columns import Samples
from federation.onboarding.sample_folder import SampleFolder
from federation.onboarding.text_columns import (
    draft_station_name,
    draft_text,
    with_dates_in_ids,
)

_UNREADABLE_WORDS = ("-1", "n/a", "na")


@dataclass(frozen=True)
class ContractBody:
    """What a drafted contract says of the feed's columns and of the feed."""

    drafts: tuple[ColumnDraft, ...]  # of the national columns that the samples hold
    not_published: tuple[str, ...]  # the other national columns
    facts: Mapping[str, Any]
    delivered: Mapping[str, str | Question]  # column -> type, or the question where files disagree


@dataclass(frozen=True)
class _Feed:
    """What every column of one feed is drafted from."""

    recognised: Recognised
    assigned: Mapping[str, Scored]
    fields: Sequence[DeliveredField]
    layout: SampleLayout
    times: Sequence[Timed]
    period: str
    city: CityNames


def contract_body(folder: SampleFolder, city: CityNames) -> ContractBody:
    """Return a draft of each national column, in the suite's order, and the facts of the feed."""
    feed = _Feed(
        recognised=folder.recognised,
        assigned=_assigned(folder.recognised),
        fields=folder.fields,
        layout=folder.layout,
        times=timed(with_dates_in_ids(folder.fields)),
        period=folder.guess.period,
        city=city,
    )
    suite = load_suite(folder.recognised.dataset)
    draft_or_none = {column.name: _draft(column, feed) for column in suite.columns}
    drafts = {name: draft for name, draft in draft_or_none.items() if draft}
    not_published = tuple(name for name in draft_or_none if name not in drafts)
    facts = dict(_feed_facts(drafts, feed))
    if city_rows := _city_rows(drafts, feed):
        facts["city_rows"] = city_rows
    if optional := _optional_columns(folder.samples):
        facts["optional_columns"] = optional
    return ContractBody(tuple(drafts.values()), not_published, facts, _delivered(folder.samples))


def _assigned(recognised: Recognised) -> dict[str, Scored]:
    """Give each field to the national column that it fits best; the fields left are rivals."""
    owner = _owners(recognised)
    return {
        name: [(score, field) for score, field in scored if owner.get(field.label, name) == name]
        for name, scored in recognised.columns.items()
    }


def _owners(recognised: Recognised) -> dict[str, str]:
    """Return field's label -> national column, the best fit first."""
    pairs = [
        (score, name, field)
        for name, scored in recognised.columns.items()
        if not name.startswith("station_name")
        for score, field in scored
    ]
    pairs.sort(key=lambda pair: -pair[0])
    owner: dict[str, str] = {}
    filled = set[str]()
    for _, name, field in pairs:
        if name not in filled and field.label not in owner:
            owner[field.label] = name
            filled.add(name)
    return owner


def _draft(national: NationalColumn, feed: _Feed) -> ColumnDraft | None:
    name = national.name
    if national.type in ("TIMESTAMPTZ", "DATE") or national.period:
        return draft_period(national, feed.times, feed.fields, feed.layout, feed.period)
    if name in ("area_code", "station_area_code"):
        return draft_area(national, feed.recognised.dataset, feed.fields, feed.city)
    if name in ("lat", "lon"):
        return draft_coordinate(name, feed.fields)
    return _draft_by_score(national, feed)


def _draft_by_score(national: NationalColumn, feed: _Feed) -> ColumnDraft | None:
    """Return the draft of a figure or a text, from the fields that fit it best."""
    scored = feed.assigned.get(national.name, [])
    if feed.layout.kind == "months" and national.unit:
        return _columns_of_months(national, feed)
    if national.name.startswith("station_name"):
        return draft_station_name(national.name, scored)
    if national.unit:
        return draft_measure(national, scored)
    if national.type != "VARCHAR":
        return draft_figure(national, scored)
    return draft_text(national, scored)


def _columns_of_months(national: NationalColumn, feed: _Feed) -> ColumnDraft:
    months = feed.layout.months
    facts = {"unit": national.unit}
    if any(field.column == months[0] and field.has_thai_digits for field in feed.fields):
        facts["digits"] = "thai"
    return ColumnDraft(national.name, (Reading(months, "", facts),))


def _delivered(samples: Samples) -> dict[str, str | Question]:
    """Return the columns with their types; a column whose files disagree is a question."""
    return {name: _type_or_question(name, kinds) for name, kinds in samples.types.items()}


def _type_or_question(name: str, kinds: Sequence[str]) -> str | Question:
    if len(kinds) == 1:
        return kinds[0]
    return Question(
        f"files disagree about the type of {name}",
        f"ชนิดข้อมูลของ {name} ไม่ตรงกัน",
        kinds[0],
        tuple((kind, 1 / len(kinds)) for kind in kinds),
    )


# -- the feed --------------------------------------------------------------------------------------


def _feed_facts(drafts: Mapping[str, ColumnDraft], feed: _Feed) -> Iterator[tuple[str, Any]]:
    readings = [reading for draft in drafts.values() for reading in draft.readings]
    sources = {source for reading in readings for source in reading.sources}
    sources |= set(feed.layout.own)
    read_fields = [field for field in feed.fields if field.column in sources]
    if feed.layout.kind != "rows":
        yield "layout", feed.layout.declared
    if missing := _markers(read_fields):
        yield "missing", missing
    if any(field.leaf.says("thousands") == "," for field in read_fields):
        yield "thousands", ","
    if any(_is_tis620(field) for field in feed.fields):
        yield "encoding", "tis-620"
    read_measures = {reading.facts.get("measure") for reading in readings}
    measures = [field.measure for field in feed.fields if field.measure]
    ignored = [measure for measure in measures if measure not in read_measures]
    if ignored:
        yield "ignored_measures", ignored
    area = drafts.get("area_code")
    if scope := out_of_scope(area, feed.recognised.dataset, feed.fields):
        yield "out_of_scope", scope


def _city_rows(drafts: Mapping[str, ColumnDraft], feed: _Feed) -> str:
    """Return the column that says whose row it is, unless the area is read from it by name."""
    by_name: set[str] = set()
    area = drafts.get("area_code")
    for reading in area.readings if area else ():
        if reading.facts["area"]["by"] == "names":
            by_name |= {*reading.sources}
    for field, _, _ in rows_of_city(feed.fields, feed.city.code):
        if field.column not in by_name:
            return field.column
    return ""


def _optional_columns(samples: Samples) -> list[str]:
    """Return the flat columns that some files lack."""
    return [
        name
        for name, kind in samples.columns.items()
        if name in samples.missing and "<" not in kind
    ]


def _is_tis620(field: DeliveredField) -> bool:
    return field.leaf.type == "binary" and field.leaf.says("encoding") == "tis-620"


def _markers(fields: Sequence[DeliveredField]) -> list[Any]:
    """Return what stands for a missing value: texts in order, then numbers, the largest first."""
    texts, numbers = set[str](), set[float]()
    for field in fields:
        if field.leaf.is_text:
            texts |= _text_markers(field)
        elif field.leaf.is_number:
            numbers |= {float(value) for value in field.leaf.facts.get("missing", ())}
    return [*sorted(texts), *map(_whole_or_not, sorted(numbers, reverse=True))]


def _text_markers(field: DeliveredField) -> set[str]:
    words = field.leaf.words
    candidates = {*field.leaf.facts.get("missing", ()), "-"}
    markers = {word for word in candidates if words.get(word)}
    if field.leaf.is_figures:
        markers |= {word for word in words if word.lower() in _UNREADABLE_WORDS}
    return markers


def _whole_or_not(value: float) -> int | float:
    return int(value) if value.is_integer() else value
