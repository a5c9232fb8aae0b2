"""What is wrong now, feed by feed: problems of verdicts, quarantine, calendar, platforms,
contracts, waivers and builds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from federation.common.bilingual import BilingualText
from federation.common.errors import ContractError, HubError
from federation.common.hashing import short_hash
from federation.common.reason import Reason, coded
from federation.common.vocabulary import (
    AttemptOutcome,
    CheckOutcome,
    Consequence,
    Dimension,
    ExtractState,
    ProblemKind,
    RemarkKind,
    Severity,
)
from federation.contracts.model import City, Feed
from federation.contracts.versions import dataset_of
from federation.extracts.catalogue import FeedKey
from federation.extracts.expected_arrivals import expected_arrivals
from federation.extracts.snapshot import Snapshot
from federation.extracts.status import ReleaseInput
from federation.gate.waivers import Waiver, expired
from federation.ledger import Check, Ledger, Remark
from federation.messages import said
from federation.messages.problem_words import PROBLEM_WORDS
from federation.messages.reasons import english, thai
from federation.messages.todo_words import (
    MEANWHILE,
    MEANWHILE_OF_PROBLEM,
    PROBLEM_TODO,
)
from federation.quality.contacts import on_call
from federation.quality.incidents import EVIDENCE, Problem
from federation.quality.scored_periods import dimension_of
from federation.quality.shortfalls import owner_of, shortfalls, todo_of
from federation.quality.todo import city_columns, todo_of_files, todo_of_records
from federation.quarantine.decisions import Quarantined, quarantined

_BY_GRAVITY = list(Consequence)
_KEEPS_OUT = (Consequence.REJECT, Consequence.HOLD)  # the file as a whole
# What a look noticed of single files, with how grave it is.
_REMARKS = {
    RemarkKind.LEFT_OUT: Severity.WARNING,
    RemarkKind.NEAR_MISS: Severity.WARNING,
    RemarkKind.VANISHED: Severity.INFO,
    RemarkKind.IMPOSSIBLE_TIME: Severity.INFO,
    RemarkKind.NO_VALIDATOR: Severity.INFO,
}
_OF_PLATFORM = (
    ProblemKind.UNREACHABLE,
    ProblemKind.EMPTIED,
)  # of a whole platform, if of all feeds
_BUILD = (AttemptOutcome.BUILD_FAILED, AttemptOutcome.VERIFICATION_FAILED)


def problems(seen: Snapshot, ledger: Ledger) -> list[Problem]:
    """Return what is wrong with a snapshot's feeds and with the nation, each problem once."""
    open_records: dict[FeedKey, list[Quarantined]] = {}
    for entry in quarantined(seen):
        if entry.status.is_open:
            open_records.setdefault((entry.city, entry.dataset), []).append(entry)
    of_feeds = [
        problem
        for feed in seen.feeds
        for problem in _of_feed(feed, seen, open_records.get(feed.key, []))
    ]
    return [
        *_joined_by_city(of_feeds, seen.feeds, seen.today),
        *map(_refused, seen.catalogue.refused),
        *map(_expired, expired()),
        *_build(ledger),
    ]


def _joined_by_city(
    problems: Iterable[Problem], feeds: Sequence[Feed], today: date
) -> Iterator[Problem]:
    """Yield the problems; a platform that answers for no feed of its city, or shows no file of any,
    is one of the city."""
    of_platform: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        if problem.kind in _OF_PLATFORM:
            of_platform.setdefault((problem.city, problem.reason), []).append(problem)
        else:
            yield problem
    for (city, _), problems_of_city in of_platform.items():
        feeds_of_city = [
            feed for feed in feeds if feed.city.key == city and not feed.is_retired(today)
        ]
        if 1 < len(feeds_of_city) == len(problems_of_city):
            yield _of_whole_city(problems_of_city[0], feeds_of_city[0].city)
        else:
            yield from problems_of_city


def _of_whole_city(problem: Problem, city: City) -> Problem:
    owner = next((contact.email for contact in city.stewards), problem.owner)
    return replace(problem, dataset="", owner=owner)


def _of_feed(feed: Feed, seen: Snapshot, kept_out: Sequence[Quarantined]) -> Iterator[Problem]:
    inputs = seen.inputs_of(feed)
    standing = [entry for entry in inputs if entry.state != ExtractState.SUPERSEDED]
    yield from _of_files(feed, standing)
    yield from _of_records(feed, kept_out, {entry.extract_id: entry.path for entry in inputs})
    expected = expected_arrivals(feed, inputs, seen.today, seen.dated)
    yield from shortfalls(feed, expected, standing)
    check = seen.checks.get(feed.key)
    if check and not feed.is_retired(seen.today):
        yield from _of_platform(feed, check)


def _of_platform(feed: Feed, check: Check) -> Iterator[Problem]:
    """Yield what the last look at the platform found wrong there."""
    if check.outcome != CheckOutcome.OK:
        words = PROBLEM_WORDS[ProblemKind(check.outcome)]
        yield Problem(
            *feed.key,
            check.outcome,
            Severity.WARNING,
            Dimension.TIMELINESS,
            words.th,
            f"{words.en}: {check.message}",
            owner_of(feed),
        ).asking(todo_of(feed, check.outcome), MEANWHILE_OF_PROBLEM)
    for kind, severity in _REMARKS.items():
        remarks = check.remarked(kind)
        # Of a platform that is not in order the outcome says it.
        is_told = kind == RemarkKind.LEFT_OUT and check.outcome != CheckOutcome.OK
        if remarks and not is_told:
            yield _of_remarks(feed, kind, severity, remarks)


def _of_remarks(
    feed: Feed, kind: RemarkKind, severity: Severity, remarks: Sequence[Remark]
) -> Problem:
    words = PROBLEM_WORDS[ProblemKind(kind)]
    paths = ", ".join(remark.path for remark in remarks[:EVIDENCE])
    more = len(remarks) - EVIDENCE
    return Problem(
        *feed.key,
        kind,
        severity,
        Dimension.COMPLETENESS,
        f"{words.th}: {paths}{f' และอีก {more} ไฟล์' if more > 0 else ''}",
        f"{words.en}: {paths}{f' and {more} more' if more > 0 else ''} ({remarks[0].reason})",
        owner_of(feed),
        extracts=len(remarks),
    ).asking(todo_of(feed, kind), MEANWHILE_OF_PROBLEM)


def _of_files(feed: Feed, inputs: Iterable[ReleaseInput]) -> Iterator[Problem]:
    """Yield the problems of files, without those of quarantined records."""
    by_code: dict[str, list[tuple[ReleaseInput, Reason]]] = {}
    for entry in inputs:
        for reason in _told(entry):
            by_code.setdefault(reason.code, []).append((entry, reason))
    for code, entries in by_code.items():
        worst = min((reason.consequence for _, reason in entries), key=_BY_GRAVITY.index)
        evidence = [
            {"extract_id": entry.extract_id, "partition": entry.partition}
            for entry, _ in entries[:EVIDENCE]
        ]
        _, last = entries[-1]
        column = city_columns(feed, last.column)
        yield Problem(
            *feed.key,
            code,
            worst.severity,
            dimension_of(feed.dataset, code),
            thai(feed.dataset, code, column, last.message),
            english(feed.dataset, code, column),
            owner_of(feed),
            sum(reason.records for _, reason in entries),
            len(entries),
            evidence,
        ).asking(todo_of_files(feed, code, entries), MEANWHILE[worst])


def _told(entry: ReleaseInput) -> list[Reason]:
    """Return the reasons of an extract that are told as problems of the file: where it does not
    serve, only why."""
    of_files = [
        reason
        for reason in entry.reasons
        if reason.consequence not in (Consequence.QUARANTINE, Consequence.WAIVE)
    ]
    why = [reason for reason in of_files if reason.consequence in _KEEPS_OUT]
    return why or of_files


def _of_records(
    feed: Feed, kept_out: Iterable[Quarantined], path_of: Mapping[str, str]
) -> Iterator[Problem]:
    by_reason: dict[str, list[Quarantined]] = {}
    for entry in kept_out:
        by_reason.setdefault(entry.reason, []).append(entry)
    for code, records in by_reason.items():
        evidence = [
            {
                "extract_id": entry.extract_id,
                "partition": entry.partition,
                "row_number": entry.row_number,
                "quarantine_id": entry.quarantine_id,
            }
            for entry in records[:EVIDENCE]
        ]
        column = city_columns(feed, records[0].column_name)
        extracts = len({entry.extract_id for entry in records})
        yield Problem(
            *feed.key,
            code,
            Severity.WARNING,
            dimension_of(feed.dataset, code),
            thai(feed.dataset, code, column),
            english(feed.dataset, code, column),
            owner_of(feed),
            len(records),
            extracts,
            evidence,
        ).asking(todo_of_records(feed, code, records, path_of), MEANWHILE[Consequence.QUARANTINE])


def _refused(error: ContractError) -> Problem:
    file = Path(error.file)
    return Problem(
        file.parent.name,
        "" if file.stem == "_city" else dataset_of(file),
        ProblemKind.CONTRACT_REFUSED,
        Severity.CRITICAL,
        Dimension.VALIDITY,
        PROBLEM_WORDS[ProblemKind.CONTRACT_REFUSED].th,
        f"{error.key}: {error.reason}",
        _on_call(),
    ).asking(PROBLEM_TODO[ProblemKind.CONTRACT_REFUSED], MEANWHILE[Consequence.REJECT])


def _expired(waiver: Waiver) -> Problem:
    day, of = said.day(waiver.expires), (waiver.dataset, waiver.expectation)
    check = BilingualText(english(*of), thai(*of))
    return Problem(
        waiver.city,
        waiver.dataset,
        coded(ProblemKind.EXPIRED_WAIVER, waiver.expectation),
        Severity.CRITICAL,
        Dimension.VALIDITY,
        f"การยกเว้น “{check.th}” หมดอายุเมื่อ {day.th} จึงยังไม่มีรอบเผยแพร่ใหม่",
        f"the waiver of “{check.en}” expired on {day.en}; no release is made until it is gone or "
        "written anew",
        waiver.owner,
    ).asking(PROBLEM_TODO[ProblemKind.EXPIRED_WAIVER], MEANWHILE[Consequence.REJECT])


def _build(ledger: Ledger) -> Iterator[Problem]:
    last = ledger.builds.last()
    if last and last["outcome"] in _BUILD:
        words = PROBLEM_WORDS[ProblemKind(last["outcome"])]
        yield Problem(
            "",
            "",
            last["outcome"],
            Severity.CRITICAL,
            Dimension.CONSISTENCY,
            words.th,
            f"{words.en}: {last['message'][:300]}",
            _on_call(),
        ).asking(PROBLEM_TODO[ProblemKind(last["outcome"])], MEANWHILE[Consequence.REJECT])


def of_trouble(trouble: HubError) -> Problem:
    """Return the problem that a trouble of the hub itself is, in a pass of `hub run`."""
    words = PROBLEM_WORDS[ProblemKind.HUB_TROUBLE]
    return Problem(
        "",
        "",
        coded(ProblemKind.HUB_TROUBLE, short_hash(trouble.what, trouble.where)[:8]),
        Severity.CRITICAL,
        Dimension.TIMELINESS,
        f"{words.th}: {trouble.what} ({trouble.where})",
        f"{words.en}: {trouble.what} ({trouble.where}); {trouble.todo}",
        _on_call(),
    ).asking(PROBLEM_TODO[ProblemKind.HUB_TROUBLE], MEANWHILE[Consequence.REJECT])


def _on_call() -> str:
    return next((contact.email for contact in on_call()), "")
