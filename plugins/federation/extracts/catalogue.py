"""Which feeds the hub serves now, and which contracts it refuses: read once, known everywhere."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from federation.common.errors import ContractError
from federation.common.paths import CONTRACTS
from federation.conform.binding import check_bindings
from federation.contracts.load import load_feeds
from federation.contracts.model import Feed
from federation.contracts.versions import dataset_of
from federation.extracts.extract import conform_key
from federation.ledger import Ledger

FeedKey = tuple[str, str]  # city, dataset


@dataclass(frozen=True)
class Catalogue:
    """The feeds whose contracts hold, and the refusals of those that do not."""

    feeds: list[Feed]
    refused: list[ContractError] = field(default_factory=list)

    @property
    def refused_feeds(self) -> dict[FeedKey, ContractError]:
        """Every feed that a refusal keeps out, with the first refusal that does."""
        refused: dict[FeedKey, ContractError] = {}
        for error in self.refused:
            for key in _feeds_of(Path(error.file)):
                refused.setdefault(key, error)
        return dict(sorted(refused.items()))


def _feeds_of(file: Path) -> Iterator[FeedKey]:
    """Yield the feeds that cannot be served while this file is refused."""
    city_file = file.parent / "_city.yml"
    if file == city_file:
        for contract in file.parent.glob("[!_]*.yml"):
            yield file.parent.name, dataset_of(contract)
    elif city_file.exists():
        yield file.parent.name, dataset_of(file)
    else:  # a suite
        for contract in CONTRACTS.glob(f"*/{file.stem}.yml"):
            yield contract.parent.name, file.stem


def load_catalogue(ledger: Ledger, city: str | None = None) -> Catalogue:
    """Return every feed whose contract holds and whose SELECT can be bound, and every refusal; of
    one city alone where it is named.

    A SELECT that has conformed an extract has been bound: proving the rest saves a nation's pass 20
    ms for each feed.
    """
    feeds, refused = load_feeds(city=city)
    bound = ledger.conformed.keys()
    unproven = [feed for feed in feeds if not bound.issuperset(map(conform_key, feed.versions))]
    _, unbindable = check_bindings(unproven)
    wrong = {error.file for error in unbindable}
    proven = [
        feed
        for feed in feeds
        if not wrong.intersection(str(version.file) for version in feed.versions)
    ]
    return Catalogue(proven, [*refused, *unbindable])
