"""What the next release holds, and what the build must do to get there from the last one."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from federation.common.hashing import sha256_of_file, short_hash, tree_hash
from federation.common.paths import CONTRACTS, DBT_PROJECT, PLUGINS, Home
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
    inputs: list[ReleaseInput]  # every extract that the release is made from or reports
    cities: list[dict[str, Any]]  # rows of core.dim_city
    averaging: list[dict[str, Any]]  # what measured values cover, see `_averaging_of`
    signature: str
    unchanged: bool  # the base holds all this already
    # Feeds of which core takes the latest state of each key.
    merged: set[FeedKey] = field(default_factory=set)
    # Scores of the base, of feeds whose contract is refused.
    scores_kept: list[dict[str, Any]] = field(default_factory=list)

    @property
    def touched(self) -> list[tuple[str, str, str, str]]:
        """Return (dataset, city code, first date, last date) of every partition that changes,
        sorted."""
        changing = [*self.pending, *self.replaced]
        return sorted(
            {
                (entry.dataset, entry.city_code, entry.first_date, _last_day(entry))
                for entry in changing
            }
        )


def _last_day(entry: ReleaseInput) -> str:
    """Return the last local day of which an extract has records."""
    return str(date.fromisoformat(entry.last_date) + timedelta(days=entry.counts_to_24))


def plan_build(seen: Snapshot, base: Manifest | None) -> Plan:
    """Return what must be done; `base` is the newest release's manifest, or None.

    Extracts of the base go on serving while they are not judged again: those of a feed whose
    contract is refused, and those that wait for the gate under a new contract, suite or code. When
    the models have changed since the base, or what measured values cover, everything is built from
    conformed extracts again.
    """
    feeds = released(seen.feeds)
    statuses = seen.only(feeds).inputs
    before = [ReleaseInput.from_json(entry) for entry in base["inputs"]] if base else []
    merged = _merged(feeds)
    staying = _staying(before, statuses, {feed.key for feed in seen.feeds}, merged)
    inputs = _in_order_of_rank(statuses, staying)
    current = _current(inputs)
    # Hour 24 of one file can be hour 0 of the next.
    counting_to_24 = {entry.key for entry in (*current.values(), *before) if entry.counts_to_24}
    merged = merged | counting_to_24
    cities = _cities(feeds, base, {entry.city for entry in staying})
    averaging = _averaging(feeds, base, {entry.key for entry in staying})
    signature = _signature(inputs, feeds, cities, averaging, seen.checks.values())
    start = _usable(base, averaging, seen.home)
    loaded = _current(before) if start else {}
    again = merged & _changed_feeds(current, loaded)
    pending = [entry for key, entry in current.items() if key not in loaded or entry.key in again]
    replaced = [entry for key, entry in loaded.items() if key not in current or entry.key in again]
    return Plan(
        base=start["release_id"] if start else None,
        pending=pending,
        replaced=replaced,
        inputs=inputs,
        cities=cities,
        averaging=averaging,
        signature=signature,
        unchanged=start is not None and start["signature"] == signature,
        merged=merged,
        scores_kept=_scores_of(seen.catalogue.refused_feeds, base),
    )


def _usable(
    base: Manifest | None, averaging: Sequence[Mapping[str, Any]], home: Home
) -> Manifest | None:
    """Return the base, or None when its models or averaging are not today's or its file is gone."""
    if base is None or base["models"] != models_hash():
        return None
    if _covers_other_times(base.get("averaging", []), averaging):
        return None
    return base if home.release(base["release_id"]).exists() else None


def _current(inputs: Iterable[ReleaseInput]) -> dict[str, ReleaseInput]:
    return {entry.identity: entry for entry in inputs if entry.state == ExtractState.CURRENT}


def _changed_feeds(
    current: Mapping[str, ReleaseInput], loaded: Mapping[str, ReleaseInput]
) -> set[FeedKey]:
    """Return the feeds of which an extract enters or leaves."""
    entries = {**current, **loaded}
    return {entries[key].key for key in current.keys() ^ loaded.keys()}


def _scores_of(refused: Container[FeedKey], base: Manifest | None) -> list[dict[str, Any]]:
    """Return the base's scores of these feeds: their last accepted data keep serving."""
    rows = base.get("scores", []) if base else []
    of_feeds = [row for row in rows if row["scope"] == "feed"]
    return [row for row in of_feeds if (row["city"], row["dataset"]) in refused]


def released(feeds: Iterable[Feed]) -> list[Feed]:
    """Return the feeds of the cities whose records enter releases: those that are not in shadow
    mode."""
    return [feed for feed in feeds if feed.city.shadow_periods is None]


def _merged(feeds: Iterable[Feed]) -> set[FeedKey]:
    """Return the feeds whose extracts overlap: each key's latest state can be in any of them."""
    return {feed.key for feed in feeds if feed.delivery in (Delivery.APPEND, Delivery.UPSERT)}


def _in_order_of_rank(
    statuses: Sequence[ReleaseInput], staying: Sequence[ReleaseInput]
) -> list[ReleaseInput]:
    """Return every input once, feed by feed in order of rank.

    One that stays as it was takes the place of its status now.
    """
    as_before = {entry.extract_id: entry for entry in staying}
    in_order = [as_before.pop(entry.extract_id, entry) for entry in statuses]
    return [*in_order, *as_before.values()]


def _staying(
    before: Sequence[ReleaseInput],
    statuses: Sequence[ReleaseInput],
    judged: set[FeedKey],
    merged: set[FeedKey],
) -> list[ReleaseInput]:
    """Return the inputs of the base that go on serving as they are."""
    waiting = {entry.extract_id for entry in statuses if entry.state == ExtractState.WAITING}
    current = [entry for entry in statuses if entry.state == ExtractState.CURRENT]
    refused = {
        entry.key for entry in before if entry.key not in judged and has_contract(*entry.key)
    }
    staying = []
    for entry in before:
        is_judged_again = entry.key not in refused and entry.extract_id not in waiting
        if entry.state != ExtractState.CURRENT or is_judged_again:
            continue
        if entry.key in merged or not any(entry.overlaps(other) for other in current):
            staying.append(entry)
    return staying


def has_contract(city: str, dataset: str) -> bool:
    """Whether the feed still has a contract; one whose contract was removed leaves the release."""
    return (CONTRACTS / city / f"{dataset}.yml").exists()


def _cities(
    feeds: Sequence[Feed], base: Manifest | None, staying: set[str]
) -> list[dict[str, Any]]:
    """Return the rows of the feeds' cities, and the base's rows of cities that stay."""
    rows_before = base["cities"] if base else []
    rows = {row["city"]: row for row in rows_before if row["city"] in staying}
    for city in {feed.city.key: feed.city for feed in feeds}.values():
        dimensions = {feed.suite.depa_dimension for feed in feeds if feed.city.key == city.key}
        rows[city.key] = city_row(city, dimensions)
    return sorted(rows.values(), key=lambda row: str(row["city_code"]))


def _averaging(
    feeds: Sequence[Feed], base: Manifest | None, staying: set[FeedKey]
) -> list[dict[str, Any]]:
    """Return what time each measured column covers, by the contracts; those of `staying` feeds that
    no contract can be read of are as in the base."""
    readable = {feed.key for feed in feeds}
    before = [
        row
        for row in (base or {}).get("averaging", [])  # releases of earlier code name none
        if (row["city"], row["dataset"]) in staying - readable
    ]
    return before + [row for feed in feeds for row in _averaging_of(feed)]


def _averaging_of(feed: Feed) -> Iterator[dict[str, Any]]:
    """Yield a row for each measured column and version of a contract, with the local days that
    the version holds for."""
    last = date.max
    for version in feed.versions:
        first = version.effective_from or date.min
        for column in version.national:
            if column.averaging:
                yield {
                    "city": feed.city.key,
                    "city_code": feed.city.code,
                    "dataset": feed.dataset,
                    "column_name": column.name,
                    "averaging": str(column.averaging),
                    "first_date": first.isoformat(),
                    "last_date": last.isoformat(),
                }
        if first > date.min:
            last = first - timedelta(days=1)


def _covers_other_times(
    before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]
) -> bool:
    """Return whether a feed's values cover other times than they did."""

    def by_feed(rows: Sequence[Mapping[str, Any]]) -> dict[FeedKey, list[Mapping[str, Any]]]:
        feeds: dict[FeedKey, list[Mapping[str, Any]]] = {}
        for row in rows:
            feeds.setdefault((row["city"], row["dataset"]), []).append(row)
        return feeds

    then, today = by_feed(before), by_feed(now)
    return any(then[feed] != today[feed] for feed in then.keys() & today.keys())


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
    project = []
    for folder in DBT_FOLDERS:
        for file in sorted((DBT_PROJECT / folder).rglob("*")):
            if file.is_file():
                project.append((file.relative_to(DBT_PROJECT).as_posix(), sha256_of_file(file)))
    files = [(name, sha256_of_file(DBT_PROJECT / name)) for name in DBT_FILES]
    rooms = [
        tree_hash(PLUGINS / "federation" / room, "*.py", "*.yml", "*.csv")
        for room in BUILDING_ROOMS
    ]
    return short_hash(project, files, rooms, reference_packages())


def _signature(
    inputs: Sequence[ReleaseInput],
    feeds: Sequence[Feed],
    cities: Sequence[Mapping[str, Any]],
    averaging: Sequence[Mapping[str, Any]],
    checks: Iterable[Check],
) -> str:
    """Return the hash of what a release says: the extracts' statuses, feeds, cities and checks."""
    statuses = sorted((entry.identity, entry.state, entry.verdict) for entry in inputs)
    outcomes = sorted(
        (check.city, check.dataset, check.outcome, sorted(check.unmatched)) for check in checks
    )
    return short_hash(statuses, sorted(map(str, feeds)), cities, averaging, outcomes)
