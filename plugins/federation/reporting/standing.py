"""Which release serves, and what stands between the deliveries and the next release."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from federation.common.paths import Home
from federation.common.reason import rejecting
from federation.common.vocabulary import ExtractState, WaitKind
from federation.extracts.snapshot import Snapshot
from federation.extracts.status import ExtractStatus, newest_rejected
from federation.ledger import Ledger
from federation.releases.aside import candidates
from federation.releases.index import manifest_of, newest_manifest, serving
from federation.warehouse.plan import released

HELD_COMMAND = "hub release held"
_TO_DO = {
    WaitKind.REFUSED: "correct the contract at the key that is named",
    WaitKind.REJECTED: "ask the city for a corrected file, or correct the contract",
    WaitKind.HELD: HELD_COMMAND,
    WaitKind.NOT_JUDGED: "hub run",
    WaitKind.UNRELEASED: "hub run",
}


@dataclass(frozen=True)
class ServingRelease:
    """The release that `national.duckdb` points at; instants are UTC."""

    release_id: str
    made_at: datetime
    serves_since: datetime
    age_seconds: int  # since it was made


@dataclass(frozen=True)
class Pin:
    """The release that a person lets serve, whatever is built."""

    release_id: str
    since: datetime  # UTC
    by: str  # the command that pinned it
    until: str  # the command that ends it
    kept: bool  # False: it was removed, and the newest serves


@dataclass(frozen=True)
class Waiting:
    """One thing that the next release waits for, or is made without."""

    kind: WaitKind
    city: str
    dataset: str
    partition: str  # empty: the feed as a whole
    extract_id: str  # empty: the feed as a whole
    why: str
    to_do: str


@dataclass(frozen=True)
class Candidate:
    """A release that tries a change and does not serve."""

    release_id: str
    made_at: datetime  # UTC


@dataclass(frozen=True)
class Standing:
    """The line from deliveries to the release that serves, at one moment."""

    at: datetime  # UTC
    release: ServingRelease | None  # None before the first
    newest: str | None  # the newest release that was made to serve
    pinned: Pin | None
    waits_for: list[Waiting]
    candidates: list[Candidate]

    @property
    def held_command(self) -> str:
        """The command that lists the deliveries that are held."""
        return HELD_COMMAND

    def count(self, kind: WaitKind) -> int:
        """Return how many things of a kind are waited for."""
        return sum(entry.kind == kind for entry in self.waits_for)

    def to_json(self) -> dict[str, Any]:
        """Return what `hub status --json` says beside the feeds; instants are UTC, ISO 8601."""
        held = {"count": self.count(WaitKind.HELD), "command": HELD_COMMAND}
        return {name: _plain(value) for name, value in asdict(self).items()} | {"held": held}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, list) else value


def standing(seen: Snapshot, ledger: Ledger) -> Standing:
    """Return how things stand now; cities in shadow wait for no release."""
    home, now = seen.home, datetime.now(UTC)
    newest = newest_manifest(home)
    return Standing(
        at=now,
        release=_serving(home, now),
        newest=newest["release_id"] if newest else None,
        pinned=_pin(ledger, home),
        waits_for=list(_waits(seen.only(released(seen.feeds)), newest)),
        candidates=[
            Candidate(entry["release_id"], _instant(entry["created_at"]))
            for entry in candidates(home)
        ],
    )


def _serving(home: Home, now: datetime) -> ServingRelease | None:
    release_id = serving(home)
    if release_id is None or not home.manifest(release_id).exists():
        return None
    made_at = _instant(manifest_of(release_id, home)["created_at"])
    since = datetime.fromtimestamp(os.lstat(home.current).st_mtime, UTC)  # when the link was made
    return ServingRelease(release_id, made_at, since, int((now - made_at).total_seconds()))


def _pin(ledger: Ledger, home: Home) -> Pin | None:
    choice = ledger.releases.last_choice()
    if choice is None or choice["release_id"] is None:
        return None
    release_id, since = choice["release_id"], choice["chosen_at"].astimezone(UTC)
    command = f"hub rollback {release_id}"
    kept = home.release(release_id).exists()
    return Pin(release_id, since, command, "hub rollback --unpin", kept)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _waits(seen: Snapshot, newest: Mapping[str, Any] | None) -> Iterator[Waiting]:
    for (city, dataset), error in seen.catalogue.refused_feeds.items():
        why = f"{error.key}: {error.reason}"
        yield Waiting(WaitKind.REFUSED, city, dataset, "", "", why, _TO_DO[WaitKind.REFUSED])
    for entry in newest_rejected(seen.statuses):
        codes = ", ".join(reason.code for reason in rejecting(entry.reasons))
        yield _waiting(WaitKind.REJECTED, entry, codes)
    in_release = _identities(newest)
    for entry in seen.statuses:
        if entry.state == ExtractState.HELD:
            yield _waiting(WaitKind.HELD, entry, "it takes away more records than tolerated")
        elif entry.state == ExtractState.WAITING:
            yield _waiting(
                WaitKind.NOT_JUDGED,
                entry,
                "it is new, or another contract, suite or code holds now",
            )
        elif entry.state == ExtractState.CURRENT and entry.identity not in in_release:
            yield _waiting(WaitKind.UNRELEASED, entry, "the next build takes it")


def _identities(newest: Mapping[str, Any] | None) -> set[str]:
    """Return what decides the records of each extract that is current in the newest release."""
    inputs = newest["inputs"] if newest else []
    return {entry["identity"] for entry in inputs if entry["state"] == ExtractState.CURRENT}


def _waiting(kind: WaitKind, entry: ExtractStatus, why: str) -> Waiting:
    extract = entry.extract
    partition = str(extract.arrival.partition)
    to_do = f"hub release show {extract.extract_id}" if kind == WaitKind.HELD else _TO_DO[kind]
    return Waiting(kind, *extract.feed.key, partition, extract.extract_id, why, to_do)
