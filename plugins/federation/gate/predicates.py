"""Row-level expectations as SQL predicates over failing records.

NULL never fails but in not_be_null.
"""

from federation.common.sql import identifier, literal
from federation.datasets.suites import Expectation


def failing_records(expectation: Expectation) -> str:
    """Return the predicate that picks the records which fail; '' for a type that judges no
    single record.

    It must pick exactly as many as Great Expectations counts. A predicate that holds a record
    against others finds all of its extract as `batch`.
    """
    column = identifier(expectation.column)
    kwargs = expectation.kwargs
    match expectation.type:
        case "expect_column_values_to_not_be_null":
            return f"{column} IS NULL"
        case "expect_column_values_to_be_between":
            return _outside(column, kwargs.get("min_value"), kwargs.get("max_value"))
        case "expect_column_values_to_be_in_set":
            values = ", ".join(
                "true" if value is True else literal(value) for value in kwargs["value_set"]
            )
            return f"{column} IS NOT NULL AND {column} NOT IN ({values})"
        case "unexpected_rows_expectation" if expectation.where:
            return f"coalesce(({expectation.where.replace('{batch}', 'batch')}), false)"
    return ""


def _outside(column: str, low: float | None, high: float | None) -> str:
    sides = [
        f"{column} < {low}" if low is not None else "",
        f"{column} > {high}" if high is not None else "",
    ]
    return f"coalesce({' OR '.join(filter(None, sides))}, false)"


def count_of_failing(expectation: Expectation) -> str:
    """Return the SQL aggregate that counts the failing records of an extract, over its records.

    All records fail where the extract as a whole does; '' for a type that Great Expectations counts
    by itself.
    """
    if expectation.having:
        return f"CASE WHEN {expectation.having} THEN count(*) ELSE 0 END"
    if expectation.where:
        return f"count(*) FILTER (WHERE {expectation.where.replace('{batch}', 'batch')})"
    return ""
