"""A webhook for the people on call: the chat of a team hears what a mail says.

Slack: api.slack.com/messaging/webhooks. Microsoft Teams: a workflow's webhook, which takes an
Adaptive Card. LINE: the Messaging API's push message (developers.line.biz), which needs a token.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx

from federation.common.errors import HubError
from federation.common.settings import Settings
from federation.transport.connection import Connection

CONNECTION_ID = "webhook_hub"
WHERE = f"AIRFLOW_CONN_{CONNECTION_ID.upper()}"
_SECONDS = 15
_LONGEST = 4_900  # letters; LINE takes 5,000 a message, the others take more


class Form(StrEnum):
    """The JSON that a webhook understands; the connection's extra `form` names it."""

    SLACK = "slack"
    TEAMS = "teams"
    LINE = "line"


@dataclass(frozen=True)
class Webhook:
    """A connection that holds for a webhook.

    Its address is shown to nobody: for Slack and Teams it is the secret.
    """

    connection: Connection
    scheme: str
    form: Form

    @classmethod
    def connected(cls, settings: Settings) -> "Webhook | None":
        """Return the webhook of the connection; None where there is none. Raises HubError."""
        written = settings.airflow_connection(CONNECTION_ID)
        if not written:
            return None
        connection = Connection.read(written, WHERE)
        scheme = str(connection.extra.get("scheme") or connection.kind)
        try:
            connection.only("form", "to", "ca_file", "scheme")
            connection.refuse_open_secrets(scheme)
        except HubError as error:
            raise HubError(error.what, where=WHERE, todo=error.todo) from None
        if scheme not in ("http", "https") or not connection.host:
            todo = "take conn_type https, host, and schema for the path, as dags/README.md shows"
            raise HubError("the connection is no address of a webhook", where=WHERE, todo=todo)
        if scheme == "http" and not connection.is_loopback:
            says = "the address of a webhook is a secret, and must not be sent without TLS"
            raise HubError(says, where=WHERE, todo="use https")
        return cls(connection, scheme, _form(connection))

    @property
    def host(self) -> str:
        """Scheme, host and port, without the path."""
        return f"{self.scheme}://{self.connection.address}"

    def post(self, text: str) -> None:
        """Post a text; raises HubError when the webhook does not take it."""
        token = self.connection.password
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = _BODIES[self.form](text[:_LONGEST], self.connection.extra)
        url = f"{self.host}/{self.connection.path}"
        answer = self._asked(lambda client: client.post(url, json=body, headers=headers))
        if not answer.is_success:
            raise _refused(f"{answer.status_code} {answer.text[:200]}")

    def reach(self) -> None:
        """Ask the server for its root, without path and token; raises HubError when it gives no
        answer at all."""
        self._asked(lambda client: client.head(f"{self.host}/"))

    def _asked(self, ask: Callable[[httpx.Client], httpx.Response]) -> httpx.Response:
        try:
            with httpx.Client(verify=self.connection.tls(), timeout=_SECONDS) as client:
                return ask(client)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise _refused(str(error) or type(error).__name__) from error


def tell(text: str, settings: Settings) -> bool:
    """Post a text to the webhook; return False where none is connected.

    Raises HubError when the connection is wrong, or the webhook does not take the text.
    """
    webhook = Webhook.connected(settings)
    if webhook is None:
        return False
    webhook.post(text)
    return True


def _form(connection: Connection) -> Form:
    try:
        form = Form(connection.extra.get("form", Form.SLACK))
    except ValueError as error:
        known = ", ".join(Form)
        raise HubError(str(error), where=WHERE, todo=f"form is one of {known}") from error
    if form == Form.LINE and not connection.extra.get("to"):
        raise HubError("LINE needs the id of a group or user", where=WHERE, todo="give extra `to`")
    return form


def _refused(why: str) -> HubError:
    return HubError(
        f"the webhook does not take what the people on call should hear: {why}",
        where=WHERE,
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
    return {"to": str(extra["to"]), "messages": [{"type": "text", "text": text}]}


_BODIES: Mapping[Form, Callable[[str, Mapping[str, Any]], dict[str, Any]]] = {
    Form.SLACK: _slack,
    Form.TEAMS: _teams,
    Form.LINE: _line,
}
