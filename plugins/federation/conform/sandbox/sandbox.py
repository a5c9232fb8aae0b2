"""The sandbox from outside: hands extracts to its supervisor and moves the results into place."""

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from types import TracebackType
from typing import Any

from federation.common.line_process import LineProcess
from federation.common.vocabulary import ReasonCode
from federation.conform.expected_columns import expected_columns_of
from federation.conform.profile import FileProfile
from federation.conform.sandbox.job import Answer, Job, Limits, Look
from federation.conform.select import columns_needed, conforming_select, word_selects
from federation.contracts.model import Feed
from federation.contracts.pattern import Partition

_SCRATCH = ".conform-"
_SUPERVISOR = "federation.conform.sandbox.supervisor"
# An empty environment: no database URL, no connection, no token can leak into the child.
_CLEAN = {"PATH": os.defpath, "LANG": "C.UTF-8"}
_SUPERVISOR_ENDED = "the fence's warden ended; see the log above"


@dataclass(frozen=True)
class LandedExtract:
    """One extract of a feed as it came: its period, its id and its file."""

    feed: Feed
    partition: Partition
    extract_id: str
    file: Path
    usual_rows: int = 0  # of the feed's largest extract so far


def job_for(extract: LandedExtract, scratch: Path, limits: Limits) -> Job:
    """Return the job that conforms one extract; its output goes to `scratch`."""
    feed, partition = extract.feed, extract.partition
    suite, layout = feed.suite, feed.layout
    measures = {}
    if layout.parameter:
        column = layout.list or layout.parameter
        measures = {
            "column": column,
            "field": layout.parameter if layout.list else "",
            "value": layout.value,
            "promised": sorted(entry.measure for entry in feed.national if entry.measure),
            "ignored": sorted(feed.ignored_measures),
        }
    return Job(
        source=str(extract.file),
        output=str(scratch / "conformed.parquet"),
        scratch=str(scratch),
        select=conforming_select(feed, partition, extract.extract_id),
        words=word_selects(feed),
        needed=sorted(columns_needed(feed)),
        columns=feed.columns,
        encoding=feed.encoding,
        out_of_scope=feed.out_of_scope,
        national=[column.name for column in suite.columns],
        key=list(suite.key),
        province_code=feed.city.code,
        area_spellings=feed.area_spellings,
        measures=measures,
        expected_columns=expected_columns_of(feed),
        years=(partition.start.year, partition.end.year),
        limits=limits.for_file(extract.file.stat().st_size, extract.usual_rows),
        optional=list(feed.optional_columns),
        hours=_hours(feed, partition),
    )


def _hours(feed: Feed, partition: Partition) -> tuple[str, str, str] | None:
    period = feed.suite.period
    if not feed.suite.is_hour(period):
        return None
    days = partition.start, partition.end + timedelta(days=1)
    first, after = (f"{day} 00:00:00+07:00" for day in days)
    return period.name, first, after


class Sandbox:
    """A supervisor process; use as a context manager.

    It does one job at a time, so each worker thread has a sandbox of its own.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._supervisor: LineProcess | None = None

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the supervisor; a later job starts a new one."""
        if self._supervisor:
            self._supervisor.close()
        self._supervisor = None

    def conform(self, extract: LandedExtract, target: Path) -> Answer:
        """Conform one extract; return the answer. `target` exists afterwards unless it rejects.

        An answer with `trouble` is no verdict on the extract.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target.parent)
        scratch = Path(mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-", dir=target.parent))
        try:
            job = job_for(extract, scratch, self.limits)
            values = self._ask(job)
            # The supervisor never reads foreign bytes: no extract can have ended it.
            answer = (
                Answer.from_values(values)
                if values
                else Answer.refusal(ReasonCode.CONFORM_DIED, _SUPERVISOR_ENDED, trouble=True)
            )
            if not answer.rejected:
                _publish(Path(job.output), target)
            return answer
        finally:
            rmtree(scratch, ignore_errors=True)

    def profile(
        self, source: Path, *, words: int = 0, splits: tuple[tuple[str, str], ...] = ()
    ) -> FileProfile:
        """Return what the columns of any file seem to be; `refusal` says why it could not be
        profiled."""
        limits = self.limits.for_file(source.stat().st_size, 0)
        values = self._ask(Look(str(source.absolute()), limits, words, splits))
        return (
            FileProfile.from_json(values)
            if values
            else FileProfile(0, 0, refusal=f"{ReasonCode.CONFORM_DIED}: {_SUPERVISOR_ENDED}")
        )

    def _ask(self, task: Job | Look) -> dict[str, Any] | None:
        """Return the supervisor's answer; None when it ended: the next task starts a new one."""
        if self._supervisor is None:
            self._supervisor = LineProcess(_SUPERVISOR, _CLEAN)
        answer = self._supervisor.ask(task.to_json())
        if answer is None:
            self._supervisor.kill()
            self._supervisor = None
        return answer


def _sweep(folder: Path) -> None:
    """Remove what killed hubs left beside their targets."""
    for leftover in folder.glob(f"{_SCRATCH}*"):
        if not Path("/proc", leftover.name.removeprefix(_SCRATCH).split("-")[0]).exists():
            rmtree(leftover, ignore_errors=True)


def _publish(output: Path, target: Path) -> None:
    with output.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(output, target)
