"""Who gets mails beside the cities' stewards, and how soon incidents are to be mended:
`_national.yml`."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from federation.common.paths import CONTRACTS
from federation.common.yaml_files import Bilingual, Text, YamlModel, load_yaml
from federation.contracts.city_file import ContactEntry
from federation.contracts.model import Contact

WorkingDays = Annotated[int, Field(strict=True, ge=0)]


class PublisherEntry(YamlModel):
    """Who publishes the national catalogue."""

    name: Bilingual
    email: Text


class RepairTimes(YamlModel):
    """The working days of Thailand within which an incident is to be mended, by its severity; a
    remark has no day."""

    critical: WorkingDays
    warning: WorkingDays


class NationalFile(YamlModel):
    """`_national.yml`."""

    stakeholders: tuple[ContactEntry, ...] = Field(
        description="who hears of every release, beside the stewards of the cities"
    )
    on_call: tuple[ContactEntry, ...] = Field(
        default=(), description="data engineers who are told when the hub itself fails"
    )
    publisher: PublisherEntry
    repair_within_working_days: RepairTimes


@cache
def national(file: Path = CONTRACTS / "_national.yml") -> NationalFile:
    """Return what `_national.yml` says; raises ContractError with file, key and reason."""
    return load_yaml(file, NationalFile)


def stakeholders() -> list[Contact]:
    """Return those who hear of releases of the whole nation."""
    return [entry.contact for entry in national().stakeholders]


def on_call() -> list[Contact]:
    """Return the data engineers who are told of failures of the hub itself."""
    return [entry.contact for entry in national().on_call]


def repair_within_working_days() -> dict[str, int]:
    """Return severity -> the working days within which an incident of it should be mended."""
    return national().repair_within_working_days.model_dump()
