"""The environment variables themselves: what cannot be used is named, and the rest is looked at
all the same."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from federation.common.errors import HubError
from federation.common.settings import Settings
from federation.common.vocabulary import Soundness
from federation.operation.doctor.finding import Check, Finding

_WEB = ("http", "https")
_NAME = "settings"


def settings_that_can_be_read() -> tuple[Settings, list[Finding]]:
    """Return the settings, without `HUB_SECRETS` where these cannot be read, and what is wrong
    then."""
    try:
        return Settings.from_environment(), []
    except HubError as error:
        os.environ.pop("HUB_SECRETS")
        failed = Check(_NAME, _no_look).failed(f"{error.what} ({error.where})", error.todo)
        return Settings.from_environment(), [failed]


def _no_look(_: Settings) -> Iterator[Finding]:
    return iter(())


def variables(settings: Settings) -> Iterator[Finding]:
    """Yield each variable whose value cannot be what it says."""
    wrong = [*_platforms(settings), *_no_address("HUB_SITE", settings.site)]
    wrong += _no_address("HUB_ANSWERS", settings.answers)
    wrong += _no_address("HUB_OTEL_ENDPOINT", settings.otel_endpoint)
    yield from wrong
    if not wrong:
        yield Finding(_NAME, Soundness.OK, "the environment variables can be used")


def _platforms(settings: Settings) -> Iterator[Finding]:
    try:
        if settings.platforms:
            settings.refuse_wrong_platforms()
    except HubError as error:
        yield Finding(_NAME, Soundness.FAIL, f"{error.what} ({error.where})", error.todo)


def _no_address(name: str, value: str | None) -> Iterator[Finding]:
    """Yield a variable that names no place on the web."""
    parts = urlsplit(value or "")
    if value and (parts.scheme not in _WEB or not parts.hostname):
        says = f"{name} is no address of http or https"
        yield Finding(_NAME, Soundness.FAIL, says, "write it as dags/README.md shows")
