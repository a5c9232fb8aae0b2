"""Our side of the fence: hands an extract to the warden and moves what comes back into place."""

import json
import os
import subprocess
import sys
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from types import TracebackType
from typing import Any

from federation.common.errors import OwnTrouble
from federation.common.vocabulary import ReasonCode
from federation.conform.expected_columns import expected_columns_of
from federation.conform.profile import FileProfile
from federation.conform.sandbox.job import Answer, Job, Limits, Look
from federation.conform.select import columns_needed, conforming_select, word_selects
from federation.contracts.model import Feed
from federation.contracts.pattern import Partition

_SCRATCH = ".conform-"
_SUPERVISOR_ENDED = "the fence's warden ended; see the log above"


def job_for(
    feed: Feed, partition: Partition, extract_id: str, source: Path, scratch: Path, limits: Limits
) -> Job:
    """Return the job that conforms one extract of a feed; its output goes to `scratch`."""
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
        source=str(source),
        output=str(scratch / "conformed.parquet"),
        scratch=str(scratch),
        select=conforming_select(feed, partition, extract_id),
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
        limits=limits,
        optional=list(feed.optional_columns),
    )


class Sandbox:
    """A warden process; use as a context manager.

    One job at a time, so one fence per worker thread.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._supervisor: subprocess.Popen[str] | None = None

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
        """End the warden; a later job starts a new one."""
        if self._supervisor and self._supervisor.stdin:
            self._supervisor.stdin.close()
            self._supervisor.wait()
        self._supervisor = None

    def conform(
        self, feed: Feed, partition: Partition, extract_id: str, source: Path, target: Path
    ) -> Answer:
        """Conform one extract; return the answer.

        `target` exists afterwards unless the answer rejects. Raises OwnTrouble where the machine,
        not the extract, kept it from being conformed.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target.parent)
        scratch = Path(mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-", dir=target.parent))
        try:
            job = job_for(feed, partition, extract_id, source, scratch, self.limits)
            found = self._ask(job)
            # The warden never reads foreign bytes: no extract can have ended it.
            answer = Answer.from_values(found or {"findings": [], "trouble": _SUPERVISOR_ENDED})
            if answer.trouble:
                raise OwnTrouble(
                    f"an extract could not be conformed: {answer.trouble}",
                    where=str(source),
                    todo="make room on the machine; the next pass tries again",
                )
            if not answer.rejected:
                _publish(Path(job.output), target)
            return answer
        finally:
            rmtree(scratch, ignore_errors=True)

    def profile(
        self, source: Path, *, words: int = 0, splits: tuple[tuple[str, str], ...] = ()
    ) -> FileProfile:
        """Return what a file's columns seem to be, whoever sent it.

        `refusal` says why it could not be looked at.
        """
        found = self._ask(Look(str(source.absolute()), self.limits, words, splits))
        return (
            FileProfile.from_json(found)
            if found
            else FileProfile(0, 0, refusal=f"{ReasonCode.CONFORM_DIED}: {_SUPERVISOR_ENDED}")
        )

    def _ask(self, task: Job | Look) -> dict[str, Any] | None:
        """Return the warden's answer; None when it ended, and the next task starts a new one."""
        supervisor = self._start()
        assert supervisor.stdin
        assert supervisor.stdout
        try:
            supervisor.stdin.write(task.to_json() + "\n")
            supervisor.stdin.flush()
            return dict(json.loads(supervisor.stdout.readline()))
        except (BrokenPipeError, json.JSONDecodeError):
            self._supervisor = None
            supervisor.kill()
            supervisor.wait()
            return None

    def _start(self) -> "subprocess.Popen[str]":
        if self._supervisor is None:
            # An empty environment: no database URL, no connection, no token can leak into the
            # child.
            clean = {"PATH": os.defpath, "LANG": "C.UTF-8"}
            self._supervisor = subprocess.Popen(
                [sys.executable, "-m", "federation.conform.sandbox.supervisor"],
                env=clean,
                text=True,
                encoding="utf-8",
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd="/",
            )
        return self._supervisor


def _sweep(folder: Path) -> None:
    """Remove what killed hubs left beside their targets."""
    for leftover in folder.glob(f"{_SCRATCH}*"):
        if not Path("/proc", leftover.name.removeprefix(_SCRATCH).split("-")[0]).exists():
            rmtree(leftover, ignore_errors=True)


def _publish(output: Path, target: Path) -> None:
    with output.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(output, target)
