"""From a recognised folder to the columns of its contract, and the facts of the feed as a whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from federation.datasets.suites import NationalColumn, load_suite
from federation.onboarding.area_columns import CityNames, area_entry, out_of_scope
from federation.onboarding.entries import Entry
from federation.onboarding.items import Item, SampleLayout
from federation.onboarding.measure_columns import coordinate_entry, measure_entry
from federation.onboarding.period_columns import Timed, period_entry, timed
from federation.onboarding.readings import Reading
from federation.onboarding.recognise import Recognised, Scored
from federation.onboarding.text_columns import (
    station_name_entry,
    text_entry,
    with_dates_in_ids,
)

_UNREADABLE_WORDS = ("-1", "n/a", "na")


@dataclass(frozen=True)
class Built:
    """The columns of a draft, the columns that no sample holds, and facts of the feed."""

    entries: tuple[Entry, ...]
    not_published: tuple[str, ...]
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Feed:
    """What every column of one feed is drafted from."""

    recognised: Recognised
    assigned: Mapping[str, Scored]
    items: Sequence[Item]
    layout: SampleLayout
    times: Sequence[Timed]
    period: str
    city: CityNames


def build(
    recognised: Recognised,
    items: Sequence[Item],
    layout: SampleLayout,
    period: str,
    city: CityNames,
) -> Built:
    """Return an entry for each national column that the samples hold, in the suite's order."""
    times = timed(with_dates_in_ids(items))
    feed = _Feed(recognised, _assigned(recognised), items, layout, times, period, city)
    suite = load_suite(recognised.dataset)
    drafted = {column.name: _entry(column, feed) for column in suite.columns}
    entries = {name: entry for name, entry in drafted.items() if entry}
    not_published = tuple(name for name, entry in drafted.items() if entry is None)
    return Built(tuple(entries.values()), not_published, dict(_feed_facts(entries, feed)))


def _assigned(recognised: Recognised) -> dict[str, Scored]:
    """Give each item to the national column that it fits best; the items left are rivals."""
    owner = _owners(recognised)
    return {
        name: [(score, item) for score, item in scored if owner.get(item.label, name) == name]
        for name, scored in recognised.columns.items()
    }


def _owners(recognised: Recognised) -> dict[str, str]:
    """Return item's label -> national column, the best fit first."""
    pairs = [
        (score, name, item)
        for name, scored in recognised.columns.items()
        if not name.startswith("station_name")
        for score, item in scored
    ]
    pairs.sort(key=lambda pair: -pair[0])
    owner: dict[str, str] = {}
    filled = set[str]()
    for _, name, item in pairs:
        if name not in filled and item.label not in owner:
            owner[item.label] = name
            filled.add(name)
    return owner


def _entry(national: NationalColumn, feed: _Feed) -> Entry | None:
    name = national.name
    if national.type in ("TIMESTAMPTZ", "DATE", "INTEGER"):
        return period_entry(national, feed.times, feed.items, feed.layout, feed.period)
    if name in ("area_code", "station_area_code"):
        return area_entry(national, feed.recognised.dataset, feed.items, feed.city)
    if name in ("lat", "lon"):
        return coordinate_entry(name, feed.items)
    if feed.layout.kind == "months" and national.unit:
        return _columns_of_months(national, feed)
    scored = feed.assigned.get(name, [])
    if name.startswith("station_name"):
        return station_name_entry(name, scored)
    if national.unit:
        return measure_entry(national, scored)
    return text_entry(national, scored)


def _columns_of_months(national: NationalColumn, feed: _Feed) -> Entry:
    months = feed.layout.months
    facts = {"unit": national.unit}
    if any(item.column == months[0] and item.has_thai_digits for item in feed.items):
        facts["digits"] = "thai"
    return Entry(national.name, (Reading(months, "", facts),))


# -- the feed --------------------------------------------------------------------------------------


def _feed_facts(entries: Mapping[str, Entry], feed: _Feed) -> Iterator[tuple[str, Any]]:
    readings = [reading for entry in entries.values() for reading in entry.readings]
    sources = {source for reading in readings for source in reading.sources}
    sources |= set(feed.layout.own)
    read_items = [item for item in feed.items if item.column in sources]
    if feed.layout.kind != "rows":
        yield "layout", feed.layout.declared
    if missing := _markers(read_items):
        yield "missing", missing
    if any(item.leaf.says("thousands") == "," for item in read_items):
        yield "thousands", ","
    if any(_is_tis620(item) for item in feed.items):
        yield "encoding", "tis-620"
    used = {reading.facts.get("measure") for reading in readings}
    ignored = [item.measure for item in feed.items if item.measure and item.measure not in used]
    if ignored:
        yield "ignored_measures", ignored
    area = entries.get("area_code")
    if scope := out_of_scope(area, feed.recognised.dataset, feed.items):
        yield "out_of_scope", scope


def _is_tis620(item: Item) -> bool:
    return item.leaf.type == "binary" and item.leaf.says("encoding") == "tis-620"


def _markers(items: Sequence[Item]) -> list[Any]:
    """Return what stands for a missing value: texts in order, then numbers, the largest first."""
    texts, numbers = set[str](), set[float]()
    for item in items:
        if item.leaf.is_text:
            texts |= _text_markers(item)
        elif item.leaf.is_number:
            numbers |= {float(value) for value in item.leaf.facts.get("missing", ())}
    return [*sorted(texts), *map(_whole_or_not, sorted(numbers, reverse=True))]


def _text_markers(item: Item) -> set[str]:
    words = item.leaf.words
    candidates = {*item.leaf.facts.get("missing", ()), "-"}
    markers = {word for word in candidates if words.get(word)}
    if item.leaf.is_figures:
        markers |= {word for word in words if word.lower() in _UNREADABLE_WORDS}
    return markers


def _whole_or_not(value: float) -> int | float:
    return int(value) if value.is_integer() else value
