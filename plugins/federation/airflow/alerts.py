"""Callbacks of Airflow's tasks: a task whose last try failed, without an incident that says why, is
an incident until it succeeds."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from federation.common.reason import coded
from federation.common.vocabulary import Consequence, Dimension, ProblemKind, Severity
from federation.messages.todo_words import MEANWHILE, PROBLEM_TODO

_log = logging.getLogger(__name__)
Context = Mapping[str, Any]


def callbacks() -> dict[str, Callable[[Context], None]]:
    """Return what every task of the hub calls when it ends, as default arguments of a DAG."""
    return {"on_failure_callback": task_failed, "on_success_callback": task_succeeded}


def task_failed(context: Context) -> None:
    """Open the task's incident, and tell the people on call once.

    Airflow calls this after the last try only. What has an incident of its own, as a rejected
    extract or a build that failed, is not told twice. Where the ledger cannot be opened, they hear
    that.
    """
    if getattr(context.get("exception"), "has_incident", False):
        return
    from federation.airflow.tasks import hub_of_task, settings_of_task
    from federation.quality.contacts import on_call
    from federation.quality.incidents import Problem, open_incident
    from federation.reporting.mail.alerts import send_alerts
    from federation.reporting.mail.without_ledger import ledger_is_back, tell_without_ledger

    exception = str(context.get("exception") or "no reason was given")
    reason = exception.splitlines()[0][:300]
    owner = next((contact.email for contact in on_call()), "")
    log = getattr(context["task_instance"], "log_url", "")
    problem = Problem(
        *_key(context),
        Severity.CRITICAL,
        Dimension.TIMELINESS,
        f"งาน {_name(context)} ล้มเหลว: {reason}",
        f"task {_name(context)} failed: {reason}",
        owner,
        evidence=[{"log": log}] if log else [],
    ).asking(PROBLEM_TODO[ProblemKind.TASK_FAILED], MEANWHILE[Consequence.REJECT])
    is_open = False
    try:
        with hub_of_task() as hub:
            is_open = True
            ledger_is_back(hub.settings.home)
            if open_incident(problem, hub.ledger):
                _log.warning("on call: %s", send_alerts(hub.ledger, hub.settings))
    except Exception:
        if is_open:
            raise
        settings = settings_of_task()
        why = "\n".join(filter(None, [problem.message_en, log]))
        _log.warning("on call: %s", tell_without_ledger(why, settings))


def task_succeeded(context: Context) -> None:
    """Close the task's incident, if it has one."""
    from federation.airflow.tasks import hub_of_task
    from federation.quality.incidents import close_incident
    from federation.reporting.mail.without_ledger import ledger_is_back

    with hub_of_task() as hub:
        ledger_is_back(hub.settings.home)
        close_incident(_key(context), hub.ledger)


def _name(context: Context) -> str:
    task = context["task_instance"]
    return f"{task.dag_id}.{task.task_id}"


def _key(context: Context) -> tuple[str, str, str]:
    return "", "", coded(ProblemKind.TASK_FAILED, _name(context))
