"""The incidents that are open in a release: each by itself, and the first things to act on, grouped
by cause."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Protocol

import duckdb

from federation.common.bilingual import BilingualText
from federation.common.reason import split_code
from federation.common.vocabulary import ProblemKind, Severity
from federation.messages.problem_words import PROBLEM_WORDS
from federation.messages.reasons import english, thai
from federation.reporting.site.rows import has_table, rows

_GRAVEST_FIRST = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)
_KINDS = frozenset(ProblemKind)


@dataclass(frozen=True)
class Incident:
    """One incident as `ops.incidents` has it; `city` and `dataset` are empty where it is about
    more."""

    incident_id: str
    city: str
    dataset: str
    reason: str
    severity: Severity
    message: BilingualText
    todo: BilingualText  # empty in releases of earlier code
    meanwhile: BilingualText
    owner: str
    state: str
    opened_at: datetime | None
    repair_by: date | None
    records: int
    evidence: Sequence[Mapping[str, Any]]

    @property
    def cause(self) -> str:
        """The kind of problem, without what single one it is about."""
        return split_code(self.reason)[0]

    @property
    def gravity(self) -> tuple[int, date, str, str]:
        """What sorts incidents, the gravest first, then by the day by which to act."""
        place = _GRAVEST_FIRST.index(self.severity)
        return place, self.repair_by or date.max, self.city, self.dataset


class Named(Protocol):
    """What knows the names of cities and datasets."""

    def about(self, city: str | None, dataset: str | None) -> BilingualText:
        """Return the names of a city and dataset."""

    def title(self, dataset: str) -> BilingualText:
        """Return the title of a dataset."""


@dataclass(frozen=True)
class Act:
    """Incidents of one cause, to be told in one line."""

    incidents: Sequence[Incident]  # never empty, the gravest first

    @property
    def severity(self) -> Severity:
        return self.incidents[0].severity

    @property
    def gravity(self) -> tuple[int, int, int, date, str, str]:
        """What sorts acts as mails sort them: the gravest first, then those of most feeds and
        records."""
        first = self.incidents[0]
        records = sum(entry.records for entry in self.incidents)
        day = self.repair_by or date.max
        place = first.gravity[0]
        return place, -len(self.incidents), -records, day, first.city, first.dataset

    @property
    def repair_by(self) -> date | None:
        return min((entry.repair_by for entry in self.incidents if entry.repair_by), default=None)

    @property
    def _is_of_one_dataset(self) -> bool:
        return len({entry.dataset for entry in self.incidents}) == 1

    def shared(self, named: "Named") -> BilingualText | None:
        """Return the dataset or the city that several incidents have in common."""
        first = self.incidents[0]
        if len(self.incidents) == 1:
            return None
        return (
            named.title(first.dataset) if self._is_of_one_dataset else named.about(first.city, "")
        )

    def place_of(self, incident: Incident, named: "Named") -> BilingualText:
        """Return what an incident of the line is about, without what all of them share."""
        if len(self.incidents) == 1:
            return named.about(incident.city, incident.dataset)
        return (
            named.about(incident.city, "")
            if self._is_of_one_dataset
            else named.title(incident.dataset)
        )

    @property
    def words(self) -> BilingualText:
        """What is wrong: an incident's own words, or those of the cause that several share."""
        first = self.incidents[0]
        return first.message if len(self.incidents) == 1 else _words(first)


def _words(incident: Incident) -> BilingualText:
    if incident.cause in _KINDS:
        return PROBLEM_WORDS[ProblemKind(incident.cause)]
    code = incident.reason
    return BilingualText(english(incident.dataset, code), thai(incident.dataset, code))


def read_incidents(con: duckdb.DuckDBPyConnection) -> list[Incident]:
    """Return the open incidents, the gravest first; none of a release without the table."""
    if not has_table(con, "incidents"):
        return []
    found = rows(con, "SELECT * FROM ops.incidents WHERE state <> 'closed'")
    return sorted(map(_incident, found), key=lambda entry: entry.gravity)


def _incident(row: Mapping[str, Any]) -> Incident:
    return Incident(
        incident_id=row["incident_id"],
        city=row["city"] or "",
        dataset=row["dataset"] or "",
        reason=row["reason"],
        severity=Severity(row["severity"]),
        message=_text(row, "message"),
        todo=_text(row, "todo"),
        meanwhile=_text(row, "meanwhile"),
        owner=row["owner"] or "",
        state=row["state"],
        opened_at=row["opened_at"],
        repair_by=row.get("repair_by"),
        records=row["records"] or 0,
        evidence=json.loads(row["evidence"] or "[]"),
    )


def _text(row: Mapping[str, Any], name: str) -> BilingualText:
    return BilingualText(row.get(f"{name}_en") or "", row.get(f"{name}_th") or "")


def acts(incidents: Iterable[Incident]) -> list[Act]:
    """Return the incidents grouped by cause, the gravest first.

    What several cities have in one dataset is one line; of the rest, what a city has in several
    datasets.
    """
    rest = list(incidents)
    grouped: list[Act] = []
    for shared, several in (("dataset", "city"), ("city", "dataset")):
        groups = [*_grouped(rest, shared)]
        is_group = [len({getattr(entry, several) for entry in group}) > 1 for group in groups]
        grouped += [Act(group) for group, is_one in zip(groups, is_group, strict=True) if is_one]
        alone = [group for group, is_one in zip(groups, is_group, strict=True) if not is_one]
        rest = [entry for group in alone for entry in group]
    grouped += [Act([entry]) for entry in rest]
    return sorted(grouped, key=lambda act: act.gravity)


def _grouped(incidents: Iterable[Incident], shared: str) -> Iterator[list[Incident]]:
    def key(entry: Incident) -> tuple[str, str]:
        return entry.cause, getattr(entry, shared)

    for _, group in groupby(sorted(incidents, key=key), key):
        yield sorted(group, key=lambda entry: entry.gravity)
