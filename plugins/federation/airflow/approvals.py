"""The tasks in which a person decides on a delivery, or hears that one has not come."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from federation.airflow.failures import mail_problems, raise_all, with_incident
from federation.airflow.tasks import documented, hub_of_task
from federation.common.vocabulary import ExtractDecision, IncidentState, ProblemKind

if TYPE_CHECKING:
    from airflow.sdk import Asset

DECISIONS = tuple(ExtractDecision)[::-1]
_log = logging.getLogger(__name__)


def decision_asset() -> "Asset":
    """Return the asset that says: a person decided on a delivery."""
    from airflow.sdk import Asset

    return Asset("decision")


@documented
def held() -> list[dict[str, Any]]:
    """**Which deliveries wait for a person**: each gets one run of `approval`, however often this
    runs."""
    from federation.extracts.approvals import held as waiting
    from federation.extracts.snapshot import read_snapshot

    _log.info("held: looks for deliveries that wait for a person")
    with hub_of_task() as hub:
        differences = waiting(read_snapshot(hub.ledger, hub.settings.home))
    for entry in differences:
        _log.warning("held: %s", entry.text)
    _log.info("held: %d deliveries wait", len(differences))
    return [
        {"trigger_run_id": f"held-{entry.extract_id}", "conf": {"extract_id": entry.extract_id}}
        for entry in differences
    ]


@documented
def difference(extract_id: str) -> dict[str, str]:
    """**What the delivery would change** in the warehouse, for the person who decides."""
    from federation.extracts.approvals import difference as compared
    from federation.extracts.approvals import find
    from federation.extracts.snapshot import read_snapshot

    _log.info("difference: compares extract %s with what it would replace", extract_id)
    with hub_of_task() as hub:
        seen = read_snapshot(hub.ledger, hub.settings.home)
        entry = compared(find(extract_id, seen), seen)
    _log.info("difference: %s", entry.text)
    return {
        "subject": f"{entry.city}/{entry.dataset} {entry.partition}: "
        f"{entry.records_after:,} records in place of {entry.records_before:,}",
        "body": f"{entry.text}\n\nFile `{entry.path}`",
    }


@documented
def decide(extract_id: str, answer: Mapping[str, Any]) -> str:
    """**Records what the person said** in the ledger, and wakes the warehouse, which acts on it."""
    from federation.extracts.approvals import decide as record
    from federation.extracts.approvals import find
    from federation.extracts.snapshot import read_snapshot

    decision = ExtractDecision(answer["chosen_options"][0])
    params = answer.get("params_input") or {}
    reason = str(params.get("reason") or "decided in Airflow")
    user = answer.get("responded_by_user") or {}
    by = str(user.get("name") or user.get("id") or "Airflow")
    _log.info("decide: records %s of extract %s by %s", decision, extract_id, by)
    with hub_of_task() as hub:
        entry = find(extract_id, read_snapshot(hub.ledger, hub.settings.home))
        record(entry, decision, reason, hub.ledger, by=by)
    _log.info("decide: recorded; the warehouse acts on it")
    return str(decision)


@documented
def tell_overdue() -> dict[str, int]:
    """**What is due and has not come**, by the contracts' calendar alone: no other DAG need run.

    Mails what has changed since the last release, and a sign of life after a week without mails.
    Fails while anything is overdue.
    """
    from federation.common.errors import DataProblem
    from federation.extracts.snapshot import read_snapshot
    from federation.pipeline.run import refresh_incidents, send_reports
    from federation.quality.incidents import incidents
    from federation.releases.index import newest_manifest

    _log.info("tell_overdue: looks for what is due and has not come")
    with hub_of_task() as hub:
        seen = read_snapshot(hub.ledger, hub.settings.home)
        refresh_incidents(hub, seen)
        mails = send_reports(hub, seen.feeds, newest_manifest(hub.settings.home))
        late = [
            entry.problem
            for entry in incidents(hub.ledger)
            if entry.problem.kind == ProblemKind.LATE and entry.state != IncidentState.CLOSED
        ]
    overdue = [
        DataProblem(
            f"{problem.city}/{problem.dataset}: {problem.message_en}",
            todo="ask the city's steward; the last accepted data keep serving",
        )
        for problem in late
    ]
    _log.info("tell_overdue: %d feeds are late; mails: %s", len(late), mails or "none was due")
    raise_all([*with_incident(overdue), *mail_problems(mails)])
    return mails
