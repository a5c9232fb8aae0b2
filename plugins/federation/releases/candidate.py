"""What a candidate changes against the release that serves, in short."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from federation.common.paths import Home
from federation.common.vocabulary import ExtractState
from federation.releases.diff import compare

Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class ChangedTable:
    """How many rows of a table differ."""

    table: str
    added: int
    removed: int
    changed: int


@dataclass(frozen=True)
class OtherVerdict:
    """An extract that stands otherwise in the candidate; states as in `ops.extracts`."""

    city: str
    dataset: str
    partition: str
    extract_id: str
    serving: str | None  # None: the release that serves does not know it
    candidate: str | None  # None: the candidate does not know it
    reasons: list[str]  # their codes, in the candidate

    @property
    def is_lost(self) -> bool:
        """Whether its records serve now and would be kept out."""
        kept_out = (ExtractState.REJECTED, ExtractState.OVERLAPPING, ExtractState.HELD, None)
        return self.serving == ExtractState.CURRENT and self.candidate in kept_out

    def __str__(self) -> str:
        why = f" ({', '.join(self.reasons)})" if self.reasons else ""
        about = f"{self.city}/{self.dataset} {self.partition}"
        return f"{about}: {self.serving or '-'} -> {self.candidate or '-'}{why}"


@dataclass(frozen=True)
class Comparison:
    """A candidate against the release that serves: tables that differ, indicators, verdicts."""

    against: str
    tables: list[ChangedTable]
    cells_moved: int  # of marts.city_indicator
    indicators: dict[str, int]  # indicator code -> cells moved, the most first
    verdicts: list[OtherVerdict]

    @property
    def lost(self) -> list[OtherVerdict]:
        """The extracts that serve now and would be kept out."""
        return [entry for entry in self.verdicts if entry.is_lost]

    def to_json(self) -> dict[str, Any]:
        """Return the object `difference` of `hub run --as-candidate --json`."""
        return asdict(self) | {"identical": not self.tables}


def compare_with_serving(candidate: Manifest, now: Manifest, home: Home) -> Comparison:
    """Return what differs from the release that serves to a candidate.

    Raises HubError when one of them cannot be read.
    """
    found = compare(now["release_id"], candidate["release_id"], home, examples=0)
    differing = [table for table in found.tables if table.differs]
    tables = [
        ChangedTable(table.table, table.added, table.removed, table.changed) for table in differing
    ]
    cells: dict[str, int] = {}
    for move in found.moves:
        cells[move.indicator_code] = cells.get(move.indicator_code, 0) + 1
    most_first = dict(sorted(cells.items(), key=lambda entry: (-entry[1], entry[0])))
    return Comparison(
        now["release_id"], tables, len(found.moves), most_first, _verdicts(now, candidate)
    )


def _verdicts(now: Manifest, candidate: Manifest) -> list[OtherVerdict]:
    before, after = (
        {entry["extract_id"]: entry for entry in manifest["inputs"]}
        for manifest in (now, candidate)
    )
    other = []
    for extract_id, entry in (before | after).items():
        then, tried = before.get(extract_id, {}), after.get(extract_id, {})
        if then.get("state") == tried.get("state"):
            continue
        other.append(
            OtherVerdict(
                entry["city"],
                entry["dataset"],
                entry["partition"],
                extract_id,
                then.get("state"),
                tried.get("state"),
                [reason["code"] for reason in tried.get("reasons", [])],
            )
        )
    return sorted(other, key=lambda entry: (entry.city, entry.dataset, entry.partition))
