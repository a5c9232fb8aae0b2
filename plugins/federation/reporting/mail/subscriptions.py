"""How each recipient wants to hear: as chosen on the page of `hub serve`, else as
`expectations/subscriptions.yml` says."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from federation.common.paths import SUBSCRIPTIONS
from federation.common.yaml_files import Text, YamlModel, load_yaml
from federation.ledger import Ledger
from federation.ledger.subscriptions import Chosen

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


def subscriptions(ledger: Ledger) -> Mapping[str, Subscription]:
    """Return address -> what its holder asked for, on the page or else in the file."""
    chosen = {
        row.email: Subscription.model_validate(
            {"email": row.email, "when": row.when, "languages": tuple(row.languages.split(","))}
        )
        for row in ledger.subscriptions.newest()
    }
    return {**load_subscriptions(), **chosen}


def subscription(email: str, ledger: Ledger) -> Subscription:
    """Return what this recipient asked for, or the default."""
    return subscriptions(ledger).get(email, Subscription(email=email))


def choose(wish: Subscription, ledger: Ledger) -> None:
    """Note how a recipient wants to hear from now on."""
    ledger.subscriptions.add(Chosen(wish.email, wish.when, ",".join(wish.languages)))


@cache
def load_subscriptions(file: Path = SUBSCRIPTIONS) -> dict[str, Subscription]:
    """Return address -> subscription; raises ContractError with file, key and reason."""
    listed = load_yaml(file, SubscriptionsFile).subscriptions or ()
    return {entry.email: entry for entry in listed}
