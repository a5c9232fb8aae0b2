"""What changed between two versions of a feed's contract, how much it breaks, and whether the
version number says so.

Semantic versioning of data contracts (Open Data Contract Standard, Bitol): major where earlier
consumers or deliveries no longer fit, minor where something is added, patch where the same
deliveries are read better or described otherwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from federation.common.errors import ContractError
from federation.contracts.model import Column, Feed
from federation.datasets.indicators import load_indicators
from federation.datasets.suites import load_suite
from federation.datasets.tables import datasets_of, tables

LEVELS = ("none", "patch", "minor", "major")


@dataclass(frozen=True)
class Change:
    """One difference: what it is about, from what to what, and the step of the version that it
    asks for."""

    what: str
    before: str
    after: str
    level: str


@dataclass(frozen=True)
class Changes:
    """Every difference, the step of the version that they ask for and the step that was taken, and
    what reads the dataset."""

    city: str
    dataset: str
    changes: list[Change]
    asked: str
    taken: str
    tables: list[str]
    indicators: list[str]
    cities: list[str]  # whose figures change: the city, and TH where an indicator reads the dataset
    lacks: list[str]  # what a minor or major version needs beside its number and has not

    @property
    def says_enough(self) -> bool:
        """Whether the new version number is far enough from the old one."""
        return LEVELS.index(self.taken) >= LEVELS.index(self.asked)

    @property
    def corrects_the_past(self) -> bool:
        """Whether the new version also reads earlier deliveries: a patch does, any other only
        from its day on."""
        return LEVELS[max(map(LEVELS.index, (self.asked, self.taken)))] in ("none", "patch")


def changes(before: Feed, after: Feed) -> Changes:
    """Return how two versions of one feed's contract differ.

    Raises ContractError when they are of different feeds.
    """
    if before.key != after.key:
        raise ContractError(
            after.file, "dataProduct", f"is {after}, the other contract is {before}"
        )
    all_changes = list(_changes(before, after))
    asked = max((change.level for change in all_changes), key=LEVELS.index, default="none")
    touched = sorted(
        name for name, table in tables().items() if after.dataset in datasets_of(table.name)
    )
    indicators = _indicators(after.dataset)
    cities = [after.city.code, "TH"] if indicators else [after.city.code]
    changed = Changes(
        *after.key,
        all_changes,
        asked,
        _step(before.version, after.version),
        touched,
        indicators,
        cities,
        [],
    )
    return (
        changed
        if changed.corrects_the_past
        else replace(changed, lacks=list(_lacking(before, after)))
    )


def _lacking(before: Feed, after: Feed) -> Iterator[str]:
    """Yield what a minor or major version lacks to hold from its day on, beside the earlier one."""
    if after.effective_from is None:
        yield (
            "effective_from does not say from which day it holds: all earlier deliveries would "
            "be read by it too"
        )
    old_file = after.file.with_name(f"{after.dataset}-{before.version}.yml")
    if not old_file.exists():
        yield (
            f"the version before is not kept beside it as {old_file.name}: nothing would read the "
            "earlier deliveries"
        )


_LEVELS = {  # fact of a feed -> the step of the version that its change asks for
    "layout": "major",
    "delivery": "major",
    "out_of_scope": "major",
    "encoding": "major",
    "city_rows": "major",
    "checksum": "minor",
    "ignored_measures": "minor",
    "area_spellings": "patch",
    "cadence": "minor",
    "latency_days": "minor",
    "retirement": "patch",
    "stewards": "patch",
    "title": "patch",
    "description": "patch",
}


def _changes(before: Feed, after: Feed) -> Iterator[Change]:
    yield from _delivered_columns(before.columns, after.columns)
    national_before = {column.name: column for column in before.national}
    national_after = {column.name: column for column in after.national}
    for name in sorted(national_before.keys() | national_after.keys()):
        yield from _column(name, national_before.get(name), national_after.get(name))
    for what, level in _LEVELS.items():
        old, new = getattr(before, what), getattr(after, what)
        if old != new:
            yield Change(what, str(old), str(new), level)
    if before.pattern.text != after.pattern.text:
        yield Change("path", before.pattern.text, after.pattern.text, "major")


def _delivered_columns(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            level = "major" if name in before else "minor"
            yield Change(f"delivered column {name}", str(old), str(new), level)


def _column(name: str, old: Column | None, new: Column | None) -> Iterator[Change]:
    if old is None or new is None:
        yield Change(
            f"national column {name}",
            "published" if old else "",
            "published" if new else "",
            "major" if old else "minor",
        )
        return
    for fact in vars(old):
        was, now = getattr(old, fact), getattr(new, fact)
        if was != now:
            # Another way to read the same delivery corrects what was read wrongly; a promise that
            # is given up breaks.
            level = ("major" if was else "minor") if fact == "required" else "patch"
            yield Change(f"national column {name}: {fact}", str(was), str(now), level)


def _step(before: str, after: str) -> str:
    """Return the step between two semantic versions; `none` when the number did not grow."""
    old, new = (tuple(int(part) for part in version.split(".")) for version in (before, after))
    for level, was, now in zip(("major", "minor", "patch"), old, new, strict=True):
        if now != was:
            return level if now > was else "none"
    return "none"


def _indicators(dataset: str) -> list[str]:
    fact = load_suite(dataset).fact
    return [
        indicator.indicator_code
        for indicator in load_indicators()
        if fact in (indicator.numerator.source, indicator.denominator.source)
    ]
