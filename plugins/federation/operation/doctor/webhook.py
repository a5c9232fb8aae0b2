"""The webhook of the people on call: can it be read and reached; nothing is posted."""

from collections.abc import Iterator

from federation.common.settings import Settings
from federation.common.vocabulary import Soundness
from federation.operation.doctor.finding import Finding


def webhook(settings: Settings) -> Iterator[Finding]:
    """Yield whether the webhook's server answers; a connection that does not hold raises
    HubError."""
    from federation.reporting.webhook import Webhook

    connected = Webhook.connected(settings)
    if connected is None:
        says = "no webhook: the people on call hear by mail alone"
        yield Finding("webhook", Soundness.OK, says)
        return
    connected.reach()
    says = f"{connected.host} answers; a token or path is proved by the first message alone"
    yield Finding("webhook", Soundness.OK, says)
