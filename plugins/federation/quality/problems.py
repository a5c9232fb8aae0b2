"""What is wrong now, feed by feed: from verdicts, quarantine, calendar, platforms, contracts,
waivers and builds."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path

from federation.common.errors import ContractError
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
from federation.contracts.model import Feed
from federation.contracts.versions import dataset_of
from federation.extracts.expected_arrivals import expected_arrivals, late
from federation.extracts.snapshot import Snapshot
from federation.extracts.status import ReleaseInput
from federation.gate.waivers import Waiver, expired
from federation.ledger import Check, Ledger
from federation.messages.reasons import english, thai
from federation.quality.contacts import on_call
from federation.quality.incidents import EVIDENCE, Problem
from federation.quality.scoring import dimension_of
from federation.quarantine.decisions import Quarantined, quarantined

_BY_GRAVITY = list(Consequence)
_PLATFORM = {
    CheckOutcome.UNREACHABLE: ("ติดต่อแพลตฟอร์มของเมืองไม่ได้", "the city's platform does not answer"),
    CheckOutcome.BROKEN_CONTRACT: (
        "แฟ้มบนแพลตฟอร์มไม่ตรงกับข้อตกลง",
        "the platform's files do not match the contract",
    ),
    CheckOutcome.EMPTIED: (
        "แพลตฟอร์มของเมืองไม่แสดงแฟ้มที่เคยมี",
        "the city's platform shows none of its files",
    ),
    CheckOutcome.SHRUNK: (
        "แพลตฟอร์มของเมืองแสดงแฟ้มน้อยกว่าเดิมมาก",
        "the city's platform shows far fewer files than before",
    ),
}
# What a look noticed of single files, with how grave it is.
_REMARKS = {
    RemarkKind.LEFT_OUT: (
        Severity.WARNING,
        "มีแฟ้มบนแพลตฟอร์มที่รับเข้าไม่ได้",
        "files on the platform could not be taken",
    ),
    RemarkKind.NEAR_MISS: (
        Severity.WARNING,
        "มีแฟ้มที่ตั้งชื่อใกล้เคียงแต่ไม่ตรงกับข้อตกลง จึงไม่ได้รับเข้า",
        "names are nearly those of the contract, so the files were not taken",
    ),
    RemarkKind.VANISHED: (
        Severity.INFO,
        "มีแฟ้มที่เคยอยู่บนแพลตฟอร์มแต่ไม่พบแล้ว",
        "files are no longer on the platform",
    ),
    RemarkKind.IMPOSSIBLE_TIME: (
        Severity.INFO,
        "แพลตฟอร์มระบุเวลาแก้ไขแฟ้มที่เป็นไปไม่ได้ จึงไม่ใช้เวลานั้น",
        "the platform states times that cannot be true; they do not count",
    ),
    RemarkKind.NO_VALIDATOR: (
        Severity.INFO,
        "แพลตฟอร์มไม่บอกว่าแฟ้มถูกแก้ไขหรือไม่ จึงต้องอ่านแฟ้มทุกครั้ง",
        "the platform does not tell whether a file has changed, so files are read each time",
    ),
}
_OF_PLATFORM = (
    ProblemKind.UNREACHABLE,
    ProblemKind.EMPTIED,
)  # of a whole platform, if of all feeds
_BUILD = {
    AttemptOutcome.BUILD_FAILED: ("สร้างคลังข้อมูลไม่สำเร็จ", "the warehouse could not be built"),
    AttemptOutcome.VERIFICATION_FAILED: (
        "คลังข้อมูลไม่ผ่านการตรวจ จึงไม่เผยแพร่",
        "the build was not released",
    ),
}


def problems(seen: Snapshot, ledger: Ledger) -> list[Problem]:
    """Return what is wrong with a snapshot's feeds and with the nation, each problem once."""
    kept_out = [entry for entry in quarantined(seen) if entry.status.is_open]
    found = chain.from_iterable(
        _of_feed(
            feed,
            seen.inputs_of(feed),
            [entry for entry in kept_out if (entry.city, entry.dataset) == feed.key],
            seen.checks.get(feed.key),
            seen.today,
        )
        for feed in seen.feeds
    )
    return [
        *_together(found, seen.feeds),
        *map(_refused, seen.catalogue.refused),
        *map(_expired, expired()),
        *_build(ledger),
    ]


def _together(found: Iterable[Problem], feeds: Sequence[Feed]) -> Iterator[Problem]:
    """Yield the troubles.

    A platform that answers for no feed of its city, or shows no file of any, is one trouble, of
    the city.
    """
    by_city = {feed.city.key: feed.city for feed in feeds}
    away: dict[tuple[str, str], list[Problem]] = {}
    for problem in found:
        if problem.kind in _OF_PLATFORM:
            away.setdefault((problem.city, problem.reason), []).append(problem)
        else:
            yield problem
    for (city, _), troubles_of_city in away.items():
        whole = len(troubles_of_city) == sum(feed.city.key == city for feed in feeds) > 1
        owner = next(
            (contact.email for contact in by_city[city].stewards), troubles_of_city[0].owner
        )
        yield from (
            [replace(troubles_of_city[0], dataset="", owner=owner)] if whole else troubles_of_city
        )


def _of_feed(
    feed: Feed,
    inputs: Sequence[ReleaseInput],
    kept_out: Sequence[Quarantined],
    check: Check | None,
    today: date,
) -> Iterator[Problem]:
    yield from _of_files(
        feed, [entry for entry in inputs if entry.state != ExtractState.SUPERSEDED]
    )
    yield from _of_records(feed, kept_out)
    missing = late(expected_arrivals(feed, inputs, today))
    if missing:
        evidence = [
            {"partition": f"{entry.first_date}..{entry.last_date}"} for entry in missing[:EVIDENCE]
        ]
        yield Problem(
            *feed.key,
            ProblemKind.LATE,
            Severity.WARNING,
            Dimension.TIMELINESS,
            f"เลยกำหนดส่ง {len(missing)} งวด ตั้งแต่ {missing[0].due_on}",
            f"{len(missing)} period(s) overdue, since {missing[0].due_on}",
            _owner(feed),
            extracts=len(missing),
            evidence=evidence,
        )
    if check:
        yield from _of_platform(feed, check)


def _of_platform(feed: Feed, check: Check) -> Iterator[Problem]:
    """What the last look at the platform found wrong there."""
    if check.outcome != CheckOutcome.OK:
        th, en = _PLATFORM[check.outcome]
        yield Problem(
            *feed.key,
            check.outcome,
            Severity.WARNING,
            Dimension.TIMELINESS,
            th,
            f"{en}: {check.message}",
            _owner(feed),
        )
    for kind, (severity, th, en) in _REMARKS.items():
        remarks = check.remarked(kind)
        # Of a platform that is not in order the outcome says it.
        is_told = kind == RemarkKind.LEFT_OUT and check.outcome != CheckOutcome.OK
        if remarks and not is_told:
            paths = ", ".join(remark.path for remark in remarks[:EVIDENCE])
            more = len(remarks) - EVIDENCE
            yield Problem(
                *feed.key,
                kind,
                severity,
                Dimension.COMPLETENESS,
                f"{th}: {paths}{f' และอีก {more} แฟ้ม' if more > 0 else ''}",
                f"{en}: {paths}{f' and {more} more' if more > 0 else ''} ({remarks[0].reason})",
                _owner(feed),
                extracts=len(remarks),
            )


def _owner(feed: Feed) -> str:
    return next(iter((*feed.stewards, *feed.city.stewards))).email


def _of_files(feed: Feed, inputs: Iterable[ReleaseInput]) -> Iterator[Problem]:
    """What was found on files, but for records that were kept out: those have a life of their
    own."""
    by_code: dict[str, list[tuple[ReleaseInput, Reason]]] = {}
    of_records = (Consequence.QUARANTINE, Consequence.WAIVE)
    for entry in inputs:
        for reason in entry.reasons:
            if reason.consequence not in of_records:
                by_code.setdefault(reason.code, []).append((entry, reason))
    for code, found in by_code.items():
        worst = min((reason.consequence for _, reason in found), key=_BY_GRAVITY.index)
        evidence = [
            {"extract_id": entry.extract_id, "partition": entry.partition}
            for entry, _ in found[:EVIDENCE]
        ]
        last = found[-1][1]
        yield Problem(
            *feed.key,
            code,
            worst.severity,
            dimension_of(feed.dataset, code),
            thai(feed.dataset, code, last.column, last.message),
            last.message,
            _owner(feed),
            sum(reason.records for _, reason in found),
            len(found),
            evidence,
        )


def _of_records(feed: Feed, kept_out: Iterable[Quarantined]) -> Iterator[Problem]:
    by_reason: dict[str, list[Quarantined]] = {}
    for entry in kept_out:
        by_reason.setdefault(entry.reason, []).append(entry)
    for code, found in by_reason.items():
        evidence = [
            {
                "extract_id": entry.extract_id,
                "partition": entry.partition,
                "row_number": entry.row_number,
                "quarantine_id": entry.quarantine_id,
            }
            for entry in found[:EVIDENCE]
        ]
        column = found[0].column_name
        extracts = len({entry.extract_id for entry in found})
        yield Problem(
            *feed.key,
            code,
            Severity.WARNING,
            dimension_of(feed.dataset, code),
            thai(feed.dataset, code, column),
            english(feed.dataset, code, column),
            _owner(feed),
            len(found),
            extracts,
            evidence,
        )


def _refused(error: ContractError) -> Problem:
    file = Path(error.file)
    return Problem(
        file.parent.name,
        "" if file.stem == "_city" else dataset_of(file),
        ProblemKind.CONTRACT_REFUSED,
        Severity.CRITICAL,
        Dimension.VALIDITY,
        "ข้อตกลงข้อมูลใช้ไม่ได้ ระหว่างนี้ใช้ข้อมูลล่าสุดที่ผ่านการตรวจ",
        f"{error.key}: {error.reason}",
        _on_call(),
    )


def _expired(waiver: Waiver) -> Problem:
    return Problem(
        waiver.city,
        waiver.dataset,
        coded(ProblemKind.EXPIRED_WAIVER, waiver.expectation),
        Severity.CRITICAL,
        Dimension.VALIDITY,
        f"การยกเว้น {waiver.expectation} หมดอายุเมื่อ {waiver.expires} จึงเผยแพร่ชุดใหม่ไม่ได้",
        f"the waiver of {waiver.expectation} expired on {waiver.expires}; no release is made "
        "until it is gone or "
        "written anew",
        waiver.owner,
    )


def _build(ledger: Ledger) -> Iterator[Problem]:
    last = ledger.builds.last()
    if last and last["outcome"] in _BUILD:
        th, en = _BUILD[last["outcome"]]
        yield Problem(
            "",
            "",
            last["outcome"],
            Severity.CRITICAL,
            Dimension.CONSISTENCY,
            th,
            f"{en}: {last['message'][:300]}",
            _on_call(),
        )


def _on_call() -> str:
    return next((contact.email for contact in on_call()), "")
