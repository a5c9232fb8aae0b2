"""What the samples say about the city: its province, how rows name it, and unknown area names."""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from federation.common.errors import DataProblem, HubError
from federation.contracts.model import City, Contact
from federation.onboarding import sample_areas
from federation.onboarding.area_columns import CityNames
from federation.onboarding.column_draft import ColumnDraft, Question
from federation.onboarding.sample_folder import SampleFolder
from federation.onboarding.write import city_text
from federation.reference.areas import PREFIXES, Area, all_areas


@dataclass
class KnownCity:
    """What is known of the city so far."""

    key: str
    area: Area
    code: str | Question
    # how rows name the province -> whether the register writes it so
    names: dict[str, bool] = dataclasses.field(default_factory=dict)
    # an office's spelling -> the register's
    spellings: dict[str, str] = dataclasses.field(default_factory=dict)
    # an unknown spelling -> the question which area it means
    asked: dict[str, Question] = dataclasses.field(default_factory=dict)

    @property
    def area_names(self) -> CityNames:
        return CityNames(self.area.area_code, self.spellings)

    def as_city(self) -> City:
        names = tuple(dict.fromkeys([self.area.name_th, *self.names]))
        return City(
            self.key,
            self.area.area_code,
            self.area.name_th,
            self.area.name_en or "",
            f"city_{self.key}",
            {},
            names,
            self.spellings,
            (Contact("draft", "draft"),),
            Path(self.key) / "_city.yml",
        )


def city_of(name: str, folders: Sequence[SampleFolder], code: str | None) -> KnownCity:
    """Return what the samples say about the city, whose province `code` names where it is given.

    Raises HubError for an unknown code, DataProblem when neither code nor samples name a province.
    """
    areas = {area.area_code: area for area in all_areas() if area.level == "province"}
    if code is not None and code not in areas:
        raise HubError(
            f"{code!r} is no TIS 1099 province code",
            where="--code",
            todo="give two figures, such as 57",
        )
    province = sample_areas.province_of(field for folder in folders for field in folder.fields)
    if code is not None:
        city = KnownCity(name, areas[code], code)
    elif province is not None:
        city = KnownCity(name, areas[province.code], _code_or_question(province))
    else:
        raise DataProblem(
            "the samples do not say which province they are of", todo="give --code NN (TIS 1099)"
        )
    for folder in folders:
        _learn(city, folder)
    return city


def _code_or_question(province: sample_areas.Province) -> str | Question:
    if province.confidence >= 0.8:
        return province.code
    options = ((province.code, province.confidence), *province.others)
    return Question(
        "which province is this (TIS 1099)?", "จังหวัดใด (รหัส มอก. 1099)", province.code, options
    )


def _learn(city: KnownCity, folder: SampleFolder) -> None:
    """Add the folder's names of the province and its offices' spellings to the city."""
    code = city.area.area_code
    for _, names, is_official in sample_areas.rows_of_city(folder.fields, code):
        for name in names:
            city.names.setdefault(name, is_official)
    for field in folder.fields:
        if field.header.concepts & {"district", "area"}:
            city.spellings |= sample_areas.spellings_of(field.leaf.words, code)


def ask_spellings(city: KnownCity, folder: SampleFolder, drafts: Iterable[ColumnDraft]) -> int:
    """Ask which area an unknown name means, where the register has one that is spelled nearly so.

    Returns how many rows have other unknown names.
    """
    columns = _columns_of_names(drafts)
    other_rows = 0
    for field in folder.fields:
        if field.column not in columns:
            continue
        named = sample_areas.named_level(field, city.area.area_code, city.spellings)
        if named is None:
            continue
        for word, rows in named.unknown.items():
            similar = _similar_names(word, named.level, city)
            if similar:
                city.asked.setdefault(word, _which_area(word, similar))
            elif word not in city.names and word.lower() not in sample_areas.WHOLE:
                other_rows += rows
    return other_rows


def _columns_of_names(drafts: Iterable[ColumnDraft]) -> set[str]:
    """Return the columns that an area is read from by name."""
    return {
        source
        for draft in drafts
        for reading in draft.readings
        if reading.facts.get("area", {}).get("by") == "names"
        for source in reading.sources
    }


def _similar_names(word: str, level: str, city: KnownCity) -> list[str]:
    prefixes = PREFIXES.get(level, ())
    official = sample_areas.names_of(city.area.area_code).get(level, frozenset())
    bare = sorted(name for name in official if not name.startswith(prefixes))
    return get_close_matches(word, bare, n=2, cutoff=0.7)


def _which_area(word: str, similar: Sequence[str]) -> Question:
    return Question(
        f"which area of the register is «{word}»?",
        f"«{word}» คือพื้นที่ใดในทะเบียน",
        None,
        tuple((name, 0.8 - 0.2 * rank) for rank, name in enumerate(similar)),
    )


def city_file(city: KnownCity) -> str:
    """Return the text of `_city.yml`, with a question for each fact that samples do not prove."""
    names = [
        name if is_official else _means_this_province(name)
        for name, is_official in city.names.items()
    ]
    region = Question(
        "which region: north, northeast, central, east, west or south?", "ภาคใด", "central"
    )
    office = Question("which office hears of this city's data?", "หน่วยงานใดรับผิดชอบข้อมูล")
    facts = {
        "code": city.code,
        "region": region,
        "province_names": names or [city.area.name_th],
        "area_spellings": {**city.spellings, **city.asked},
        "steward": {"name": office, "email": Question("at which address?", "อีเมลใด")},
    }
    return city_text(city.key, city.area, facts, answers=False)


def _means_this_province(name: str) -> Question:
    return Question(
        f"do rows that say «{name}» mean this province? then write {name}, else delete it",
        f"«{name}» หมายถึงจังหวัดนี้หรือไม่",
        name,
    )
