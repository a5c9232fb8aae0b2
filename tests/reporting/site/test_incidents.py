"""Incidents of one cause are one line, the gravest first."""

from __future__ import annotations

from datetime import date

from federation.common.bilingual import BilingualText
from federation.common.vocabulary import ProblemKind, Severity
from federation.messages.problem_words import PROBLEM_WORDS
from federation.reporting.site.incidents import Incident, acts

NOTHING = BilingualText("", "")


def incident(
    city: str, dataset: str, reason: str = ProblemKind.LATE, severity: str = Severity.WARNING
) -> Incident:
    return Incident(
        incident_id=f"i-{city}-{dataset}-{reason}",
        city=city,
        dataset=dataset,
        reason=reason,
        severity=Severity(severity),
        message=BilingualText(f"{reason} of {city}", f"{reason} ของ {city}"),
        todo=NOTHING,
        meanwhile=NOTHING,
        owner="a@b.example",
        state="open",
        opened_at=None,
        repair_by=date(2026, 12, 3),
        records=0,
        evidence=[],
    )


def told(*incidents: Incident) -> list[tuple[str, list[str]]]:
    return [
        (act.words.en, [f"{entry.city} {entry.dataset}" for entry in act.incidents])
        for act in acts(incidents)
    ]


def test_what_several_cities_have_in_one_dataset_is_one_line() -> None:
    late = PROBLEM_WORDS[ProblemKind.LATE].en
    assert told(incident("phuket", "tourism"), incident("bangkok", "tourism")) == [
        (late, ["bangkok tourism", "phuket tourism"])
    ]
    assert told(incident("phuket", "tourism"), incident("phuket", "rainfall")) == [
        (late, ["phuket rainfall", "phuket tourism"])
    ]


def test_the_gravest_comes_first_then_what_most_feeds_have() -> None:
    found = told(
        incident("bangkok", "tourism"),
        incident("phuket", "tourism"),
        incident("rayong", "rainfall", "unreachable"),
        incident("chonburi", "air_quality", "missing_column:x", Severity.CRITICAL),
    )
    assert [places for _, places in found] == [
        ["chonburi air_quality"],
        ["bangkok tourism", "phuket tourism"],
        ["rayong rainfall"],
    ]
    assert found[0][0] == "missing_column:x of chonburi"


def test_no_incident_is_lost_or_told_twice() -> None:
    cities, datasets = ("bangkok", "phuket", "rayong"), ("tourism", "rainfall")
    given = [incident(city, dataset) for city in cities for dataset in datasets]
    given.append(incident("rayong", "population", "unreachable"))
    kept = [entry for act in acts(given) for entry in act.incidents]
    assert sorted(entry.incident_id for entry in kept) == sorted(
        entry.incident_id for entry in given
    )
