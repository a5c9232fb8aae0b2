"""All 77 provinces as cities of one federation: contracts, and a platform of one file for each
feed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import islice
from pathlib import Path

import geothai
from federation.reference.bounding_boxes import bounds
from federation_demo.generate import CITIES, DATASETS
from federation_demo.generate.delivery import write
from federation_demo.generate.platforms import SHAPES
from federation_demo.generate.world import Box, Request

# whose contracts and native shapes hold for any province: codes as numbers, names of its areas
TEMPLATE = "chonburi"


def key_of(code: str) -> str:
    return f"province_{code}"


def write_contracts(folder: Path) -> None:
    """Put one city per province in place of the cities of `folder`."""
    template = folder.with_name("template")
    shutil.move(folder / TEMPLATE, template)
    for city in folder.glob("*/_city.yml"):
        shutil.rmtree(city.parent)
    for area in geothai.provinces():
        write_city(folder, template, area)


def write_city(folder: Path, template: Path, area: geothai.Province) -> None:
    """Put one province as a city into `folder`, with the feeds of the template's city."""
    key = key_of(area.code)
    shutil.copytree(template, folder / key)
    (folder / key / "_city.yml").write_text(
        f'city: {key}\ncode: "{area.code}"\nname: {{th: {area.name_th}, en: {area.name_en}}}\n'
        f"connection: city_{key}\nstewards:\n  - {{name: Steward, email: "
        f"steward@{area.code}.example.org}}\n",
        "utf-8",
    )


def write_platforms(folder: Path) -> int:
    """Write one file for each feed of each province; return how many."""
    return sum(write_platform(folder, area.code) for area in geothai.provinces())


def write_platform(folder: Path, code: str) -> int:
    """Write one file for each feed of one province; return how many."""
    shape, written = SHAPES[TEMPLATE], 0
    province = replace(
        CITIES[TEMPLATE], code=code, stations=1, accidents=40, box=Box(*bounds()[code])
    )
    for dataset in DATASETS:
        for delivery in islice(shape.feeds[dataset](province, Request(months=1)), 1):
            write(folder / key_of(code), shape, delivery)
            written += 1
    return written
