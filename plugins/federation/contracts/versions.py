"""The versions of one feed's contract that live beside each other, and from which day each holds.

A patch corrects how all deliveries are read: it replaces its file. A minor or major version holds
from its `effective_from` on; the version before stays beside it as `<dataset>-<version>.yml` and
reads the earlier periods.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from federation.common.errors import ContractError
from federation.contracts.model import Feed

_EARLIER = re.compile(r"(?P<dataset>.+)-(?P<version>\d+\.\d+\.\d+)")
_KEY = "schema.customProperties.effective_from"


def contract_files(folder: Path) -> Iterator[list[Path]]:
    """Yield the files of each feed of a city's folder, the newest version first, feeds sorted by
    dataset."""
    files = sorted(folder.glob("[!_]*.yml"))
    named = {file: _EARLIER.fullmatch(file.stem) for file in files}
    earlier_files = [(file, match["dataset"]) for file, match in named.items() if match]
    for newest in (file for file, match in named.items() if not match):
        versions = [file for file, dataset in earlier_files if dataset == newest.stem]
        yield [newest, *sorted(versions, key=_version_of, reverse=True)]
    for file, dataset in earlier_files:
        if folder / f"{dataset}.yml" not in named:
            yield [file]


def _version_of(file: Path) -> tuple[int, int, int]:
    return numbers(file.stem.rpartition("-")[2])


def dataset_of(file: Path) -> str:
    """Return the dataset that a contract file is about, whichever version it holds."""
    earlier = _EARLIER.fullmatch(file.stem)
    return earlier["dataset"] if earlier else file.stem


def numbers(version: str) -> tuple[int, int, int]:
    """Return a semantic version as three numbers."""
    major, minor, patch = map(int, version.split("."))
    return major, minor, patch


def with_earlier(newest: Feed, earlier: Sequence[Feed]) -> Feed:
    """Return the feed with the versions that were in force before.

    Raises ContractError when their order does not hold.
    """
    if newest.file.stem != newest.dataset:
        raise ContractError(
            newest.file, "(whole file)", f"the version in force must be {newest.dataset}.yml"
        )
    for later, before in pairwise((newest, *earlier)):
        _check_pair(later, before)
    oldest = (newest, *earlier)[-1]
    if oldest.effective_from is not None:
        raise ContractError(
            oldest.file,
            _KEY,
            f"nothing says how deliveries before {oldest.effective_from} are read; keep the "
            f"version before beside it as {oldest.dataset}-<version>.yml",
        )
    for feed in earlier:
        if feed.file.stem != f"{newest.file.stem}-{feed.version}":
            raise ContractError(
                feed.file, "version", f"is {feed.version}, which is not what the file's name says"
            )
    return replace(newest, earlier=tuple(earlier))


def _check_pair(later: Feed, before: Feed) -> None:
    if later.key != before.key:
        raise ContractError(
            before.file, "dataProduct", f"is {before}, the version after it is {later}"
        )
    if numbers(later.version)[:2] <= numbers(before.version)[:2]:
        raise ContractError(
            later.file,
            "version",
            f"{later.version} is no minor or major version after {before.version}; a "
            "patch replaces the file, so that it corrects earlier deliveries too",
        )
    if later.effective_from is None:
        raise ContractError(
            later.file,
            _KEY,
            f"must say from which day {later.version} holds: {before.version} is beside it",
        )
    if before.effective_from and before.effective_from >= later.effective_from:
        raise ContractError(
            later.file, _KEY, f"{later.effective_from} is not after that of {before.version}"
        )
