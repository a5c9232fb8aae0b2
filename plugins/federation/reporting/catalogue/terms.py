"""The closed lists that catalogues use: licences, cadences, data types, coverage and themes.

Each has English and Thai names and the codes of the catalogues.
"""

from dataclasses import dataclass

from federation.common.bilingual import BilingualText
from federation.contracts.model import Feed

_AUTHORITY = "http://publications.europa.eu/resource/authority/"


@dataclass(frozen=True)
class Licence:
    """What may be done with the data, as far as the publisher says."""

    text: BilingualText
    uri: str | None  # None: the publisher states no licence
    gd_catalog: str  # the value in GD Catalog's list
    open_definition: str  # its id among the licences of opendefinition.org


@dataclass(frozen=True)
class Cadence:
    """How often a city delivers."""

    text: BilingualText
    gd_unit: str
    gd_value: str
    uri: str


ABOUT = BilingualText(
    "Datasets of the federated cities, conformed and verified in one warehouse.",
    "ชุดข้อมูลของเมืองในสหพันธ์ ซึ่งปรับให้เป็นมาตรฐานเดียวกันและตรวจสอบแล้วในคลังข้อมูลเดียว",
)
NOT_STATED = Licence(
    BilingualText("not stated by the publisher", "ผู้เผยแพร่ไม่ได้ระบุ"),
    None,
    "License not specified",
    "notspecified",
)
_LICENCES = {
    "CC BY 4.0": Licence(
        BilingualText("Creative Commons Attribution 4.0", "ครีเอทีฟคอมมอนส์ แสดงที่มา 4.0"),
        "https://creativecommons.org/licenses/by/4.0/",
        "Creative Commons Attributions",
        "CC-BY-4.0",
    ),
}

# From most to least often. Frequencies of the Publications Office of the EU, which DCAT-AP asks
# for.
CADENCES = {
    "four_times_a_month": Cadence(
        BilingualText("four times a month", "เดือนละสี่ครั้ง"),
        "เดือน",
        "4",
        f"{_AUTHORITY}frequency/OTHER",
    ),
    "monthly": Cadence(
        BilingualText("monthly", "รายเดือน"), "เดือน", "1", f"{_AUTHORITY}frequency/MONTHLY"
    ),
    "quarterly": Cadence(
        BilingualText("quarterly", "รายไตรมาส"), "ไตรมาส", "1", f"{_AUTHORITY}frequency/QUARTERLY"
    ),
    "yearly": Cadence(BilingualText("yearly", "รายปี"), "ปี", "1", f"{_AUTHORITY}frequency/ANNUAL"),
    "irregular": Cadence(
        BilingualText("irregular", "ไม่แน่นอน"), "ไม่ทราบ", "ไม่แน่นอน", f"{_AUTHORITY}frequency/IRREG"
    ),
}
DATA_TYPES = {"records": "ข้อมูลระเบียน", "statistics": "ข้อมูลสถิติ"}
GEO_COVERAGES = {"point": "พิกัด", "province": "จังหวัด", "district": "อำเภอ", "subdistrict": "ตำบล"}
THEMES = {
    code: f"{_AUTHORITY}data-theme/{code}"
    for code in ("AGRI", "ECON", "ENVI", "GOVE", "HEAL", "SOCI", "TRAN")
}


def licence_of(feed: Feed) -> Licence:
    """Return the licence that a contract's `description.usage` begins with, or NOT_STATED."""
    usage = feed.description.get("usage", "")
    for name, licence in _LICENCES.items():
        if usage.startswith(name):
            return licence
    return NOT_STATED
