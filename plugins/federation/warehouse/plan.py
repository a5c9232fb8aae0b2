"""What the next release holds, and what the build must do to get there from the last one."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from federation.common.hashing import sha256_of_file, short_hash, tree_hash
from federation.common.paths import CONTRACTS, DBT_PROJECT, PLUGINS
from federation.common.vocabulary import Delivery, ExtractState
from federation.contracts.model import City, Feed
from federation.extracts.catalogue import FeedKey
from federation.extracts.snapshot import Snapshot
from federation.extracts.status import ReleaseInput
from federation.ledger import Check
from federation.reference.tables import reference_packages

Manifest = Mapping[str, Any]
DBT_FOLDERS = ("indicators", "macros", "models", "seeds", "tests")  # without what dbt itself writes
DBT_FILES = ("dbt_project.yml", "profiles.yml")
BUILDING_ROOMS = ("datasets", "reference", "warehouse")


@dataclass(frozen=True)
class Plan:
    """The difference between a base release and the release to be."""

    base: str | None  # release to start from; None: from nothing
    pending: list[ReleaseInput]  # extracts whose records must be loaded
    replaced: list[ReleaseInput]  # inputs of the base whose records must leave
    inputs: list[ReleaseInput]  # every extract that the release tells of
    cities: list[dict[str, Any]]  # rows of core.dim_city
    signature: str
    unchanged: bool  # the base holds all this already
    merged: set[tuple[str, str]] = field(
        default_factory=set
    )  # feeds of which core takes the latest state of each key
    scores_kept: list[dict[str, Any]] = field(
        default_factory=list
    )  # of the base, for feeds whose contract is refused

    @property
    def touched(self) -> list[tuple[str, str, str, str]]:
        """Return (dataset, city code, first date, last date) of every partition that changes,
        sorted."""
        return sorted(
            {
                (entry.dataset, entry.city_code, entry.first_date, _last_day(entry))
                for entry in (*self.pending, *self.replaced)
            }
        )


def _last_day(entry: ReleaseInput) -> str:
    """Return the last local day of which an extract has records."""
    return str(date.fromisoformat(entry.last_date) + timedelta(days=entry.counts_to_24))


def plan_build(everything: Snapshot, base: Manifest | None) -> Plan:
    """Return what must be done; `base` is the newest release's manifest, or None.

    Extracts of the base go on serving while nobody has judged them anew: those of a feed whose
    contract is refused, and those that wait for the gate under a new contract, suite or code. A
    base made by other models is no base to start from: everything is then built from conformed
    extracts again.
    """
    known, feeds = {feed.key for feed in everything.feeds}, released(everything.feeds)
    placed = everything.only(feeds).inputs
    before = [ReleaseInput.from_json(entry) for entry in base["inputs"]] if base else []
    kept = _kept(before, placed, known, _merged(feeds))
    inputs = _in_order_of_rank(placed, kept)
    current = {entry.identity: entry for entry in inputs if entry.state == ExtractState.CURRENT}
    # Hour 24 of one file can be hour 0 of the next.
    merged = _merged(feeds) | {
        entry.key for entry in (*current.values(), *before) if entry.counts_to_24
    }
    cities = _cities(feeds, base, {entry.city for entry in kept})
    signature = _signature(inputs, feeds, cities, everything.checks.values())
    scores = _scores_of(everything.catalogue.refused_feeds, base)
    if (
        base is None
        or base["models"] != models_hash()
        or not everything.home.release(base["release_id"]).exists()
    ):
        loading = list(current.values())
        return Plan(None, loading, [], inputs, cities, signature, False, merged, scores)
    loaded = {entry.identity: entry for entry in before if entry.state == ExtractState.CURRENT}
    again = merged & {
        entry.key
        for key, entry in (current | loaded).items()
        if (key in current) != (key in loaded)
    }
    return Plan(
        base=base["release_id"],
        inputs=inputs,
        cities=cities,
        signature=signature,
        unchanged=signature == base["signature"],
        pending=[
            entry for key, entry in current.items() if key not in loaded or entry.key in again
        ],
        replaced=[
            entry for key, entry in loaded.items() if key not in current or entry.key in again
        ],
        merged=merged,
        scores_kept=scores,
    )


def _scores_of(refused: Container[FeedKey], base: Manifest | None) -> list[dict[str, Any]]:
    """Return the base's scores of these feeds: their last accepted data keep serving."""
    return [
        row
        for row in (base or {}).get("scores", [])
        if row["scope"] == "feed" and (row["city"], row["dataset"]) in refused
    ]


def released(feeds: Iterable[Feed]) -> list[Feed]:
    """Return the feeds of the cities whose records enter releases: those that are not in shadow
    mode."""
    return [feed for feed in feeds if feed.city.shadow_periods is None]


def _merged(feeds: Iterable[Feed]) -> set[tuple[str, str]]:
    """Return the feeds whose extracts tell of the same records: each key's latest state can be
    in any of them."""
    return {feed.key for feed in feeds if feed.delivery in (Delivery.APPEND, Delivery.UPSERT)}


def _in_order_of_rank(
    placed: Sequence[ReleaseInput], kept: Sequence[ReleaseInput]
) -> list[ReleaseInput]:
    """Return every input once, feed by feed in order of rank.

    One that is kept stands where it is placed now.
    """
    staying = {entry.extract_id: entry for entry in kept}
    return [staying.pop(entry.extract_id, entry) for entry in placed] + list(staying.values())


def _kept(
    before: Sequence[ReleaseInput],
    placed: Sequence[ReleaseInput],
    judged: set[tuple[str, str]],
    merged: set[tuple[str, str]],
) -> list[ReleaseInput]:
    """Return the inputs of the base that go on serving as they are."""
    waiting = {entry.extract_id for entry in placed if entry.state == ExtractState.WAITING}
    current = [entry for entry in placed if entry.state == ExtractState.CURRENT]
    refused = {entry.key for entry in before if entry.key not in judged and _has_contract(entry)}
    return [
        entry
        for entry in before
        if entry.state == ExtractState.CURRENT
        and (entry.key in refused or entry.extract_id in waiting)
        and (entry.key in merged or not any(entry.overlaps(other) for other in current))
    ]


def _has_contract(entry: ReleaseInput) -> bool:
    """Whether the feed is still one of ours.

    A contract that was taken away takes its data along.
    """
    return (CONTRACTS / entry.city / f"{entry.dataset}.yml").exists()


def _cities(feeds: Sequence[Feed], base: Manifest | None, kept: set[str]) -> list[dict[str, Any]]:
    found = {row["city"]: row for row in (base["cities"] if base else []) if row["city"] in kept}
    for city in {feed.city.key: feed.city for feed in feeds}.values():
        dimensions = {feed.suite.depa_dimension for feed in feeds if feed.city.key == city.key}
        found[city.key] = city_row(city, dimensions)
    return sorted(found.values(), key=lambda row: str(row["city_code"]))


def city_row(city: City, depa_dimensions: Iterable[str] = ()) -> dict[str, Any]:
    """Return what a city says of itself, and which dimensions its feeds serve, as columns of
    core.dim_city."""
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
    packages that these are made from. A change builds the warehouse anew from conformed extracts.
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
    checks: Iterable[Check],
) -> str:
    """Hash of all that a release tells: where each extract stands, what feeds and cities are,
    which platforms answer."""
    stand = sorted((entry.identity, entry.state, entry.verdict) for entry in inputs)
    answered = sorted(
        (check.city, check.dataset, check.outcome, sorted(check.unmatched)) for check in checks
    )
    return short_hash(stand, sorted(map(str, feeds)), cities, answered)
