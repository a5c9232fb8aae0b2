"""Which mails are due now: about a release, about what changed since, and as a sign of life."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import duckdb

from federation.common.engine import connect
from federation.common.paths import Home
from federation.common.periods import BANGKOK
from federation.common.settings import Settings
from federation.common.vocabulary import MailState
from federation.contracts.model import Feed
from federation.extracts.snapshot import read_snapshot
from federation.ledger import Ledger
from federation.ledger.mails import MailKey
from federation.quality.incidents import Incident, incidents
from federation.quarantine.decisions import quarantined, unreleasable
from federation.reporting.mail.changes import Changes, changes
from federation.reporting.mail.content import Manner, Occasion, ReleaseInMails, mail, mail_content
from federation.reporting.mail.context import CityReport, read_mark, read_reports
from federation.reporting.mail.mail import Attachment, Mail, Smtp, post
from federation.reporting.mail.pictures import Pictures
from federation.reporting.mail.recipients import Draft, Scope, cities, drafts
from federation.reporting.mail.subscriptions import Language, Subscription, subscriptions
from federation.reporting.score_change import Change, change_of_nation
from federation.reporting.workbook.form import Asked, workbook_of

_log = logging.getLogger(__name__)
HEARTBEAT = timedelta(days=7)


@dataclass
class ReportContext:
    """What mails may be about now: the newest release (none before the first) and every incident.

    What several mails share is made once.
    """

    manifest: Mapping[str, Any] | None
    con: duckdb.DuckDBPyConnection | None  # has the release open
    feeds: Sequence[Feed]
    ledger: Ledger
    site: str | None = None
    home: Home | None = None
    answers: str | None = None  # where stewards reach `hub serve`
    _workbooks: dict[tuple[Scope, Language], list[Attachment]] = field(default_factory=dict)

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
    def change(self) -> Change | None:
        """The change of the national score since a week before the release."""
        if not (self.con and self.manifest):
            return None
        score = read_mark(self.con).score
        made = datetime.fromisoformat(self.manifest["created_at"]).astimezone(BANGKOK)
        return change_of_nation(self.con, score, made.date())

    @cached_property
    def incidents(self) -> list[Incident]:
        return incidents(self.ledger)

    def wishes(self, email: str) -> Subscription:
        """Return how a recipient wants to hear."""
        return self._subscriptions.get(email, Subscription(email=email))

    @cached_property
    def _subscriptions(self) -> Mapping[str, Subscription]:
        return subscriptions(self.ledger)

    @cached_property
    def unreleasable(self) -> frozenset[str]:
        """The ids of records on hold that nobody can let in as they are."""
        if self.home is None:
            return frozenset()
        seen = read_snapshot(self.ledger, self.home)
        return unreleasable(quarantined(seen), seen)

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

    def mail(self, draft: Draft, occasion: Occasion, changed: Changes) -> Mail:
        """Return the mail of a draft, with what changed since the last one."""
        reports = self.about(draft.scope)
        today, email = self.ledger.today, draft.recipient.email
        release = ReleaseInMails(
            self.release_id, cities(self.feeds), self.site, today, self.answers, self.change
        )
        languages = self.wishes(email).languages
        manner = self._manner(draft, languages)
        content = mail_content(draft, manner, release, reports, changed)
        pictures = self.pictures.of(self.con, draft.scope, changed) if self.con else []
        attached = self.workbooks(draft.scope, reports, languages)
        thread = self.ledger.mails.first_to(email, draft.kind)
        return mail(replace(occasion, thread=thread), draft, content, pictures, attached)

    def _manner(self, draft: Draft, languages: Sequence[Language]) -> Manner:
        last = self.ledger.mails.last_to(draft.recipient.email)
        feeds, today = self.of_scope(draft.scope), self.ledger.today
        is_first_of_year = last is None or last.astimezone(BANGKOK).year < today.year
        unpromised = [
            feed for feed in feeds if feed.latency_days is None and not feed.is_retired(today)
        ]
        return Manner(
            languages, feeds if last is None else None, unpromised if is_first_of_year else ()
        )

    def of_scope(self, scope: Scope) -> list[Feed]:
        """Return the feeds of a steward; none for those who follow the nation."""
        return [feed for feed in self.feeds if scope.city and scope.holds(*feed.key)]

    def workbooks(
        self, scope: Scope, reports: Sequence[CityReport], languages: Sequence[Language]
    ) -> list[Attachment]:
        """Return the workbook of a city's scope, as a list of one, or of none where nothing is
        to be mended."""
        if not scope.city or not self.con:
            return []
        key = scope, languages[0]
        if key not in self._workbooks:
            asked = Asked(
                self.of_scope(scope),
                self.incidents,
                self.ledger.today,
                languages[0],
                self.unreleasable,
            )
            workbook = workbook_of(self.con, reports[0], asked)
            self._workbooks[key] = [workbook] if workbook else []
        return self._workbooks[key]


def report(
    manifest: Mapping[str, Any] | None,
    feeds: Sequence[Feed],
    ledger: Ledger,
    settings: Settings,
    city: str | None = None,
) -> dict[str, int]:
    """Send every mail that is due: of the newest release (None: there is none), of changes
    since, and signs of life. `city`: none about other cities; they stay due.

    Return how many mails came to which state now.
    """
    home = settings.home
    with ledger.locks.mail(), ExitStack() as opened:
        con = None
        if manifest:
            release = home.release(manifest["release_id"])
            con = opened.enter_context(connect(release, read_only=True))
        smtp = Smtp.from_settings(settings)
        # Mails that stay on this machine lead to the site on its disk.
        on_disk = None if smtp else home.root.absolute().as_uri()
        site, answers = settings.site or on_disk, settings.answers
        context = ReportContext(manifest, con, feeds, ledger, site, home, answers)
        asked = (draft for draft in drafts(feeds) if not city or draft.scope.city in ("", city))
        mails = [mail for draft in asked for mail in _due_or_refused(draft, context)]
        return {str(state): count for state, count in post(mails, ledger, home, smtp).items()}


def _due_or_refused(draft: Draft, context: ReportContext) -> list[Mail]:
    """Return the mail that is due now as a list of one, or of none.

    A mail that cannot be made is noted as refused with the reason, and the others are made.
    """
    try:
        mail = _due(draft, context)
    except Exception as error:
        occasion = context.release_id or f"day-{context.ledger.today:%Y%m%d}"
        why = f"it cannot be made: {type(error).__name__}: {error}"
        _log.error("the mail to %s %s", draft.recipient.email, why, exc_info=error)
        key = MailKey(occasion, draft.recipient.email, draft.kind)
        context.ledger.mails.note(key, MailState.REFUSED, why[:500])
        return []
    return [mail] if mail else []


def _due(draft: Draft, context: ReportContext) -> Mail | None:
    """Return the mail that is due now, or None; notes where a release is not wanted.

    A release comes first. Between releases, a mail says once a day what changed; after a week of
    silence, one says that the hub is alive.
    """
    email = draft.recipient.email
    wishes = context.wishes(email)
    since = context.ledger.mails.last_to(email, draft.kind)
    now = datetime.now(UTC)
    changed = changes(context.incidents, draft.scope, since)
    state = context.states.get((email, draft.kind), MailState.NEW)
    if context.manifest and not state.is_settled:
        if wishes.wants(changed=changed.changed or since is None, critical=changed.critical):
            created_at = datetime.fromisoformat(context.manifest["created_at"])
            return context.mail(draft, Occasion(context.release_id, created_at), changed)
        key = MailKey(context.release_id, email, draft.kind)
        context.ledger.mails.note(key, MailState.NOT_WANTED)
    elif changed.changed and wishes.wants(changed=True, critical=changed.critical):
        day = f"day-{context.ledger.today:%Y%m%d}"
        return context.mail(draft, Occasion(day, now), changed)
    if context.manifest and (since is None or now - since >= HEARTBEAT):
        return context.mail(draft, Occasion(f"week-{now:%G-W%V}", now), changed)
    return None
