"""Expectations on one relation: what Great Expectations measured, and what it could not."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from federation.common.errors import OwnTrouble
from federation.common.vocabulary import Consequence, Outcome
from federation.datasets.suites import Expectation

if TYPE_CHECKING:
    from federation.gate.gx_duckdb import Validator

# How DuckDB's errors begin where the machine lacks room: a query of the gate reads our own files.
_OF_THE_MACHINE = ("IO Error:", "Out of Memory Error:")


@dataclass(frozen=True)
class Judgement:
    """One expectation's outcome; counts are records."""

    expectation: Expectation
    outcome: Outcome
    evaluated: int | None
    unexpected: int | None
    message: str
    evidence: str = ""  # what a threshold taken from the feed's history rests on


def judge(
    validator: "Validator", relation: str, expectations: list[Expectation], *, hold: bool = False
) -> list[Judgement]:
    """Return one judgement per expectation on `relation` (a SELECT), in the order given.

    `hold` as in `validate`. Raises OwnTrouble where the machine, not the data, kept one from being
    measured.
    """
    if not expectations:
        return []
    results = validator.validate(relation, [_as_gx(entry) for entry in expectations], hold=hold)
    return [_judgement(entry, result) for entry, result in zip(expectations, results, strict=True)]


def _as_gx(expectation: Expectation) -> dict[str, Any]:
    kwargs = dict(expectation.kwargs)
    if expectation.where:
        kwargs["unexpected_rows_query"] = f"SELECT * FROM {{batch}} WHERE {expectation.where}"
    meta = {"id": expectation.id, "dimension": expectation.dimension, "reason": expectation.reason}
    return {
        "type": expectation.type,
        "kwargs": kwargs,
        "severity": str(Consequence(expectation.consequence).severity),
        "meta": meta,
    }


def _judgement(expectation: Expectation, result: Any) -> Judgement:
    error = _raised(result.exception_info)
    if any(words in error for words in _OF_THE_MACHINE):
        raise OwnTrouble(
            f"expectation {expectation.id} could not be measured: {error}",
            todo="make room on the machine; the next pass tries again",
        )
    if error:
        return Judgement(expectation, Outcome.COULD_NOT_BE_MEASURED, None, None, error)
    counts = result.result or {}
    evaluated = counts.get("element_count")
    unexpected = counts.get("unexpected_count")
    if unexpected is None and expectation.where:
        unexpected = counts.get("observed_value")
    if unexpected is None and result.success and (expectation.column or expectation.where):
        unexpected = 0  # over no rows at all GX gives no counts
    outcome = Outcome.PASSED if result.success else Outcome.FAILED
    observed = "" if result.success else f"observed {counts.get('observed_value', unexpected)}"
    return Judgement(
        expectation, outcome, evaluated, None if unexpected is None else int(unexpected), observed
    )


def _raised(info: Any) -> str:
    """Return what an expectation raised; GX nests one entry per metric, or gives one flat entry."""
    if not info:
        return ""
    entries = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if isinstance(entry, dict) and entry.get("raised_exception"):
            return (
                str(entry.get("exception_message") or "").strip().splitlines()
                or ["it raised an exception"]
            )[0][:300]
    return ""
