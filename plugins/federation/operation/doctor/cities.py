"""What a city is to mend: contracts that are refused, platforms that do not answer."""

from collections.abc import Iterator
from pathlib import Path

from federation.common.errors import ContractError
from federation.common.paths import CONTRACTS
from federation.common.settings import Settings
from federation.common.vocabulary import Soundness
from federation.conform.binding import check_bindings
from federation.contracts.city_file import load_city
from federation.contracts.load import load_feeds
from federation.contracts.model import Feed
from federation.operation.doctor.finding import ANSWER_SECONDS, Finding
from federation.transport import Limits, Transport, transport_for


def refused_contracts(settings: Settings) -> Iterator[Finding]:
    """Yield each contract that is refused; a file that cities share is the hub's own matter."""
    feeds, refused = load_feeds()
    bound, unbindable = check_bindings(feeds)
    for error in _each_once([*refused, *unbindable]):
        yield Finding("contracts", Soundness.FAIL, _says(error), error.todo, _is_of_city(error))
    cities = len({feed.city.key for feed in bound})
    yield Finding("contracts", Soundness.OK, f"{len(bound)} feeds of {cities} cities hold")


def _each_once(errors: list[ContractError]) -> list[ContractError]:
    """A suite that is broken is refused with each feed that rests on it."""
    return list({_says(error): error for error in errors}.values())


def _says(error: ContractError) -> str:
    return f"{error.what} ({error.where})"


def _is_of_city(error: ContractError) -> bool:
    return CONTRACTS in Path(error.file).parents


def connection(city: str, settings: Settings) -> Iterator[Finding]:
    """Yield whether a city's connection can be read and its listing begins within a few seconds;
    nothing is fetched."""
    name = f"connection {city}"
    feeds, _ = load_feeds(city=city)
    known = feeds[0].city if feeds else load_city(CONTRACTS / city / "_city.yml")
    base = settings.platform_base(known.connection)
    if _is_not_made_yet(base, settings):
        says = "no connection: the first pass generates a platform"
        todo = f"set AIRFLOW_CONN_{known.connection.upper()} or HUB_PLATFORMS to read real extracts"
        yield Finding(name, Soundness.WARN, says, todo)
        return
    # The limits of the hub are another check's matter: broken ones say nothing of a platform.
    transport = transport_for(base, Limits(silent_seconds=int(ANSWER_SECONDS)))
    try:
        says = _looked(feeds, transport)
    finally:
        transport.close()
    yield Finding(name, Soundness.OK, says, of_city=True)


def _is_not_made_yet(base: str, settings: Settings) -> bool:
    generated = settings.home.generated_platforms
    return Path(base).parent == generated and not generated.exists()


def _looked(feeds: list[Feed], transport: Transport) -> str:
    """Return what the listing of the city's first feed begins with; raises HubError."""
    if not feeds:
        return f"{transport.where}: no contract of the city holds, so nothing was listed"
    pattern = feeds[0].pattern
    first = next(iter(transport.files(pattern.folder, pattern.depth)), None)
    if first is None:
        return f"{transport.where} answers, and shows no file of {feeds[0]}"
    return f"{transport.where} answers"
