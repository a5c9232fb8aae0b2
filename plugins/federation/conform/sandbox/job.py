"""The typed records that go into and out of the sandbox: jobs and answers."""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from federation.common.errors import OwnTrouble
from federation.common.hashing import short_hash
from federation.common.limits import CONFORM, altered, read_limits
from federation.common.reason import Reason, reasons_from, rejecting
from federation.common.vocabulary import Consequence, ReasonCode

# Reasons of a refusal that other limits could avoid; a process that ended may have lacked memory.
LIMIT_CODES = frozenset(
    {
        ReasonCode.OVER_SIZE_LIMIT,
        ReasonCode.OVER_MEMORY_LIMIT,
        ReasonCode.OVER_TIME_LIMIT,
        ReasonCode.FOOTER_OVER_LIMIT,
        ReasonCode.CONFORM_DIED,
    }
)

_DECODED_BYTES_FREE, _ROWS_FREE, _CPU_SECONDS_FREE = 1 << 30, 1_000_000, 60


@dataclass(frozen=True)
class Limits:
    """What one extract may cost; beyond it the extract is rejected and nothing else happens."""

    file_bytes: int = 2 << 30
    footer_bytes: int = 16 << 20
    columns: int = 1_000
    row_groups: int = 20_000
    source_rows: int = 200_000_000
    decoded_bytes: int = 64 << 30
    output_bytes: int = 8 << 30
    memory_bytes: int = 4 << 30  # address space of the child
    engine_memory_mb: int = 400
    seconds: int = 900
    threads: int = 1
    # Relative to the file and to its feed; the absolute limits above hold besides.
    unfold_factor: int = 1_000  # decoded bytes for each byte of the file
    history_factor: int = 1_000  # rows for each row of the feed's largest extract so far
    cpu_seconds_per_megabyte: int = 20

    def for_file(self, size_bytes: int, usual_rows: int) -> "Limits":
        """Return the limits of a file of that size, in a feed whose largest extract so far had
        that many rows (0: it is the first).

        Small files may unfold to 1 GiB and to a million rows whatever they are.
        """
        decoded = max(_DECODED_BYTES_FREE, self.unfold_factor * size_bytes)
        rows = max(_ROWS_FREE, self.history_factor * usual_rows) if usual_rows else self.source_rows
        return replace(
            self,
            decoded_bytes=min(self.decoded_bytes, decoded),
            source_rows=min(self.source_rows, rows),
        )

    def cpu_seconds(self, size_bytes: int) -> int:
        """Return the processor time that a file of that size may cost; a machine that is slow for
        another reason does not use it up."""
        scaled = _CPU_SECONDS_FREE + self.cpu_seconds_per_megabyte * size_bytes // 1_000_000
        return min(self.seconds * 2, scaled)

    @property
    def hash(self) -> str:
        """Short hash of all limits."""
        return short_hash(asdict(self))

    @classmethod
    def from_text(cls, text: str | None, where: str) -> "Limits":
        """Return the defaults altered by the JSON object under `conform`; raises HubError for what
        is no limit."""
        return altered(cls(), read_limits(text, where).get(CONFORM, {}), f"{where}: {CONFORM}")


@dataclass(frozen=True)
class ExpectedColumn:
    """One delivered column as promised.

    `column` is its name, with the member that holds the value (`pm25.value`).
    """

    column: str
    name: str  # the national column
    kind: str  # time, number or text
    format: str = ""
    calendar: str = "CE"
    zone: str = "Asia/Bangkok"
    prefix: str = ""
    digits: str = "arabic"
    encoding: str = "utf-8"
    thousands: str = ""
    missing: tuple[str | float, ...] = ()
    is_day: bool = False  # the value is a day, a month or a year: its time of day is midnight
    is_hour: bool = False  # the value is an hour: its minutes are 0
    is_measure: bool = False  # a figure with a unit
    is_read: bool = True  # a value in the warehouse comes from it

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "ExpectedColumn":
        return cls(**values | {"missing": tuple(values["missing"])})


@dataclass(frozen=True)
class Job:
    """One extract to conform, complete in itself."""

    source: str
    output: str
    scratch: str
    select: str
    words: dict[
        str, tuple[str, str]
    ]  # national column -> text column, SELECT over its distinct texts
    needed: list[str]  # columns that `select` reads itself
    columns: dict[str, str]
    encoding: str
    out_of_scope: str
    national: list[str]
    key: list[str]
    province_code: str
    area_spellings: dict[str, str]
    measures: dict[
        str, Any
    ]  # where measure names stand: column, field, value, promised, ignored; empty without such
    expected_columns: list[ExpectedColumn]
    years: tuple[int, int]  # CE, of the partition's first and last day
    limits: Limits = field(default_factory=Limits)
    optional: list[str] = field(default_factory=list)  # columns that a file may lack; NULL then
    hours: tuple[str, str, str] | None = (
        None  # of hourly records: their time's column, first instant, first one after the end
    )

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Job":
        values = json.loads(text)
        expected_columns = [ExpectedColumn.from_json(entry) for entry in values["expected_columns"]]
        return cls(
            **values
            | {
                "limits": Limits(**values["limits"]),
                "expected_columns": expected_columns,
                "years": tuple(values["years"]),
                "hours": values["hours"] and tuple(values["hours"]),
            }
        )


@dataclass(frozen=True)
class Look:
    """A file to profile, without a contract.

    `words` is how many different texts of a column are returned, 0 for none. `splits` names
    (parameter, other) columns: the other column is split by the words of the parameter, as in a
    long layout.
    """

    source: str
    limits: Limits = field(default_factory=Limits)
    words: int = 0
    splits: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> str:
        return json.dumps({"look": asdict(self)}, ensure_ascii=False)


def task_from_json(text: str) -> Job | Look:
    """Return the task of one line of the supervisor's input."""
    look = json.loads(text).get("look")
    if look is None:
        return Job.from_json(text)
    return Look(
        look["source"],
        Limits(**look["limits"]),
        look["words"],
        tuple(tuple(pair) for pair in look["splits"]),
    )


@dataclass(frozen=True)
class Answer:
    """The result of conforming one extract; counts are 0 when it was rejected before."""

    findings: list[Reason]
    source_rows: int = 0
    source_rows_out_of_scope: int = 0
    records_received: int = 0
    records_duplicate: int = 0
    output_sha256: str = ""
    isolation: str = ""
    trouble: str = ""  # of the machine: then the findings say nothing of the extract

    @property
    def refused_by_limit(self) -> bool:
        """Whether other limits could come to another answer."""
        return any(finding.kind in LIMIT_CODES for finding in self.findings)

    @property
    def rejected(self) -> bool:
        return bool(rejecting(self.findings))

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Answer":
        return cls.from_values(json.loads(text))

    @classmethod
    def from_values(cls, values: dict[str, Any]) -> "Answer":
        return cls(**values | {"findings": reasons_from(values["findings"])})

    @classmethod
    def refusal(cls, code: ReasonCode, message: str, *, trouble: bool = False) -> "Answer":
        """Return the answer for an extract that cannot be conformed at all; `trouble`: through no
        fault of its own."""
        reason = Reason(code, Consequence.REJECT, message=message)
        return cls([reason], trouble=message if trouble else "")

    def raise_trouble(self, source: Path) -> None:
        """Raise OwnTrouble where the machine, not the extract, kept it from being conformed."""
        if self.trouble:
            raise OwnTrouble(
                f"an extract could not be conformed: {self.trouble}",
                where=str(source),
                todo="make room on the machine; the next pass tries again",
            )
