"""The programs of this environment against those that the hub is proved with."""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from federation.common.paths import REPOSITORY
from federation.common.settings import Settings
from federation.common.vocabulary import Soundness
from federation.operation.doctor.finding import Finding

LOCK = REPOSITORY / "requirements.lock"
_PYTHON = (3, 11)
_DECIDE = ("apache-airflow", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations")
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", flags=re.M)
_TODO = "make env installs what requirements.lock names"


def versions(settings: Settings) -> Iterator[Finding]:
    """Yield Python and the packages that are not those of the lock."""
    if sys.version_info[:2] != _PYTHON:
        says = f"Python {sys.version.split()[0]}; the lock is made for {_PYTHON[0]}.{_PYTHON[1]}"
        yield Finding("versions", Soundness.FAIL, says, "install Python 3.11 and make env")
    pinned = locked(LOCK)
    if not pinned:
        says = f"{LOCK.name} is not beside the code: versions cannot be compared"
        yield Finding("versions", Soundness.WARN, says, "install the hub from its repository")
        return
    yield from _compared(pinned)


def locked(file: Path) -> dict[str, str]:
    """Return the version of each package that a lock names; empty where there is no lock."""
    return dict(_PINNED.findall(file.read_text("utf-8"))) if file.exists() else {}


def _compared(pinned: dict[str, str]) -> Iterator[Finding]:
    found = {name: _installed(name) for name in pinned}
    other = {name for name in pinned if found[name] not in (None, pinned[name])}
    other |= {name for name in _DECIDE if found.get(name) != pinned.get(name)}
    for name in sorted(other):
        says = f"{name} is {found.get(name) or 'not installed'}, the lock says {pinned.get(name)}"
        soundness = Soundness.FAIL if name in _DECIDE else Soundness.WARN
        yield Finding("versions", soundness, says, _TODO)
    if not other:
        told = ", ".join(f"{name} {pinned[name]}" for name in _DECIDE)
        yield Finding("versions", Soundness.OK, f"as locked: {told}")


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
