"""The verdict on a file before it is sent; nothing is kept."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from federation.common.errors import HubError
from federation.common.hashing import sha256_of_file
from federation.common.settings import Settings
from federation.conform.binding import check_bindings
from federation.conform.sandbox.job import Answer, Limits
from federation.conform.sandbox.sandbox import LandedExtract, Sandbox
from federation.contracts.model import Feed
from federation.contracts.pattern import Partition
from federation.ledger.records import Conformed, Verdict

if TYPE_CHECKING:
    from federation.gate.gx_duckdb import Validator
    from federation.gate.judge import Judgement


def partition_of(file: Path, feed: Feed, partition: str | None) -> Partition:
    """Return the partition that the file is about, from its path or from an example path given
    by the user."""
    parts = file.absolute().parts
    candidates = ["/".join(parts[start:]) for start in range(1, len(parts))] + (
        [partition] if partition else []
    )
    folder = feed.pattern.folder
    candidates += [f"{folder}/{name}" for name in (file.name, partition) if folder and name]
    for candidate in reversed(candidates):
        match = feed.match(candidate)
        if match:
            return match[0]
    given = _iso(partition) if partition else None
    if given and given.start <= given.end:
        return given
    raise HubError(
        "the file's name does not say which period it is about",
        where=str(file),
        todo=(
            f"name it like {feed.pattern.text}, or give --partition YYYY, YYYY-MM or FIRST..LAST "
            "(dates)"
        ),
    )


def _iso(text: str) -> Partition | None:
    from calendar import monthrange
    from datetime import date

    first, _, last = text.partition("..")
    try:
        ends = [[int(number) for number in part.split("-")] for part in (first, last or first)]
        start = date(*(ends[0] + [1, 1])[:3])
        year, month, *day = (ends[1] + [12])[: max(2, len(ends[1]))]
        return Partition(start, date(year, month, day[0] if day else monthrange(year, month)[1]))
    except (ValueError, TypeError):
        return None


def check_file(file: Path, feed: Feed, partition: str | None) -> dict[str, Any]:
    """Return the machine-readable verdict that `hub check --json` prints.

    Raises HubError for usage.
    """
    if not file.is_file():
        raise HubError("no such file", where=str(file))
    for refusal in check_bindings([feed])[1]:
        raise refusal
    period = partition_of(file, feed, partition)
    feed = feed.at(period)
    with Checker(Limits.from_text(Settings.from_environment().limits, "HUB_LIMITS")) as checker:
        verdict, record = checker.judge(file, feed, period)
    valid = (
        record.records_received - record.records_duplicate - verdict.records_quarantined
        if verdict.accepted
        else 0
    )
    return {
        "city": feed.city.key,
        "dataset": feed.dataset,
        "partition": str(period),
        "file": str(file),
        "sha256": sha256_of_file(file),
        "verdict": verdict.verdict,
        "source_rows": record.source_rows,
        "records_received": record.records_received,
        "records_valid": valid,
        "records_quarantined": verdict.records_quarantined,
        "records_duplicate": record.records_duplicate,
        "reasons": [reason.public for reason in verdict.reasons],
    }


class Checker:
    """The sandbox and the gate without a ledger, for one file after another.

    Use as a context manager.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.sandbox = Sandbox(limits)
        self._validator: Validator | None = None

    def __enter__(self) -> "Checker":
        return self

    def __exit__(self, *_: object) -> None:
        self.sandbox.close()
        if self._validator:
            self._validator.__exit__()

    def judge(self, file: Path, feed: Feed, period: Partition) -> tuple[Verdict, Conformed]:
        """Return the verdict of the gate and the record of conforming; nothing is kept."""
        from federation.common.engine import connect
        from federation.gate.conformed_file import ConformedFile
        from federation.gate.exemptions import Exemptions
        from federation.gate.extracts import judge_extracts
        from federation.gate.verdict import JudgedExtract, decide

        with TemporaryDirectory(prefix="hub-check-") as folder, connect() as con:
            target = Path(folder) / "conformed.parquet"
            answer = self.sandbox.conform(
                LandedExtract(feed, period, "check", file.absolute()), target
            )
            answer.raise_trouble(file)
            record = _record(feed, answer)
            judged: list[Judgement] = []
            if record.output_sha256:
                conformed = ConformedFile(target, "check", period, feed)
                (judged,) = judge_extracts([conformed], self.validator, con)
            extract = JudgedExtract(feed, record, target, judged, work_key="")
            return decide(extract, con, Exemptions.of(feed)), record

    @property
    def validator(self) -> "Validator":
        if self._validator is None:
            from federation.gate.gx_duckdb import Validator

            self._validator = Validator()
        return self._validator


def _record(feed: Feed, answer: Answer) -> Conformed:
    return Conformed(
        *feed.key,
        extract_id="check",
        conform_key="",
        findings=answer.findings,
        source_rows=answer.source_rows,
        source_rows_out_of_scope=answer.source_rows_out_of_scope,
        records_received=answer.records_received,
        records_duplicate=answer.records_duplicate,
        output_sha256=answer.output_sha256,
        isolation=answer.isolation,
    )
