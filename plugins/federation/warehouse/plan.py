"""What the next release holds, and what the build must do to get there from the last one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from federation.common.hashing import sha256_of_file, short_hash, tree_hash
from federation.common.paths import CONTRACTS, DBT_PROJECT, PLUGINS, Home
from federation.contracts.model import City, Feed
from federation.datasets.suites import load_suite
from federation.extracts.status import ReleaseInput, extract_statuses
from federation.ledger import Check, Ledger
from federation.reference.tables import reference_packages

Manifest = Mapping[str, Any]
DBT_FOLDERS = ("macros", "models", "seeds", "tests")  # without what dbt itself writes
DBT_FILES = ("dbt_project.yml", "profiles.yml")
BUILDING_ROOMS = ("datasets", "reference", "warehouse")


@dataclass(frozen=True)
class Plan:
    """The difference between a base release and the release to be."""

    # release to start from; None: from nothing
    base: str | None
    # extracts whose records must be loaded
    pending: list[ReleaseInput]
    # inputs of the base whose records must be removed
    replaced: list[ReleaseInput]
    # every extract that the release lists
    inputs: list[ReleaseInput]
    # rows of core.dim_city
    cities: list[dict[str, Any]]
    signature: str
    # whether the base holds all this already
    unchanged: bool
    # feeds of which core takes the latest state of each key
    merged: set[tuple[str, str]] = field(default_factory=set)

    @property
    def touched(self) -> list[tuple[str, str, str, str]]:
        """Return (dataset, city code, first date, last date) of each partition that changes."""
        partitions = {
            (entry.dataset, entry.city_code, entry.first_date, entry.last_date)
            for entry in (*self.pending, *self.replaced)
        }
        return sorted(partitions)


def plan_build(feeds: Sequence[Feed], ledger: Ledger, home: Home, base: Manifest | None) -> Plan:
    """Return what must be done; `base` is the newest release's manifest, or None.

    Some extracts of the base keep serving until they are judged again: those of a feed whose
    contract is refused, and those that wait for the gate under a new contract, suite or code. A
    base that other models made cannot be built upon: everything is then built again from conformed
    extracts.
    """
    judged, feeds = {feed.key for feed in feeds}, released(feeds)
    now = [entry.as_input(home) for entry in extract_statuses(feeds, ledger, home)]
    before = [ReleaseInput(**entry) for entry in base["inputs"]] if base else []
    merged = _merged(feeds)
    kept = _kept(before, now, judged, merged)
    inputs = _in_order_of_rank(now, kept)
    cities = _cities(feeds, base, {entry.city for entry in kept})
    signature = _signature(inputs, feeds, cities, ledger.latest_checks())
    start = base if base and _can_be_built_upon(base, home) else None
    pending, replaced = _changes(inputs, before if start else [], merged)
    return Plan(
        base=start["release_id"] if start else None,
        pending=pending,
        replaced=replaced,
        inputs=inputs,
        cities=cities,
        signature=signature,
        unchanged=start is not None and start["signature"] == signature,
        merged=merged,
    )


def _can_be_built_upon(base: Manifest, home: Home) -> bool:
    return base["models"] == models_hash() and home.release(base["release_id"]).exists()


def _changes(
    inputs: Sequence[ReleaseInput], before: Sequence[ReleaseInput], merged: set[tuple[str, str]]
) -> tuple[list[ReleaseInput], list[ReleaseInput]]:
    """Return the extracts to load and those to remove; `merged` feeds change as a whole."""
    current = {entry.identity: entry for entry in inputs if entry.state == "current"}
    loaded = {entry.identity: entry for entry in before if entry.state == "current"}
    changed = [current[identity] for identity in current.keys() - loaded.keys()]
    changed += [loaded[identity] for identity in loaded.keys() - current.keys()]
    again = merged & {entry.key for entry in changed}
    pending = [
        entry for identity, entry in current.items() if identity not in loaded or entry.key in again
    ]
    replaced = [
        entry for identity, entry in loaded.items() if identity not in current or entry.key in again
    ]
    return pending, replaced


def released(feeds: Iterable[Feed]) -> list[Feed]:
    """Return the feeds whose records enter releases: those of cities not in shadow mode."""
    return [feed for feed in feeds if feed.city.shadow_periods is None]


def _merged(feeds: Iterable[Feed]) -> set[tuple[str, str]]:
    """Return the feeds whose extracts repeat records: any may hold a key's latest state."""
    return {feed.key for feed in feeds if feed.delivery in ("append", "upsert")}


def _in_order_of_rank(
    now: Sequence[ReleaseInput], kept: Sequence[ReleaseInput]
) -> list[ReleaseInput]:
    """Return every input once, feed by feed in order of rank.

    An extract that is kept as it was before has the rank that it has now.
    """
    kept_by_id = {entry.extract_id: entry for entry in kept}
    ranked = [kept_by_id.pop(entry.extract_id, entry) for entry in now]
    return ranked + list(kept_by_id.values())


def _kept(
    before: Sequence[ReleaseInput],
    now: Sequence[ReleaseInput],
    judged: set[tuple[str, str]],
    merged: set[tuple[str, str]],
) -> list[ReleaseInput]:
    """Return the inputs of the base that keep serving as they are."""
    waiting = {entry.extract_id for entry in now if entry.state == "waiting"}
    current = [entry for entry in now if entry.state == "current"]
    refused = {entry.key for entry in before if entry.key not in judged and _has_contract(entry)}
    return [
        entry
        for entry in before
        if entry.state == "current"
        and (entry.key in refused or entry.extract_id in waiting)
        and (entry.key in merged or not any(entry.overlaps(other) for other in current))
    ]


def _has_contract(entry: ReleaseInput) -> bool:
    """Whether the feed still has a contract; without one its data leave the next release."""
    return (CONTRACTS / entry.city / f"{entry.dataset}.yml").exists()


def _cities(feeds: Sequence[Feed], base: Manifest | None, kept: set[str]) -> list[dict[str, Any]]:
    before = base["cities"] if base else []
    rows = {row["city"]: row for row in before if row["city"] in kept}
    for city in {feed.city.key: feed.city for feed in feeds}.values():
        dimensions = {
            load_suite(feed.dataset).depa_dimension for feed in feeds if feed.city.key == city.key
        }
        rows[city.key] = city_row(city, dimensions)
    return sorted(rows.values(), key=lambda row: str(row["city_code"]))


def city_row(city: City, depa_dimensions: Iterable[str] = ()) -> dict[str, Any]:
    """Return a row of core.dim_city: a city's description and the dimensions its feeds serve."""
    return {
        "city_code": city.code,
        "city": city.key,
        "name_th": city.name_th,
        "name_en": city.name_en,
        "region": city.region,
        "ascn_member_since": city.ascn_member_since,
        "depa_dimensions": ", ".join(sorted(depa_dimensions)),
    }


@cache
def models_hash() -> str:
    """Return the hash of everything that turns conformed records into a warehouse.

    That is the whole dbt project, the code that lays out its inputs and reference tables, and the
    packages that these are made from. After a change, the warehouse is built again from conformed
    extracts.
    """
    project = [
        (file.relative_to(DBT_PROJECT).as_posix(), sha256_of_file(file))
        for folder in DBT_FOLDERS
        for file in sorted((DBT_PROJECT / folder).rglob("*"))
        if file.is_file()
    ]
    files = [(name, sha256_of_file(DBT_PROJECT / name)) for name in DBT_FILES]
    rooms = [tree_hash(PLUGINS / "federation" / room, "*.py", "*.yml") for room in BUILDING_ROOMS]
    return short_hash(project, files, rooms, reference_packages())


def _signature(
    inputs: Sequence[ReleaseInput],
    feeds: Sequence[Feed],
    cities: Sequence[Mapping[str, Any]],
    checks: Sequence[Check],
) -> str:
    """Return the hash of what a release shows: extracts' states, feeds, cities, latest checks."""
    states = sorted((entry.identity, entry.state, entry.verdict) for entry in inputs)
    answered = sorted(
        (check.city, check.dataset, check.outcome, sorted(check.unmatched)) for check in checks
    )
    return short_hash(states, sorted(map(str, feeds)), cities, answered)
