"""Why a task failed: what the hub found wrong, as Airflow's exceptions."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from federation.common.errors import ContractError, DataProblem, HubError, Unreachable
from federation.common.periods import shown
from federation.common.reason import rejecting
from federation.common.vocabulary import CheckOutcome, MailState, ReasonCode, RemarkKind

if TYPE_CHECKING:
    from federation.extracts.status import ExtractStatus
    from federation.ledger import Check, Verdict

EVIDENCE = 5  # files that an error names
_log = logging.getLogger(__name__)


def with_incident(problems: Sequence[HubError]) -> Sequence[HubError]:
    """Return the problems, marked: each has an incident, of which its city hears, or the people on
    call."""
    for problem in problems:
        problem.has_incident = True
    return problems


def raise_all(problems: Sequence[HubError]) -> None:
    """Log the problems and raise for Airflow when there are any.

    Airflow tries the task again only where that may help.
    """
    from airflow.sdk.exceptions import AirflowException, AirflowFailException

    if not problems:
        return
    for problem in problems:
        _log.error("%s", problem)
    lasting = all(isinstance(problem, DataProblem | ContractError) for problem in problems)
    message = problems[0].what
    if len(problems) > 1:
        message += f" (and {len(problems) - 1} more)"
    error = (AirflowFailException if lasting else AirflowException)(message)
    # `alerts.task_failed` asks.
    error.has_incident = all(problem.has_incident for problem in problems)  # type: ignore[attr-defined]
    raise error from None


def check_problems(checks: Sequence["Check"]) -> Iterator[HubError]:
    """Yield what kept files of a city from being fetched."""
    for check in checks:
        if check.outcome != CheckOutcome.OK:
            yield Unreachable(
                f"{check.city}/{check.dataset} {check.outcome}: {check.message}",
                where=f"connection city_{check.city}, else HUB_PLATFORMS",
                todo="ask the city's steward; the last accepted data keep serving",
            )
        elif left_out := check.remarked(RemarkKind.LEFT_OUT):
            named = "; ".join(map(str, left_out[:EVIDENCE]))
            yield DataProblem(
                f"{check.city}/{check.dataset} left out {len(left_out)} file(s): {named}",
                todo="ask the city to send the file again; the next run picks it up",
            )


def rejection(status: "ExtractStatus") -> DataProblem:
    """Return why an extract was rejected, since when, and what is to be done."""
    arrival, verdict = status.extract.arrival, status.extract.verdict
    reasons = rejecting(verdict.reasons if verdict else [])
    messages = "; ".join(f"{reason.code}: {reason.message}" for reason in reasons)
    why = messages or ReasonCode.OVERLAPPING_PARTITION
    return DataProblem(
        f"rejected: {status.extract.feed} {arrival.partition}: {why}{_since(verdict)}",
        where=f"{arrival.path} on the city's platform",
        todo="ask the steward for a corrected file (`hub check` tells before sending)",
    )


def _since(verdict: "Verdict | None") -> str:
    if verdict is None or verdict.decided_at is None:
        return ""
    return f" (since {shown(verdict.decided_at)} Asia/Bangkok)"


def mail_problems(states: Mapping[str, int]) -> list[HubError]:
    """Return why mails did not reach their recipients; `states` counts the mails by state."""
    problems: list[HubError] = []
    if states.get(MailState.UNREACHABLE):
        problems.append(
            Unreachable(
                f"{states[MailState.UNREACHABLE]} mails wait: the mail server does not answer",
                where="AIRFLOW_CONN_SMTP_HUB",
                todo="check the connection and the server",
            )
        )
    if states.get(MailState.REFUSED):
        problems.append(
            DataProblem(
                f"{states[MailState.REFUSED]} mails were refused by the mail server",
                where="hub report mails shows the server's answers",
                todo="correct the addresses in the contracts",
            )
        )
    return problems
