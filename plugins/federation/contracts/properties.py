"""The hub's own vocabulary inside ODCS contracts, as models: what customProperties and
slaProperties may say."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from federation.common.vocabulary import Averaging, Delivery
from federation.common.yaml_files import Day, OneOf, Text, YamlModel, wrong
from federation.contracts import vocabulary as words
from federation.contracts.model import Layout

Percent = Annotated[float, Field(strict=True, ge=0, le=100)]


def _days(value: Any) -> int:
    days = re.fullmatch(r"P(\d{1,3})D", str(value))
    if not days:
        raise wrong(f"{value!r} is no number of days (ISO 8601: P10D)")
    return int(days[1])


Days = Annotated[
    int,
    BeforeValidator(_days),
    WithJsonSchema({"type": "string", "pattern": r"^P[0-9]{1,3}D$"}),
]


class Facts(YamlModel):
    """How values are written; a column's own facts go before its feed's, those before the
    city's."""

    calendar: Annotated[str, OneOf(*words.CALENDARS)] | None = None
    zone: Annotated[str, OneOf(*words.ZONES_UTC_OFFSET_HOURS)] | None = None
    digits: Annotated[str, OneOf(*words.DIGITS)] | None = None
    encoding: Annotated[str, OneOf(*words.ENCODINGS)] | None = None
    missing: list[str | int | float] | None = Field(
        default=None, description="what stands for a missing value"
    )
    thousands: str | None = Field(default=None, description="the sign between thousands")


FACTS = tuple(Facts.model_fields)


class Whole(YamlModel):
    """How a row says that it is about a whole: `column` holds `is`, or else `otherwise`."""

    column: Text
    is_: str | int = Field(alias="is")
    otherwise: str | int | None = None


class Area(YamlModel):
    """How a column names an area."""

    by: Annotated[str, OneOf(*words.AREA_SYSTEMS)]
    level: Text | None = None
    levels: tuple[Text, ...] = ()
    separator: Text | None = Field(
        default=None, description="parts one column into several levels' names"
    )
    whole: Whole | None = None

    @model_validator(mode="after")
    def _whole_has_parts(self) -> "Area":
        if self.whole and self.by not in ("names", "tis1099_parts"):
            raise wrong("is for areas by names or tis1099_parts", "whole")
        return self


class ColumnProperties(Facts):
    """What the customProperties of a column may say."""

    unit: str = Field(default="", description="the unit of the delivered values, of units.yml")
    units: tuple[Text, ...] = Field(
        default=(), description="one per column read; they are added up"
    )
    averaging: Averaging | None = Field(
        default=None, description="what time a value covers; the suite's when nothing is said"
    )
    format: Annotated[str, OneOf(*words.TIME_FORMATS)] | None = None
    measure: str = Field(
        default="", description="the measure's name, in layouts that name measures"
    )
    prefix: str = Field(default="", description="what every value begins with, and is left out")
    area: Area | None = None
    values: dict[str | int, str] = Field(
        default={}, description="the city's word: the national one"
    )


class FeedProperties(Facts):
    """What the customProperties of a schema may say."""

    columns: dict[str, Text] = Field(
        min_length=1, description="the delivered columns with their Arrow types"
    )
    layout: Layout = Layout()
    city_rows: str = Field(default="", description="the delivered column that says whose row it is")
    out_of_scope: str = Field(default="", description="SQL condition of rows that are left out")
    not_published: tuple[Text, ...] = Field(
        default=(), description="national columns that are not sent"
    )
    optional_columns: tuple[Text, ...] = Field(
        default=(), description="columns that a file may lack"
    )
    ignored_measures: tuple[Text, ...] = ()
    delivery: Delivery = Delivery.FULL_PARTITION
    version: Annotated[str, OneOf(*words.VERSION_RULES)] = Field(
        default="modified",
        description="what ranks files of one period that their paths do not rank",
    )
    checksum: str = Field(
        default="", description="end of the name of a checksum file beside each file"
    )
    area_spellings: dict[str, str] = Field(
        default={}, description="the city's spelling: the register's"
    )
    shrink_tolerance_pct: Percent = Field(
        default=10.0, description="a file that takes away more records waits for a person"
    )
    quarantine_tolerance_pct: Percent = Field(
        default=20.0, description="a file of which more is quarantined is rejected"
    )
    effective_from: Day | None = Field(
        default=None, description="first day that this version holds for"
    )


class SlaProperties(YamlModel):
    """What slaProperties say of a feed's deliveries."""

    frequency: Annotated[str, OneOf(*words.CADENCES)]
    latency: Days | None = Field(
        default=None, description="days after a period's end by which it is due"
    )
    general_availability: Day | None = Field(
        default=None, alias="generalAvailability", description="first day that the city promised"
    )
    end_of_life: Day | None = Field(
        default=None,
        alias="endOfLife",
        description="last day of a feed that the city has stopped; `description` says why",
    )

    @model_validator(mode="after")
    def _regular_feeds_are_due(self) -> "SlaProperties":
        if self.frequency != "irregular" and self.latency is None:
            raise wrong("must be given", "latency")
        return self
