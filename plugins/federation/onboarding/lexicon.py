"""What headers say: the concepts that a column's name speaks of, and the unit that it states
(`words.yml`)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from federation.datasets.units import known_units
from federation.reference.areas import normalise_thai

_BRACKETS = re.compile(r"[(\[](.*?)[)\]]")
_TOKENS = re.compile(r"[a-zµμ%]+[0-9]*|[0-9]+|[\u0e00-\u0e7f.]+")
_IGNORED = {"th", "tha", "ref", "the", "of", "per", "in", "is", "pcd", "data"}
_LONGEST = 3  # words of one spelling


@dataclass(frozen=True)
class Header:
    """A column's name, taken apart.

    `known` is the share of its letters that say something to us.
    """

    concepts: frozenset[str]
    unit: str
    known: float


@cache
def words() -> dict[str, Any]:
    """Return `words.yml`."""
    return dict(yaml.safe_load(Path(__file__).with_name("words.yml").read_text("utf-8")))


@cache
def _spellings() -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Latin spelling -> concept, and (Thai spelling, concept), the longest first."""
    listed = [
        (str(word), concept) for concept, spelled in words()["concepts"].items() for word in spelled
    ]
    latin = {word.replace("_", " "): concept for word, concept in listed if word.isascii()}
    thai = [
        (normalise_thai(word).replace(" ", ""), concept)
        for word, concept in listed
        if not word.isascii()
    ]
    return latin, sorted(thai, key=lambda pair: -len(pair[0]))


@cache
def _units() -> dict[str, str]:
    return {
        _plain(str(word)): unit for unit, spelled in words()["units"].items() for word in spelled
    }


def _plain(text: str) -> str:
    return normalise_thai(text).lower().replace(" ", "")


def unit_of(text: str) -> str:
    """Return the contract's name of the unit that a text states, or ''."""
    return (
        text
        if text in known_units() and text not in ("61", "59")
        else _units().get(_plain(text), "")
    )


@cache
def header(name: str) -> Header:
    """Return what a column's name says."""
    text = normalise_thai(name)
    bracketed = [unit for found in _BRACKETS.findall(text) if (unit := unit_of(found))]
    text = re.sub(r"pm ?2[._]5", "pm25", _BRACKETS.sub(" ", text), flags=re.I)
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text).lower()
    tokens = _TOKENS.findall(text.replace("_", " ").replace("-", " "))
    unit = bracketed[0] if bracketed else _unit_at_the_end(tokens)
    concepts, known = _read(tokens)
    mails = sum(len(token) for token in tokens if token not in _IGNORED)
    return Header(frozenset(concepts), unit, known / mails if mails else 0.0)


def _unit_at_the_end(tokens: list[str]) -> str:
    """Take the unit off the end of `plant_rai`; a word that means something else as well stays."""
    latin, _ = _spellings()
    if len(tokens) > 1 and tokens[-1] not in latin and (unit := _units().get(tokens[-1], "")):
        tokens.pop()
        return unit
    return ""


def _read(tokens: list[str]) -> tuple[set[str], int]:
    """Return the concepts of the words, and how many letters they take."""
    thai = "".join(token for token in tokens if not token.isascii())
    latin = [token for token in tokens if token.isascii()]
    found = [*_thai(thai), *_latin(latin)]
    return {concept for concept, _ in found}, sum(mails for _, mails in found)


def _latin(tokens: list[str]) -> Iterator[tuple[str, int]]:
    latin, place = _spellings()[0], 0
    while place < len(tokens):
        groups = [
            tokens[place : place + length]
            for length in range(_LONGEST, 0, -1)
            if place + length <= len(tokens)
        ]
        known = [
            (group, concept)
            for group in groups
            if (concept := latin.get(" ".join(group)) or latin.get("".join(group)))
        ]
        if known:
            yield known[0][1], sum(map(len, known[0][0]))
        place += len(known[0][0]) if known else 1


def _thai(text: str) -> Iterator[tuple[str, int]]:
    """Yield the concepts inside Thai letters, which have no blanks between words.

    Each letter is used once.
    """
    for spelling, concept in _spellings()[1]:
        if spelling in text:
            text = text.replace(spelling, "|", 1)
            yield concept, len(spelling)


def score(dataset: str, national: str, found: Header) -> float:
    """Return how much a header speaks for a national column, 0 to 1; 0 where it cannot be meant."""
    spec = words()["columns"].get(dataset, {}).get(national)
    if spec is None:
        return 0.0
    needs, may = set(spec["needs"]), {*spec.get("may", ()), "count"}
    if not needs <= found.concepts or found.concepts & set(spec.get("never", ())):
        return 0.0
    others = len(found.concepts - needs - may)
    return max(0.0, 1.0 - 0.3 * others - 0.3 * (1.0 - min(1.0, found.known)))


def word_for(column: str, word: str) -> str:
    """Return the word of a national column's closed list that a city's word stands for, or ''."""
    return _listed(column).get(_mails(word), "")


@cache
def _listed(column: str) -> dict[str, str]:
    return {
        _mails(text): ours
        for ours, spelled in words()["values"].get(column, {}).items()
        for text in spelled
    }


def _mails(word: str) -> str:
    return _plain(word).replace("_", "").replace("-", "")


def speaks_of(dataset: str, text: str) -> bool:
    """Whether a folder's or a file's name says that it is about a dataset."""
    spaced = " ".join(
        _TOKENS.findall(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", normalise_thai(text)).lower())
    )
    return any(
        f" {word} " in f" {spaced} " or (not str(word).isascii() and str(word) in spaced)
        for word in words()["datasets"][dataset]
    )
