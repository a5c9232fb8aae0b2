"""What of a home need not be kept any longer, rule by rule; nothing is removed here."""

import os
import time
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from federation.common import retention
from federation.common.paths import Home
from federation.common.vocabulary import ExtractState, Kept
from federation.extracts.catalogue import load_catalogue
from federation.extracts.snapshot import Snapshot, read_snapshot
from federation.extracts.status import REJECTED
from federation.ledger import Ledger
from federation.releases.aside import AS_OF, CANDIDATE, surplus_aside
from federation.releases.index import is_release, manifest_of, serving
from federation.releases.release import surplus

_COUNTS = (*REJECTED, ExtractState.CURRENT, ExtractState.HELD, ExtractState.WAITING)


@dataclass(frozen=True)
class Surplus:
    """A file or folder that a rule no longer keeps; of a log, what is packed."""

    kind: Kept
    path: Path

    @property
    def bytes(self) -> int:
        """Its size on disk, or 0 where it is gone by now."""
        if not self.path.exists() or self.path.is_symlink():
            return 0
        return sum(file.stat().st_size for file in [self.path, *self.path.rglob("*")])


def find(home: Home, ledger: Ledger) -> Iterator[Surplus]:
    """Yield all that need not be kept; the build lock must be held."""
    releases = list(_releases(home, ledger))
    yield from releases
    yield from _sites(home, {entry.path.name for entry in releases})
    seen = read_snapshot(ledger, home, load_catalogue(ledger))
    yield from _conformed(home, seen)
    yield from _proposals(home, seen)
    mails = home.outbox.glob("*.eml")
    yield from (Surplus(Kept.MAILS, mail) for mail in mails if _older(mail, retention.MAILS))
    yield from (Surplus(Kept.LEFTOVERS, path) for path in _leftovers(home))
    for log in home.logs:
        if log.exists() and log.stat().st_size > retention.LOG_BYTES:
            yield Surplus(Kept.LOGS, log)
    for log in _files(home.airflow_logs):
        if _older(log, retention.AIRFLOW_LOGS):
            yield Surplus(Kept.AIRFLOW_LOGS, log)


def _releases(home: Home, ledger: Ledger) -> Iterator[Surplus]:
    wanted = [name for name in (serving(home), ledger.releases.pinned()) if name]
    for release_id in surplus(home, *wanted):
        yield Surplus(Kept.RELEASES, home.releases / release_id)
    for kind, prefix in ((Kept.AS_OF_RELEASES, AS_OF), (Kept.CANDIDATES, CANDIDATE)):
        for release_id in surplus_aside(prefix, home):
            yield Surplus(kind, home.releases / release_id)


def _sites(home: Home, going: Container[str]) -> Iterator[Surplus]:
    """Yield the sites of releases that are gone, or going."""
    for site in home.sites.glob("[!.]*"):
        is_kept = (home.releases / site.name).exists() and site.name not in going
        if is_release(site.name) and not is_kept:
            yield Surplus(Kept.SITES, site)


def _conformed(home: Home, seen: Snapshot) -> Iterator[Surplus]:
    """A feed whose contract is refused keeps all: what its next contract needs is not known."""
    in_use = {home.name_of(entry.extract.conformed) for entry in seen.statuses}
    for folder in home.releases.glob("[!.]*"):
        if home.manifest(folder.name).exists():
            inputs = manifest_of(folder.name, home)["inputs"]
            in_use |= {str(entry["conformed"]) for entry in inputs}
    stems = {name.removesuffix(".parquet") for name in in_use}
    for feed in seen.feeds:
        for file in home.conformed_of(*feed.key).glob("*/*.parquet"):
            stem = home.name_of(file.parent) + "/" + file.name.partition(".")[0]
            if stem not in stems and _older(file, retention.CONFORMED):
                yield Surplus(Kept.CONFORMED, file)


def _proposals(home: Home, seen: Snapshot) -> Iterator[Surplus]:
    counts = {entry.extract.extract_id for entry in seen.statuses if entry.state in _COUNTS}
    for file in home.proposals.glob("*/*/*.patch"):
        if file.stem not in counts and _older(file, retention.PROPOSALS):
            yield Surplus(Kept.PROPOSALS, file)


def _leftovers(home: Home) -> Iterator[Path]:
    """Yield what steps that were killed left, each of which makes such files with these names."""
    folders: Iterable[Iterable[Path]] = (
        home.incoming.glob("*"),
        home.scratch.glob("*"),
        home.conformed_folder.glob("*/*/*/.conform-*"),
        (path for path in home.releases.glob(".*") if is_release(path.name[1:])),
        (path for path in home.sites.glob(".*") if is_release(path.name[1:].partition(".")[0])),
        home.outbox.glob("*.tmp"),
        home.proposals.glob("*/*/*.part"),
        home.root.glob(f".{home.current.name}.*"),
    )
    for paths in folders:
        yield from (path for path in paths if _older(path, retention.LEFTOVERS))


def _files(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names)


def _older(path: Path, age: timedelta) -> bool:
    return time.time() - path.lstat().st_mtime > age.total_seconds()
