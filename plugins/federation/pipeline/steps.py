"""The steps from platform to verdict, each a plain function of feeds, for `hub run` and Airflow."""

import logging
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import groupby
from queue import SimpleQueue
from typing import TYPE_CHECKING

from federation.common.errors import DataProblem, HubError
from federation.common.vocabulary import CheckOutcome, ExtractState
from federation.common.worker_pool import Heartbeat, Job, run_jobs
from federation.conform.proposals import with_proposal
from federation.conform.sandbox.job import Limits as SandboxLimits
from federation.conform.sandbox.sandbox import LandedExtract, Sandbox
from federation.contracts.model import Feed
from federation.extracts.catalogue import FeedKey
from federation.extracts.extract import Extract, all_extracts, conform_key, work_key
from federation.extracts.status import extract_statuses
from federation.fetch.feed import Landing, fetch_feed
from federation.ledger import Check, Conformed, Verdict, read_ledger
from federation.pipeline.extract_lines import tell_held, tell_verdict, told_conformed
from federation.pipeline.hub import Hub
from federation.transport import Limits, Transport, transport_for
from federation.transport.base import CircuitBreaker

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from federation.gate.gx_duckdb import Validator
    from federation.gate.judge import Judgement

_log = logging.getLogger(__name__)


def fetch(hub: Hub, feeds: Sequence[Feed]) -> list[Check]:
    """Fetch what is new from the platforms; return one check per feed.

    An unreachable platform stops its own feeds only. A feed that the hub itself could not look at
    has no check, but a place in the hub's `troubles`.
    """
    limits = Limits.from_text(hub.settings.limits, "HUB_LIMITS")
    with _platforms(hub, {feed.city.connection for feed in feeds}, limits) as platforms:
        jobs = [_fetching(hub, feed, platforms[feed.city.connection], limits) for feed in feeds]
        ended = run_jobs(jobs, limits.feeds_per_city, limits.feeds_at_once)
        checks = dict(hub.progress.over(ended, "fetch", len(jobs)))
    found: list[Check] = []
    for place, feed in enumerate(feeds):
        seen = checks[place]  # none of one that the hub could not look at, None of one given up
        found += _stuck(hub, feed) if seen is None else seen
    return found


@contextmanager
def _platforms(
    hub: Hub, connections: Iterable[str], limits: Limits
) -> Iterator[dict[str, Transport | HubError]]:
    """Yield each connection's transport, or why there is none: a wrong connection stops its own
    city only."""
    with ExitStack() as opened:
        platforms: dict[str, Transport | HubError] = {}
        for name in sorted(connections):
            try:
                base = hub.settings.platform_base(name)
                transport = CircuitBreaker(transport_for(base, limits))
                opened.callback(transport.close)
                platforms[name] = transport
            except HubError as error:
                platforms[name] = error
        yield platforms


def _fetching(
    hub: Hub, feed: Feed, platform: Transport | HubError, limits: Limits
) -> Job[list[Check]]:
    if isinstance(platform, HubError):
        why = f"{platform.what} ({platform.where})"
        return Job(feed.city.key, lambda _: _unusable(hub, feed, why), limits.stuck_seconds)
    landing = Landing(hub.settings.home, hub.ledger)

    def fetch_it(heartbeat: Heartbeat) -> list[Check]:
        checks: list[Check] = []
        with hub.bounded(feed):
            checks.append(fetch_feed(feed, platform, landing, heartbeat.beat, hub.span))
        return checks

    return Job(feed.city.key, fetch_it, platform.limits.stuck_seconds)


def _stuck(hub: Hub, feed: Feed) -> list[Check]:
    message = "the platform sends nothing that gets us on (limit stuck_seconds)"
    return _unusable(hub, feed, message)


def _unusable(hub: Hub, feed: Feed, message: str) -> list[Check]:
    check = Check(*feed.key, outcome=CheckOutcome.UNREACHABLE, message=message)
    with hub.bounded(feed):
        hub.ledger.checks.add(check)
    return [check]


def conform(hub: Hub, feeds: Sequence[Feed]) -> list[Conformed]:
    """Conform in the sandbox every extract that needs it; return the results.

    One that the hub itself could not conform has a place in the hub's `troubles` instead.
    """
    limits = SandboxLimits.from_text(hub.settings.limits, "HUB_LIMITS")
    extracts = all_extracts(feeds, read_ledger(hub.ledger), hub.settings.home)
    pending = [
        extract
        for extract in _in_span(hub, extracts)
        if extract.needs_conforming
        or (
            # The limits of a trial's shell are no word on an extract that serves.
            extract.refused_by_other_limits(limits.hash) and not hub.ledger.is_of_trial
        )
    ]
    workers = min(len(pending), os.cpu_count() or 1)
    if not workers:
        return []
    sandboxes: SimpleQueue[Sandbox] = SimpleQueue()
    for _ in range(workers):
        sandboxes.put(Sandbox(limits))

    def one(extract: Extract) -> list[Conformed]:
        found: list[Conformed] = []
        sandbox = sandboxes.get()
        try:
            with hub.bounded(extract.name), told_conformed(hub.progress, extract.name) as told:
                found.append(_conform(hub, extract, sandbox))
                told.append(found[-1])
        finally:
            sandboxes.put(sandbox)
        return found

    with ThreadPoolExecutor(max_workers=workers) as pool:
        done = list(hub.progress.over(pool.map(one, pending), "conform", len(pending)))
    for _ in range(workers):
        sandboxes.get().close()
    records = [record for found in done for record in found]
    hub.progress.count("conform", sum(record.source_rows for record in records))
    return records


def _in_span(hub: Hub, extracts: Iterable[Extract]) -> list[Extract]:
    return [extract for extract in extracts if extract.arrival.partition.overlaps(hub.span)]


def _conform(hub: Hub, extract: Extract, sandbox: Sandbox) -> Conformed:
    feed, arrival = extract.feed, extract.arrival
    if not extract.landing.exists():
        raise DataProblem(
            "a landed file is gone",
            where=str(extract.landing),
            todo="restore landing from its backup",
        )
    answer = sandbox.conform(
        feed, arrival.partition, arrival.extract_id, extract.landing, extract.conformed
    )
    answer.raise_trouble(extract.landing)
    landed = LandedExtract(feed, arrival.partition, arrival.extract_id, extract.landing)
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


def gate(hub: Hub, feeds: Sequence[Feed]) -> list[tuple[Extract, Verdict]]:
    """Decide on every conformed extract without a verdict; return the decisions.

    One that the hub itself could not judge has a place in the hub's `troubles` instead.
    """
    extracts = all_extracts(feeds, read_ledger(hub.ledger), hub.settings.home)
    pending = [extract for extract in _in_span(hub, extracts) if extract.needs_verdict]
    if not pending:
        return []
    with hub.progress.step("import great_expectations"):
        import federation.gate.gx_duckdb  # noqa: F401  seconds of CPU, so only when something is to be judged
    decided = list(_gate(hub, extracts, pending))
    hub.progress.count(
        "gate", sum(extract.record.records_received for extract, _ in decided if extract.record)
    )
    _tell_held(hub, feeds, {extract.extract_id for extract, _ in decided})
    return decided


def _tell_held(hub: Hub, feeds: Sequence[Feed], decided: Collection[str]) -> None:
    """Tell which of the extracts decided on wait for a person: their place among the others says
    it."""
    for entry in extract_statuses(feeds, read_ledger(hub.ledger), hub.settings.home):
        if entry.state == ExtractState.HELD and entry.extract.extract_id in decided:
            tell_held(hub.progress, entry)


_Judged = tuple[Extract, "list[Judgement]"]
_JudgedInTime = tuple[Extract, "list[Judgement]", float]
ExtractsByFeed = Mapping[FeedKey, Sequence[Extract]]


def _gate(
    hub: Hub, everything: Sequence[Extract], pending: Sequence[Extract]
) -> Iterator[tuple[Extract, Verdict]]:
    from federation.common.engine import connect
    from federation.gate.gx_duckdb import Validator

    by_feed: dict[FeedKey, list[Extract]] = {}
    for extract in everything:
        by_feed.setdefault(extract.feed.key, []).append(extract)
    spill = hub.settings.home.scratch
    with Validator(spill=spill) as validator, connect(spill=spill) as con:
        judged = (
            entry
            for group in _by_dataset(pending)
            for entry in _with_seconds(partial(_judge, hub, group, by_feed, validator, con))
        )
        for extract, judgements, seconds in hub.progress.over(judged, "gate", len(pending)):
            began = time.monotonic()
            decided = _decide(hub, extract, judgements, con)
            for _, verdict in decided:
                tell_verdict(hub.progress, extract, verdict, seconds + time.monotonic() - began)
            yield from decided


def _with_seconds(judge: Callable[[], list[_Judged]]) -> list[_JudgedInTime]:
    """Return what is judged, each with its share of the time: they are judged together."""
    began = time.monotonic()
    judged = judge()
    share = (time.monotonic() - began) / max(len(judged), 1)
    return [(extract, judgements, share) for extract, judgements in judged]


def _by_dataset(pending: Sequence[Extract]) -> Iterator[list[Extract]]:
    """Yield the extracts of each dataset; a feed's extracts stay together."""
    ordered = sorted(pending, key=lambda extract: extract.feed.dataset)
    for _, group in groupby(ordered, key=lambda extract: extract.feed.dataset):
        yield list(group)


def _judge(
    hub: Hub,
    group: Sequence[Extract],
    by_feed: ExtractsByFeed,
    validator: "Validator",
    con: "DuckDBPyConnection",
) -> list[_Judged]:
    """Return the judgements of a dataset's extracts: of all together, for that costs least; of
    one by one where that fails, so that the one in trouble stops no other."""
    from federation.extracts.judging import judge_together

    try:
        return list(judge_together(group, by_feed, validator, con))
    except Exception:
        return [entry for extract in group for entry in _judge_alone(hub, extract, by_feed)]


def _judge_alone(hub: Hub, extract: Extract, by_feed: ExtractsByFeed) -> list[_Judged]:
    from federation.common.engine import connect
    from federation.extracts.judging import judge_together
    from federation.gate.gx_duckdb import Validator

    judged: list[_Judged] = []
    spill = hub.settings.home.scratch
    with (
        hub.bounded(extract.name),
        Validator(spill=spill) as validator,
        connect(spill=spill) as con,
    ):
        judged += judge_together([extract], by_feed, validator, con)
    return judged


def _decide(
    hub: Hub, extract: Extract, judgements: "list[Judgement]", con: "DuckDBPyConnection"
) -> list[tuple[Extract, Verdict]]:
    from federation.gate.exemptions import Exemptions
    from federation.gate.verdict import JudgedExtract, decide, measured

    feed, record = extract.feed, extract.record
    assert record is not None
    judged = JudgedExtract(feed, record, extract.conformed, judgements, work_key(feed))
    decided: list[tuple[Extract, Verdict]] = []
    with hub.bounded(extract.name):
        exemptions = Exemptions.of(feed, extract.released, extract.decisions_seen)
        verdict = decide(judged, con, exemptions)
        hub.ledger.verdicts.add(verdict, measured(judged, exemptions))
        decided.append((extract, verdict))
    return decided
