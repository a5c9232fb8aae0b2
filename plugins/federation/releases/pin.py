"""Rolling back: a pinned release serves, whatever is built, until it is unpinned."""

from federation.common.errors import HubError
from federation.common.paths import Home
from federation.ledger import Ledger
from federation.releases.index import manifest_of, newest_manifest, serving
from federation.releases.release import activate, point_at


def rollback(release_id: str, ledger: Ledger, home: Home) -> None:
    """Pin a kept release and let it serve at once; raises HubError for one that must not serve.

    The ledger records it before the link moves: after a kill in between, the next pass moves it.
    """
    with ledger.locks.activation():
        if not home.release(release_id).exists():
            raise HubError(
                f"release {release_id} has just been removed",
                where=str(home.releases),
                todo="hub releases",
            )
        _refuse_aside(release_id, home)
        if ledger.releases.pinned() != release_id:
            ledger.releases.pin(release_id)
        if serving(home) != release_id:
            point_at(release_id, home)


def _refuse_aside(release_id: str, home: Home) -> None:
    """Raise HubError for a release that was not made to serve."""
    manifest = manifest_of(release_id, home)
    if "as_of" in manifest:
        raise HubError(
            f"release {release_id} was made by `hub run --as-of` and never serves",
            todo=f"query it by `hub sql --release {release_id}`",
        )
    if "candidate" in manifest:
        raise HubError(
            f"release {release_id} is a candidate and does not serve",
            todo=f"hub release promote {release_id} --reason TEXT",
        )


def unpin(ledger: Ledger, home: Home) -> str | None:
    """Let the newest release serve again; return the release that was pinned, or None."""
    pinned = ledger.releases.pinned()
    if pinned:
        ledger.releases.pin(None)
    newest = newest_manifest(home)
    if newest:
        activate(newest["release_id"], ledger, home)
    return pinned
