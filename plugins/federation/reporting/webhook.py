"""A webhook for the people on call: the chat of a team hears what a mail says.

Slack: api.slack.com/messaging/webhooks. Microsoft Teams: a workflow's webhook, which takes an
Adaptive Card. LINE: the Messaging API's push message (developers.line.biz), which needs a token.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import httpx

from federation.common.errors import HubError
from federation.common.settings import Settings
from federation.transport.connection import Connection

CONNECTION_ID = "webhook_hub"
_WHERE = f"AIRFLOW_CONN_{CONNECTION_ID.upper()}"
_SECONDS = 15
_LONGEST = 4_900  # letters; LINE takes 5,000 a message, the others take more


class Form(StrEnum):
    """The JSON that a webhook understands; the connection's extra `form` names it."""

    SLACK = "slack"
    TEAMS = "teams"
    LINE = "line"


def tell(text: str, settings: Settings) -> bool:
    """Post a text to the webhook; return False where none is connected.

    Raises HubError when the connection is wrong, or the webhook does not take the text.
    """
    written = settings.airflow_connection(CONNECTION_ID)
    if not written:
        return False
    connection = Connection.read(written, _WHERE)
    connection.only("form", "to", "ca_file", "scheme")
    _post(connection, _BODIES[_form(connection)](text[:_LONGEST], connection.extra))
    return True


def _form(connection: Connection) -> Form:
    try:
        return Form(connection.extra.get("form", Form.SLACK))
    except ValueError as error:
        known = ", ".join(Form)
        raise HubError(str(error), where=_WHERE, todo=f"form is one of {known}") from error


def _post(connection: Connection, body: Mapping[str, Any]) -> None:
    scheme = str(connection.extra.get("scheme") or connection.kind)
    connection.refuse_open_secrets(scheme)
    headers = {"Authorization": f"Bearer {connection.password}"} if connection.password else {}
    url = f"{scheme}://{connection.address}/{connection.path}"
    try:
        with httpx.Client(verify=connection.tls(), timeout=_SECONDS) as client:
            answer = client.post(url, json=body, headers=headers)
    except httpx.HTTPError as error:
        raise _refused(str(error) or type(error).__name__) from error
    if not answer.is_success:
        raise _refused(f"{answer.status_code} {answer.text[:200]}")


def _refused(why: str) -> HubError:
    # The address is not shown: for Slack and Teams it is the secret.
    return HubError(
        f"the webhook does not take what the people on call should hear: {why}",
        where=_WHERE,
        todo="check the connection; mails go out in any case",
    )


def _slack(text: str, _: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": text}


def _teams(text: str, _: Mapping[str, Any]) -> dict[str, Any]:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "TextBlock", "text": text, "wrap": True}],
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": card}]}


def _line(text: str, extra: Mapping[str, Any]) -> dict[str, Any]:
    if not extra.get("to"):
        raise HubError("LINE needs the id of a group or user", where=_WHERE, todo="give extra `to`")
    return {"to": str(extra["to"]), "messages": [{"type": "text", "text": text}]}


_BODIES: Mapping[Form, Callable[[str, Mapping[str, Any]], dict[str, Any]]] = {
    Form.SLACK: _slack,
    Form.TEAMS: _teams,
    Form.LINE: _line,
}
