"""What the next release holds, and what the build must do to get there from the last one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from federation.contracts.model import Feed
from federation.currency import Standing, standings
from federation.hashing import sha256_of_file, short_hash, tree_hash
from federation.ledger import Check, Ledger
from federation.paths import DBT_PROJECT, Home
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

    def as_input(self) -> dict[str, Any]:
        """Return the extract's line in release.json."""
        arrival = self.extract.arrival
        return {"city": arrival.city, "dataset": arrival.dataset, "partition": str(arrival.partition),
                "first_date": str(arrival.partition.start), "last_date": str(arrival.partition.end),
                "extract_id": arrival.extract_id, "sha256": arrival.sha256, "path": arrival.path,
                "contract_version": self.extract.feed.version, "identity": self.identity, "state": self.state}


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
    pending: list[Placed]  # extracts whose records must be loaded
    replaced: list[dict[str, Any]]  # inputs of the base whose records must leave
    placed: list[Placed]
    signature: str
    unchanged: bool  # the base holds all this already

    @property
    def touched(self) -> list[tuple[str, str, str, str]]:
        """Return (dataset, city, first date, last date) of every partition that changes, sorted."""
        found = {(placed.extract.feed.dataset, placed.extract.feed.city.key, str(partition.start), str(partition.end))
                 for placed in self.pending for partition in [placed.extract.arrival.partition]}
        found |= {(entry["dataset"], entry["city"], entry["first_date"], entry["last_date"]) for entry in self.replaced}
        return sorted(found)


def plan_build(feeds: Sequence[Feed], ledger: Ledger, home: Home, base: Manifest | None) -> Plan:
    """Return what must be done; `base` is the newest release's manifest, or None.

    A base made by other models is no base: everything is built from conformed extracts again.
    """
    placed = place(feeds, ledger, home)
    signature = _signature(placed, feeds, ledger.latest_checks())
    if base is None or base["models"] != models_hash() or not home.release(base["release_id"]).exists():
        return Plan(None, [entry for entry in placed if entry.state == "current"], [], placed, signature, False)
    loaded = {entry["identity"]: entry for entry in base["inputs"] if entry["state"] == "current"}
    current = {entry.identity: entry for entry in placed if entry.state == "current"}
    return Plan(
        base=base["release_id"], pending=[entry for key, entry in current.items() if key not in loaded],
        replaced=[entry for key, entry in loaded.items() if key not in current], placed=placed, signature=signature,
        unchanged=signature == base["signature"])


def models_hash() -> str:
    """Return the hash of everything that turns conformed records into a warehouse."""
    models = (tree_hash(DBT_PROJECT / folder, "*.sql", "*.csv") for folder in ("models", "macros", "seeds"))
    return short_hash(*models, sha256_of_file(Path(__file__).with_name("reference.py")))


def _signature(placed: Sequence[Placed], feeds: Sequence[Feed], checks: Sequence[Check]) -> str:
    """Hash of all that a release tells: where each extract stands, which feeds exist, which platforms answer."""
    stand = sorted((entry.identity, entry.state, entry.verdict) for entry in placed)
    answered = sorted((check.city, check.dataset, check.outcome, sorted(check.unmatched)) for check in checks)
    return short_hash(stand, sorted(map(str, feeds)), answered)

