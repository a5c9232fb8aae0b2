"""How the texts of a draft are read: ids, names, and words of a closed list."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from federation.datasets.suites import NationalColumn
from federation.onboarding import header_words
from federation.onboarding.entries import Entry, Question, which_column
from federation.onboarding.items import Item
from federation.onboarding.readings import Reading
from federation.onboarding.recognise import AHEAD, SURE, Scored

_THAI = re.compile("[\u0e01-\u0e5b]")
_DAY_AT_THE_END = re.compile(r":\d{4}-\d\d-\d\d$")


def text_entry(national: NationalColumn, scored: Scored) -> Entry | None:
    """Return how a text is read; a key column that no item may hold is asked for."""
    if not scored:
        question = which_column(national.name, "", [])
        return Entry(national.name, (), {"physicalName": question}) if national.key else None
    score, item = scored[0]
    reading = _reading(item, is_id=national.name.endswith("_id"))
    entry = Entry(national.name, (reading,), {}, score)
    if national.values:
        entry = _translated(entry, national, item)
    return asked_when_unsure(entry, scored)


def _reading(item: Item, *, is_id: bool) -> Reading:
    prefix = _urn_prefix(item) if is_id else ""
    facts: dict[str, Any] = {"prefix": prefix} if prefix else {}
    sql = item.transform
    if sql.endswith("[1]") and not is_id:
        sql = f"array_to_string(\"{item.column}\", '; ')"
    return Reading((item.column,), sql, facts)


def _urn_prefix(item: Item) -> str:
    words = [*item.leaf.words]
    prefixes = {word[: word.rfind(":") + 1] for word in words}
    return prefixes.pop() if words and len(prefixes) == 1 and words[0].startswith("urn:") else ""


def _translated(entry: Entry, national: NationalColumn, item: Item) -> Entry:
    """Add the meaning of each word of a closed list; unknown words are asked."""
    meanings: dict[str, Any] = {
        word: header_words.word_for(national.name, word) for word in item.leaf.words if word
    }
    if all(word == meaning for word, meaning in meanings.items()):
        return entry
    for word, meaning in meanings.items():
        if not meaning:
            meanings[word] = _which_value(word, national.values)
    return entry.with_facts({"values": meanings})


def _which_value(word: str, values: Sequence[str]) -> Question:
    return Question(f"which of {', '.join(values)} is «{word}»?", f"«{word}» คือค่าใด", values[0])


def station_name_entry(name: str, scored: Scored) -> Entry | None:
    """Return how a station's Thai or English name is read; None when no item surely holds it."""
    wants_thai = name.endswith("_th")
    for score, item in scored:
        if score >= SURE and _is_thai(item) == wants_thai:
            return Entry(name, (Reading((item.column,), item.transform),))
    return None


def _is_thai(item: Item) -> bool:
    rows = sum(rows for word, rows in item.leaf.words.items() if _THAI.search(word))
    return rows * 2 > sum(item.leaf.words.values())


def with_dates_in_ids(items: Sequence[Item]) -> list[Item]:
    """Return the items, and one more for the day at the end of an id (`urn:…:2017-08-01`)."""
    return [*items, *(_day_of_id(item) for item in items if _ends_with_a_day(item))]


def _ends_with_a_day(item: Item) -> bool:
    words = item.leaf.words
    return item.label == "id" and bool(words) and all(map(_DAY_AT_THE_END.search, words))


def _day_of_id(item: Item) -> Item:
    days = Counter[str]()
    for word, rows in item.leaf.words.items():
        days[word[-10:]] += rows
    return replace(
        item,
        leaf=replace(item.leaf, words=days, facts={}),
        header=header_words.header("date"),
        transform=f'right("{item.column}", 10)',
    )


# -- several items for one column ------------------------------------------------------------------


def rivals_of(scored: Scored) -> Scored:
    """Return the items that fit about as well as the best one, which is among them."""
    best = scored[0][0]
    return [pair for pair in scored if pair[0] > best - AHEAD]


def asked_when_unsure(entry: Entry, scored: Scored) -> Entry:
    """Return the entry; it asks for its column when the best item is unsure or has a rival."""
    rivals = rivals_of(scored)
    if entry.score >= SURE and len(rivals) == 1:
        return entry
    total = max(1.0, sum(score for score, _ in rivals))
    options = [(item.label, score / total) for score, item in rivals]
    asked = "measure" if rivals[0][1].measure else "physicalName"
    return entry.asking(**{asked: which_column(entry.name, "", options)})
