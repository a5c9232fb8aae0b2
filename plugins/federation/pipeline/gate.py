"""The step from conformed records to a verdict, as a plain function of feeds, for `hub run` and
Airflow."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from federation.common.vocabulary import ExtractState
from federation.contracts.model import Feed
from federation.extracts.catalogue import FeedKey
from federation.extracts.extract import Extract, all_extracts, work_key
from federation.extracts.status import extract_statuses
from federation.ledger import Verdict, read_ledger
from federation.pipeline.extract_lines import tell_held, tell_verdict
from federation.pipeline.hub import Claimable, Hub

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from federation.gate.gx_duckdb import Validator
    from federation.gate.judge import Judgement


def gate(hub: Hub, feeds: Sequence[Feed]) -> list[tuple[Extract, Verdict]]:
    """Decide on every conformed extract without a verdict; return the decisions.

    One that the hub itself could not judge has a place in the hub's `troubles` instead. Feeds that
    another pass has in hand come last.
    """
    pending = [extract.feed.key for extract in _pending(hub, _all(hub, feeds))]
    if not pending:
        return []
    with hub.progress.step("import great_expectations"):
        import federation.gate.gx_duckdb  # noqa: F401  seconds of CPU, so only when something is to be judged
    decided = list(
        hub.progress.over(
            _gate(hub, [feed for feed in feeds if feed.key in pending]), "gate", len(pending)
        )
    )
    hub.progress.count(
        "gate", sum(extract.record.records_received for extract, _ in decided if extract.record)
    )
    _tell_held(hub, feeds, {extract.extract_id for extract, _ in decided})
    return decided


def _all(hub: Hub, feeds: Sequence[Feed]) -> list[Extract]:
    return all_extracts(feeds, read_ledger(hub.ledger), hub.settings.home)


def _pending(hub: Hub, extracts: Iterable[Extract]) -> list[Extract]:
    return [extract for extract in hub.in_span(extracts) if extract.needs_verdict]


def _tell_held(hub: Hub, feeds: Sequence[Feed], decided: Collection[str]) -> None:
    """Tell which of the extracts decided on wait for a person: their place among the others says
    it."""
    for entry in extract_statuses(feeds, read_ledger(hub.ledger), hub.settings.home):
        if entry.state == ExtractState.HELD and entry.extract.extract_id in decided:
            tell_held(hub.progress, entry)


_Judged = tuple[Extract, "list[Judgement]"]
_JudgedInTime = tuple[Extract, "list[Judgement]", float]
ExtractsByFeed = Mapping[FeedKey, Sequence[Extract]]


def _gate(hub: Hub, feeds: Sequence[Feed]) -> Iterator[tuple[Extract, Verdict]]:
    """Yield the decisions on the feeds of one dataset after the other: they are judged together."""
    from federation.common.engine import connect
    from federation.gate.gx_duckdb import Validator

    spill, left = hub.settings.home.scratch, list[Feed]()
    with (
        hub.ledger.locks.claims() as claims,
        Validator(spill=spill) as validator,
        connect(spill=spill) as con,
    ):
        engines = validator, con
        for group in _by_dataset(feeds):
            taken: list[Feed] = []
            for feed in group:
                (taken if claims.take(_claim(feed).key) else left).append(feed)
            yield from _gate_feeds(hub, taken, engines)
            for feed in taken:
                claims.give_back(_claim(feed).key)
        for feed in left:
            with hub.in_hand(claims, _claim(feed)):
                yield from _gate_feeds(hub, [feed], engines)


def _claim(feed: Feed) -> Claimable:
    return Claimable(f"gate {feed}", work_key(feed))


def _gate_feeds(
    hub: Hub, feeds: Sequence[Feed], engines: "tuple[Validator, DuckDBPyConnection]"
) -> Iterator[tuple[Extract, Verdict]]:
    """Yield the decisions on feeds in hand, by what the ledger says now."""
    everything = _all(hub, feeds)
    by_feed: dict[FeedKey, list[Extract]] = {}
    for extract in everything:
        by_feed.setdefault(extract.feed.key, []).append(extract)
    pending = _pending(hub, everything)
    if not pending:
        return
    for extract, judgements, seconds in _with_seconds(
        partial(_judge, hub, pending, by_feed, *engines)
    ):
        began = time.monotonic()
        decided = _decide(hub, extract, judgements, engines[1])
        for _, verdict in decided:
            tell_verdict(hub.progress, extract, verdict, seconds + time.monotonic() - began)
        yield from decided


def _with_seconds(judge: Callable[[], list[_Judged]]) -> list[_JudgedInTime]:
    """Return what is judged, each with its share of the time: they are judged together."""
    began = time.monotonic()
    judged = judge()
    share = (time.monotonic() - began) / max(len(judged), 1)
    return [(extract, judgements, share) for extract, judgements in judged]


def _by_dataset(feeds: Sequence[Feed]) -> Iterator[list[Feed]]:
    """Yield the feeds of each dataset."""
    for _, group in groupby(sorted(feeds, key=_dataset), key=_dataset):
        yield list(group)


def _dataset(feed: Feed) -> str:
    return feed.dataset


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
