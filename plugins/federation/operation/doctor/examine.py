"""All checks of an installation, in the order in which a person would mend what they find."""

from collections.abc import Iterator
from functools import partial

from federation.common.paths import CONTRACTS
from federation.common.settings import Settings
from federation.operation.doctor.cities import connection, refused_contracts
from federation.operation.doctor.database import clock, database
from federation.operation.doctor.files import limits, yaml_files
from federation.operation.doctor.finding import ANSWER_SECONDS, Check, Finding, at_once
from federation.operation.doctor.home import disk, home
from federation.operation.doctor.mail import mail
from federation.operation.doctor.sandbox import sandbox
from federation.operation.doctor.settings import variables
from federation.operation.doctor.versions import versions
from federation.operation.doctor.webhook import webhook

OF_THE_HUB = (
    Check("versions", versions),
    Check("settings", variables),
    Check("home", home),
    Check("disk", disk),
    Check("database", database),
    Check("clock", clock),
    Check("sandbox", sandbox),
    Check("mail", mail),
    Check("webhook", webhook),
    Check("limits", limits),
    Check("yaml", yaml_files),
)


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield every finding on the installation, as it comes; nothing is changed, sent or fetched."""
    for check in OF_THE_HUB:
        yield from check.findings(settings)
    yield from Check("contracts", refused_contracts, of_city=True).findings(settings)
    yield from at_once(_of_cities(), settings)


def _of_cities() -> Iterator[Check]:
    for file in sorted(CONTRACTS.glob("*/_city.yml")):
        city = file.parent.name
        look = partial(connection, city)
        yield Check(f"connection {city}", look, of_city=True, seconds=ANSWER_SECONDS)
