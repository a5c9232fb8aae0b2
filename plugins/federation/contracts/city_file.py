"""From `_city.yml` to a city."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from federation.common.errors import ContractError
from federation.common.yaml_files import Bilingual, OneOf, Text, YamlModel, validated, wrong
from federation.contracts.documents import read_document
from federation.contracts.model import City, Contact
from federation.contracts.properties import Facts
from federation.contracts.vocabulary import REGIONS


def _province_code(value: Any) -> str:
    if not (isinstance(value, str) and len(value) == 2):
        raise wrong("must be a TIS 1099 province code, a text of two digits")
    return value


ProvinceCode = Annotated[
    str,
    BeforeValidator(_province_code),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{2}$"}),
]


class ContactEntry(YamlModel):
    """Someone who gets mails about the federation."""

    name: Text
    email: Text

    @property
    def contact(self) -> Contact:
        return Contact(self.name, self.email)


class CityFile(YamlModel):
    """What all feeds of a city share."""

    city: Text = Field(description="the name of the folder")
    code: ProvinceCode = Field(description="TIS 1099 province code, in quotes")
    region: Annotated[str, OneOf(*REGIONS)] | None = None
    ascn_member_since: int | None = Field(
        default=None, description="ASEAN Smart Cities Network: year of the common era"
    )
    name: Bilingual
    shadow_periods: Annotated[int, Field(strict=True, ge=1)] | None = Field(
        default=None, description="clean periods asked of each feed before the city joins releases"
    )
    connection: Text = Field(description="the Airflow connection of the platform")
    facts: Facts = Facts()
    province_names: tuple[str, ...] = Field(default=(), description="how rows name their province")
    area_spellings: dict[str, str] = Field(
        default={}, description="the city's spelling: the register's"
    )
    stewards: tuple[ContactEntry, ...] = Field(min_length=1)


def load_city(file: Path) -> City:
    """Return the city that `_city.yml` describes; raises ContractError."""
    city = validated(file, CityFile, read_document(file))
    if city.city != file.parent.name:
        raise ContractError(file, "city", f"must be the name of its folder, {file.parent.name}")
    return City(
        key=city.city,
        code=city.code,
        name_th=city.name.th,
        name_en=city.name.en,
        connection=city.connection,
        facts=city.facts.model_dump(exclude_unset=True),
        province_names=city.province_names,
        area_spellings=city.area_spellings,
        stewards=tuple(entry.contact for entry in city.stewards),
        file=file,
        region=city.region,
        ascn_member_since=city.ascn_member_since,
        shadow_periods=city.shadow_periods,
    )
