"""Expectations on one relation: what Great Expectations measured, and what it could not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from federation.common.errors import OwnTrouble
from federation.common.vocabulary import Consequence, Outcome
from federation.datasets.suites import Expectation
from federation.gate.predicates import count_of_failing

if TYPE_CHECKING:
    from federation.gate.gx_duckdb import Asked, Validator

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
    validator: "Validator", relation: str, expectations: list[Expectation]
) -> list[Judgement]:
    """Return one judgement per expectation on `relation` (a SELECT), in the order given.

    Raises OwnTrouble where the machine, not the data, kept one from being measured.
    """
    if not expectations:
        return []
    results = validator.validate(relation, list(map(_as_gx, expectations)))
    return [
        _judgement(entry, result.success, result.result or {}, _raised(result.exception_info))
        for entry, result in zip(expectations, results, strict=True)
    ]


def judge_each(
    validator: "Validator",
    relation: str,
    expectations: list[Expectation],
    extracts: int,
    *,
    hold: bool,
) -> dict[str, list[Judgement | None]]:
    """Return by expectation one judgement per extract of `relation`, in the order of its numbers.

    None stands where the extract must be judged alone: it has no record, or the expectation raised,
    perhaps over another extract. `hold` as in `validate_each`.
    """
    results = validator.validate_each(
        relation, list(map(_as_gx, expectations)), extracts, hold=hold
    )
    return {
        entry.id: [
            result and _judgement(entry, result["success"], result["result"]) for result in each
        ]
        for entry, each in zip(expectations, results, strict=True)
    }


def _as_gx(expectation: Expectation) -> "Asked":
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.metadata_types import FailureSeverity

    from federation.gate.gx_duckdb import Asked

    kwargs = dict(expectation.kwargs)
    if query := expectation.failing_query:
        kwargs["unexpected_rows_query"] = query
    configuration = ExpectationConfiguration(
        type=expectation.type,
        kwargs=kwargs,
        severity=FailureSeverity(Consequence(expectation.consequence).severity),
        meta={
            "id": expectation.id,
            "dimension": expectation.dimension,
            "reason": expectation.reason,
        },
    )
    return Asked(configuration, count_of_failing(expectation))


def _judgement(
    expectation: Expectation, success: bool, counts: Mapping[str, Any], error: str = ""
) -> Judgement:
    if any(words in error for words in _OF_THE_MACHINE):
        raise OwnTrouble(
            f"expectation {expectation.id} could not be measured: {error}",
            todo="make room on the machine; the next pass tries again",
        )
    if error:
        return Judgement(expectation, Outcome.COULD_NOT_BE_MEASURED, None, None, error)
    evaluated = counts.get("element_count")
    unexpected = counts.get("unexpected_count")
    of_rows = bool(expectation.failing_query)
    if unexpected is None and of_rows:
        unexpected = counts.get("observed_value")
    if unexpected is None and success and (expectation.column or of_rows):
        unexpected = 0  # over no rows at all GX gives no counts
    outcome = Outcome.PASSED if success else Outcome.FAILED
    observed = "" if success else f"observed {counts.get('observed_value', unexpected)}"
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
