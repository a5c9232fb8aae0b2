"""How each recipient wants to hear, from `expectations/subscriptions.yml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from federation.common.errors import ContractError
from federation.common.paths import SUBSCRIPTIONS

WHEN = ("change_only", "always", "on_error")
LANGUAGES = ("th", "en")
_KEYS = ("email", "when", "languages")


@dataclass(frozen=True)
class Subscription:
    """What one recipient asked for."""

    email: str
    when: str = "change_only"
    languages: tuple[str, ...] = LANGUAGES

    def wants(self, *, changed: bool, critical: bool) -> bool:
        """Whether a release is told: `changed` says that something is new or mended, `critical`
        that such a trouble is open."""
        return {"always": True, "change_only": changed, "on_error": critical}[self.when]


def subscription(email: str) -> Subscription:
    """Return what this recipient asked for, or the default."""
    return load_subscriptions().get(email, Subscription(email))


@cache
def load_subscriptions(file: Path = SUBSCRIPTIONS) -> dict[str, Subscription]:
    """Return address -> subscription; raises ContractError with file, key and reason."""
    try:
        listed = (yaml.safe_load(file.read_text("utf-8")) or {}).get("subscriptions") or []
    except (OSError, yaml.YAMLError, AttributeError) as error:
        raise ContractError(file, "subscriptions", f"cannot be read: {error}") from error
    found = [
        _subscription(file, f"subscriptions.{number}", entry) for number, entry in enumerate(listed)
    ]
    return {entry.email: entry for entry in found}


def _subscription(file: Path, key: str, entry: Mapping[str, Any]) -> Subscription:
    for name in entry:
        if name not in _KEYS:
            raise ContractError(file, f"{key}.{name}", f"unknown key; known: {', '.join(_KEYS)}")
    if not entry.get("email"):
        raise ContractError(file, f"{key}.email", "must be given")
    when, languages = entry.get("when", "change_only"), tuple(entry.get("languages", LANGUAGES))
    if when not in WHEN:
        raise ContractError(file, f"{key}.when", f"{when!r} is none of {', '.join(WHEN)}")
    if not languages or not set(languages) <= set(LANGUAGES):
        raise ContractError(
            file, f"{key}.languages", f"{list(languages)} must be some of {', '.join(LANGUAGES)}"
        )
    return Subscription(entry["email"], when, languages)
