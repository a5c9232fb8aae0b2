"""The yearly entities of Rayong."""

from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from federation_demo.generate.dengue import DengueMonth
from federation_demo.generate.population import Area
from federation_demo.generate.rain import RainDay
from federation_demo.generate.rice import MAJOR, Rice
from federation_demo.generate.thai_text import tis620
from federation_demo.generate.tourism import TourismMonth, million_baht
from federation_demo.generate.world import LOCAL, City, Month

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
_FIGURE = pa.struct(
    {"name": _TEXT, "value": pa.float64(), "unitCode": _TEXT, "unitMultiplier": pa.int32()}
)
_TOURISM = pa.schema(
    {
        "id": _TEXT,
        "type": _TEXT,
        "observationPeriod": pa.struct({"start": _TEXT, "end": _TEXT}),
        "refArea": _TEXT,
        "measures": pa.list_(_FIGURE),
    }
)
_PERIOD = pa.struct({"start": _TEXT, "end": _TEXT})
_DENGUE = pa.schema(
    {"id": _TEXT, "type": _TEXT, "observationPeriod": _PERIOD, "cases": _COUNT, "refArea": _TEXT}
)
_SIZE = pa.struct({"value": pa.float64(), "unitCode": _TEXT})
_RICE = pa.schema(
    {
        "id": _TEXT,
        "type": _TEXT,
        "refArea": _TEXT,
        "areaName": pa.binary(),
        "crop": _TEXT,
        "cropYear": pa.struct({"value": _TEXT, "era": _TEXT}),
        "plantedArea": _SIZE,
        "harvestedArea": _SIZE,
        "production": _SIZE,
    }
)
_RAIN = pa.schema(
    {
        "id": _TEXT,
        "type": _TEXT,
        "refDevice": pa.list_(_TEXT),
        "location": _POINT,
        "stationName": pa.binary(),
        "areaServed": pa.binary(),
        "rain": pa.struct({"value": pa.float64(), "unitCode": _TEXT, "observedAt": _TEXT}),
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
    figures = {
        "male": area.male,
        "female": area.female,
        "total": area.total,
        "households": area.houses,
    }
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


def _period(first: date) -> dict[str, str]:
    last = first + timedelta(days=Month(first.year, first.month).days - 1)
    return {"start": first.isoformat(), "end": last.isoformat()}


def _visits(city: City, month: TourismMonth) -> dict[str, Any]:
    return {
        "id": f"urn:ngsi-ld:TourismStatistics:{city.name}:{month.first:%Y-%m}",
        "type": "TourismStatistics",
        "observationPeriod": _period(month.first),
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


def _ill(city: City, month: DengueMonth) -> dict[str, Any]:
    return {
        "id": f"urn:ngsi-ld:DiseaseStatistics:{city.name}:dengue:{month.first:%Y-%m}",
        "type": "DiseaseStatistics",
        "observationPeriod": _period(month.first),
        "cases": None if month.cases is None else _counted(month.cases, "IE"),
        "refArea": _area_urn(city.code),
    }


def dengue_table(city: City, months: list[DengueMonth]) -> pa.Table:
    """Return one entity per month; cases that were not reported are null as a whole."""
    return pa.Table.from_pylist([_ill(city, month) for month in months], _DENGUE)


def _area(wah: int | None) -> dict[str, Any] | None:
    # a square wah is 4 m²
    return None if wah is None else {"value": wah * 4.0, "unitCode": "MTK"}


def _harvest(city: City, row: Rice) -> dict[str, Any]:
    crop = "majorRice" if row.crop == MAJOR else "secondRice"
    return {
        "id": f"urn:ngsi-ld:CropProduction:{city.name}:{crop}:TH{row.code}:{row.year}",
        "type": "CropProduction",
        "refArea": _area_urn(row.code),
        "areaName": (row.name or "ระยอง").encode("tis-620"),
        "crop": crop,
        "cropYear": {"value": str(row.year), "era": "CE"},
        "plantedArea": _area(row.planted),
        "harvestedArea": _area(row.harvested),
        "production": {"value": row.tonnes, "unitCode": "TNE"},
    }


def rice_table(city: City, rows: list[Rice]) -> pa.Table:
    """Return one entity per area, crop and crop year; areas in square metres."""
    return pa.Table.from_pylist([_harvest(city, row) for row in rows], _RICE)


def _rained(city: City, day: RainDay) -> dict[str, Any]:
    gauge, name, served = (
        day.gauge,
        *tis620([day.gauge.name_th, f"ต.{day.gauge.subdistrict} อ.{day.gauge.district}"]),
    )
    taken = {"value": day.mm, "unitCode": "MMT", "observedAt": day.day.isoformat()}
    return {
        "id": f"urn:ngsi-ld:RainObserved:{city.name}:{gauge.station_id}:{day.day}",
        "type": "RainObserved",
        "refDevice": [f"urn:ngsi-ld:Device:hii:{gauge.station_id}"],
        "location": {"type": "Point", "coordinates": [gauge.longitude, gauge.latitude]},
        "stationName": name,
        "areaServed": served,
        "rain": None if day.mm is None else taken,
    }


def rain_table(city: City, days: list[RainDay]) -> pa.Table:
    """Return one entity per gauge and day; rain that was not measured is null as a whole."""
    return pa.Table.from_pylist([_rained(city, day) for day in days], _RAIN)
