"""Removing what need not be kept any longer."""

import gzip
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from federation.common.paths import Home
from federation.common.progress import Progress
from federation.common.retention import LOGS_KEPT
from federation.common.vocabulary import Kept
from federation.ledger import Ledger
from federation.operation.upkeep.surplus import Surplus, find


@dataclass
class Done:
    """What was removed, or would be: how many files and folders, and bytes, by kind."""

    count: dict[Kept, int] = field(default_factory=lambda: dict.fromkeys(Kept, 0))
    bytes: dict[Kept, int] = field(default_factory=lambda: dict.fromkeys(Kept, 0))

    def add(self, entry: Surplus) -> None:
        self.count[entry.kind] += 1
        self.bytes[entry.kind] += entry.bytes


def upkeep(home: Home, ledger: Ledger, progress: Progress, *, dry_run: bool = False) -> Done:
    """Remove what no rule keeps; return what that was, or with `dry_run` what it would be.

    No release is made or changed meanwhile. After a kill the next upkeep goes on.
    """
    done = Done()
    with ledger.locks.build(on_wait=progress.note), ledger.locks.activation():
        for entry in list(find(home, ledger)):
            done.add(entry)
            if not dry_run:
                _remove(entry)
    return done


def _remove(entry: Surplus) -> None:
    if entry.kind == Kept.LOGS:
        pack(entry.path)
    elif entry.path.is_dir() and not entry.path.is_symlink():
        shutil.rmtree(entry.path)
    else:
        entry.path.unlink(missing_ok=True)


def pack(log: Path) -> None:
    """Pack a log beside itself and begin it anew; the oldest packed one goes.

    It is emptied, not renamed: a process that has it open goes on writing into it. Lines that come
    between packing and emptying are lost.
    """
    packed = [log.with_name(f"{log.name}.{number}.gz") for number in range(1, LOGS_KEPT + 1)]
    making = log.with_name(f"{log.name}.gz.tmp")
    with log.open("rb") as reading, gzip.open(making, "wb") as writing:
        shutil.copyfileobj(reading, writing)
    for older, newer in zip(reversed(packed), reversed(packed[:-1]), strict=False):
        if newer.exists():
            newer.replace(older)
    making.replace(packed[0])
    with log.open("r+b") as emptied:
        emptied.truncate()
