"""Tokens for `hub serve`: made, found again by their hash, taken back.

A secret has 256 random bits, so a plain hash of it tells nobody what it is.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from federation.common.errors import HubError
from federation.common.vocabulary import TokenAudience
from federation.contracts.model import Feed
from federation.ledger import Ledger
from federation.ledger.tokens import Token
from federation.reporting.mail.recipients import Draft, drafts

_MARK = "hub_"  # how a secret begins, so that scanners of repositories find one that leaked


def issue(holder: str, days: int, by: str, feeds: Sequence[Feed], ledger: Ledger) -> str:
    """Note a new token for a steward, and return its secret, which is said this once.

    Raises HubError where no contract names the address as a steward.
    """
    own = [draft.recipient.email for draft in drafts(feeds) if _is_steward(draft, holder)]
    if not own:
        raise HubError(
            f"{holder} is no steward",
            where="the stewards of cities and feeds in the contracts",
            todo="name an address of `stewards` in _city.yml, or a steward of `team` in a contract",
        )
    secret = _MARK + secrets.token_urlsafe(32)
    expires = datetime.now(UTC) + timedelta(days=days)
    number = secrets.token_hex(4)
    ledger.tokens.issue(Token(number, TokenAudience.STEWARD, own[0], _hashed(secret), expires, by))
    return secret


def revoke(beginning: str, by: str, reason: str, ledger: Ledger) -> Token:
    """Take back the token whose id begins so, and return it.

    Raises HubError for a beginning that fits no token, or several.
    """
    found = [token for token in ledger.tokens.all() if token.token_id.startswith(beginning)]
    if len(found) != 1:
        raise HubError(
            f"{'no' if not found else 'more than one'} token has an id that begins with "
            f"{beginning!r}",
            where="tokens",
            todo="hub token list shows them",
        )
    ledger.tokens.revoke(found[0].token_id, by, reason)
    return found[0]


def holder_of(secret: str, ledger: Ledger) -> str | None:
    """Return whose token this is, or None where it is unknown, has expired or was taken back."""
    token = ledger.tokens.of_secret(_hashed(secret))
    return token.holder if token and token.is_good(datetime.now(UTC)) else None


def in_care_of(address: str, feeds: Sequence[Feed]) -> list[Feed]:
    """Return the feeds that a steward answers for, as the contracts say."""
    own = [draft for draft in drafts(feeds) if _is_steward(draft, address)]
    return [feed for feed in feeds if any(draft.scope.holds(*feed.key) for draft in own)]


def _is_steward(draft: Draft, address: str) -> bool:
    return bool(draft.scope.city) and draft.recipient.email.lower() == address.lower()


def _hashed(secret: str) -> str:
    return sha256(secret.strip().encode()).hexdigest()
