"""The yearly entities of Rayong."""

from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from federation.generate.population import Area
from federation.generate.thai_text import tis620
from federation.generate.tourism import TourismMonth, million_baht
from federation.generate.world import LOCAL, City, Month

_TEXT = pa.string()
_MOMENT = pa.struct({"type": _TEXT, "value": _TEXT})
_COUNT = pa.struct({"value": pa.int64(), "unitCode": _TEXT})
_POINT = pa.struct({"type": _TEXT, "coordinates": pa.list_(pa.float64())})
_ACCIDENT = pa.schema(
    {
        "id": _TEXT,
        "type": _TEXT,
        "accidentDate": _MOMENT,
        "dateReported": _MOMENT,
        "location": _POINT,
        "refArea": _TEXT,
        "road": pa.binary(),
        "vehicleTypes": pa.list_(_TEXT),
        "presumedCauses": pa.list_(_TEXT),
        "accidentType": _TEXT,
        "weather": _TEXT,
        "vehicles": _COUNT,
        "fatalities": _COUNT,
        "injured": _COUNT,
    }
)
_PEOPLE = pa.struct({"category": _TEXT, "value": pa.int64(), "unitCode": _TEXT})
_POPULATION = pa.schema(
    {
        "id": _TEXT,
        "type": _TEXT,
        "refArea": _TEXT,
        "areaName": pa.binary(),
        "districtName": pa.binary(),
        "dateReference": _TEXT,
        "counts": pa.list_(_PEOPLE),
    }
)
_FIGURE = pa.struct({"name": _TEXT, "value": pa.float64(), "unitCode": _TEXT, "unitMultiplier": pa.int32()})
_TOURISM = pa.schema(
    {
        "id": _TEXT,
        "type": _TEXT,
        "observationPeriod": pa.struct({"start": _TEXT, "end": _TEXT}),
        "refArea": _TEXT,
        "measures": pa.list_(_FIGURE),
    }
)


def _area_urn(code: str) -> str:
    return f"urn:ngsi-ld:AdministrativeArea:TH{code}"


def _moment(moment: datetime) -> dict[str, str]:
    return {"type": "DateTime", "value": moment.astimezone(LOCAL).isoformat(timespec="seconds")}


def _counted(value: int, unit: str) -> dict[str, Any]:
    return {"value": value, "unitCode": unit}


def _accident(city: City, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"urn:ngsi-ld:RoadAccident:{city.name}:{row['accident_id']}",
        "type": "RoadAccident",
        "accidentDate": _moment(row["occurred_at"]),
        "dateReported": _moment(row["reported_at"]),
        "location": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
        "refArea": _area_urn(city.code),
        "road": row["road"].encode("tis-620"),
        "vehicleTypes": [row["vehicle_type"]],
        "presumedCauses": [row["cause"]],
        "accidentType": row["accident_type"],
        "weather": row["weather"],
        "vehicles": _counted(row["vehicles"], "C62"),
        "fatalities": _counted(row["deaths"], "IE"),
        "injured": _counted(row["injured"], "IE"),
    }


def accident_table(city: City, rows: list[dict[str, Any]]) -> pa.Table:
    """Return one entity per accident, times as ISO 8601 with +07:00."""
    return pa.Table.from_pylist([_accident(city, row) for row in rows], _ACCIDENT)


def _people(city: City, area: Area, year: int) -> dict[str, Any]:
    figures = {"male": area.male, "female": area.female, "total": area.total, "households": area.houses}
    name, district = tis620([area.name, area.district])
    return {
        "id": f"urn:ngsi-ld:Population:{city.name}:TH{area.code}:{year}",
        "type": "Population",
        "refArea": _area_urn(area.code),
        "areaName": name,
        "districtName": district,
        "dateReference": f"{year}-12-31",
        "counts": [
            {"category": kind, "value": value, "unitCode": "C62" if kind == "households" else "IE"}
            for kind, value in figures.items()
        ],
    }


def population_table(city: City, areas: list[Area], year: int) -> pa.Table:
    """Return one entity per subdistrict with four counts."""
    return pa.Table.from_pylist([_people(city, area, year) for area in areas], _POPULATION)


def _figure(name: str, value: float, unit: str, multiplier: int = 0) -> dict[str, Any]:
    return {"name": name, "value": float(value), "unitCode": unit, "unitMultiplier": multiplier}


def _visits(city: City, month: TourismMonth) -> dict[str, Any]:
    span = Month(month.first.year, month.first.month)
    last = month.first + timedelta(days=span.days - 1)
    return {
        "id": f"urn:ngsi-ld:TourismStatistics:{city.name}:{span}",
        "type": "TourismStatistics",
        "observationPeriod": {"start": month.first.isoformat(), "end": last.isoformat()},
        "refArea": _area_urn(city.code),
        "measures": [
            _figure("visitorsThai", month.thai, "IE"),
            _figure("visitorsForeign", month.foreign, "IE"),
            _figure("visitorsTotal", month.total, "IE"),
            _figure("occupancyRate", month.occupancy, "P1"),
            _figure("revenueThai", million_baht(month.thai_steps), "THB", 6),
            _figure("revenueForeign", million_baht(month.foreign_steps), "THB", 6),
            _figure("revenueTotal", million_baht(month.total_steps), "THB", 6),
        ],
    }


def tourism_table(city: City, months: list[TourismMonth]) -> pa.Table:
    """Return one entity per month; revenue is in THB with multiplier 6."""
    return pa.Table.from_pylist([_visits(city, month) for month in months], _TOURISM)
