"""What people allow one extract: expectations that may fail, and records that may enter all the
same."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from federation.contracts.model import Feed
from federation.datasets.suites import Expectation, load_suite
from federation.datasets.tables import checks
from federation.gate.predicates import failing_records
from federation.gate.waivers import Waiver, holding


@dataclass(frozen=True)
class Exemptions:
    """Waivers by expectation, and the rows that a person released.

    `decisions_seen` is the newest decision on a row.
    """

    waivers: Mapping[str, Waiver] = field(default_factory=dict)
    released: frozenset[int] = frozenset()
    decisions_seen: int = 0

    @classmethod
    def of(
        cls, feed: Feed, released: frozenset[int] = frozenset(), decisions_seen: int = 0
    ) -> "Exemptions":
        """Return what holds for an extract of this feed today."""
        return cls(holding(feed), released, decisions_seen)

    def keeps_out(self, expectation: Expectation, breaks: str) -> str:
        """Return the predicate of the records that an expectation keeps out; a waived one keeps out
        what `breaks`."""
        failing = failing_records(expectation)
        return f"({failing}) AND ({breaks})" if expectation.id in self.waivers else failing

    def let_in(self, breaks: str) -> str:
        """Return the predicate of the records that were released and may enter."""
        rows = ", ".join(map(str, sorted(self.released)))
        return f"row_number IN ({rows}) AND NOT ({breaks})" if rows else "false"


def breaks_the_fact(dataset: str) -> str:
    """Return the predicate of records that no exemption can let in: a CHECK of the fact would stop
    the whole build."""
    rules = [f"coalesce(NOT ({rule}), false)" for rule in checks(load_suite(dataset).fact)]
    return " OR ".join(rules) or "false"
