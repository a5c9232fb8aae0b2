"""What the samples tell of the city itself: its province, how rows name it, and names that the
register does not know."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from federation.common.errors import DataProblem, HubError
from federation.contracts.model import City, Contact
from federation.onboarding import areas_seen
from federation.onboarding.build import Place
from federation.onboarding.entries import Entry, Question
from federation.onboarding.folder import Folder
from federation.onboarding.write import city_text
from federation.reference.areas import PREFIXES, Area, all_areas


@dataclass
class KnownCity:
    """What is known of the city so far."""

    key: str
    area: Area
    code: Any  # the code, or the question for it
    names: dict[str, bool] = field(
        default_factory=dict
    )  # how rows name the province -> whether the register does so
    spellings: dict[str, str] = field(default_factory=dict)
    asked: dict[str, Question] = field(default_factory=dict)  # a spelling -> which area it is

    @property
    def place(self) -> Place:
        return Place(self.area.area_code, self.spellings)

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


def city_of(name: str, found: Sequence[Folder], code: str | None) -> KnownCity:
    province = areas_seen.province_of(item for one in found for item in one.items)
    areas = {area.area_code: area for area in all_areas() if area.level == "province"}
    if code is not None and code not in areas:
        raise HubError(
            f"{code!r} is no TIS 1099 province code",
            where="--code",
            todo="give two figures, such as 57",
        )
    if code is None and province is None:
        raise DataProblem(
            "the samples do not say which province they are of", todo="give --code NN (TIS 1099)"
        )
    best = code or (province.code if province else "")
    told: Any = best
    if code is None and province and province.confidence < 0.8:
        options = ((best, province.confidence), *province.others)
        told = Question(
            "which province is this (TIS 1099)?", "จังหวัดใด (รหัส มอก. 1099)", best, options
        )
    city = KnownCity(name, areas[best], told)
    for one in found:
        _learn(city, one)
    return city


def _learn(city: KnownCity, found: Folder) -> None:
    for _, names, known in areas_seen.rows_of_city(found.items, city.area.area_code):
        for word in names:
            city.names.setdefault(word, known)
    for item in found.items:
        if item.header.concepts & {"district", "area"}:
            city.spellings |= areas_seen.spellings_of(item.leaf.words, city.area.area_code)


def ask_spellings(city: KnownCity, found: Folder, entries: Iterable[Entry]) -> int:
    """Ask for each unknown name which area it means, where one is spelled nearly so.

    Return how many rows have others.
    """
    columns = {
        source
        for entry in entries
        for reading in entry.readings
        if "by" in reading.facts.get("area", {}) and reading.facts["area"]["by"] == "names"
        for source in reading.sources
    }
    left = 0
    for item in found.items:
        named = (
            areas_seen.named_level(item, city.area.area_code, city.spellings)
            if item.column in columns
            else None
        )
        for word, rows in (named.unknown if named else {}).items():
            meant = _near(word, named.level if named else "", city)
            if meant:
                city.asked.setdefault(word, _which_area(word, meant))
            elif word not in city.names and word.lower() not in areas_seen.WHOLE:
                left += rows
    return left


def _near(word: str, level: str, city: KnownCity) -> list[str]:
    known = areas_seen.names_of(city.area.area_code).get(level, frozenset())
    prefixes = PREFIXES.get(level, ())
    return get_close_matches(
        word, sorted(name for name in known if not name.startswith(prefixes)), n=2, cutoff=0.7
    )


def _which_area(word: str, meant: Sequence[str]) -> Question:
    return Question(
        f"which area of the register is «{word}»?",
        f"«{word}» คือพื้นที่ใดในทะเบียน",
        None,
        tuple((name, 0.8 - 0.2 * place) for place, name in enumerate(meant)),
    )


def city_file(city: KnownCity) -> str:
    names = [
        name
        if known
        else Question(
            f"do rows that say «{name}» mean this province? then write {name}, else delete it",
            f"«{name}» หมายถึงจังหวัดนี้หรือไม่",
            name,
        )
        for name, known in city.names.items()
    ]
    facts = {
        "code": city.code,
        "region": Question(
            "which region: north, northeast, central, east, west or south?", "ภาคใด", "central"
        ),
        "province_names": names or [city.area.name_th],
        "area_spellings": {**city.spellings, **city.asked},
        "steward": {
            "name": Question("which office hears of this city's data?", "หน่วยงานใดรับผิดชอบข้อมูล"),
            "email": Question("at which address?", "อีเมลใด"),
        },
    }
    return city_text(city.key, city.area, facts, answers=False)
