"""The step from landing to national columns, as a plain function of feeds, for `hub run` and
Airflow."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue

from federation.common.errors import OwnTrouble
from federation.conform.proposals import with_proposal
from federation.conform.sandbox.job import Limits
from federation.conform.sandbox.sandbox import LandedExtract, Sandbox
from federation.contracts.model import Feed
from federation.extracts.extract import Extract, all_extracts, conform_key
from federation.ledger import Conformed, read_ledger
from federation.pipeline.extract_lines import told_conformed
from federation.pipeline.hub import Claimable, Hub


def conform(hub: Hub, feeds: Sequence[Feed]) -> list[Conformed]:
    """Conform in the sandbox every extract that needs it; return the results.

    One that the hub itself could not conform has a place in the hub's `troubles` instead. What
    another pass has in hand is left to it, and waited for at the end.
    """
    limits = Limits.from_text(hub.settings.limits, "HUB_LIMITS")
    pending = _pending(hub, feeds, limits)
    workers = min(len(pending), os.cpu_count() or 1)
    if not workers:
        return []
    left: list[Extract] = []

    def one(extract: Extract) -> list[Conformed]:
        if not claims.take(_claim(extract).key):
            left.append(extract)
            return []
        try:
            return _once(hub, extract, sandboxes)
        finally:
            claims.give_back(_claim(extract).key)

    with (
        hub.ledger.locks.claims() as claims,
        _sandboxes(limits, workers) as sandboxes,
        ThreadPoolExecutor(max_workers=workers) as pool,
    ):
        done = list(hub.progress.over(pool.map(one, pending), "conform", len(pending)))
        for extract in left:
            with hub.in_hand(claims, _claim(extract)):
                done.append(_once(hub, extract, sandboxes))
    records = [record for found in done for record in found]
    hub.progress.count("conform", sum(record.source_rows for record in records))
    return records


def _pending(hub: Hub, feeds: Sequence[Feed], limits: Limits) -> list[Extract]:
    extracts = all_extracts(feeds, read_ledger(hub.ledger), hub.settings.home)
    lost = [extract for extract in extracts if _is_lost(extract)]
    if lost:
        hub.troubles.append(_told_lost(lost))
    gone = {extract.landing for extract in lost}
    return [
        extract
        for extract in hub.in_span(extracts)
        if extract.landing not in gone
        and (
            extract.needs_conforming
            or (
                # The limits of a trial's shell are no word on an extract that serves.
                extract.refused_by_other_limits(limits.hash) and not hub.ledger.is_of_trial
            )
        )
    ]


def _is_lost(extract: Extract) -> bool:
    """Return whether a landed file is gone.

    Where landing itself cannot be read, nothing is known of its files: `fetch`, which cannot write
    there either, has told of it.
    """
    try:
        extract.landing.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _told_lost(lost: Sequence[Extract]) -> OwnTrouble:
    """Return that landed files are gone: what was made of them serves, and cannot be made anew."""
    feeds = ", ".join(sorted({str(extract.feed) for extract in lost}))
    return OwnTrouble(
        f"landed files are gone: {len(lost)} of {feeds}; what was made of them keeps serving",
        where=str(lost[0].landing),
        todo="put landing back from a backup; a file that its platform still shows is fetched anew",
    )


@contextmanager
def _sandboxes(limits: Limits, workers: int) -> Iterator["SimpleQueue[Sandbox]"]:
    """Yield a sandbox for each worker."""
    opened: SimpleQueue[Sandbox] = SimpleQueue()
    for _ in range(workers):
        opened.put(Sandbox(limits))
    yield opened
    for _ in range(workers):
        opened.get().close()


def _claim(extract: Extract) -> Claimable:
    name = f"conform {extract.name} ({extract.extract_id})"
    return Claimable(name, conform_key(extract.feed))


def _once(hub: Hub, extract: Extract, sandboxes: "SimpleQueue[Sandbox]") -> list[Conformed]:
    """Return the result of conforming an extract in hand; none where it failed, or where another
    pass has conformed it since this one read the ledger."""
    found: list[Conformed] = []
    sandbox = sandboxes.get()
    try:
        with hub.bounded(extract.name), told_conformed(hub.progress, extract.name) as told:
            if not _is_done(hub, extract):
                found.append(_conform(hub, extract, sandbox))
                told.append(found[-1])
    finally:
        sandboxes.put(sandbox)
    return found


def _is_done(hub: Hub, extract: Extract) -> bool:
    newest = hub.ledger.conformed.of(extract.extract_id, conform_key(extract.feed))
    before = extract.record.conformed_at if extract.record else None
    return newest is not None and newest.conformed_at != before


def _conform(hub: Hub, extract: Extract, sandbox: Sandbox) -> Conformed:
    feed, arrival = extract.feed, extract.arrival
    landed = LandedExtract(
        feed,
        arrival.partition,
        arrival.extract_id,
        extract.landing,
        hub.ledger.conformed.most_rows(*feed.key),
    )
    answer = sandbox.conform(landed, extract.conformed)
    answer.raise_trouble(extract.landing)
    findings = [*answer.findings]
    if not hub.ledger.is_of_trial:  # a proposal changes the contract that serves, not a trial's
        findings = with_proposal(landed, findings, sandbox, hub.settings.home)
    record = Conformed(
        *feed.key,
        extract_id=arrival.extract_id,
        conform_key=conform_key(feed),
        findings=findings,
        source_rows=answer.source_rows,
        source_rows_out_of_scope=answer.source_rows_out_of_scope,
        records_received=answer.records_received,
        records_duplicate=answer.records_duplicate,
        output_sha256=answer.output_sha256,
        isolation=answer.isolation,
        limits=sandbox.limits.hash if answer.refused_by_limit else "",
    )
    hub.ledger.conformed.add(record)
    return record
