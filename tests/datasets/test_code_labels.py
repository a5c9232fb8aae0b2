"""Names of codes: every code of a closed list, and every word of the accident register that the
generator knows, has a Thai and an English name."""

from __future__ import annotations

import csv

from federation.common.paths import DBT_PROJECT
from federation.datasets.suites import dataset_names, load_suite
from federation_demo.generate import accidents

with (DBT_PROJECT / "seeds" / "code_label.csv").open(encoding="utf-8", newline="") as file:
    LABELS = {(row["column_name"], row["code"]): row for row in csv.DictReader(file)}


def test_every_code_of_a_closed_list_has_its_names() -> None:
    codes = {
        (column.name, word)
        for dataset in dataset_names()
        for column in load_suite(dataset).columns
        for word in column.values
    }
    assert ("agency", "expressway_authority") in codes
    assert codes <= LABELS.keys()


def test_every_word_of_the_register_of_accidents_has_its_names() -> None:
    lists = {
        "vehicle_type": accidents.VEHICLES,
        "cause": accidents.CAUSES,
        "accident_type": accidents.TYPES,
        "weather": accidents.WEATHER,
    }
    words = {(column, word) for column, known in lists.items() for word in known}
    assert len(words) > 20
    assert words <= LABELS.keys()


def test_a_name_is_given_once_and_in_both_languages() -> None:
    assert all(row["name_th"] and row["name_en"] for row in LABELS.values())
    assert not [row for row in LABELS.values() if row["name_th"].isascii()]
