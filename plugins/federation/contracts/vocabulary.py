"""The closed vocabulary of declared facts: calendars, time formats, layouts, cadences."""

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
MONTH_FORMATS = ("year month", "fiscal_year fiscal_month")
ZONES_UTC_OFFSET_HOURS = {"Asia/Bangkok": 7, "UTC": 0}  # Thailand keeps no daylight-saving time
DIGITS = ("arabic", "thai")
LAYOUTS = ("rows", "long", "measures", "attributes", "months")
# After a version in the path: the platform's time, or the order of arrival.
VERSION_RULES = ("modified", "arrival")
AREA_SYSTEMS = ("tis1099", "tis1099_parts", "names", "city")
# encoding -> how it is decoded. What Windows programs call TIS-620 is Windows-874, which has
# dashes, quotes and a no-break space more.
CODECS = {"utf-8": "utf-8", "tis-620": "cp874"}
ENCODINGS = tuple(CODECS)
CADENCES = ("four_times_a_month", "monthly", "quarterly", "yearly", "irregular")
# Of the National Geographical Committee, 1977.
REGIONS = ("north", "northeast", "central", "east", "west", "south")

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
