"""How recipients of mails want to hear, as they chose on a page."""

from dataclasses import dataclass

from federation.ledger.store import Store, as_record, newest
from federation.ledger.tables import subscription


@dataclass(frozen=True)
class Chosen:
    """What one recipient chose; `languages` are separated by a comma, the first one first."""

    email: str
    when: str
    languages: str


@dataclass(frozen=True)
class ChosenSubscriptions:
    """What recipients chose, the newest of each."""

    store: Store

    def add(self, chosen: Chosen) -> None:
        self.store.append({subscription: [chosen]})

    def newest(self) -> list[Chosen]:
        rows = self.store.rows(newest(subscription, "email"))
        return [as_record(Chosen, row) for row in rows]
