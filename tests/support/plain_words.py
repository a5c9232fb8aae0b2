"""Words that no sentence for people may hold: codes of the hub, and words that only its engineers
know."""

import re
from collections.abc import Iterator
from functools import cache

from federation.common.vocabulary import ExtractState, ProblemKind, ReasonCode, VerdictKind
from federation.contracts.load import load_feeds
from federation.datasets.suites import dataset_names, load_suite

JARGON_EN = (
    *("quarantine", "quarantined", "partition", "extract", "extracts", "conform", "conformed"),
    *("conforming", "verdict", "suite", "expectation", "superseded", "mended", "landing"),
    *("in core", "to act", "held for a person", "with remarks", "was held against"),
    *("overlapping_partition", "none is no date", "nothing new, still open"),
)
JARGON_TH = (
    *("แฟ้ม", "ชุดข้อมูลเผยแพร่", "กักไว้", "ผู้มีอำนาจตัดสิน", "ข้อคาดหวัง", "เรื่องใหม่", "ยังเปิดอยู่"),
    *("เหตุใหม่", "พาร์ติชัน", "แปลงไฟล์"),
)
_PLURALS = re.compile(r"\w\(s\)")
_ISO_DAY = re.compile(r"\b(?:19|20)\d\d-\d\d(?:-\d\d)?\b")
_CODE = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")


@cache
def codes() -> frozenset[str]:
    """Every code of the closed lists, key of a city and dataset, and id of an expectation that no
    word of a language could be."""
    feeds, _ = load_feeds()
    names: set[str] = {*ReasonCode, *ProblemKind, *VerdictKind, *ExtractState, *dataset_names()}
    names |= {feed.city.key for feed in feeds}
    for dataset in (*dataset_names(), "warehouse"):
        names |= {entry.id for entry in load_suite(dataset).expectations}
    return frozenset(str(name) for name in names if "_" in name)


def not_plain(text: str, *, iso_days: bool = False) -> Iterator[str]:
    """Yield what a sentence holds that its readers cannot know; `iso_days`: days as tables write
    them are no fault."""
    lower = text.lower()
    for word in JARGON_EN:
        if re.search(rf"\b{re.escape(word)}\b", lower):
            yield word
    yield from (word for word in JARGON_TH if word in text)
    yield from _PLURALS.findall(text)
    yield from {*_CODE.findall(text)} & codes()
    if not iso_days:
        yield from _ISO_DAY.findall(text)
