"""The gate's decision: judgements in, one verdict out, and the quarantine file beside the
conformed one."""

import os
from collections.abc import Iterable
from pathlib import Path

import duckdb

from federation.common.paths import Home
from federation.contracts.model import Feed
from federation.datasets.suites import SEVERITY, Expectation
from federation.gate.exemptions import Exemptions, breaks_the_fact
from federation.gate.judge import Judgement
from federation.ledger.records import Conformed, Measured, Verdict
from federation.messages.reasons import REASONS

Reason = dict[str, object]  # {code, consequence, column, records, message}
_FEW = 4  # quarantined records that are slips, whatever their share of a small extract


def decide(
    feed: Feed,
    record: Conformed,
    conformed: Path,
    judged: list[Judgement],
    work_key: str,
    con: duckdb.DuckDBPyConnection,
    concessions: Exemptions | None = None,
) -> Verdict:
    """Return the verdict and write the quarantine file of an extract that is not rejected."""
    exemptions = concessions or Exemptions()
    reasons: list[Reason] = [*record.findings]
    if record.output_sha256:
        reasons += _conform_reasons(conformed, con)
        reasons += _judged_reasons(judged, exemptions)
    quarantined = 0
    if _spotted(reasons) and not _rejected(reasons):
        quarantined = write_quarantine(feed, conformed, judged, exemptions, con)
        reasons += _too_many(feed, record, quarantined)
    if _rejected(reasons):
        Home.quarantine(conformed).unlink(missing_ok=True)
        quarantined = 0
    remarks = any(reason["consequence"] != "waive" for reason in reasons)
    verdict = (
        "rejected" if _rejected(reasons) else "accepted_with_warning" if remarks else "accepted"
    )
    return Verdict(
        *feed.key,
        record.extract_id,
        work_key,
        feed.version,
        verdict,
        quarantined,
        reasons,
        exemptions.decisions_seen,
    )


def _rejected(reasons: Iterable[Reason]) -> bool:
    return any(reason["consequence"] == "reject" for reason in reasons)


def _spotted(reasons: Iterable[Reason]) -> bool:
    return any(reason["consequence"] in ("quarantine", "waive") for reason in reasons)


def _too_many(feed: Feed, record: Conformed, quarantined: int) -> list[Reason]:
    """Return why an extract is refused of which more is quarantined than its contract tolerates:
    it is another file."""
    records = record.records_received - record.records_duplicate
    allowed = records * feed.quarantine_tolerance_pct / 100
    if quarantined <= allowed or (quarantined <= _FEW and quarantined < records):
        return []
    message = (
        f"{quarantined:,} of {records:,} records would be quarantined; tolerated are "
        f"{feed.quarantine_tolerance_pct:g} %"
    )
    return [
        {
            "code": "too_many_quarantined",
            "consequence": "reject",
            "column": "",
            "records": quarantined,
            "message": message,
        }
    ]


def _conform_reasons(conformed: Path, con: duckdb.DuckDBPyConnection) -> list[Reason]:
    rows = con.execute(
        "SELECT reason, count(*) FROM (SELECT unnest(reasons) AS reason FROM "
        f"read_parquet('{conformed}') "
        "WHERE NOT is_duplicate AND len(reasons) > 0) GROUP BY reason ORDER BY reason"
    ).fetchall()
    return [_reason(code, "quarantine", records) for code, records in rows]


def _reason(code: str, consequence: str, records: int) -> Reason:
    name, _, column = code.partition(":")
    return {
        "code": code,
        "consequence": consequence,
        "column": column,
        "records": records,
        "message": REASONS[name],
    }


def _judged_reasons(judged: Iterable[Judgement], exemptions: Exemptions) -> list[Reason]:
    reasons: list[Reason] = []
    for entry in judged:
        expectation, waiver = entry.expectation, exemptions.waivers.get(entry.expectation.id)
        if entry.outcome == "could_not_be_measured":
            # What cannot be measured is let in only where its failure would have been no more than
            # a warning.
            consequence = "warn" if expectation.consequence == "warn" else "reject"
            reasons.append(
                {
                    "code": f"could_not_be_measured:{expectation.id}",
                    "consequence": consequence,
                    "column": expectation.column,
                    "records": 0,
                    "message": entry.message,
                }
            )
        elif entry.outcome == "failed" and not _told_by_conform(expectation):
            said = filter(
                None,
                [
                    expectation.message["en"],
                    entry.evidence,
                    f"waived by {waiver}" if waiver else "",
                ],
            )
            reasons.append(
                {
                    "code": expectation.id,
                    "consequence": "waive" if waiver else expectation.consequence,
                    "column": expectation.column,
                    "records": entry.unexpected or 0,
                    "message": "; ".join(said),
                }
            )
    return reasons


def _told_by_conform(expectation: Expectation) -> bool:
    """Records without a required value already carry conform's own reason."""
    return expectation.scope == "received" and expectation.consequence == "quarantine"


def write_quarantine(
    feed: Feed,
    conformed: Path,
    judged: Iterable[Judgement],
    exemptions: Exemptions,
    con: duckdb.DuckDBPyConnection,
) -> int:
    """Write the records that may not enter the warehouse, with every reason; return how many."""
    breaks = breaks_the_fact(feed.dataset)
    cases = [
        f"CASE WHEN {exemptions.keeps_out(entry.expectation, breaks)} THEN "
        f"'{entry.expectation.id}' END"
        for entry in judged
        if entry.outcome == "failed"
        and entry.expectation.consequence == "quarantine"
        and not _told_by_conform(entry.expectation)
    ]
    failed = (
        f"list_filter([{', '.join(cases)}], lambda r: r IS NOT NULL)"
        if cases
        else "CAST([] AS VARCHAR[])"
    )
    target = Home.quarantine(conformed)
    temporary = target.with_suffix(f".{os.getpid()}.tmp")
    con.execute(
        "COPY (SELECT * EXCLUDE (reasons, is_duplicate), list_concat(reasons, failed) AS "
        "reasons FROM ("
        f"SELECT *, CASE WHEN len(reasons) = 0 THEN {failed} ELSE CAST([] AS VARCHAR[]) END AS "
        "failed "
        f"FROM read_parquet('{conformed}') WHERE NOT is_duplicate) "
        f"WHERE len(reasons) > 0 OR len(failed) > 0 AND NOT ({exemptions.let_in(breaks)})) "
        f"TO '{temporary}' (FORMAT parquet, COMPRESSION zstd)"
    ).fetchall()
    os.replace(temporary, target)
    return int(con.execute(f"SELECT count(*) FROM read_parquet('{target}')").fetchall()[0][0])


def measured(
    feed: Feed,
    record: Conformed,
    judged: Iterable[Judgement],
    work_key: str,
    exemptions: Exemptions,
) -> list[Measured]:
    """Return the ledger's rows for what was judged on one extract."""
    return [
        Measured(
            suite=feed.dataset,
            expectation=entry.expectation.id,
            dimension=entry.expectation.dimension,
            severity=SEVERITY[entry.expectation.consequence],
            consequence=entry.expectation.consequence,
            outcome=entry.outcome,
            evaluated=entry.evaluated,
            unexpected=entry.unexpected,
            message="; ".join(filter(None, [entry.message, entry.evidence])),
            city=feed.city.key,
            dataset=feed.dataset,
            extract_id=record.extract_id,
            work_key=work_key,
            waiver=str(exemptions.waivers.get(entry.expectation.id, "")),
        )
        for entry in judged
    ]
