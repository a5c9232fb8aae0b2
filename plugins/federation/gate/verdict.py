"""The gate's decision: judgements in, one verdict out, and beside the conformed file what stays out
of it."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from federation.common.letters import shown
from federation.common.paths import Home
from federation.common.reason import Reason, coded, kind_of, rejecting, split_code
from federation.common.sql import Sql, compose, listed, literal, parquet
from federation.common.vocabulary import Consequence, Dimension, Outcome, ReasonCode, VerdictKind
from federation.contracts.model import Feed
from federation.datasets.suites import Expectation
from federation.gate.blanks import write_blanks
from federation.gate.exemptions import Exemptions, breaks_the_fact
from federation.gate.judge import Judgement
from federation.ledger.records import Conformed, Measured, Verdict
from federation.messages.reason_words import REASON_WORDS

_FEW = 4  # quarantined records that are slips, whatever their share of a small extract


@dataclass(frozen=True)
class JudgedExtract:
    """A conformed extract of a feed with the judgements of Great Expectations on it."""

    feed: Feed
    record: Conformed
    conformed: Path
    judgements: list[Judgement]
    work_key: str


def decide(
    extract: JudgedExtract, con: duckdb.DuckDBPyConnection, exemptions: Exemptions | None = None
) -> Verdict:
    """Return the verdict; of an extract that is not rejected, write the records and the values
    that stay out."""
    exemptions = exemptions or Exemptions()
    feed, record = extract.feed, extract.record
    conformed, judged = extract.conformed, extract.judgements
    reasons: list[Reason] = [*record.findings]
    if record.output_sha256:
        reasons += _conform_reasons(feed, conformed, con)
        reasons += _judged_reasons(judged, exemptions)
    quarantined = 0
    if _spotted(reasons) and not rejecting(reasons):
        quarantined = write_quarantine(feed, conformed, judged, exemptions, con)
        reasons += _too_many(feed, record, quarantined)
    if rejecting(reasons):
        Home.quarantine(conformed).unlink(missing_ok=True)
        Home.blanks(conformed).unlink(missing_ok=True)
        quarantined = 0
    else:
        write_blanks(feed, conformed, judged, exemptions, con)
    return Verdict(
        *feed.key,
        record.extract_id,
        extract.work_key,
        feed.version,
        _verdict(reasons),
        quarantined,
        reasons,
        exemptions.decisions_seen,
    )


def _verdict(reasons: Iterable[Reason]) -> VerdictKind:
    consequences = {reason.consequence for reason in reasons}
    if Consequence.REJECT in consequences:
        return VerdictKind.REJECTED
    remarks = consequences - {Consequence.WAIVE}
    return VerdictKind.ACCEPTED_WITH_WARNING if remarks else VerdictKind.ACCEPTED


def _spotted(reasons: Iterable[Reason]) -> bool:
    spotting = (Consequence.QUARANTINE, Consequence.WAIVE)
    return any(reason.consequence in spotting for reason in reasons)


def _too_many(feed: Feed, record: Conformed, quarantined: int) -> list[Reason]:
    """Return the reason to reject an extract of which more is quarantined than its contract
    tolerates: it must be another file."""
    records = record.records_received - record.records_duplicate
    tolerated_pct = feed.quarantine_tolerance_pct
    allowed = records * tolerated_pct / 100
    if quarantined <= allowed or (quarantined <= _FEW and quarantined < records):
        return []
    message = (
        f"{quarantined:,} of {records:,} records would be quarantined; tolerated are "
        f"{tolerated_pct:g} %"
    )
    parameters = {"of_records": records, "tolerated_pct": tolerated_pct}
    reason = Reason(
        ReasonCode.TOO_MANY_QUARANTINED,
        Consequence.REJECT,
        message=message,
        records=quarantined,
        parameters=parameters,
    )
    return [reason]


def _conform_reasons(feed: Feed, conformed: Path, con: duckdb.DuckDBPyConnection) -> list[Reason]:
    rows = con.execute(
        """
        SELECT reason, count(*)
        FROM (
            SELECT unnest(reasons) AS reason
            FROM read_parquet(?)
            WHERE NOT is_duplicate AND len(reasons) > 0
        )
        GROUP BY reason
        ORDER BY reason
        """,
        [str(conformed)],
    ).fetchall()
    reasons = [_of_records(code, records) for code, records in rows]
    return [
        _with_provinces(reason, feed, conformed, con)
        if reason.kind == ReasonCode.FOREIGN_AREA
        else reason
        for reason in reasons
    ]


def _with_provinces(
    reason: Reason, feed: Feed, conformed: Path, con: duckdb.DuckDBPyConnection
) -> Reason:
    """Return the reason with what stands where records name their province, the most frequent
    first: it may be the city's own by another name."""
    rows = con.execute(
        """
        SELECT split_part(unplaced, '; ', -1) AS said, count(*)
        FROM read_parquet(?)
        WHERE NOT is_duplicate AND list_contains(reasons, ?) AND unplaced IS NOT NULL
        GROUP BY said
        ORDER BY count(*) DESC, said
        LIMIT 3
        """,
        [str(conformed), reason.code],
    ).fetchall()
    if not rows or not feed.city_rows:
        return reason
    seen = ", ".join(f"«{shown(said)}» in {records:,} records" for said, records in rows)
    hint = f"if that is {feed.city.name_en} itself, add it to province_names in {_city_file(feed)}"
    parameters = {"seen": {shown(said): records for said, records in rows}}
    return replace(reason, message=f"{reason.message}: {seen}; {hint}", parameters=parameters)


def _city_file(feed: Feed) -> str:
    return f"{feed.city.key}/{feed.city.file.name}"


def _of_records(code: str, records: int) -> Reason:
    _, column = split_code(code)
    return Reason(code, Consequence.QUARANTINE, column, REASON_WORDS[kind_of(code)].en, records)


def _judged_reasons(judged: Iterable[Judgement], exemptions: Exemptions) -> list[Reason]:
    reasons = []
    for entry in judged:
        if entry.outcome == Outcome.COULD_NOT_BE_MEASURED:
            reasons.append(_unmeasured(entry))
        elif entry.outcome == Outcome.FAILED and not _told_by_conform(entry.expectation):
            reasons.append(_failed(entry, exemptions))
    return reasons


def _unmeasured(judged: Judgement) -> Reason:
    """Return the reason for what could not be measured; it only warns where a failure would."""
    expectation = judged.expectation
    warns = expectation.consequence == Consequence.WARN
    return Reason(
        coded(ReasonCode.COULD_NOT_BE_MEASURED, expectation.id),
        Consequence.WARN if warns else Consequence.REJECT,
        expectation.column,
        judged.message,
        parameters={"expectation": expectation.id},
    )


def _failed(judged: Judgement, exemptions: Exemptions) -> Reason:
    expectation = judged.expectation
    waiver = exemptions.waivers.get(expectation.id)
    waived = f"waived by {waiver}" if waiver else ""
    blanks = f"left empty: {', '.join(expectation.blanks)}" if expectation.blanks else ""
    parts = [expectation.message["en"], blanks, judged.evidence, waived]
    parameters = {
        "evidence": judged.evidence,
        "waiver": str(waiver or ""),
        "blanks": [*expectation.blanks],
    }
    return Reason(
        expectation.id,
        Consequence.WAIVE if waiver else Consequence(expectation.consequence),
        expectation.column,
        "; ".join(filter(None, parts)),
        judged.unexpected or 0,
        {name: value for name, value in parameters.items() if value},
    )


def _told_by_conform(expectation: Expectation) -> bool:
    """Return whether conforming has given the reason already: a required value is missing."""
    return expectation.scope == "received" and expectation.consequence == Consequence.QUARANTINE


_NO_IDS = Sql("CAST([] AS VARCHAR[])")


def write_quarantine(
    feed: Feed,
    conformed: Path,
    judged: Iterable[Judgement],
    exemptions: Exemptions,
    con: duckdb.DuckDBPyConnection,
) -> int:
    """Write the records that may not enter the warehouse, with every reason; return how many."""
    breaks = breaks_the_fact(feed.dataset)
    quarantining = [
        entry.expectation
        for entry in judged
        if entry.outcome == Outcome.FAILED
        and entry.expectation.consequence == Consequence.QUARANTINE
        and not _told_by_conform(entry.expectation)
    ]
    target = Home.quarantine(conformed)
    temporary = target.with_suffix(f".{os.getpid()}.tmp")
    copy = compose(
        """
        COPY (
            WITH batch AS (
                SELECT * FROM {conformed} WHERE NOT is_duplicate AND len(reasons) = 0
            )
            SELECT * EXCLUDE (reasons, is_duplicate), list_concat(reasons, failed) AS reasons
            FROM (
                SELECT *, CASE WHEN len(reasons) = 0 THEN {failed} ELSE {nothing} END AS failed
                FROM {conformed}
                WHERE NOT is_duplicate
            )
            WHERE len(reasons) > 0 OR len(failed) > 0 AND NOT ({let_in})
        ) TO {temporary} (FORMAT parquet, COMPRESSION zstd)
        """,
        failed=_failed_ids(quarantining, exemptions, breaks),
        nothing=_NO_IDS,
        conformed=parquet(conformed),
        let_in=Sql(exemptions.let_in(breaks)),
        temporary=literal(temporary),
    )
    con.execute(copy).fetchall()
    os.replace(temporary, target)
    rows = con.execute("SELECT count(*) FROM read_parquet(?)", [str(target)]).fetchall()
    return int(rows[0][0])


def _failed_ids(expectations: Sequence[Expectation], exemptions: Exemptions, breaks: str) -> Sql:
    """Return the SQL list of the ids of those expectations that a record fails."""
    if not expectations:
        return _NO_IDS
    cases = [
        compose(
            "CASE WHEN {keeps_out} THEN {id} END",
            keeps_out=Sql(exemptions.keeps_out(expectation, breaks)),
            id=literal(expectation.id),
        )
        for expectation in expectations
    ]
    return compose("list_filter([{cases}], lambda r: r IS NOT NULL)", cases=listed(cases))


def measured(extract: JudgedExtract, exemptions: Exemptions) -> list[Measured]:
    """Return the ledger's rows for what was judged on one extract."""
    return [
        Measured(
            suite=extract.feed.dataset,
            expectation=entry.expectation.id,
            dimension=Dimension(entry.expectation.dimension),
            severity=Consequence(entry.expectation.consequence).severity,
            consequence=Consequence(entry.expectation.consequence),
            outcome=entry.outcome,
            evaluated=entry.evaluated,
            unexpected=entry.unexpected,
            message="; ".join(filter(None, [entry.message, entry.evidence])),
            city=extract.feed.city.key,
            dataset=extract.feed.dataset,
            extract_id=extract.record.extract_id,
            work_key=extract.work_key,
            waiver=str(exemptions.waivers.get(entry.expectation.id, "")),
        )
        for entry in extract.judgements
    ]
