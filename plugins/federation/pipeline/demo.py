"""The platforms that a hub runs on without any of its own: those of `federation_demo`."""

from importlib.util import find_spec
from typing import Any

from federation.common.errors import HubError
from federation.pipeline.hub import Hub


def make_platforms_once(hub: Hub) -> None:
    """Write the generated platforms of this home, with problems to learn from, unless they are
    there.

    Raises HubError where the demo is not installed: the hub then needs to be told where the cities'
    platforms are.
    """
    directory = hub.settings.home.generated_platforms
    if directory.exists():
        return
    if find_spec("federation_demo") is None:
        raise HubError(
            "the generated platforms are not installed (package federation-demo)",
            where="HUB_PLATFORMS",
            todo="set HUB_PLATFORMS or a connection for each city",
        )
    from federation_demo.planted import make_demo

    with hub.progress.step("generate platforms"):
        unfinished = directory.with_name(directory.name + ".part")
        make_demo(unfinished, hub.ledger.today)
        unfinished.rename(directory)


def planted_problems(hub: Hub) -> list[Any]:
    """Return what is wrong on purpose in the platforms that the hub runs on, as
    `federation_demo.planted.Planted`; nothing for platforms that it did not make."""
    if hub.settings.platforms or find_spec("federation_demo") is None:
        return []
    from federation_demo.planted import planted

    return planted(hub.settings.home.generated_platforms)
