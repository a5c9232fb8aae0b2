"""What headers mean: the concepts in a column's name and the unit that it states (`words.yml`)."""

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
# between the words of camelCase
_WORD_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_IGNORED = {"th", "tha", "ref", "the", "of", "per", "in", "is", "pcd", "data"}
_LONGEST = 3  # words of one spelling


@dataclass(frozen=True)
class Header:
    """What a column's name means."""

    concepts: frozenset[str]
    unit: str
    # the share of the name's letters that belong to known words
    known: float


@cache
def words() -> dict[str, Any]:
    """Return `words.yml`."""
    return dict(yaml.safe_load(Path(__file__).with_name("words.yml").read_text("utf-8")))


@cache
def _spellings() -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Latin spelling -> concept, and (Thai spelling, concept), the longest first."""
    latin: dict[str, str] = {}
    thai: list[tuple[str, str]] = []
    for concept, spellings in words()["concepts"].items():
        for spelling in map(str, spellings):
            if spelling.isascii():
                latin[spelling.replace("_", " ")] = concept
            else:
                thai.append((normalise_thai(spelling).replace(" ", ""), concept))
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
    if text in known_units() and text not in ("61", "59"):
        return text
    return _units().get(_plain(text), "")


@cache
def header(name: str) -> Header:
    """Return what a column's name means."""
    text = normalise_thai(name)
    tokens = _tokens(_BRACKETS.sub(" ", text))
    stated = [unit_of(content) for content in _BRACKETS.findall(text)]
    unit = next(filter(None, stated), "") or _unit_at_the_end(tokens)
    concepts, known_letters = _read(tokens)
    letters = sum(len(token) for token in tokens if token not in _IGNORED)
    return Header(frozenset(concepts), unit, known_letters / letters if letters else 0.0)


def _tokens(text: str) -> list[str]:
    text = re.sub(r"pm ?2[._]5", "pm25", text, flags=re.I)
    text = _WORD_BORDER.sub(" ", text).lower()
    return _TOKENS.findall(text.replace("_", " ").replace("-", " "))


def _unit_at_the_end(tokens: list[str]) -> str:
    """Take the unit off the end of `plant_rai`; a word with another meaning stays."""
    latin, _ = _spellings()
    if len(tokens) < 2 or tokens[-1] in latin:
        return ""
    unit = _units().get(tokens[-1], "")
    if unit:
        tokens.pop()
    return unit


def _read(tokens: list[str]) -> tuple[set[str], int]:
    """Return the concepts of the words, and how many letters these words have."""
    thai = "".join(token for token in tokens if not token.isascii())
    latin = [token for token in tokens if token.isascii()]
    read = [*_thai(thai), *_latin(latin)]
    return {concept for concept, _ in read}, sum(letters for _, letters in read)


def _latin(tokens: list[str]) -> Iterator[tuple[str, int]]:
    """Yield (concept, number of letters), each of the longest spelling at its place."""
    place = 0
    while place < len(tokens):
        for length in range(min(_LONGEST, len(tokens) - place), 0, -1):
            group = tokens[place : place + length]
            concept = _concept_of(group)
            if concept:
                yield concept, sum(map(len, group))
                break
        place += length


def _concept_of(group: list[str]) -> str:
    latin, _ = _spellings()
    return latin.get(" ".join(group)) or latin.get("".join(group)) or ""


def _thai(text: str) -> Iterator[tuple[str, int]]:
    """Yield the concepts inside Thai letters, which have no blanks between words.

    Each letter is used once.
    """
    for spelling, concept in _spellings()[1]:
        if spelling in text:
            text = text.replace(spelling, "|", 1)
            yield concept, len(spelling)


def score(dataset: str, national: str, header: Header) -> float:
    """Return how well a header fits a national column, 0 to 1; 0 where it cannot be meant."""
    spec = words()["columns"].get(dataset, {}).get(national)
    if spec is None:
        return 0.0
    needs, never = set(spec["needs"]), set(spec.get("never", ()))
    if not needs <= header.concepts or header.concepts & never:
        return 0.0
    expected = {*needs, *spec.get("may", ()), "count"}
    unexpected = len(header.concepts - expected)
    unknown = 1.0 - min(1.0, header.known)
    return max(0.0, 1.0 - 0.3 * unexpected - 0.3 * unknown)


def word_for(column: str, word: str) -> str:
    """Return the word of a national column's closed list that a city's word stands for, or ''."""
    return _listed(column).get(_letters(word), "")


@cache
def _listed(column: str) -> dict[str, str]:
    """Return spelling -> word of the closed list."""
    values = words()["values"].get(column, {})
    return {_letters(text): value for value, spellings in values.items() for text in spellings}


def _letters(word: str) -> str:
    return _plain(word).replace("_", "").replace("-", "")


def speaks_of(dataset: str, text: str) -> bool:
    """Whether a folder's or a file's name says that it is about a dataset."""
    separated = _WORD_BORDER.sub(" ", normalise_thai(text)).lower()
    spaced = " ".join(_TOKENS.findall(separated))
    for word in map(str, words()["datasets"][dataset]):
        if f" {word} " in f" {spaced} " or (not word.isascii() and word in spaced):
            return True
    return False
