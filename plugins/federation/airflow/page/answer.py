"""What the page shows of the hub, as JSON: the feeds that `hub status --json` prints, and more."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb

from federation.airflow.tasks import ingest_dag_id
from federation.common.bilingual import BilingualText
from federation.common.engine import connect
from federation.common.errors import ContractError
from federation.common.paths import CONTRACTS, SUITES, Home
from federation.common.periods import BANGKOK
from federation.common.settings import Settings
from federation.common.sql import Sql, compose, identifier, listed
from federation.common.vocabulary import IncidentState
from federation.contracts.model import Feed
from federation.datasets.suites import load_suite
from federation.extracts.approvals import Difference, held
from federation.extracts.catalogue import Catalogue, load_catalogue
from federation.extracts.snapshot import read_snapshot
from federation.ledger import Ledger, open_ledger
from federation.messages.problem_words import PROBLEM_WORDS
from federation.messages.reasons import VERDICTS_EN, VERDICTS_TH
from federation.quality.incidents import Incident, incidents
from federation.releases.index import manifest_of, serving
from federation.reporting.status import as_json, status

# A row of the ledger gets its number before other transactions can see the row. So an answer may
# miss a row; it is made again after this time.
LONGEST_SECONDS = 60.0
FLOW = (
    "records_received",
    "records_in_core",
    "records_quarantined",
    "records_duplicate",
    "records_superseded",
)
INCIDENT = (
    "incident_id",
    "city",
    "dataset",
    "reason",
    "severity",
    "message_th",
    "message_en",
    "owner",
    "state",
    "opened_at",
    "repair_by",
    "records",
)


class Answers:
    """The page's data, made again each minute, and when ledger, contracts, suites, release or day
    change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: object = None
        self._made_at = 0.0
        self._answer: dict[str, Any] = {}
        self._contracts: tuple[object, Catalogue] | None = None

    def get(self, settings: Settings) -> dict[str, Any]:
        """Return the data now; raises HubError when the ledger cannot be reached."""
        with self._lock, open_ledger(settings) as ledger:
            state = (settings, ledger.state(), serving(settings.home), ledger.today, _files())
            if state != self._state or time.monotonic() - self._made_at > LONGEST_SECONDS:
                self._answer = answer(ledger, settings.home, self._catalogue(ledger))
                self._state, self._made_at = state, time.monotonic()
            return self._answer

    def _catalogue(self, ledger: Ledger) -> Catalogue:
        """Return feeds and refusals, read anew only when a file changed: it takes a second or
        two."""
        files = _files()
        if self._contracts is None or self._contracts[0] != files:
            self._contracts = files, load_catalogue(ledger)
        return self._contracts[1]


def _files() -> tuple[tuple[str, int], ...]:
    """Return every contract and suite with the time of its last change."""
    files = sorted([*CONTRACTS.rglob("*.yml"), *SUITES.rglob("*.yml")], key=str)
    return tuple((str(file), file.stat().st_mtime_ns) for file in files)


def answer(ledger: Ledger, home: Home, catalogue: Catalogue) -> dict[str, Any]:
    """Return everything that the page shows of the hub, JSON's types only."""
    seen = read_snapshot(ledger, home, catalogue)
    release_id = serving(home)
    return {
        "today": str(ledger.today),
        "feeds": as_json(status(seen, incidents(ledger))),
        "cities": _cities(catalogue.feeds, catalogue.refused),
        "datasets": [
            {"dataset": name, **load_suite(name).title}
            for name in sorted({feed.dataset for feed in catalogue.feeds})
        ],
        "verdicts": {
            code: {"th": VERDICTS_TH[code], "en": VERDICTS_EN[code]} for code in VERDICTS_EN
        },
        "held": [_held(entry) for entry in held(seen)],
        "release": _release(release_id, ledger, home),
        "flow": _flow(release_id, home),
        "incidents": [
            _open_incident(entry)
            for entry in sorted(incidents(ledger), key=lambda entry: entry.opened_at, reverse=True)
            if entry.state != IncidentState.CLOSED
        ],
    }


def visible(data: Mapping[str, Any], dag_ids: set[str]) -> dict[str, Any]:
    """Return the part of an answer that is about cities whose DAG is one of these."""
    cities = {city["city"] for city in data["cities"] if city["dag_id"] in dag_ids}
    cities.add("")  # an incident of the nation
    lists = {
        name: [entry for entry in data[name] if entry["city"] in cities]
        for name in ("feeds", "cities", "held", "flow", "incidents")
    }
    return {**data, **lists}


def _cities(feeds: Sequence[Feed], refused: Sequence[ContractError]) -> list[dict[str, Any]]:
    """Return each city with its names and its refused contracts.

    The name of a city without a valid contract is its key.
    """
    names = {feed.city.key: {"th": feed.city.name_th, "en": feed.city.name_en} for feed in feeds}
    reasons: dict[str, list[str]] = {}
    for error in refused:
        file = Path(error.file)
        reasons.setdefault(file.parent.name, []).append(f"{file.name}: {error.reason}")
    return [
        {
            "city": key,
            "dag_id": ingest_dag_id(key),
            **names.get(key, {"th": key, "en": key}),
            "refused": reasons.get(key, []),
        }
        for key in sorted(file.parent.name for file in CONTRACTS.glob("*/_city.yml"))
    ]


def _held(entry: Difference) -> dict[str, Any]:
    return {**asdict(entry), "text": entry.text, "run_id": f"held-{entry.extract_id}"}


def _release(release_id: str | None, ledger: Ledger, home: Home) -> dict[str, Any] | None:
    if release_id is None:
        return None
    site = home.reports(release_id)
    pages = sorted(file.name for file in site.glob("*.html")) if site.is_dir() else []
    return {
        "release_id": release_id,
        "created_at": manifest_of(release_id, home)["created_at"],
        "pinned": ledger.releases.pinned() == release_id,
        "pages": pages,
    }


def _flow(release_id: str | None, home: Home) -> list[dict[str, Any]]:
    """Return where the records of the release that serves went, by feed."""
    if release_id is None:
        return []
    with connect(home.release(release_id), read_only=True) as con:
        return _rows(con, _flow_query())


def _flow_query() -> Sql:
    sums = [
        compose("CAST(sum({name}) AS BIGINT) AS {name}", name=identifier(name)) for name in FLOW
    ]
    return compose(
        """
        SELECT city, dataset, {sums}
        FROM ops.row_accounting
        GROUP BY ALL
        ORDER BY ALL
        """,
        sums=listed(sums),
    )


def _open_incident(entry: Incident) -> dict[str, Any]:
    row = entry.row()
    opened = entry.opened_at.astimezone(BANGKOK).isoformat(timespec="minutes")
    shown = {name: row[name] for name in row if name in INCIDENT}
    title = _title(entry)
    return {
        **shown,
        "title_th": title.th,
        "title_en": title.en,
        "opened_at": opened,
        "repair_by": str(entry.repair_by or ""),
    }


def _title(entry: Incident) -> BilingualText:
    """Return what is said of all incidents with the same reason."""
    if entry.problem.kind:
        return PROBLEM_WORDS[entry.problem.kind]
    return BilingualText(entry.problem.message_en, entry.problem.message_th)


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = con.execute(query)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
