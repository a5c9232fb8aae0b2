"""The one picture of a city's data in a dataset, as the dataset's suite describes it under
`chart`."""

from datetime import date
from typing import Any

import duckdb

from federation.common.bilingual import BilingualText
from federation.datasets.suites import load_suite
from federation.reporting.charts.marks import Chart
from federation.reporting.charts.series import Point, Series, over_time


def headline(
    con: duckdb.DuckDBPyConnection, city: BilingualText, city_code: str, dataset: str
) -> Chart | None:
    """Return the chart of a city's data in a release that `con` has open.

    None where there is no value.
    """
    told = load_suite(dataset).chart
    if not told:
        return None
    rows = con.execute(
        f"SELECT * FROM ({told['sql']}) ORDER BY 1", {"city_code": city_code}
    ).fetchall()
    points = [_point(*row) for row in rows][-told.get("last", 0) :]
    return (
        over_time(city, _series(told), points)
        if any(point.value is not None for point in points)
        else None
    )


def _point(start: date, value: Any, usual: Any = None) -> Point:
    return Point(start, _number(value), _number(usual))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _series(told: dict[str, Any]) -> Series:
    return Series(
        BilingualText(**told["title"]),
        BilingualText(**told["unit"]),
        told.get("bars", False),
        told.get("limit"),
        _text(told.get("limit_name")),
        _text(told.get("usual_name")),
    )


def _text(said: dict[str, str] | None) -> BilingualText | None:
    return BilingualText(**said) if said else None
