"""What a pass tells those who watch: kept beside the releases, and pushed where that is wanted."""

from collections.abc import Iterator
from contextlib import contextmanager

from federation.common.errors import HubError
from federation.extracts.catalogue import Catalogue
from federation.extracts.snapshot import read_snapshot
from federation.pipeline.hub import Hub
from federation.reporting.metrics import keep_steps, metrics
from federation.reporting.standing import standing


@contextmanager
def measured(hub: Hub, catalogue: Catalogue) -> Iterator[None]:
    """Tell the metrics when this ends, however it ends; nothing of that harms a pass."""
    try:
        yield
    finally:
        tell_metrics(hub, catalogue)


def tell_metrics(hub: Hub, catalogue: Catalogue) -> None:
    """Keep what the steps took and push every metric; one line says what went wrong."""
    try:
        keep_steps(hub.progress, hub.settings.home)
        if endpoint := hub.settings.otel_endpoint:
            from federation.reporting.otlp import push

            seen = read_snapshot(hub.ledger, hub.settings.home, catalogue)
            push(metrics(seen, standing(seen, hub.ledger)), endpoint)
    except Exception as error:  # whatever it is, the pass matters more
        what = error.what if isinstance(error, HubError) else f"{type(error).__name__}: {error}"
        where = error.where if isinstance(error, HubError) else ""
        line = (
            f"metrics were not told: {what} ({where})"
            if where
            else f"metrics were not told: {what}"
        )
        hub.progress.note(" ".join(line.split())[:300])
