"""The closed vocabulary of declared facts: units, calendars, time formats, layouts, deliveries."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """A unit as cities write it, as a multiple of the base unit of its quantity."""

    quantity: str
    factor: float


_MICROGRAM = Unit("mass_concentration", 1.0)
_PPB, _PPM = Unit("mole_fraction", 1.0), Unit("mole_fraction", 1000.0)
_PERSON, _HOUSE, _VEHICLE = Unit("persons", 1.0), Unit("houses", 1.0), Unit("vehicles", 1.0)
_PERCENT, _DEGREE = Unit("percent", 1.0), Unit("degrees", 1.0)
_HECTARE, _SQUARE_METRE, _TONNE = Unit("area", 10_000.0), Unit("area", 1.0), Unit("mass", 1000.0)
_MILLIMETRE = Unit("length", 1.0)

# Names first, then the UN/CEFACT Recommendation 20 common codes that NGSI-LD platforms send.
UNITS: dict[str, Unit] = {
    "ug/m3": _MICROGRAM,
    "GQ": _MICROGRAM,
    "ppb": _PPB,
    "61": _PPB,
    "ppm": _PPM,
    "59": _PPM,
    "persons": _PERSON,
    "IE": _PERSON,
    "houses": _HOUSE,
    "households": _HOUSE,
    "vehicles": _VEHICLE,
    "percent": _PERCENT,
    "P1": _PERCENT,
    "degrees": _DEGREE,
    "baht": Unit("money", 1.0),
    "THB": Unit("money", 1.0),
    "million_baht": Unit("money", 1_000_000.0),
    # 1 rai = 4 ngan = 400 square wah = 1,600 m² (Weights and Measures Act B.E. 2542).
    "ha": _HECTARE,
    "HAR": _HECTARE,
    "m2": _SQUARE_METRE,
    "MTK": _SQUARE_METRE,
    "rai": Unit("area", 1600.0),
    "ngan": Unit("area", 400.0),
    "square_wah": Unit("area", 4.0),
    "t": _TONNE,
    "tonne": _TONNE,
    "TNE": _TONNE,
    "kg": Unit("mass", 1.0),
    "KGM": Unit("mass", 1.0),
    "mm": _MILLIMETRE,
    "MMT": _MILLIMETRE,
}
# C62 is «one»: a plain count, whatever is counted.
COUNT_CODE = "C62"
COUNTED = {"houses", "vehicles", "persons"}

CALENDARS = {"CE": 0, "BE": 543}

# format -> how many physical columns it reads
TIME_FORMATS: dict[str, int] = {
    "instant": 1,  # a Parquet timestamp with a zone
    "local_timestamp": 1,  # a Parquet timestamp without a zone, local time
    "date": 1,  # a Parquet date
    "epoch_ms": 1,  # milliseconds since 1970-01-01 UTC
    "iso8601": 1,  # text with an offset, or a plain date
    "dd/mm/yyyy": 1,
    "dd/mm/yyyy hh:mi": 1,  # one column, or date and time in two
    "d mon yy": 1,  # Thai short date, two-digit Buddhist year
    "d mon yy hh:mi": 2,  # the same, with a time or a range of hours of which the beginning counts
    "mon yy": 1,  # Thai month and two-digit Buddhist year
    "year": 1,
    "yy": 1,  # two-digit Buddhist year
    "year month": 2,
    # Thai fiscal year: 1 October to 30 September, named by the later year
    "fiscal_year fiscal_month": 2,
    "partition": 0,  # no column says it, only the path
}
# Formats that read a year and the place of a month in it; a layout of months gives the place
# itself.
MONTH_FORMATS = {"year month", "fiscal_year fiscal_month"}
ZONES_UTC_OFFSET_HOURS = {"Asia/Bangkok": 7, "UTC": 0}  # Thailand keeps no daylight-saving time
DIGITS = {"arabic", "thai"}
LAYOUTS = {"rows", "long", "measures", "attributes", "months"}
DELIVERIES = {
    # a file is all there is of its period; files of one feed do not overlap in part
    "full_partition",
    # files may overlap (rolling windows); what both tell, the file of the later period tells
    "append",
    "upsert",  # a file tells what changed in its period; the latest state of a key holds
    "snapshot",  # a file is all there is up to the end of its period (cumulative files)
}
VERSION_RULES = {
    "modified",
    "arrival",
}  # after a version in the path: the platform's time, or the order of arrival
AREA_SYSTEMS = {"tis1099", "tis1099_parts", "names", "city"}
ENCODINGS = {"utf-8", "tis-620"}
CADENCES = {"four_times_a_month", "monthly", "quarterly", "yearly", "irregular"}

REGIONS = {
    "north",
    "northeast",
    "central",
    "east",
    "west",
    "south",
}  # National Geographical Committee, 1977

CITY_KEYS = {
    "city",
    "code",
    "region",
    "ascn_member_since",
    "name",
    "shadow_periods",
    "connection",
    "facts",
    "province_names",
    "area_spellings",
    "stewards",
}
FACTS = {"calendar", "zone", "digits", "encoding", "missing", "thousands"}
FEED_PROPERTIES = FACTS | {
    "columns",
    "layout",
    "city_rows",
    "out_of_scope",
    "not_published",
    "delivery",
    "version",
    "checksum",
    "ignored_measures",
    "area_spellings",
    "shrink_tolerance_pct",
    "quarantine_tolerance_pct",
    "optional_columns",
    "effective_from",
}
COLUMN_PROPERTIES = FACTS | {"unit", "units", "format", "measure", "prefix", "area", "values"}
AREA_KEYS = {"by", "levels", "level", "separator", "whole"}
WHOLE_KEYS = {"column", "is", "otherwise"}

# How Thai offices write figures and months.
THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
THAI_MONTHS = (
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
)
