"""The picture of a city's data in a dataset; the dataset's suite describes it under `chart`."""

from datetime import date
from typing import Any

import duckdb

from federation.common.bilingual import BilingualText
from federation.common.sql import Sql, compose
from federation.datasets.suites import load_suite
from federation.reporting.charts.marks import Chart
from federation.reporting.charts.series import Point, Series, over_time


def headline(
    con: duckdb.DuckDBPyConnection, city: BilingualText, city_code: str, dataset: str
) -> Chart | None:
    """Return the chart of a city's data in a release that `con` has open.

    None when the suite describes no chart, or when there is no value.
    """
    chart = load_suite(dataset).chart
    if not chart:
        return None
    query = compose("SELECT * FROM ({values}) ORDER BY 1", values=Sql(chart["sql"]))
    rows = con.execute(query, {"city_code": city_code}).fetchall()
    points = [_point(*row) for row in rows]
    newest = points[-chart.get("last", 0) :]
    if all(point.value is None for point in newest):
        return None
    return over_time(city, _series(chart), newest)


def _point(start: date, value: Any, usual: Any = None) -> Point:
    return Point(start, _number(value), _number(usual))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _series(chart: dict[str, Any]) -> Series:
    return Series(
        title=BilingualText(**chart["title"]),
        unit=BilingualText(**chart["unit"]),
        bars=chart.get("bars", False),
        limit=chart.get("limit"),
        limit_name=_text(chart.get("limit_name")),
        usual_name=_text(chart.get("usual_name")),
    )


def _text(names: dict[str, str] | None) -> BilingualText | None:
    return BilingualText(**names) if names else None
