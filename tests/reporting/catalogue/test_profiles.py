"""What other catalogues are told: nothing that a profile makes mandatory is missing, nothing is
invented."""

from copy import deepcopy
from typing import Any

import pytest
from federation.contracts.model import Feed
from federation.contracts.vocabulary import CADENCES as CONTRACT_CADENCES
from federation.datasets.suites import dataset_names, load_suite
from federation.reporting.catalogue import dcat, gd_catalog
from federation.reporting.catalogue.terms import (
    CADENCES,
    DATA_TYPES,
    GEO_COVERAGES,
    NOT_STATED,
    THEMES,
    licence_of,
)

BOTH = [{"@language": "th", "@value": "ชื่อ"}, {"@language": "en", "@value": "name"}]
AGENT = {"@type": "foaf:Agent", "foaf:name": BOTH}
CATALOGUE: dict[str, Any] = {
    "@id": "#catalogue",
    "@type": "dcat:Catalog",
    "dct:title": BOTH,
    "dct:description": BOTH,
    "dct:publisher": AGENT,
    "dcat:dataset": [
        {
            "@id": "#rain",
            "@type": "dcat:Dataset",
            "dct:title": BOTH,
            "dct:description": BOTH,
            "dct:publisher": AGENT,
            "dcat:contactPoint": {
                "@type": "vcard:Organization",
                "vcard:fn": BOTH,
                "vcard:hasEmail": {"@id": "mailto:a@b.example"},
            },
            "dcat:keyword": BOTH,
            "dcat:theme": {"@id": "x"},
            "dct:accrualPeriodicity": {"@id": "x"},
            "dcat:distribution": [
                {
                    "@id": "#rain-phuket",
                    "@type": "dcat:Distribution",
                    "dct:title": BOTH,
                    "dcat:accessURL": {"@id": "rain.html"},
                }
            ],
        }
    ],
}


def test_a_whole_catalogue_lacks_nothing() -> None:
    assert list(dcat.lacking(CATALOGUE)) == []


@pytest.mark.parametrize("wanted", dcat.MANDATORY["dcat:Catalog"])
def test_a_catalogue_without_a_mandatory_property_is_found(wanted: str) -> None:
    assert list(
        dcat.lacking({name: value for name, value in CATALOGUE.items() if name != wanted})
    ) == [("#catalogue", wanted)]


def test_what_a_dataset_or_distribution_lacks_is_named() -> None:
    broken = deepcopy(CATALOGUE)
    broken["dcat:dataset"][0]["dct:title"] = [{"@language": "en", "@value": "rain"}]
    del broken["dcat:dataset"][0]["dcat:distribution"][0]["dcat:accessURL"]
    assert list(dcat.lacking(broken)) == [
        ("#rain", "dct:title"),
        ("#rain-phuket", "dcat:accessURL"),
    ]


def test_the_standard_has_fourteen_mandatory_fields() -> None:
    assert (
        len(set(gd_catalog.MANDATORY) - {"update_frequency_interval"}) == 14
    )  # unit and value are one field
    whole = dict.fromkeys(gd_catalog.MANDATORY, "x")
    assert gd_catalog.missing(whole) == []
    assert gd_catalog.missing(whole | {"objective": []}) == ["objective"]


@pytest.mark.parametrize("name", dataset_names())
def test_a_suite_says_what_catalogues_ask(name: str) -> None:
    told = load_suite(name).catalogue
    assert told["data_type"] in DATA_TYPES
    assert told["geo_coverage"] in GEO_COVERAGES
    assert told["theme"] in THEMES
    assert all(told["keywords"][language] and told["source"][language] for language in ("th", "en"))


def test_every_cadence_of_contracts_has_its_words() -> None:
    assert set(CADENCES) == set(CONTRACT_CADENCES)


def test_a_licence_is_the_one_that_the_contract_states_or_none(
    feeds: dict[tuple[str, str], Feed],
) -> None:
    stated = {dataset: licence_of(feed) for (_, dataset), feed in feeds.items()}
    assert stated["dengue_cases"].uri == "https://creativecommons.org/licenses/by/4.0/"
    assert stated["road_accidents"] is NOT_STATED
    assert NOT_STATED.text.en == "not stated by the publisher"
