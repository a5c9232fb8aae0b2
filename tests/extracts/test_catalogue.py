"""A refused contract is known everywhere, whatever stage refuses it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from federation.airflow.page.answer import answer
from federation.common.errors import ContractError
from federation.common.paths import CONTRACTS, Home
from federation.contracts.load import load_feeds
from federation.contracts.model import Feed, Retirement
from federation.extracts import catalogue
from federation.extracts.catalogue import Catalogue, load_catalogue
from federation.extracts.dated import Dated
from federation.extracts.snapshot import read_snapshot
from federation.ledger import Ledger
from federation.quality.incidents import incidents, refresh
from federation.quality.problems import problems
from federation.quality.scoring import score_feeds, score_rows
from federation.reporting.status import FeedStatus, status
from support.hubrun import edit

FEED = ("rayong", "tourism")
UNBINDABLE, UNKNOWN_UNIT = "no_such_function(", "version: one"


@pytest.fixture
def contracts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Contracts of one city, to be edited; the hub reads these."""
    folder = tmp_path / "contracts"
    shutil.copytree(CONTRACTS / "rayong", folder / "rayong")
    monkeypatch.setattr(catalogue, "load_feeds", lambda city=None: load_feeds(folder, city))
    return folder


def refuse_to_bind(text: str) -> str:
    return text.replace("transformLogic: '", f"transformLogic: '{UNBINDABLE}", 1)


def refuse_to_load(text: str) -> str:
    return text.replace("version: 1.", "version: one.", 1)


def seen_status(ledger: Ledger, home: Home) -> FeedStatus:
    found = status(read_snapshot(ledger, home))
    return next(entry for entry in found if (entry.city, entry.dataset) == FEED)


def standing(ledger: Ledger) -> list[tuple[str, str, str, str]]:
    return [
        (entry.problem.city, entry.problem.dataset, entry.problem.reason, entry.state)
        for entry in incidents(ledger)
        if entry.problem.reason == "contract_refused"
    ]


@pytest.mark.parametrize("fault", [refuse_to_bind, refuse_to_load])
def test_a_refused_contract_is_an_incident_and_a_status_until_it_is_mended(
    fault: Callable[[str], str], contracts: Path, ledger: Ledger, home: Home
) -> None:
    file = contracts / "rayong" / "tourism.yml"
    good = file.read_text("utf-8")
    edit(file, fault)
    refresh(problems(read_snapshot(ledger, home), ledger), ledger)
    assert standing(ledger) == [(*FEED, "contract_refused", "open")]
    refused = seen_status(ledger, home)
    assert refused.verdict == "refused"
    assert refused.refused
    told = answer(ledger, home, load_catalogue(ledger))
    (city,) = (entry for entry in told["cities"] if entry["city"] == "rayong")
    assert [line.partition(":")[0] for line in city["refused"]] == ["tourism.yml"]
    assert "refused" in told["verdicts"]

    file.write_text(good, "utf-8")
    refresh(problems(read_snapshot(ledger, home), ledger), ledger)
    assert standing(ledger) == [(*FEED, "contract_refused", "closed")]
    mended = seen_status(ledger, home)
    assert (mended.verdict, mended.refused) == ("none", None)


def test_a_refused_city_refuses_all_its_feeds(contracts: Path) -> None:
    error = ContractError(contracts / "rayong" / "_city.yml", "code", "must be given")
    feeds, _ = load_feeds(contracts)
    assert list(Catalogue([], [error]).refused_feeds) == [feed.key for feed in feeds]


def test_a_refused_earlier_version_is_named_by_its_dataset(contracts: Path) -> None:
    error = ContractError(contracts / "rayong" / "tourism-1.0.0.yml", "version", "is wrong")
    assert list(Catalogue([], [error]).refused_feeds) == [FEED]


def test_a_feed_whose_contract_is_refused_keeps_its_scores(
    feeds: dict[tuple[str, str], Feed],
) -> None:
    kept = [
        {"city": "rayong", "dataset": "tourism", "dimension": name, "score": 40.0}
        for name in ("overall", "validity")
    ]
    scored = score_feeds([], [feeds["rayong", "rainfall"]], Dated(), date(2026, 1, 1))
    rows = score_rows(scored, kept)
    found = {(row["scope"], row["dataset"], row["dimension"]): row for row in rows}
    of_feed = found["feed", "tourism", "overall"]
    assert (of_feed["score"], of_feed["grade"]) == (40.0, "F")
    assert "refused" in of_feed["reasons_en"]
    assert found["city", None, "overall"]["score"] == 40.0
    stopped = replace(feeds["rayong", "tourism"], retirement=Retirement(date(2025, 12, 31), "-"))
    assert score_rows(score_feeds([], [stopped], Dated(), date(2026, 1, 1))) == score_rows([])
