"""How each recipient wants to hear, from `expectations/subscriptions.yml`."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from federation.common.paths import SUBSCRIPTIONS
from federation.common.yaml_files import Text, YamlModel, load_yaml

When = Literal["change_only", "always", "on_error"]
Language = Literal["th", "en"]


class Subscription(YamlModel):
    """What one recipient asked for."""

    email: Text
    when: When = Field(
        default="change_only",
        description="change_only: something is new or mended; always: each release; "
        "on_error: something critical is open",
    )
    languages: tuple[Language, ...] = Field(
        default=("th", "en"), min_length=1, description="which of th and en, in this order"
    )

    def wants(self, *, changed: bool, critical: bool) -> bool:
        """Whether a release is told: `changed` says that something is new or mended, `critical`
        that such a trouble is open."""
        return {"always": True, "change_only": changed, "on_error": critical}[self.when]


class SubscriptionsFile(YamlModel):
    """`subscriptions.yml`."""

    subscriptions: tuple[Subscription, ...] | None = None


def subscription(email: str) -> Subscription:
    """Return what this recipient asked for, or the default."""
    return load_subscriptions().get(email, Subscription(email=email))


@cache
def load_subscriptions(file: Path = SUBSCRIPTIONS) -> dict[str, Subscription]:
    """Return address -> subscription; raises ContractError with file, key and reason."""
    listed = load_yaml(file, SubscriptionsFile).subscriptions or ()
    return {entry.email: entry for entry in listed}
