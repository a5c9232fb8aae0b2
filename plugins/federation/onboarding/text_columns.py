"""How the texts of a draft are read: ids, names, and words of a closed list."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from federation.datasets.suites import NationalColumn
from federation.onboarding import header_words
from federation.onboarding.column_draft import ColumnDraft, Question, which_column
from federation.onboarding.delivered_fields import DeliveredField
from federation.onboarding.readings import Reading
from federation.onboarding.recognise import AHEAD, SURE, Scored

_THAI = re.compile("[\u0e01-\u0e5b]")
_DAY_AT_THE_END = re.compile(r":\d{4}-\d\d-\d\d$")


def draft_text(national: NationalColumn, scored: Scored) -> ColumnDraft | None:
    """Return how a text is read; a key column that no field may hold is asked for."""
    if not scored:
        question = which_column(national.name, "", [])
        return ColumnDraft(national.name, (), {"physicalName": question}) if national.key else None
    score, field = scored[0]
    reading = _reading(field, is_id=national.name.endswith("_id"))
    draft = ColumnDraft(national.name, (reading,), {}, score)
    if national.values:
        draft = _translated(draft, national, field)
    return asked_when_unsure(draft, scored)


def _reading(field: DeliveredField, *, is_id: bool) -> Reading:
    prefix = _urn_prefix(field) if is_id else ""
    facts: dict[str, Any] = {"prefix": prefix} if prefix else {}
    sql = field.transform
    if sql.endswith("[1]") and not is_id:
        sql = f"array_to_string(\"{field.column}\", '; ')"
    return Reading((field.column,), sql, facts)


def _urn_prefix(field: DeliveredField) -> str:
    """Return what all words have up to their last colon, such as `urn:ngsi-ld:Station:`, or ''."""
    prefixes = {word[: word.rfind(":") + 1] for word in field.leaf.words}
    if len(prefixes) != 1:
        return ""
    (prefix,) = prefixes
    return prefix if prefix.startswith("urn:") else ""


def _translated(draft: ColumnDraft, national: NationalColumn, field: DeliveredField) -> ColumnDraft:
    """Add the meaning of each word of a closed list; unknown words are asked."""
    meanings: dict[str, Any] = {
        word: header_words.word_for(national.name, word) for word in field.leaf.words if word
    }
    if all(word == meaning for word, meaning in meanings.items()):
        return draft
    for word, meaning in meanings.items():
        if not meaning:
            meanings[word] = _which_value(word, national.values)
    return draft.with_facts({"values": meanings})


def _which_value(word: str, values: Sequence[str]) -> Question:
    return Question(f"which of {', '.join(values)} is «{word}»?", f"«{word}» คือค่าใด", values[0])


def draft_station_name(name: str, scored: Scored) -> ColumnDraft | None:
    """Return how a station's Thai or English name is read; None when no field surely holds it."""
    wants_thai = name.endswith("_th")
    for score, field in scored:
        if score >= SURE and _is_thai(field) == wants_thai:
            return ColumnDraft(name, (Reading((field.column,), field.transform),))
    return None


def _is_thai(field: DeliveredField) -> bool:
    rows = sum(rows for word, rows in field.leaf.words.items() if _THAI.search(word))
    return rows * 2 > sum(field.leaf.words.values())


def with_dates_in_ids(fields: Sequence[DeliveredField]) -> list[DeliveredField]:
    """Return the fields, and one more for the day at the end of an id (`urn:…:2017-08-01`)."""
    return [*fields, *(_day_of_id(field) for field in fields if _ends_with_a_day(field))]


def _ends_with_a_day(field: DeliveredField) -> bool:
    words = field.leaf.words
    return field.label == "id" and bool(words) and all(map(_DAY_AT_THE_END.search, words))


def _day_of_id(field: DeliveredField) -> DeliveredField:
    days = Counter[str]()
    for word, rows in field.leaf.words.items():
        days[word[-10:]] += rows
    return replace(
        field,
        leaf=replace(field.leaf, words=days, facts={}),
        header=header_words.header("date"),
        transform=f'right("{field.column}", 10)',
    )


# -- several fields for one column -----------------------------------------------------------------


def rivals_of(scored: Scored) -> Scored:
    """Return the fields that fit about as well as the best one, which is among them."""
    best = scored[0][0]
    return [pair for pair in scored if pair[0] > best - AHEAD]


def asked_when_unsure(draft: ColumnDraft, scored: Scored) -> ColumnDraft:
    """Return the draft; it asks for its column when the best field is unsure or has a rival."""
    rivals = rivals_of(scored)
    if draft.score >= SURE and len(rivals) == 1:
        return draft
    total = max(1.0, sum(score for score, _ in rivals))
    options = [(field.label, score / total) for score, field in rivals]
    asked = "measure" if rivals[0][1].measure else "physicalName"
    return draft.asking(**{asked: which_column(draft.name, "", options)})
