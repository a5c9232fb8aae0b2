"""What is accepted while the warehouse is building is released without a further event."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from federation.common.paths import Home
from federation.common.progress import Progress
from federation.common.settings import Settings
from federation.contracts.model import Feed
from federation.extracts.catalogue import Catalogue
from federation.ledger import Ledger
from federation.pipeline.conform import conform
from federation.pipeline.fetch import fetch
from federation.pipeline.gate import gate
from federation.pipeline.hub import Hub
from federation.pipeline.run import publish, publish_all


class Eventful(Progress):
    """Progress in the midst of which something happens: as the first release is made."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__(silent=True)
        self._happens = [happens]

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        with super().step(name):
            yield
        if name == "release" and self._happens:
            self._happens.pop()()


def test_a_city_that_is_accepted_while_another_is_built_is_released_in_the_same_run(
    feeds: dict[tuple[str, str], Feed], home: Home, ledger: Ledger, platforms: Path
) -> None:
    first, second = feeds["phuket", "population"], feeds["rayong", "population"]
    settings = Settings(home, None, str(platforms))

    def bring(feed: Feed) -> None:
        for step in (fetch, conform, gate):
            step(Hub(settings, ledger, Progress(silent=True)), [feed])

    bring(first)
    hub = Hub(settings, ledger, Eventful(lambda: bring(second)))
    catalogue = Catalogue([first, second])
    found = publish_all(hub, catalogue)
    assert found.made
    assert found.manifest
    assert {entry["city"] for entry in found.manifest["inputs"]} == {"phuket", "rayong"}
    assert not publish(hub, catalogue).made
