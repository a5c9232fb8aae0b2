"""Who is told what now: of a release, of what changed between releases, and that the hub is
alive."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import duckdb

from federation.common.engine import connect
from federation.common.settings import Settings
from federation.common.vocabulary import MailState
from federation.contracts.model import Feed
from federation.ledger import Ledger
from federation.quality.incidents import Incident, incidents
from federation.reporting.mail.changes import Changes, changes
from federation.reporting.mail.content import mail, told
from federation.reporting.mail.context import CityReport, read_reports
from federation.reporting.mail.mail import Attachment, Mail, Smtp, note, post
from federation.reporting.mail.pictures import Pictures
from federation.reporting.mail.recipients import Draft, Scope, cities, drafts
from federation.reporting.mail.subscriptions import subscription
from federation.reporting.workbook.form import workbook_of

_log = logging.getLogger(__name__)
HEARTBEAT = timedelta(days=7)


@dataclass
class ReportContext:
    """What may be told now: the newest release (none before the first) and every incident.

    Shared parts are made once.
    """

    manifest: Mapping[str, Any] | None
    con: duckdb.DuckDBPyConnection | None  # has the release open
    feeds: Sequence[Feed]
    ledger: Ledger
    site: str | None = None
    _workbooks: dict[Scope, list[Attachment]] = field(default_factory=dict)

    @property
    def release_id(self) -> str:
        """The release's id; empty before the first."""
        return str(self.manifest["release_id"]) if self.manifest else ""

    @cached_property
    def reports(self) -> list[CityReport]:
        platform = {
            (check.city, check.dataset): check.outcome for check in self.ledger.checks.latest()
        }
        return read_reports(self.con, cities(self.feeds), platform) if self.con else []

    @cached_property
    def incidents(self) -> list[Incident]:
        return incidents(self.ledger)

    @cached_property
    def states(self) -> dict[tuple[str, str], MailState]:
        """The state of each mail of this release that was begun, by recipient and kind."""
        return {
            (row["recipient"], row["kind"]): MailState(row["state"])
            for row in self.ledger.mails.of_release(self.release_id)
        }

    @cached_property
    def pictures(self) -> Pictures:
        return Pictures(self.reports, self.ledger.today)

    def about(self, scope: Scope) -> list[CityReport]:
        """Return the cities of a scope with its feeds."""
        return [city.narrowed(scope) for city in self.reports if scope.city in ("", city.key)]

    def mail(self, draft: Draft, occasion: str, created_at: datetime, changed: Changes) -> Mail:
        """Return the mail of a draft, with what changed since the last one."""
        reports = self.about(draft.scope)
        content = told(draft, self.release_id, reports, changed, cities(self.feeds), self.site)
        pictures = self.pictures.of(self.con, draft.scope, changed) if self.con else []
        return mail(
            occasion,
            created_at,
            draft,
            subscription(draft.recipient.email),
            content,
            pictures,
            self.workbooks(draft.scope, reports),
        )

    def workbooks(self, scope: Scope, reports: Sequence[CityReport]) -> list[Attachment]:
        """Return the workbook of a city's scope, as a list of one, or of none where nothing is
        to be mended."""
        if not scope.city or not self.con:
            return []
        if scope not in self._workbooks:
            found = workbook_of(self.con, reports[0], self.release_id)
            self._workbooks[scope] = [found] if found else []
        return self._workbooks[scope]


def report(
    manifest: Mapping[str, Any] | None,
    feeds: Sequence[Feed],
    ledger: Ledger,
    settings: Settings,
) -> dict[str, int]:
    """Send every mail that is due: of the newest release (None: there is none), of changes
    since, and signs of life.

    Return how many mails are in which state: of this release, and of those that were due now.
    """
    home = settings.home
    with ledger.locks.mail(), ExitStack() as opened:
        con = (
            opened.enter_context(connect(home.release(manifest["release_id"]), read_only=True))
            if manifest
            else None
        )
        edition = ReportContext(manifest, con, feeds, ledger, settings.site)
        smtp = Smtp.from_settings(settings)
        mails = [found for draft in drafts(feeds) for found in _due_or_refused(draft, edition)]
        others = [entry for entry in mails if entry.release_id != edition.release_id]
        post([entry for entry in mails if entry not in others], ledger, home, smtp)
        states = Counter(post(others, ledger, home, smtp))
        states.update(
            MailState(row["state"]) for row in ledger.mails.of_release(edition.release_id)
        )
        return dict(sorted(states.items()))


def _due_or_refused(draft: Draft, edition: ReportContext) -> list[Mail]:
    """Return the mail that is due now as a list of one, or of none.

    A mail that cannot be made is noted as refused with the reason, and the others are made.
    """
    try:
        found = _due(draft, edition)
    except Exception as error:
        occasion = edition.release_id or f"day-{edition.ledger.today:%Y%m%d}"
        why = f"it cannot be made: {type(error).__name__}: {error}"
        _log.error("the mail to %s %s", draft.recipient.email, why, exc_info=error)
        key = (occasion, draft.recipient, draft.kind, edition.ledger)
        note(*key, MailState.REFUSED, detail=why)
        return []
    return [found] if found else []


def _due(draft: Draft, edition: ReportContext) -> Mail | None:
    """Return the mail that is due now, or None; notes where a release is not wanted.

    A release is told first. Between releases, what changed is told once a day, and after a silence
    that the hub is alive.
    """
    asked, since = (
        subscription(draft.recipient.email),
        edition.ledger.mails.last_to(draft.recipient.email, draft.kind),
    )
    changed, now = changes(edition.incidents, draft.scope, since), datetime.now(UTC)
    state = edition.states.get((draft.recipient.email, draft.kind), MailState.NEW)
    if edition.manifest and not state.is_settled:
        if asked.wants(changed=changed.changed or since is None, critical=changed.critical):
            return edition.mail(
                draft,
                edition.release_id,
                datetime.fromisoformat(edition.manifest["created_at"]),
                changed,
            )
        note(edition.release_id, draft.recipient, draft.kind, edition.ledger, MailState.NOT_WANTED)
    elif changed.changed and asked.wants(changed=True, critical=changed.critical):
        return edition.mail(draft, f"day-{edition.ledger.today:%Y%m%d}", now, changed)
    if edition.manifest and (since is None or now - since >= HEARTBEAT):
        return edition.mail(draft, f"week-{now:%G-W%V}", now, changed)
    return None
