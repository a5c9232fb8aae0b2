"""Why rows differ: other bytes (`source`), other rules (`method`), other areas (`geography`)."""

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
    """One reason why a cell differs; what does not apply is empty."""

    # source, method, geography; unexplained when there is none of them
    cause: str
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
    """Two manifests with their extracts, contracts, suites, code, models and areas."""

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
        """Return why these rows differ.

        `by_models` says that the models may be a cause: the indicator moved without rows.
        """
        causes = add_up(cause for rows in moved for cause in self._of(rows))
        if self.other_models and by_models:
            causes.append(Cause("method", "models"))
        if not causes and self._other_areas:
            causes.append(Cause("geography", "areas"))
        return causes or [Cause("unexplained", "")]

    def _of(self, moved: MovedRows) -> list[Cause]:
        """Return the causes for rows of one extract before and one after.

        Added rows have no extract before, removed rows none after.
        """
        before, after = self._inputs
        old, new = before.get(moved.extract_from or ""), after.get(moved.extract_to or "")
        if old and self._newly(old, after):
            new = new or self._in_its_place(old, after)
        elif new and self._newly(new, before):
            old = old or self._in_its_place(new, before)
        else:
            extract = new or old
            assert extract is not None, "a row of core names an extract that its release lacks"
            causes = self._read_otherwise(extract)
            return [_cause(cause, what, moved, extract, extract) for cause, what in causes]
        return [_cause("source", _change_of_source(old, new), moved, old, new)]

    @staticmethod
    def _newly(entry: Manifest, others: Mapping[str, Manifest]) -> bool:
        """Whether the extract's bytes are new, not only judged in another way."""
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
        before, after = self._before, self._after
        feed, dataset = f"{entry['city']}/{entry['dataset']}", entry["dataset"]
        causes = []
        old, new = before["contracts"].get(feed, "none"), after["contracts"].get(feed, "none")
        if old != new:
            causes.append(("method", f"contract {old} -> {new}"))
        if before.get("suites", {}).get(dataset) != after.get("suites", {}).get(dataset):
            causes.append(("method", "suite"))
        if before["code_version"] != after["code_version"]:
            causes.append(("method", "code"))
        if self._other_areas:
            causes.append(("geography", "areas"))
        if self.other_models and not causes:
            causes.append(("method", "models"))
        return causes or [("method", "contract, without a new version")]


def _change_of_source(old: Manifest | None, new: Manifest | None) -> str:
    if old and new:
        return "replaced"
    return "added" if new else "removed"


def _cause(
    cause: str, what: str, moved: MovedRows, old: Manifest | None, new: Manifest | None
) -> Cause:
    extract = new or old
    assert extract is not None
    return Cause(
        cause,
        what,
        extract["city"],
        moved.city_code,
        moved.dataset,
        extract["partition"],
        old["extract_id"] if old else None,
        new["extract_id"] if new else None,
        moved.rows,
    )


def add_up(causes: Iterable[Cause]) -> list[Cause]:
    """Return each cause once, with the sum of its rows."""
    rows: dict[Cause, int] = {}
    for cause in causes:
        once = replace(cause, rows=0)
        rows[once] = rows.get(once, 0) + cause.rows
    return [replace(cause, rows=count) for cause, count in rows.items()]
