"""Who may use `hub serve`. The secret itself is nowhere kept: the ledger knows its hash."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from federation.common.vocabulary import TokenAudience
from federation.ledger.store import Store, as_record
from federation.ledger.tables import client_token, token_revocation


@dataclass(frozen=True)
class Token:
    """A token of one person or client."""

    token_id: str
    audience: TokenAudience
    holder: str
    secret_sha256: str
    expires_at: datetime
    issued_by: str
    issued_at: datetime | None = None
    revoked_at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "audience", TokenAudience(self.audience))

    def is_good(self, now: datetime) -> bool:
        """Return whether it opens anything at that instant."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True)
class Tokens:
    """Tokens that were issued, and those taken back."""

    store: Store

    def issue(self, token: Token) -> None:
        self.store.append({client_token: [token]})

    def revoke(self, token_id: str, by: str, reason: str) -> None:
        row = {"token_id": token_id, "revoked_by": by, "reason": reason}
        self.store.append({token_revocation: [row]})

    def all(self) -> list[Token]:
        """Return every token in order of issue, with the instant at which it was taken back."""
        revoked: dict[str, datetime] = {}
        for row in self.store.rows(select(token_revocation)):
            revoked.setdefault(row["token_id"], row["revoked_at"])
        rows = self.store.rows(select(client_token).order_by(client_token.c.issued_at))
        return [
            as_record(Token, row | {"revoked_at": revoked.get(row["token_id"])}) for row in rows
        ]

    def of_secret(self, secret_sha256: str) -> Token | None:
        """Return the token whose secret has this hash, whatever became of it."""
        found = [token for token in self.all() if token.secret_sha256 == secret_sha256]
        return found[0] if found else None
