"""What an expectation asks, said as a rule that holds where it is passed.

A suite's message says what is wrong where it fails; most rules are plain from the expectation's
type, and the others say that what the message tells was not found.
"""

from typing import Any

from federation.common.bilingual import BilingualText
from federation.datasets.suites import Expectation


def rule_of(expectation: Expectation, column: str = "") -> BilingualText:
    """Return the rule in both languages; `column` is what its readers call the column, else it has
    its national name."""
    said = _RULES.get(expectation.type)
    rule = said(column or expectation.column, expectation.kwargs) if said else None
    return rule or _nothing_of(expectation)


def _nothing_of(expectation: Expectation) -> BilingualText:
    message = expectation.message
    return BilingualText(f"Must not occur: {message['en']}", f"ต้องไม่พบ: {message['th']}")


def _not_null(column: str, kwargs: dict[str, Any]) -> BilingualText:
    share = kwargs.get("mostly")
    if share is None:
        return BilingualText(f"{column} must be given", f"ต้องมีค่า {column}")
    least = f"{100 * share:g} %"
    return BilingualText(
        f"{column} must be given in at least {least} of the records",
        f"ต้องมีค่า {column} อย่างน้อย {least} ของระเบียน",
    )


def _between(column: str, kwargs: dict[str, Any]) -> BilingualText | None:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if low is not None and high is not None:
        return BilingualText(
            f"{column} must be from {_number(low)} to {_number(high)}",
            f"{column} ต้องอยู่ระหว่าง {_number(low)} ถึง {_number(high)}",
        )
    if low is not None:
        return BilingualText(
            f"{column} must be at least {_number(low)}", f"{column} ต้องไม่น้อยกว่า {_number(low)}"
        )
    if high is not None:
        return BilingualText(
            f"{column} must be at most {_number(high)}", f"{column} ต้องไม่เกิน {_number(high)}"
        )
    return None


def _in_set(column: str, kwargs: dict[str, Any]) -> BilingualText | None:
    values = kwargs.get("value_set") or []
    if not 0 < len(values) <= _VALUES_NAMED or not all(isinstance(it, str) for it in values):
        return None
    listed = ", ".join(map(str, values))
    return BilingualText(f"{column} must be one of {listed}", f"{column} ต้องเป็นค่าหนึ่งใน {listed}")


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value)


_VALUES_NAMED = 8
_RULES = {
    "expect_column_values_to_not_be_null": _not_null,
    "expect_column_values_to_be_between": _between,
    "expect_column_values_to_be_in_set": _in_set,
}
