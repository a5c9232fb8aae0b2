"""A contract that breaks the rules is refused with file, key and reason; the others go on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from federation.common.errors import ContractError
from federation.common.paths import CONTRACTS, REPOSITORY, SUITES
from federation.conform.binding import check_bindings
from federation.contracts.city_file import load_city
from federation.contracts.load import load_feed, load_feeds
from federation.contracts.model import City, Feed, Retirement
from federation.datasets.suites import dataset_names, load_suite
from support.contracts import of_checkout

Document = dict[str, Any]
Edit = Callable[[Document], None]


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    """A copy of the six cities' contracts that a test may spoil."""
    return Path(shutil.copytree(CONTRACTS, tmp_path / "contracts"))


def edit(file: Path, change: Edit) -> Path:
    """Change a contract file as a data officer would, keeping it valid YAML."""
    document = yaml.safe_load(file.read_text("utf-8"))
    change(document)
    file.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), "utf-8")
    return file


def column(document: Document, name: str) -> Document:
    return next(entry for entry in document["schema"][0]["properties"] if entry["name"] == name)


def fact(owner: Document, name: str, value: Any) -> None:
    """Set one of the customProperties of a schema or a column."""
    entries = owner.setdefault("customProperties", [])
    owner["customProperties"] = [entry for entry in entries if entry["property"] != name] + [
        {"property": name, "value": value}
    ]


def load_and_prove(file: Path) -> None:
    """Raise what is wrong with a contract: its words, or its SQL."""
    for error in check_bindings([load_feed(file)])[1]:
        raise error


def refusal(file: Path) -> ContractError:
    """Return why a contract is refused."""
    with pytest.raises(ContractError) as refused:
        load_and_prove(file)
    return refused.value


# -- what holds ------------------------------------------------------------------------------------


def test_a_copied_contract_is_as_good_as_the_real_one(contracts: Path) -> None:
    feeds, refused = load_feeds(contracts)
    assert refused == []
    assert [feed.contract_hash for feed in feeds] == [
        feed.contract_hash for feed in load_feeds()[0]
    ]


def test_comments_and_layout_do_not_change_what_a_contract_says_but_a_unit_does(
    contracts: Path,
) -> None:
    file = contracts / "phuket" / "air_quality.yml"
    before = load_feed(file).contract_hash
    edit(file, lambda document: None)
    assert load_feed(file).contract_hash == before
    edit(file, lambda document: fact(column(document, "o3_ppb"), "unit", "ppb"))
    assert load_feed(file).contract_hash != before


# -- what is refused -------------------------------------------------------------------------------

REFUSED: dict[str, tuple[str, Edit, str, str]] = {
    "an unknown key at the top": (
        "phuket/air_quality",
        lambda d: d.update(datset="x"),
        "datset",
        "unknown key",
    ),
    "a mistyped key of a column": (
        "phuket/air_quality",
        lambda d: column(d, "pm25_ugm3").update(requird=True),
        "schema.air_quality.properties.pm25_ugm3.requird",
        "unknown key",
    ),
    "a mistyped key of a server": (
        "phuket/air_quality",
        lambda d: d["servers"][0].update(pth="x"),
        "servers.0.pth",
        "unknown key",
    ),
    "a fact outside the vocabulary": (
        "phuket/air_quality",
        lambda d: fact(d["schema"][0], "calender", "BE"),
        "schema.customProperties.calender",
        "unknown key",
    ),
    "a column's fact outside the vocabulary": (
        "phuket/air_quality",
        lambda d: fact(column(d, "pm25_ugm3"), "unitz", "ppm"),
        "schema.properties.pm25_ugm3.unitz",
        "unknown key",
    ),
    "a fact given twice": (
        "phuket/air_quality",
        lambda d: column(d, "pm25_ugm3")["customProperties"].append(
            {"property": "unit", "value": "ppb"}
        ),
        "schema.properties.pm25_ugm3.unit",
        "twice",
    ),
    "an unknown unit": (
        "phuket/air_quality",
        lambda d: fact(column(d, "o3_ppb"), "unit", "mg/m3"),
        "schema.properties.o3_ppb.unit",
        "unknown unit 'mg/m3'",
    ),
    "a unit of another quantity": (
        "phuket/air_quality",
        lambda d: fact(column(d, "o3_ppb"), "unit", "ug/m3"),
        "schema.properties.o3_ppb.unit",
        "cannot become ppb",
    ),
    "a unit that is not given": (
        "phuket/air_quality",
        lambda d: column(d, "o3_ppb").pop("customProperties"),
        "schema.properties.o3_ppb.unit",
        "must be given",
    ),
    "a unit where there is none": (
        "phuket/air_quality",
        lambda d: fact(column(d, "station_name_th"), "unit", "ppb"),
        "schema.properties.station_name_th.unit",
        "without a unit",
    ),
    "a missing national column": (
        "phuket/air_quality",
        lambda d: d["schema"][0]["properties"].remove(column(d, "so2_ppb")),
        "schema.properties.so2_ppb",
        "missing national column",
    ),
    "a key that is not published": (
        "phuket/air_quality",
        lambda d: (
            d["schema"][0]["properties"].remove(column(d, "station_id")),
            fact(d["schema"][0], "not_published", ["station_id", "station_name_en", "lat", "lon"]),
        ),
        "not_published.station_id",
        "key must be published",
    ),
    "a column that is no national one": (
        "phuket/air_quality",
        lambda d: column(d, "so2_ppb").update(name="so3_ppb"),
        "schema.properties.so3_ppb",
        "no national column",
    ),
    "an expression that does not parse": (
        "rayong/air_quality",
        lambda d: column(d, "lat").update(transformLogic='"location".'),
        "schema.properties.lat.transformLogic",
        "does not hold",
    ),
    "an expression over a column that is not declared": (
        "rayong/air_quality",
        lambda d: column(d, "lat").update(transformLogic='"place"."coordinates"[2]'),
        "schema.properties.lat.transformLogic",
        "place",
    ),
    "an expression with a function that does not exist": (
        "rayong/road_accidents",
        lambda d: column(d, "cause").update(transformLogic='joined("presumedCauses")'),
        "schema.properties.cause.transformLogic",
        "joined",
    ),
    "a rule on rows out of scope that does not parse": (
        "bangkok/population",
        lambda d: fact(d["schema"][0], "out_of_scope", 'length("รหัส" < 6'),
        "schema.customProperties.out_of_scope",
        "does not hold",
    ),
    "a source column that is not declared": (
        "phuket/air_quality",
        lambda d: column(d, "pm25_ugm3").update(physicalName="PM2.5"),
        "schema.properties.pm25_ugm3.physicalName",
        "'PM2.5' is not among the declared columns",
    ),
    "no declared columns": (
        "phuket/air_quality",
        lambda d: fact(d["schema"][0], "columns", {}),
        "schema.customProperties.columns",
        "must be given",
    ),
    "an unknown Arrow type": (
        "phuket/air_quality",
        lambda d: d["schema"][0]["customProperties"][0]["value"].update(PM25="real"),
        "schema.customProperties.columns.PM25",
        "unknown Arrow type 'real'",
    ),
    "an unknown placeholder in the path": (
        "phuket/air_quality",
        lambda d: d["servers"][0].update(path="AirQuality/{jahr}.parquet"),
        "servers.path",
        r"placeholder \{jahr\}",
    ),
    "no path": (
        "phuket/air_quality",
        lambda d: d["servers"][0].pop("path"),
        "servers.path",
        "must be given",
    ),
    "no server": (
        "phuket/air_quality",
        lambda d: d.pop("servers"),
        "servers.path",
        "must be given",
    ),
    "an unknown time format": (
        "phuket/air_quality",
        lambda d: fact(column(d, "measured_at"), "format", "mm/dd/yyyy"),
        "schema.properties.measured_at.format",
        "'mm/dd/yyyy' is none of",
    ),
    "an unknown layout": (
        "phuket/air_quality",
        lambda d: fact(d["schema"][0], "layout", {"kind": "wide"}),
        "schema.customProperties.layout.kind",
        "'wide'",
    ),
    "an unknown key of a layout": (
        "chiang_mai/air_quality",
        lambda d: fact(d["schema"][0], "layout", {"kind": "long", "param": "parameter"}),
        "schema.customProperties.layout.param",
        "unknown key; known: kind, list, multiplier, parameter",
    ),
    "a named measure in a layout without measures": (
        "phuket/air_quality",
        lambda d: fact(column(d, "pm25_ugm3"), "measure", "pm25"),
        "schema.properties.pm25_ugm3.measure",
        "no named",
    ),
    "an unknown calendar": (
        "phuket/air_quality",
        lambda d: fact(column(d, "measured_at"), "calendar", "lunar"),
        "schema.properties.measured_at.calendar",
        "'lunar'",
    ),
    "an unknown zone": (
        "phuket/air_quality",
        lambda d: fact(column(d, "measured_at"), "zone", "Asia/Tokyo"),
        "schema.properties.measured_at.zone",
        "'Asia/Tokyo'",
    ),
    "unknown digits": (
        "khon_kaen/population",
        lambda d: fact(column(d, "male"), "digits", "roman"),
        "schema.properties.male.digits",
        "'roman'",
    ),
    "an unknown encoding": (
        "rayong/population",
        lambda d: fact(d["schema"][0], "encoding", "latin-1"),
        "schema.customProperties.encoding",
        "'latin-1'",
    ),
    "an unknown delivery": (
        "phuket/air_quality",
        lambda d: fact(d["schema"][0], "delivery", "sometimes"),
        "schema.customProperties.delivery",
        "'sometimes'",
    ),
    "an unknown system of area codes": (
        "phuket/air_quality",
        lambda d: fact(column(d, "station_area_code"), "area", {"by": "postcode"}),
        "schema.properties.station_area_code.area.by",
        "'postcode'",
    ),
    "an unknown level of areas": (
        "phuket/air_quality",
        lambda d: fact(
            column(d, "station_area_code"), "area", {"by": "names", "levels": ["village"]}
        ),
        "schema.properties.station_area_code",
        "does not hold",
    ),
    "a column that is read from nowhere": (
        "phuket/air_quality",
        lambda d: column(d, "station_name_th").pop("physicalName"),
        "schema.properties.station_name_th",
        "neither",
    ),
    "an unknown cadence": (
        "phuket/air_quality",
        lambda d: d["slaProperties"][0].update(value="hourly"),
        "slaProperties.frequency",
        "'hourly'",
    ),
    "no cadence": (
        "phuket/air_quality",
        lambda d: d.pop("slaProperties"),
        "slaProperties.frequency",
        "must be given",
    ),
    "an unknown dataset": (
        "phuket/air_quality",
        lambda d: d.update(dataProduct="air"),
        "dataProduct",
        "'air' is no dataset",
    ),
    "units beside a unit": (
        "khon_kaen/crop_production",
        lambda d: fact(column(d, "planted_area_ha"), "unit", "rai"),
        "schema.properties.planted_area_ha.units",
        "instead of unit",
    ),
    "units that are no list": (
        "khon_kaen/crop_production",
        lambda d: fact(column(d, "planted_area_ha"), "units", "rai"),
        "schema.properties.planted_area_ha.units",
        "must be a list",
    ),
    "fewer units than columns": (
        "khon_kaen/crop_production",
        lambda d: fact(column(d, "planted_area_ha"), "units", ["rai", "ngan"]),
        "schema.properties.planted_area_ha.units",
        "one unit for each",
    ),
    "a unit of another quantity in a sum": (
        "khon_kaen/crop_production",
        lambda d: fact(column(d, "planted_area_ha"), "units", ["rai", "ngan", "kg"]),
        "schema.properties.planted_area_ha.units",
        "kg cannot become ha",
    ),
    "units in a layout without columns of its own": (
        "rayong/crop_production",
        lambda d: (
            column(d, "planted_area_ha").pop("customProperties"),
            fact(column(d, "planted_area_ha"), "units", ["m2", "m2"]),
        ),
        "schema.properties.planted_area_ha.units",
        "in a layout of rows",
    ),
    "a word that is no national one": (
        "khon_kaen/crop_production",
        lambda d: fact(column(d, "crop"), "values", {"นาปี": "rice"}),
        "schema.properties.crop.values.นาปี",
        "'rice' is none of major_rice, second_rice",
    ),
    "words where any text may stand": (
        "khon_kaen/rainfall",
        lambda d: fact(column(d, "station_name_th"), "values", {"พล": "phon"}),
        "schema.properties.station_name_th.values.พล",
        "none of",
    ),
    "words that are no mapping": (
        "khon_kaen/crop_production",
        lambda d: fact(column(d, "crop"), "values", ["นาปี"]),
        "schema.properties.crop.values",
        "mapping",
    ),
    "eleven months": (
        "bangkok/dengue_cases",
        lambda d: column(d, "cases")["transformSourceObjects"].pop(),
        "schema.properties.cases",
        "twelve columns, not 11",
    ),
    "months of two types": (
        "bangkok/dengue_cases",
        lambda d: d["schema"][0]["customProperties"][0]["value"].update({"ม.ค.": "int32"}),
        "schema.properties.cases",
        "one type",
    ),
    "months in columns without a year": (
        "bangkok/dengue_cases",
        lambda d: fact(column(d, "month"), "format", "d mon yy hh:mi"),
        "schema.properties.month.format",
        "a layout of months needs one of",
    ),
    "a year of months that is computed": (
        "bangkok/dengue_cases",
        lambda d: column(d, "month").update(transformLogic='"ปี พ.ศ."'),
        "schema.properties.month.transformLogic",
        "from its column",
    ),
    "twelve columns without a unit": (
        "bangkok/dengue_cases",
        lambda d: column(d, "cases").update(name="cases", customProperties=[]),
        "schema.properties.cases.unit",
        "must be given",
    ),
    "a year from a path that names several": (
        "chiang_mai/crop_production",
        lambda d: d["servers"][0].update(path="crop_production/{year}-{year_to}.parquet"),
        "schema.properties.crop_year.format",
        "does not say one year",
    ),
    "a value from the path and a column": (
        "chiang_mai/crop_production",
        lambda d: column(d, "crop_year").update(physicalName="area_code"),
        "schema.properties.crop_year",
        "reads 0 column",
    ),
    "a day from the path": (
        "khon_kaen/rainfall",
        lambda d: (
            column(d, "date").pop("physicalName"),
            fact(column(d, "date"), "format", "partition"),
        ),
        "schema.properties.date.format",
        "does not say one",
    ),
    "a whole that no column says": (
        "khon_kaen/crop_production",
        lambda d: fact(
            column(d, "area_code"), "area", {"by": "names", "whole": {"column": "prov", "is": "ขก"}}
        ),
        "schema.properties.area_code.area.whole",
        "one of the columns that are read",
    ),
    "a whole of an area by one code": (
        "chiang_mai/crop_production",
        lambda d: fact(
            column(d, "area_code"),
            "area",
            {"by": "tis1099", "whole": {"column": "area_code", "is": "50"}},
        ),
        "schema.properties.area_code.area.whole",
        "names or tis1099_parts",
    ),
    "a mistyped key of a whole": (
        "khon_kaen/crop_production",
        lambda d: fact(
            column(d, "area_code"), "area", {"by": "names", "whole": {"colum": "amphoe", "is": "x"}}
        ),
        "schema.properties.area_code.area.whole.colum",
        "unknown key",
    ),
    "a separator of one name": (
        "khon_kaen/crop_production",
        lambda d: fact(
            column(d, "area_code"),
            "area",
            {"by": "names", "levels": ["district"], "separator": " "},
        ),
        "schema.properties.area_code.area.separator",
        "several levels",
    ),
    "no schema": ("phuket/air_quality", lambda d: d.pop("schema"), "schema", "must be given"),
}

# Refused by a Python error that names neither file nor key, so that one contract stops every feed.
CRASHING: dict[str, tuple[str, Edit, str, str]] = {
    "a format of two columns on one": (
        "phuket/tourism",
        lambda d: (
            column(d, "month").pop("transformSourceObjects"),
            column(d, "month").update(physicalName="Month"),
        ),
        "schema.properties.month",
        "2|two",
    ),
    "an area that is no mapping": (
        "phuket/air_quality",
        lambda d: fact(column(d, "station_area_code"), "area", "names"),
        "schema.properties.station_area_code.area",
        "mapping",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_contract_is_refused_for(contracts: Path, name: str) -> None:
    feed, change, key, reason = REFUSED[name]
    file = edit(contracts / f"{feed}.yml", change)
    refused = refusal(file)
    assert refused.file == str(file)
    assert refused.key == key
    assert re.search(reason, refused.reason), refused.reason
    assert refused.exit_code == 2


@pytest.mark.parametrize("name", CRASHING)
def test_a_contract_is_refused_and_no_python_error_escapes_for(contracts: Path, name: str) -> None:
    feed, change, key, reason = CRASHING[name]
    refused = refusal(edit(contracts / f"{feed}.yml", change))
    assert refused.key == key
    assert re.search(reason, refused.reason), refused.reason


@pytest.mark.parametrize(
    "path",
    ["AirQuality/latest.parquet", "AirQuality/{month}.parquet", "AirQuality/{version}.parquet"],
)
def test_a_path_without_a_period_is_refused(contracts: Path, path: str) -> None:
    file = edit(
        contracts / "phuket" / "air_quality.yml",
        lambda document: document["servers"][0].update(path=path),
    )
    assert refusal(file).key == "servers.path"


@pytest.mark.parametrize("text", ["id: [", "\tid: x", "id: x\nid", "", "- a\n- b", "just a text"])
def test_broken_yaml_is_refused(contracts: Path, text: str) -> None:
    file = contracts / "phuket" / "air_quality.yml"
    file.write_text(text, "utf-8")
    refused = refusal(file)
    assert (refused.file, refused.key) == (str(file), "(whole file)")


# -- cities ----------------------------------------------------------------------------------------

CITY_REFUSED: dict[str, tuple[Edit, str, str]] = {
    "no code": (lambda d: d.pop("code"), "code", "must be given"),
    "a code that is a number": (lambda d: d.update(code=83), "code", "text of two digits"),
    "a code of four digits": (lambda d: d.update(code="8301"), "code", "text of two digits"),
    "an unknown key": (lambda d: d.update(steward="x"), "steward", "unknown key"),
    "an unknown fact": (
        lambda d: d["facts"].update(calender="BE"),
        "facts.calender",
        "unknown key",
    ),
    "facts that are a list": (lambda d: d.update(facts=["BE"]), "facts", "must be a mapping"),
    "no connection": (lambda d: d.pop("connection"), "connection", "must be given"),
    "no stewards": (lambda d: d.update(stewards=[]), "stewards", "must be given"),
}
CITY_CRASHING: dict[str, tuple[Edit, str]] = {
    "a name without English": (lambda d: d["name"].pop("en"), "name.en"),
    "a name that is a text": (lambda d: d.update(name="Phuket"), "name"),
    "a steward with an unknown key": (
        lambda d: d["stewards"][0].update(mail="x"),
        "stewards.0.mail",
    ),
    "facts that are a number": (lambda d: d.update(facts=5), "facts"),
}


@pytest.mark.parametrize("name", CITY_REFUSED)
def test_a_city_is_refused_for(contracts: Path, name: str) -> None:
    change, key, reason = CITY_REFUSED[name]
    file = edit(contracts / "phuket" / "_city.yml", change)
    with pytest.raises(ContractError) as refused:
        load_city(file)
    assert (refused.value.file, refused.value.key) == (str(file), key)
    assert reason in refused.value.reason


@pytest.mark.parametrize("name", CITY_CRASHING)
def test_a_city_is_refused_and_no_python_error_escapes_for(contracts: Path, name: str) -> None:
    change, key = CITY_CRASHING[name]
    file = edit(contracts / "phuket" / "_city.yml", change)
    with pytest.raises(ContractError) as refused:
        load_city(file)
    assert refused.value.key.startswith(key.split(".")[0])


def test_a_broken_contract_stops_its_feed_only(contracts: Path) -> None:
    file = edit(
        contracts / "phuket" / "air_quality.yml", lambda document: document.update(datset="x")
    )
    feeds, refused = load_feeds(contracts)
    assert [error.file for error in refused] == [str(file)]
    assert {feed.key for feed in load_feeds()[0]} - {feed.key for feed in feeds} == {
        ("phuket", "air_quality")
    }


def test_a_broken_city_stops_its_feeds_only(contracts: Path) -> None:
    file = edit(contracts / "phuket" / "_city.yml", lambda document: document.pop("code"))
    feeds, refused = load_feeds(contracts)
    assert [error.file for error in refused] == [str(file)]
    assert {feed.city.key for feed in load_feeds()[0]} - {feed.city.key for feed in feeds} == {
        "phuket"
    }


def test_a_contract_whose_sql_does_not_hold_stops_its_feed_only(contracts: Path) -> None:
    edit(
        contracts / "rayong" / "air_quality.yml",
        lambda document: column(document, "lat").update(transformLogic="nothing("),
    )
    feeds, refused = load_feeds(contracts)
    assert refused == []
    proven, unproven = check_bindings(feeds)
    assert len(proven) == len(feeds) - 1
    assert [Path(error.file).parent.name for error in unproven] == ["rayong"]


def test_a_seventh_city_is_a_folder(contracts: Path) -> None:
    shutil.copytree(contracts / "phuket", contracts / "krabi")
    edit(
        contracts / "krabi" / "_city.yml",
        lambda document: document.update(
            city="krabi",
            code="81",
            connection="city_krabi",
            name={"th": "กระบี่", "en": "Krabi"},
            province_names=["กระบี่"],
        ),
    )
    feeds, refused = load_feeds(contracts)
    assert refused == []
    assert check_bindings(feeds)[1] == []
    ours: list[Feed] = [feed for feed in feeds if feed.city.key == "krabi"]
    assert [feed.dataset for feed in ours] == [
        feed.dataset for feed in feeds if feed.city.key == "phuket"
    ]
    city: City = ours[0].city
    assert (city.code, city.connection) == ("81", "city_krabi")


# -- suites ----------------------------------------------------------------------------------------


def suite_with(tmp_path: Path, change: Edit) -> Path:
    shutil.copy(SUITES / "_shared.yml", tmp_path)
    return edit(Path(shutil.copy(SUITES / "tourism.yml", tmp_path)), change)


@pytest.mark.parametrize("name", [*dataset_names(), "warehouse"])
def test_every_suite_loads_and_says_why(name: str) -> None:
    suite = load_suite(name)
    assert suite.expectations
    for expectation in suite.expectations:
        assert len(expectation.reason) > 20
        assert expectation.observed
        assert expectation.message.keys() == {"th", "en"}
    if name != "warehouse":
        assert suite.key
        assert suite.period.name in {column.name for column in suite.columns}


@pytest.mark.parametrize(
    ("change", "key", "reason"),
    [
        (
            lambda d: d["expectations"][0].update(severty="x"),
            "expectations.readable_share.severty",
            "unknown key",
        ),
        (
            lambda d: d["expectations"][0].update(consequence="block"),
            "expectations.readable_share.consequence",
            "'block'",
        ),
        (
            lambda d: d["expectations"][0].update(dimension="beauty"),
            "expectations.readable_share.dimension",
            "'beauty'",
        ),
        (
            lambda d: d["expectations"][0].update(scope="all"),
            "expectations.readable_share.scope",
            "'all'",
        ),
        (
            lambda d: d["expectations"][0].pop("reason"),
            "expectations.readable_share.reason",
            "must be given",
        ),
        (
            lambda d: d["expectations"].append(d["expectations"][0]),
            "expectations.readable_share",
            "twice",
        ),
        (
            lambda d: d["columns"]["month"].update(primary=True),
            "columns.month.primary",
            "unknown key",
        ),
        (lambda d: d["columns"]["month"].update(type="TEXT"), "columns.month.type", "'TEXT'"),
        (
            lambda d: d["columns"]["month"].update(precision="week"),
            "columns.month.precision",
            "month",
        ),
        (
            lambda d: d["columns"]["visitors_thai"].update(precision="month"),
            "columns.visitors_thai.precision",
            "DATE",
        ),
        (lambda d: d["columns"]["month"].update(values=["x"]), "columns.month.values", "VARCHAR"),
        (
            lambda d: d["expectations"][2].update(where="month IN (SELECT month FROM {batch})"),
            "expectations.visitors_total_range.where",
            "one by one",
        ),
    ],
    ids=[
        "key",
        "consequence",
        "dimension",
        "scope",
        "reason",
        "twice",
        "column key",
        "column type",
        "precision",
        "precision of a count",
        "values of a date",
        "records held against others",
    ],
)
def test_a_suite_is_refused_for(tmp_path: Path, change: Edit, key: str, reason: str) -> None:
    file = suite_with(tmp_path, change)
    with pytest.raises(ContractError) as refused:
        load_suite("tourism", tmp_path)
    assert (refused.value.file, refused.value.key) == (str(file), key)
    assert reason in refused.value.reason


@pytest.mark.parametrize(
    ("change", "key", "reason"),
    [
        (lambda averaging: averaging.pop("index"), "index", "beside the evidence index"),
        (lambda averaging: averaging.update(evidence="clock"), "index", "and only there"),
        (lambda averaging: averaging.update(column="lat"), "index.pollutants", "must name"),
        (
            lambda averaging: averaging["index"]["pollutants"].update(pm1="pm25_ugm3"),
            "index.pollutants",
            "pm1",
        ),
    ],
    ids=["no index", "another evidence", "no pollutant", "an unknown pollutant"],
)
def test_evidence_by_an_index_is_refused_for(
    tmp_path: Path, change: Edit, key: str, reason: str
) -> None:
    file = tmp_path / "air_quality.yml"
    shutil.copy(SUITES / "_shared.yml", tmp_path)
    document = yaml.safe_load((SUITES / "air_quality.yml").read_text("utf-8"))
    (entry,) = [e for e in document["expectations"] if e.get("id") == "other_averaging_pm25_index"]
    document["expectations"] = [entry]
    change(entry["averaging"])
    file.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    with pytest.raises(ContractError) as refused:
        load_suite("air_quality", tmp_path)
    assert key in refused.value.key
    assert reason in refused.value.key + refused.value.reason


@pytest.mark.parametrize(
    "text",
    ["columns: {", "[]", "columns: {month: {type: DATE, key: true, period: true}}"],
    ids=["broken YAML", "a list", "no expectations"],
)
def test_a_broken_suite_is_refused_and_no_python_error_escapes(tmp_path: Path, text: str) -> None:
    (tmp_path / "broken.yml").write_text(text, "utf-8")
    with pytest.raises(ContractError):
        load_suite("broken", tmp_path)


def test_an_unknown_key_at_the_top_of_a_suite_is_refused(tmp_path: Path) -> None:
    suite_with(tmp_path, lambda document: document.update(grian="one row per month"))
    with pytest.raises(ContractError, match="grian"):
        load_suite("tourism", tmp_path)


# -- the command line ------------------------------------------------------------------------------


def test_the_command_line_tells_file_key_and_reason_without_a_traceback(tmp_path: Path) -> None:
    for folder in ("plugins/federation", "expectations", "dbt_project/macros", "dbt_project/seeds"):
        shutil.copytree(
            REPOSITORY / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    file = edit(
        tmp_path / "expectations/contracts/phuket/air_quality.yml",
        lambda document: column(document, "o3_ppb").update(requird=True),
    )
    extract = tmp_path / "AirQuality" / "AirQuality_2026_01.parquet"
    extract.parent.mkdir()
    extract.write_bytes(b"PAR1")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "federation.cli.main",
            "check",
            str(extract),
            "--city",
            "phuket",
            "--dataset",
            "air_quality",
        ],
        env=os.environ | of_checkout(tmp_path) | {"HUB_HOME": str(tmp_path / "hub")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    for part in (str(file), "o3_ppb.requird", "unknown key"):
        assert part in done.stderr
    assert "Traceback" not in done.stderr


def test_a_stopped_feed_says_its_last_day_and_why(contracts: Path) -> None:
    file, end = contracts / "rayong" / "tourism.yml", {"property": "endOfLife"}
    end["value"] = "2026-06-30"
    edit(file, lambda document: document["slaProperties"].append(end))
    with pytest.raises(ContractError, match="must say why") as refusal:
        load_feed(file)
    assert refusal.value.key == "slaProperties.endOfLife.description"
    edit(file, lambda document: document["slaProperties"][-1].update(description="counted no more"))
    assert load_feed(file).retirement == Retirement(date(2026, 6, 30), "counted no more")
