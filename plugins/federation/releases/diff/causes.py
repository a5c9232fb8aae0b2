"""Why rows differ: other bytes (`source`), another way of reading them (`method`), other areas
(`geography`)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from federation.common.vocabulary import ExtractState

Manifest = Mapping[str, Any]
_AREAS = "core.dim_area"


@dataclass(frozen=True)
class MovedRows:
    """Rows of one dataset and city that differ, by the extracts that they are from."""

    city_code: str
    dataset: str
    extract_from: str | None
    extract_to: str | None
    rows: int


@dataclass(frozen=True)
class Cause:
    """One reason for a cell to be another; what does not apply is empty."""

    cause: str  # source, method, geography; unexplained when none of them is found
    # source: added, replaced, removed; method: contract 1.0.0 -> 1.0.1, suite, code, models;
    # geography: areas
    what: str
    city: str = ""
    city_code: str = ""
    dataset: str = ""
    partition: str = ""
    extract_from: str | None = None
    extract_to: str | None = None
    rows: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return this cause without what does not apply."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None, 0)}


class Pair:
    """What two manifests say of extracts, contracts, suites, code, models and areas."""

    def __init__(self, before: Manifest, after: Manifest) -> None:
        self._before, self._after = before, after
        self._inputs = [
            {entry["extract_id"]: entry for entry in manifest["inputs"]}
            for manifest in (before, after)
        ]
        self.other_models = before["models"] != after["models"]
        areas = [
            manifest["tables"].get(_AREAS, {}).get("content_hash") for manifest in (before, after)
        ]
        self._other_areas = areas[0] != areas[1]

    def causes(self, moved: Sequence[MovedRows], *, by_models: bool) -> list[Cause]:
        """Return why these rows differ, and whether the models (of an indicator that moved
        without rows) did it."""
        found = run_jobs(cause for rows in moved for cause in self._of(rows))
        if self.other_models and by_models:
            found.append(Cause("method", "models"))
        if not found and self._other_areas:
            found.append(Cause("geography", "areas"))
        return found or [Cause("unexplained", "")]

    def _of(self, moved: MovedRows) -> list[Cause]:
        """Return the causes for rows of one extract before and one after.

        Rows that came or went have one of them only.
        """
        ours, theirs = self._inputs
        old, new = ours.get(moved.extract_from or ""), theirs.get(moved.extract_to or "")
        if old and self._newly(old, theirs):
            new = new or self._in_its_place(old, theirs)
        elif new and self._newly(new, ours):
            old = old or self._in_its_place(new, ours)
        else:
            known = new or old
            assert known is not None, (
                "a row of core names an extract that its release does not tell of"
            )
            return [
                _cause(cause, what, moved, known, known)
                for cause, what in self._read_otherwise(known)
            ]
        what = "replaced" if old and new else "added" if new else "removed"
        return [_cause("source", what, moved, old, new)]

    @staticmethod
    def _newly(entry: Manifest, others: Mapping[str, Manifest]) -> bool:
        """Whether the other release lacks the extract for its bytes' sake, not because they are
        judged otherwise."""
        other = others.get(entry["extract_id"])
        return other is None or (
            other["state"] != ExtractState.CURRENT and other["identity"] == entry["identity"]
        )

    @staticmethod
    def _in_its_place(entry: Manifest, others: Mapping[str, Manifest]) -> Manifest | None:
        """Return the other release's current extract of the same feed and days, if there is one."""
        return next(
            (
                other
                for other in others.values()
                if other["state"] == ExtractState.CURRENT
                and (other["city"], other["dataset"]) == (entry["city"], entry["dataset"])
                and other["first_date"] <= entry["last_date"]
                and entry["first_date"] <= other["last_date"]
            ),
            None,
        )

    def _read_otherwise(self, entry: Manifest) -> list[tuple[str, str]]:
        """Return (cause, what) for rows of an extract that both releases hold."""
        feed, dataset = f"{entry['city']}/{entry['dataset']}", entry["dataset"]
        versions = [
            manifest["contracts"].get(feed, "none") for manifest in (self._before, self._after)
        ]
        found = (
            [("method", f"contract {versions[0]} -> {versions[1]}")]
            if versions[0] != versions[1]
            else []
        )
        suites = [
            manifest.get("suites", {}).get(dataset) for manifest in (self._before, self._after)
        ]
        found += [("method", "suite")] if suites[0] != suites[1] else []
        found += (
            [("method", "code")]
            if self._before["code_version"] != self._after["code_version"]
            else []
        )
        found += [("geography", "areas")] if self._other_areas else []
        found += [("method", "models")] if self.other_models and not found else []
        return found or [("method", "contract, without a new version")]


def _cause(
    cause: str, what: str, moved: MovedRows, old: Manifest | None, new: Manifest | None
) -> Cause:
    known = new or old
    assert known is not None
    return Cause(
        cause,
        what,
        known["city"],
        moved.city_code,
        moved.dataset,
        known["partition"],
        old["extract_id"] if old else None,
        new["extract_id"] if new else None,
        moved.rows,
    )


def run_jobs(causes: Iterable[Cause]) -> list[Cause]:
    """Return each cause once, with the rows of all its mentions added up."""
    rows: dict[Cause, int] = {}
    for cause in causes:
        once = replace(cause, rows=0)
        rows[once] = rows.get(once, 0) + cause.rows
    return [replace(cause, rows=count) for cause, count in rows.items()]
