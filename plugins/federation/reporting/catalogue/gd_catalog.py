"""Datasets as the Thai Government Data Catalog describes them: the 14 mandatory fields.

The fields are those of the Digital Government Development Agency's standard
«แนวทางการจัดทำบัญชีข้อมูลภาครัฐ» as the National Statistical Office explains them
(https://gdhelppage.nso.go.th/p00_03_006.html); their names and closed lists are those of its CKAN
extension thai_gdc. The update frequency is one field, written as unit and value.
"""

from collections.abc import Sequence
from typing import Any

from federation.common.errors import DataProblem
from federation.reporting.catalogue.entries import Entry, Publisher
from federation.reporting.catalogue.terms import CADENCES, DATA_TYPES, GEO_COVERAGES, NOT_STATED

# name -> what forms call it
MANDATORY = {
    "data_type": "ประเภทชุดข้อมูล",
    "title": "ชื่อชุดข้อมูล",
    "owner_org": "องค์กร",
    "maintainer": "ชื่อผู้ติดต่อ",
    "maintainer_email": "อีเมลผู้ติดต่อ",
    "tag_string": "คำสำคัญ",
    "notes": "รายละเอียด",
    "objective": "วัตถุประสงค์",
    "update_frequency_unit": "หน่วยความถี่ของการปรับปรุงข้อมูล",
    "update_frequency_interval": "ค่าความถี่ของการปรับปรุงข้อมูล",
    "geo_coverage": "ขอบเขตเชิงภูมิศาสตร์หรือเชิงพื้นที่",
    "data_source": "แหล่งที่มา",
    "data_format": "รูปแบบการเก็บข้อมูล",
    "data_category": "หมวดหมู่ข้อมูลตามธรรมาภิบาลข้อมูลภาครัฐ",
    "license_id": "สัญญาอนุญาตให้ใช้ข้อมูล",
}
# What the hub brings cities' data together for: indicators of U4SSC and ISO 37120 that can be
# compared.
_OBJECTIVE = "ดัชนี/ตัวชี้วัดระดับนานาชาติ"


def gd_catalog(entries: Sequence[Entry], publisher: Publisher) -> list[dict[str, Any]]:
    """Return the datasets' metadata.

    Raises DataProblem, naming dataset and field, when a mandatory one is missing.
    """
    datasets = [_dataset(entry, publisher) for entry in entries]
    for dataset in datasets:
        for field in missing(dataset):
            raise DataProblem(
                f"the catalogue lacks {field} of {dataset['name']}",
                where="expectations/suites",
                todo=f"say it in {dataset['name']}.yml",
            )
    return datasets


def missing(dataset: dict[str, Any]) -> list[str]:
    """Return the mandatory fields that a dataset's metadata lacks or leaves empty."""
    return [field for field in MANDATORY if not dataset.get(field)]


def _dataset(entry: Entry, publisher: Publisher) -> dict[str, Any]:
    cadence = CADENCES[entry.cadence]
    return {
        "name": entry.name,
        "data_type": DATA_TYPES.get(entry.data_type),
        "title": entry.title.th,
        "title_en": entry.title.en,
        "owner_org": publisher.name.th,
        "maintainer": publisher.name.th,
        "maintainer_email": publisher.email,
        "tag_string": entry.keywords["th"],
        "notes": entry.table.text.th,
        "notes_en": entry.table.text.en,
        "objective": [_OBJECTIVE],
        "update_frequency_unit": cadence.gd_unit,
        "update_frequency_interval": cadence.gd_value,
        "geo_coverage": GEO_COVERAGES.get(entry.geo_coverage),
        "data_source": entry.source.th,
        "data_format": ["Database"],
        "data_category": "ข้อมูลส่วนบุคคล" if entry.personal else "ข้อมูลสาธารณะ",
        "license_id": _licence(entry),
        "resources": [_resource(entry, feed.city.key) for feed in entry.feeds],
    }


def _licence(entry: Entry) -> str:
    """Return the licence that all cities share; where they differ, none is stated."""
    licences = {feed.licence.gd_catalog for feed in entry.feeds}
    return licences.pop() if len(licences) == 1 else NOT_STATED.gd_catalog


def _resource(entry: Entry, city: str) -> dict[str, Any]:
    feed = next(feed for feed in entry.feeds if feed.city.key == city)
    return {
        "name": f"{entry.title.th} {feed.city.name_th}",
        "url": f"{entry.page}#{city}",
        "format": "Database",
        "license_id": feed.licence.gd_catalog,
    }
