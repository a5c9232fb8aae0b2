"""The typed records that contracts become; everything downstream reads these, never YAML."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from federation.common.hashing import short_hash
from federation.common.vocabulary import Averaging
from federation.common.yaml_files import OneOf, YamlModel
from federation.contracts.pattern import Partition, PathPattern
from federation.contracts.vocabulary import LAYOUTS
from federation.datasets.suites import Suite


@dataclass(frozen=True)
class Contact:
    """Someone who gets mails about a feed."""

    name: str
    email: str


@dataclass(frozen=True)
class City:
    """One federated platform; its area is its province."""

    key: str
    code: str  # TIS 1099 province code, two characters
    name_th: str
    name_en: str
    connection: str
    facts: dict[str, Any]
    province_names: tuple[str, ...]  # how the city writes its own province
    area_spellings: dict[str, str]  # the city's spelling -> the register's
    stewards: tuple[Contact, ...]
    file: Path
    region: str | None = (
        None  # one of the six regions of the National Geographical Committee (1977)
    )
    ascn_member_since: int | None = None  # ASEAN Smart Cities Network, CE year
    shadow_periods: int | None = (
        # clean periods asked of each feed before the city may join releases; None: it has joined
        None
    )


class Layout(YamlModel):
    """How a feed arranges measures; names are the city's columns or struct fields."""

    kind: Annotated[str, OneOf(*LAYOUTS)] = "rows"
    parameter: str = ""
    value: str = ""
    unit: str = ""
    list: str = ""
    multiplier: str = ""


@dataclass(frozen=True)
class Column:
    """How one national column is read from the city's columns."""

    name: str
    sources: tuple[str, ...]
    required: bool
    facts: dict[str, Any]
    transform: str = ""
    measure: str = ""
    unit: str = ""
    units: tuple[str, ...] = ()  # one per source column; the column is their sum
    format: str = ""
    prefix: str = ""
    area: dict[str, Any] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)  # the city's word -> the national one
    averaging: Averaging | None = None  # what time a measured value covers


@dataclass(frozen=True)
class Retirement:
    """That a city has stopped a feed for good."""

    last_day: date  # the last local day that it promises data about
    reason: str


@dataclass(frozen=True)
class Feed:
    """One dataset of one city: its contract and its place on the city's platform."""

    city: City
    suite: Suite  # what the dataset is nationally
    title: str
    version: str
    pattern: PathPattern
    checksum: str  # suffix of a checksum file beside each extract, "" when none
    columns: dict[str, str]  # the city's columns as delivered -> Arrow type
    national: tuple[Column, ...]
    layout: Layout
    not_published: tuple[str, ...]
    ignored_measures: tuple[str, ...]
    city_rows: str  # the city's column that says whose row it is, "" when none
    out_of_scope: str  # SQL predicate over the city's columns, "" when none
    delivery: str
    encoding: str
    area_spellings: dict[str, str]
    cadence: str
    latency_days: (
        int | None
    )  # days after a period's end by which it is due; None for an irregular feed
    available_from: (
        date | None
    )  # first day that the city promised to deliver; None: since its first extract
    stewards: tuple[Contact, ...]
    description: dict[str, str]
    document: dict[str, Any]  # the ODCS document as written, with the city's facts
    file: Path
    version_rule: str = (
        "modified"  # what ranks deliveries of one period that their paths do not rank
    )
    shrink_tolerance_pct: float = (
        10.0  # a delivery that takes away more records than this is held for a person
    )
    quarantine_tolerance_pct: float = (
        20.0  # an extract of which a larger share is quarantined is rejected as a whole
    )
    optional_columns: tuple[
        str, ...
    ] = ()  # delivered columns that a file may lack; read as missing then
    effective_from: date | None = (
        None  # first local day that this version holds for; None: from the beginning
    )
    retirement: Retirement | None = None  # None: the city goes on with it
    earlier: tuple["Feed", ...] = ()  # the versions before this one, newest first

    @property
    def dataset(self) -> str:
        return self.suite.name

    @property
    def key(self) -> tuple[str, str]:
        return self.city.key, self.dataset

    @property
    def versions(self) -> Iterator["Feed"]:
        """Every version of the contract that some period is read by, this one first."""
        yield from (self, *self.earlier)

    def at(self, partition: Partition) -> "Feed":
        """Return the version that holds for a period: the newest in force on its first day."""
        return next(
            feed
            for feed in self.versions
            if feed.effective_from is None or feed.effective_from <= partition.start
        )

    def match(self, path: str) -> tuple[Partition, int] | None:
        """Return the partition and the declared version that `path` says by the version that
        holds for that period."""
        for feed in self.versions:
            match = feed.pattern.match(path)
            if match and self.at(match[0]) is feed:
                return match
        return None

    def is_retired(self, today: date) -> bool:
        """Whether the city has stopped it for good: nothing is owed any more."""
        return self.retirement is not None and self.retirement.last_day < today

    @property
    def contract_hash(self) -> str:
        """Short hash of everything the contract says; an edited contract is new work."""
        city = self.city
        return short_hash(
            self.document, city.code, city.facts, city.province_names, city.area_spellings
        )

    def __str__(self) -> str:
        return f"{self.city.key}/{self.dataset}"
