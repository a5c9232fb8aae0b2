"""Who gets mails about what: a feed's stewards about their feeds, a city's stewards about the whole
city, and stakeholders about the nation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from federation.common.bilingual import BilingualText
from federation.contracts.model import City, Contact, Feed
from federation.quality.contacts import stakeholders


@dataclass(frozen=True)
class Scope:
    """What a mail is about: the nation, a city, or some datasets of a city."""

    city: str = ""  # empty: the nation
    datasets: tuple[str, ...] = ()  # empty: all, and what concerns the city itself

    def holds(self, city: str, dataset: str) -> bool:
        """Whether something of this city (empty: the nation) and dataset (empty: the city) is
        part of it."""
        return (not self.city or city == self.city) and (
            not self.datasets or dataset in self.datasets
        )


@dataclass(frozen=True)
class Draft:
    """One mail that may be due: to whom, about what. Its kind is `city:<key>` or `national`."""

    kind: str
    recipient: Contact
    heading: BilingualText
    scope: Scope


def drafts(feeds: Sequence[Feed]) -> Iterator[Draft]:
    """Yield every mail that may be due about these feeds; nobody gets two about the same city."""
    for city in cities(feeds):
        heading = BilingualText(city.name_en, city.name_th)
        for contact, datasets in _stewards(city, feeds).values():
            yield Draft(f"city:{city.key}", contact, heading, Scope(city.key, datasets))
    for contact in stakeholders():
        yield Draft(
            "national", contact, BilingualText("City data federation", "สหพันธ์ข้อมูลเมือง"), Scope()
        )


def cities(feeds: Sequence[Feed]) -> list[City]:
    """Return the cities of these feeds in order of their codes."""
    return sorted({feed.city.key: feed.city for feed in feeds}.values(), key=lambda city: city.code)


def _stewards(city: City, feeds: Sequence[Feed]) -> dict[str, tuple[Contact, tuple[str, ...]]]:
    """Return address -> (contact, datasets); no datasets for a steward of the whole city."""
    stewards: dict[str, tuple[Contact, tuple[str, ...]]] = {
        contact.email: (contact, ()) for contact in city.stewards
    }
    feeds_of_city = [feed for feed in feeds if feed.city.key == city.key]
    for feed in feeds_of_city:
        for contact in feed.stewards:
            if contact not in city.stewards:
                _, datasets = stewards.get(contact.email, (contact, ()))
                stewards[contact.email] = contact, (*datasets, feed.dataset)
    return stewards
