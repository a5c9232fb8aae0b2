"""What the next release holds, and what the build must do to get there from the last one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from federation.contracts.model import City, Feed
from federation.currency import Standing, standings
from federation.hashing import sha256_of_file, short_hash, tree_hash
from federation.ledger import Check, Ledger
from federation.paths import CONTRACTS, DBT_PROJECT, Home
from federation.suites import load_suite
from federation.work import Extract, extracts, work_key

Manifest = Mapping[str, Any]
REJECTED = ("rejected", "overlapping")


_OVERLAP = {"code": "overlapping_partition", "consequence": "reject", "column": "", "records": 0,
            "message": "the file overlaps a current one in part and does not cover it whole"}


@dataclass(frozen=True)
class Placed:
    """An extract with its place: `current`, `superseded`, `overlapping`, `rejected` or `waiting`."""

    extract: Extract
    state: str

    @property
    def verdict(self) -> str:
        """The verdict that people see: an extract that overlaps another in part is rejected too."""
        if self.state == "overlapping":
            return "rejected"
        return self.extract.verdict.verdict if self.extract.verdict else "waiting"

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """Why: those of the gate, and that of an overlap."""
        given = list(self.extract.verdict.reasons) if self.extract.verdict else []
        return [*given, _OVERLAP] if self.state == "overlapping" else given

    @property
    def identity(self) -> str:
        """What makes the records of this extract what they are."""
        return short_hash(self.extract.extract_id, work_key(self.extract.feed))

    def as_input(self, home: Home) -> "Input":
        """Return what a release says of this extract."""
        arrival, feed = self.extract.arrival, self.extract.feed
        record, verdict = self.extract.record, self.extract.verdict
        return Input(
            city=feed.city.key, city_code=feed.city.code, dataset=feed.dataset, partition=str(arrival.partition),
            first_date=str(arrival.partition.start), last_date=str(arrival.partition.end),
            extract_id=arrival.extract_id, path=arrival.path, declared_version=arrival.declared_version,
            modified_at=_iso(arrival.modified_at), arrived_at=_iso(arrival.arrived_at), size_bytes=arrival.size_bytes,
            sha256=arrival.sha256, contract_version=feed.version, identity=self.identity, state=self.state,
            verdict=self.verdict, reasons=self.reasons,
            conformed=self.extract.conformed.relative_to(home.root).as_posix(),
            conformed_sha256=record.output_sha256 if record else "",
            source_rows=record.source_rows if record else 0,
            source_rows_out_of_scope=record.source_rows_out_of_scope if record else 0,
            records_received=record.records_received if record else 0,
            records_duplicate=record.records_duplicate if record else 0,
            records_quarantined=verdict.records_quarantined if verdict else 0)


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


@dataclass(frozen=True)
class Input:
    """One extract as a release tells of it: a line of release.json, complete without the ledger."""

    city: str
    city_code: str
    dataset: str
    partition: str
    first_date: str
    last_date: str
    extract_id: str
    path: str
    declared_version: int
    modified_at: str | None
    arrived_at: str | None
    size_bytes: int
    sha256: str
    contract_version: str
    identity: str
    state: str
    verdict: str
    reasons: list[dict[str, Any]]
    conformed: str  # relative to the home
    conformed_sha256: str
    source_rows: int
    source_rows_out_of_scope: int
    records_received: int
    records_duplicate: int
    records_quarantined: int

    @property
    def key(self) -> tuple[str, str]:
        return self.city, self.dataset

    def overlaps(self, other: "Input") -> bool:
        return self.key == other.key and self.first_date <= other.last_date and other.first_date <= self.last_date


def place(feeds: Sequence[Feed], ledger: Ledger, home: Home) -> list[Placed]:
    """Return every known extract of every feed with its place, feed by feed in order of rank."""
    return [placed for feed in feeds for placed in _place_feed(feed, ledger, home)]


def _place_feed(feed: Feed, ledger: Ledger, home: Home) -> list[Placed]:
    known = extracts(feed, ledger, home)
    standing = standings(entry.arrival for entry in known if entry.verdict and entry.verdict.accepted)
    return [Placed(entry, _state(entry, standing)) for entry in known]


def _state(entry: Extract, standing: Mapping[str, Standing]) -> str:
    if entry.extract_id in standing:
        return standing[entry.extract_id].state
    if entry.verdict is None:
        return "waiting"
    # A rejected file is nobody's trouble any more once a later, accepted one is about its whole period.
    mended = any(other.state == "current" and other.arrival.rank > entry.arrival.rank
                 and other.arrival.partition.covers(entry.arrival.partition) for other in standing.values())
    return "superseded" if mended else "rejected"


@dataclass(frozen=True)
class Plan:
    """The difference between a base release and the release to be."""

    base: str | None  # release to start from; None: from nothing
    pending: list[Input]  # extracts whose records must be loaded
    replaced: list[Input]  # inputs of the base whose records must leave
    inputs: list[Input]  # every extract that the release tells of
    cities: list[dict[str, Any]]  # rows of core.dim_city
    signature: str
    unchanged: bool  # the base holds all this already

    @property
    def touched(self) -> list[tuple[str, str, str, str]]:
        """Return (dataset, city code, first date, last date) of every partition that changes, sorted."""
        return sorted({(entry.dataset, entry.city_code, entry.first_date, entry.last_date)
                       for entry in (*self.pending, *self.replaced)})


def plan_build(feeds: Sequence[Feed], ledger: Ledger, home: Home, base: Manifest | None) -> Plan:
    """Return what must be done; `base` is the newest release's manifest, or None.

    Extracts of the base go on serving while nobody has judged them anew: those of a feed whose contract is refused,
    and those that wait for the gate under a new contract, suite or code. A base made by other models is no base to
    start from: everything is then built from conformed extracts again.
    """
    placed = [entry.as_input(home) for entry in place(feeds, ledger, home)]
    before = [Input(**entry) for entry in base["inputs"]] if base else []
    kept = _kept(before, placed, {feed.key for feed in feeds})
    served = {entry.extract_id for entry in kept}
    inputs = [entry for entry in placed if entry.extract_id not in served] + kept
    current = {entry.identity: entry for entry in inputs if entry.state == "current"}
    cities = _cities(feeds, base, {entry.city for entry in kept})
    signature = _signature(inputs, feeds, cities, ledger.latest_checks())
    if base is None or base["models"] != models_hash() or not home.release(base["release_id"]).exists():
        return Plan(None, list(current.values()), [], inputs, cities, signature, False)
    loaded = {entry.identity: entry for entry in before if entry.state == "current"}
    return Plan(
        base=base["release_id"], pending=[entry for key, entry in current.items() if key not in loaded],
        replaced=[entry for key, entry in loaded.items() if key not in current], inputs=inputs, cities=cities,
        signature=signature, unchanged=signature == base["signature"])


def _kept(before: Sequence[Input], placed: Sequence[Input], judged: set[tuple[str, str]]) -> list[Input]:
    """Return the inputs of the base that go on serving as they are."""
    waiting = {entry.extract_id for entry in placed if entry.state == "waiting"}
    current = [entry for entry in placed if entry.state == "current"]
    refused = {entry.key for entry in before if entry.key not in judged and _has_contract(entry)}
    return [entry for entry in before if entry.state == "current"
            and (entry.key in refused or entry.extract_id in waiting)
            and not any(entry.overlaps(other) for other in current)]


def _has_contract(entry: Input) -> bool:
    """Whether the feed is still one of ours; a contract that was taken away takes its data along."""
    return (CONTRACTS / entry.city / f"{entry.dataset}.yml").exists()


def _cities(feeds: Sequence[Feed], base: Manifest | None, kept: set[str]) -> list[dict[str, Any]]:
    found = {row["city"]: row for row in (base["cities"] if base else []) if row["city"] in kept}
    for city in {feed.city.key: feed.city for feed in feeds}.values():
        dimensions = {load_suite(feed.dataset).depa_dimension for feed in feeds if feed.city.key == city.key}
        found[city.key] = city_row(city, dimensions)
    return sorted(found.values(), key=lambda row: str(row["city_code"]))


def city_row(city: City, depa_dimensions: Iterable[str] = ()) -> dict[str, Any]:
    """Return what a city says of itself, and which dimensions its feeds serve, as columns of core.dim_city."""
    return {"city_code": city.code, "city": city.key, "name_th": city.name_th, "name_en": city.name_en,
            "region": city.region, "ascn_member_since": city.ascn_member_since,
            "depa_dimensions": ", ".join(sorted(depa_dimensions))}


def models_hash() -> str:
    """Return the hash of everything that turns conformed records into a warehouse."""
    models = (tree_hash(DBT_PROJECT / folder, "*.sql", "*.csv") for folder in ("models", "macros", "seeds"))
    return short_hash(*models, sha256_of_file(Path(__file__).with_name("reference.py")))


def _signature(inputs: Sequence[Input], feeds: Sequence[Feed], cities: Sequence[Mapping[str, Any]],
               checks: Sequence[Check]) -> str:
    """Hash of all that a release tells: where each extract stands, what feeds and cities are, which platforms answer."""
    stand = sorted((entry.identity, entry.state, entry.verdict) for entry in inputs)
    answered = sorted((check.city, check.dataset, check.outcome, sorted(check.unmatched)) for check in checks)
    return short_hash(stand, sorted(map(str, feeds)), cities, answered)
