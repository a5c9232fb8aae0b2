"""Builds, releases, and which release was chosen to serve."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import column, func, select, true
from sqlalchemy.dialects.postgresql import JSONB, insert

from federation.common.vocabulary import AttemptOutcome, ExtractState
from federation.ledger.store import Row, Store
from federation.ledger.tables import build_attempt, release, release_choice


@dataclass(frozen=True)
class Builds:
    """Attempts to build and release."""

    store: Store

    def add(self, outcome: str, message: str = "") -> None:
        self.store.append({build_attempt: [{"outcome": outcome, "message": message}]})

    def last(self) -> Row | None:
        """Return the newest attempt, or None before the first."""
        query = select(build_attempt).order_by(build_attempt.c.attempt_id.desc()).limit(1)
        return next(iter(self.store.rows(query)), None)

    def confirmed_at(self) -> datetime | None:
        """Return when the newest release was last made or found up to date, or None."""
        query = select(func.max(build_attempt.c.at).label("at")).where(
            build_attempt.c.outcome.in_([AttemptOutcome.RELEASED, AttemptOutcome.UNCHANGED])
        )
        (row,) = self.store.rows(query)
        return row["at"]  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Releases:
    """Releases and what people chose among them."""

    store: Store

    def add(self, release_id: str, manifest: Mapping[str, Any]) -> None:
        """Record a release; a second recording of the same one (after a crash) changes nothing."""
        values = {"release_id": release_id, "manifest": dict(manifest)}
        row = self.store.row(release, values)
        with self.store.engine.begin() as con:
            con.execute(insert(release).values(row).on_conflict_do_nothing())

    def all(self) -> list[Row]:
        """Return every release recorded that was made to serve, newest first."""
        aside = release.c.manifest.has_key("as_of") | release.c.manifest.has_key("candidate")
        seen = self.store.before(release.c.created_at)
        query = select(release).where(~aside, seen).order_by(release.c.release_id.desc())
        return self.store.rows(query)

    def containing(self, extract_ids: Sequence[str]) -> list[Row]:
        """Return {extract_id, release_id} for every release in which one of these extracts was
        current, oldest first."""
        entries = func.jsonb_array_elements(release.c.manifest["inputs"])
        entry = entries.table_valued(column("value", JSONB)).render_derived(name="entry")
        extract_id = entry.c.value["extract_id"].astext
        query = (
            select(extract_id.label("extract_id"), release.c.release_id)
            .select_from(release.join(entry, true()))
            .where(entry.c.value["state"].astext == ExtractState.CURRENT)
            .where(extract_id.in_(extract_ids))
            .order_by(release.c.created_at, release.c.release_id)
        )
        return self.store.rows(query)

    def pin(self, release_id: str | None) -> None:
        """Record that this release serves from now on whatever is built.

        None: the newest serves again.
        """
        self.store.append({release_choice: [{"release_id": release_id}]})

    def pinned(self) -> str | None:
        """Return the release that was pinned and not unpinned since, or None."""
        choice = self.last_choice()
        return choice["release_id"] if choice else None

    def last_choice(self) -> Row | None:
        """Return the newest row of what was pinned (NULL: unpinned) and when, or None."""
        query = select(release_choice).order_by(release_choice.c.choice_id.desc()).limit(1)
        return next(iter(self.store.rows(query)), None)
