"""One line for each extract that was conformed or judged, for logs and for `hub run`."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from federation.common.progress import Progress
from federation.common.reason import Reason
from federation.common.vocabulary import VerdictKind
from federation.extracts.extract import Extract
from federation.extracts.status import ExtractStatus
from federation.ledger import Conformed, Verdict

_LONGEST = 300  # letters of the reasons


@contextmanager
def told_conformed(progress: Progress, name: str) -> Iterator[list[Conformed]]:
    """Tell what came of conforming one extract: its result is laid into the list."""
    began, results = time.monotonic(), list[Conformed]()
    yield results
    for record in results:
        is_refused = not record.output_sha256
        came = "rejected" if is_refused else f"conformed, {record.records_received:,} records"
        line = f"conform: {name}: {came}, {time.monotonic() - began:.1f} s"
        progress.detail(line + _because(record.findings), is_trouble=is_refused)


def tell_verdict(progress: Progress, extract: Extract, verdict: Verdict, seconds: float) -> None:
    """Tell the gate's decision on one extract: records received, those quarantined, and why."""
    received = extract.record.records_received if extract.record else 0
    line = f"gate: {extract.name}: {verdict.verdict}, {received:,} records"
    if verdict.records_quarantined:
        line += f" ({verdict.records_quarantined:,} quarantined)"
    is_trouble = verdict.verdict != VerdictKind.ACCEPTED
    progress.detail(f"{line}, {seconds:.1f} s{_because(verdict.reasons)}", is_trouble=is_trouble)


def tell_held(progress: Progress, entry: ExtractStatus) -> None:
    """Tell that an extract waits for a person, and the command that shows it."""
    line = f"gate: {entry.extract.name}: {VerdictKind.HELD}"
    progress.detail(line + _because(entry.reasons), is_trouble=True)


def _because(reasons: Sequence[Reason]) -> str:
    """Return the reasons, the first ones where they are many."""
    told = "; ".join(f"{reason.code}: {reason.message}" for reason in reasons)
    text = " ".join(told.split())
    return f": {text[:_LONGEST]}{'…' if len(text) > _LONGEST else ''}" if text else ""
