"""What a release's report says, read from the release alone."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from federation.contracts.model import City
from federation.engine import connect
from federation.report.words import thai
from federation.suites import dataset_names, load_suite


@dataclass(frozen=True)
class Trouble:
    """One thing that a steward should know of, in both languages."""

    partition: str
    consequence: str
    records: int
    message_th: str
    message_en: str


@dataclass(frozen=True)
class FeedReport:
    """One feed in one release; counts are records of its accepted extracts, but for `source_rows`."""

    city: str
    dataset: str
    title_th: str
    title_en: str
    verdict: str
    extracts: int
    arrived: int  # extracts that came since the release before
    latest: date | None  # last day of the periods covered
    sent: date | None  # local day on which the newest of its files was sent
    loaded: date | None  # local day on which that file was loaded
    source_rows: int
    received: int
    in_core: int
    quarantined: int
    duplicate: int
    superseded: int
    platform: str
    late: int  # periods that are due and have not come
    late_since: date | None
    troubles: list[Trouble]


@dataclass(frozen=True)
class CityReport:
    """One city in one release."""

    key: str
    name_th: str
    name_en: str
    feeds: list[FeedReport]

    @property
    def troubled(self) -> list[FeedReport]:
        return [feed for feed in self.feeds
                if feed.troubles or feed.verdict == "rejected" or feed.late or feed.platform != "ok"]


def read_reports(release: Path, cities: list[City], platform: dict[tuple[str, str], str]) -> list[CityReport]:
    """Return one report per city; `platform` says how each feed's last look at its platform ended."""
    with connect(release, read_only=True) as con:
        return [_city(con, city, platform) for city in cities]


def _city(con: duckdb.DuckDBPyConnection, city: City, platform: dict[tuple[str, str], str]) -> CityReport:
    datasets = [name for name in dataset_names() if (city.key, name) in platform]
    feeds = [_feed(con, city.key, dataset, platform[city.key, dataset]) for dataset in datasets]
    return CityReport(city.key, city.name_th, city.name_en, feeds)


def _feed(con: duckdb.DuckDBPyConnection, city: str, dataset: str, platform: str) -> FeedReport:
    suite = load_suite(dataset)
    sums = con.execute(
        "SELECT sum(source_rows), sum(records_received), sum(records_in_core), sum(records_quarantined), "
        "sum(records_duplicate), sum(records_superseded) FROM ops.row_accounting WHERE city = ? AND dataset = ?",
        [city, dataset]).fetchall()[0]
    late, late_since = con.execute(
        "SELECT count(*), min(due_on) FROM ops.expected_arrivals WHERE city = ? AND dataset = ? AND state = 'late'",
        [city, dataset]).fetchall()[0]
    counts = [int(value or 0) for value in sums]
    extracts = con.execute(
        "SELECT partition, state, verdict, reasons, last_date, arrived_at, CAST(modified_at AS DATE), CAST(arrived_at AS DATE) "
        "FROM ops.extracts WHERE city = ? AND dataset = ? ORDER BY first_date, arrived_at", [city, dataset]).fetchall()
    before = con.execute("SELECT max(created_at) FROM ops.releases").fetchall()[0][0]
    arrived = sum(before is None or row[5] > before for row in extracts)
    newest = max((row for row in extracts if row[1] == "current"), key=lambda row: (row[4], row[5]), default=(None,) * 8)
    latest, sent, loaded = newest[4], newest[6], newest[7]
    troubles = [trouble for row in extracts if row[1] != "superseded" for trouble in _troubles(dataset, row[0], row[3])]
    source_rows, received, in_core, quarantined, duplicate, superseded = counts
    return FeedReport(
        city=city, dataset=dataset, title_th=suite.title["th"], title_en=suite.title["en"],
        verdict=worst(row[2] for row in extracts if row[1] != "superseded"),
        extracts=len(extracts), arrived=arrived, latest=latest, sent=sent, loaded=loaded, source_rows=source_rows,
        received=received, in_core=in_core, quarantined=quarantined,
        duplicate=duplicate, superseded=superseded, platform=platform,
        late=late, late_since=late_since, troubles=troubles)


def worst(verdicts: Any) -> str:
    """Return the worst of some verdicts; `none` when there are none."""
    order = ("rejected", "held", "accepted_with_warning", "accepted")
    found = set(verdicts)
    return next((verdict for verdict in order if verdict in found), "none")


def _troubles(dataset: str, partition: str, reasons: str) -> list[Trouble]:
    return [Trouble(partition, reason["consequence"], reason["records"], thai(dataset, reason), reason["message"])
            for reason in json.loads(reasons)]
