"""`hub health`: does a release serve, and is it known to be up to date; for probes, fast.

A release is *confirmed* when a pass makes it, or finds nothing new and says so in the ledger
(`build_attempt`). That alone proves little while no platform is looked at, so the older of the last
confirmation and the last look at a platform counts. What a city does not send makes no hub ill.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from federation.common.errors import HubError
from federation.common.paths import Home
from federation.common.periods import shown
from federation.common.settings import Settings
from federation.ledger import Ledger, open_ledger
from federation.ledger.embedded import is_made
from federation.releases.index import serving

_AGE = re.compile(r"([1-9]\d*)([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Health:
    """Whether the hub is well, as one look found it; times are UTC."""

    healthy: bool
    reasons: tuple[str, ...]  # why it is not
    release_id: str | None  # that serves
    pinned: str | None
    confirmed_at: datetime | None
    looked_at: datetime | None  # when a platform was looked at last

    def to_json(self) -> dict[str, Any]:
        """Return what `hub health --json` prints."""
        times = {"confirmed_at": self.confirmed_at, "looked_at": self.looked_at}
        as_text = {name: at.astimezone(UTC).isoformat() for name, at in times.items() if at}
        return asdict(self) | dict.fromkeys(times) | as_text


def age(text: str) -> timedelta:
    """Return the span of time that a text such as `26h`, `90m` or `2d` means; raises HubError."""
    written = _AGE.fullmatch(text)
    if not written:
        raise HubError(
            f"{text!r} is no span of time", where="--max-age", todo="write 26h, 90m or 2d"
        )
    return timedelta(**{_UNITS[written[2]]: int(written[1])})


def health(settings: Settings, max_age: timedelta) -> Health:
    """Return how the hub is; a ledger that cannot be read is a reason too."""
    release_id, unreadable = serving(settings.home), list(_not_serving(settings.home))
    if not settings.database_url and not is_made(settings.home.postgres):
        reasons = (*unreadable, f"there is no ledger yet in {settings.home.postgres}")
        return Health(False, reasons, release_id, None, None, None)
    try:
        with open_ledger(settings) as ledger:
            return _by_ledger(ledger, release_id, unreadable, max_age)
    except HubError as error:
        reasons = (*unreadable, f"{error.what} ({error.where})")
        return Health(False, reasons, release_id, None, None, None)


def _not_serving(home: Home) -> Iterator[str]:
    """Yield why no release can be opened."""
    import duckdb

    if not home.current.exists():
        yield f"no release serves: {home.current} leads nowhere"
        return
    try:
        with duckdb.connect(str(home.current.resolve()), read_only=True) as con:
            con.execute("SELECT release_id FROM ops.this_release").fetchone()
    except (duckdb.Error, OSError) as error:
        yield f"the release that serves cannot be read: {str(error).splitlines()[0]}"


def _by_ledger(
    ledger: Ledger, release_id: str | None, unreadable: list[str], max_age: timedelta
) -> Health:
    confirmed_at, looked_at = ledger.builds.confirmed_at(), ledger.checks.last_at()
    reasons = (
        *unreadable,
        *_too_old("the newest release was confirmed up to date", confirmed_at, max_age),
        *_too_old("a platform was looked at", looked_at, max_age),
    )
    pinned = ledger.releases.pinned()
    return Health(not reasons, reasons, release_id, pinned, confirmed_at, looked_at)


def _too_old(what: str, at: datetime | None, max_age: timedelta) -> Iterator[str]:
    if at is None:
        yield f"{what}: never"
    elif datetime.now(UTC) - at > max_age:
        yield f"{what} last at {shown(at)} Asia/Bangkok, more than {max_age} ago"
