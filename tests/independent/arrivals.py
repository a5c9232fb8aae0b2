"""What came of each feed's newest periods, counted from the days of the warehouse's records alone:
without the hub's calendar of arrivals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

Query = Callable[[str], list[tuple[Any, ...]]]
NEWEST = 12  # periods of a feed, and periods of silence after which nobody waits
# dataset -> its records, the first and the last day of what each is about, and whose they are
RECORDS = {
    "air_quality": ("fct_air_quality", "measured_date", "measured_date", "station_id"),
    "rainfall": ("fct_rainfall", "date", "date", "station_id"),
    "tourism": ("fct_tourism", "month", "last_day(month)", "city_code"),
    "dengue_cases": ("fct_dengue_cases", "month", "last_day(month)", "city_code"),
    "population": (
        "fct_population", "make_date(year, 1, 1)", "make_date(year, 12, 31)", "area_code"
    ),
}  # fmt: skip
_COMPARED = """
WITH newest AS (
  SELECT city, max(last_date) AS last_date FROM ops.extracts
  WHERE dataset = '{dataset}' AND state IN ('current', 'superseded') GROUP BY city, last_date
  QUALIFY row_number() OVER (PARTITION BY city ORDER BY last_date DESC) <= 12
), looked_into AS (
  SELECT extract_id, city FROM ops.extracts JOIN (
    SELECT city, min(last_date) AS since FROM newest GROUP BY city) USING (city)
  WHERE dataset = '{dataset}' AND state = 'current' AND last_date >= since
), records AS (
  SELECT city, {first} AS first_day, {last} AS last_day, {entity} AS entity
  FROM core.{fact} JOIN looked_into USING (extract_id)
), owners AS (
  SELECT city, count(DISTINCT entity) AS entities, min(first_day) AS began
  FROM records GROUP BY city
), due AS (
  SELECT * FROM ops.expected_arrivals WHERE dataset = '{dataset}'
  QUALIFY row_number() OVER (PARTITION BY city ORDER BY first_date DESC) <= 12
)
SELECT city, first_date, last_date, state, any_value(entities),
  any_value(began),
  (SELECT count(*) FROM records WHERE records.city = due.city
   AND first_day >= first_date AND last_day <= last_date)
FROM due LEFT JOIN owners USING (city)
GROUP BY ALL ORDER BY ALL
"""


class Compared(NamedTuple):
    """A period of a feed: what the release says of it, and what its records say."""

    city: str
    dataset: str
    first: date
    said: str
    found: str  # arrived, partly, missing


def compared(sql: Query) -> Iterator[Compared]:
    """Yield the newest periods of each feed that promises a record for each station or area."""
    for dataset, (fact, first, last, entity) in RECORDS.items():
        query = _COMPARED.format(dataset=dataset, fact=fact, first=first, last=last, entity=entity)
        for city, start, end, said, entities, began, records in sql(query):
            found = _found(
                records, (entities or 0) * _steps(dataset, max(start, began or start), end)
            )
            yield Compared(city, dataset, start, said, found)


def _found(records: int, owed: int) -> str:
    if not records:
        return "missing"
    return "partly" if records < 0.7 * owed else "arrived"


def _steps(dataset: str, first: date, last: date) -> int:
    days = (last - first).days + 1
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    years = last.year - first.year + 1
    return {"air_quality": 24 * days, "rainfall": days, "population": years}.get(dataset, months)


def silent(sql: Query) -> set[tuple[str, str]]:
    """Return the feeds of which nothing has come for more than twelve periods that were due."""
    return {
        (city, dataset)
        for city, dataset in sql(
            """
            WITH came AS (
              SELECT city, dataset,
                max(first_date) FILTER (state IN ('arrived', 'partly')) AS newest
              FROM ops.expected_arrivals GROUP BY ALL
            )
            SELECT city, dataset FROM ops.expected_arrivals JOIN came USING (city, dataset)
            WHERE state IN ('late', 'empty') AND (newest IS NULL OR first_date > newest)
            GROUP BY ALL HAVING count(*) > 12
            """
        )
    }
