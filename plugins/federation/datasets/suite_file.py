"""What the files of `expectations/suites` may say, as models."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, create_model, model_validator

from federation.common.vocabulary import Averaging, Consequence, Dimension, ExpectationKind
from federation.common.yaml_files import Bilingual, OneOf, Text, YamlModel, wrong
from federation.datasets.thai_index import DEFINED_ON

TYPES = ("VARCHAR", "BIGINT", "INTEGER", "DOUBLE", "DATE", "TIMESTAMPTZ")
STEPS = ("hour", "day", "month", "year")
# The seven dimensions of a smart city by the Digital Economy Promotion Agency (depa).
DEPA_DIMENSIONS = (
    "environment",
    "economy",
    "mobility",
    "energy",
    "people",
    "living",
    "governance",
)
# The ways to say which records fail.
_CONDITIONS = ("where", "having", "stuck", "averaging", "step", "history")

Judged = Annotated[
    Consequence,
    OneOf(Consequence.REJECT, Consequence.QUARANTINE, Consequence.BLANK, Consequence.WARN),
]
# YAML reads `observed: 77` as a number.
Observed = Annotated[str, BeforeValidator(lambda value: "" if value is None else str(value))]


class ColumnEntry(YamlModel):
    """One column of a conformed record."""

    type: Annotated[str, OneOf(*TYPES)]
    unit: str = Field(default="", description="a code of units.yml, the one that the name carries")
    key: bool = Field(default=False, description="whether it belongs to what identifies a record")
    period: bool = Field(default=False, description="whether it places a record in its partition")
    precision: Literal["", "month"] = Field(
        default="", description="`month`: the first day of a month"
    )
    values: tuple[Text, ...] = Field(default=(), description="the closed list of a text column")
    averaging: Averaging | None = Field(
        default=None, description="what time a value covers, where a contract says nothing else"
    )

    @model_validator(mode="after")
    def _fits_its_type(self) -> "ColumnEntry":
        if self.precision and self.type != "DATE":
            raise wrong("only a DATE has one, and it is month", "precision")
        if self.values and self.type != "VARCHAR":
            raise wrong("must be a list, of a VARCHAR", "values")
        if self.averaging and self.type != "DOUBLE":
            raise wrong("is for a measured value, a DOUBLE", "averaging")
        return self


class HistoryEntry(YamlModel):
    """A threshold taken from the same measure of the feed's earlier extracts."""

    measure: Text = Field(description="a SQL aggregate over the records of one extract")
    margin: float = Field(
        default=0.0, ge=0, description="tolerated beyond them, in the measure's unit"
    )
    relative_margin: float = Field(
        default=0.0, ge=0, description="tolerated beyond them, as a share"
    )


class MeterEntry(YamlModel):
    """The readings of meters that a condition is about."""

    column: Text
    by: Text = Field(description="the column that names the meter")
    at: Text = Field(description="the column that says when it was read")


class StuckEntry(MeterEntry):
    """A meter that repeats one value."""

    hours: int = Field(gt=0, description="blocks of hours in which readings are counted")
    readings: int = Field(gt=0, description="so many equal readings fail")
    above: int | float | None = Field(default=None, description="values up to it are left out")


class IndexEntry(YamlModel):
    """Where an air quality index and what it is made of stand."""

    published: Text = Field(description="the column that holds the index of the same record")
    pollutants: dict[Annotated[str, OneOf(*DEFINED_ON)], Text] = Field(
        description="pollutant of the breakpoints: its column"
    )

    def pollutant_of(self, column: str) -> str:
        """Return the pollutant that a column holds; raises StopIteration for any other column."""
        return next(name for name, held in self.pollutants.items() if held == column)


class AveragingEntry(MeterEntry):
    """A column that behaves unlike what the contract says of its averaging."""

    evidence: Literal["changes", "clock", "index"] = Field(
        description=(
            "changes: from hour to hour; clock: the hour at which the mean day peaks; "
            "index: whether the published index is that of the value"
        )
    )
    index: IndexEntry | None = Field(default=None, description="for the evidence index")

    @model_validator(mode="after")
    def _has_its_index(self) -> "AveragingEntry":
        if (self.evidence == "index") != (self.index is not None):
            raise wrong("stands beside the evidence index, and only there", "index")
        if self.index and self.column not in self.index.pollutants.values():
            raise wrong("must name the column among its pollutants", "index", "pollutants")
        return self


class StepEntry(MeterEntry):
    """A running mean of 24 hours that moves by more than its window allows."""

    largest_per_hour: float = Field(gt=0, description="in the unit of the column")
    largest: float = Field(gt=0, description="readings beyond it are left out: they are no step")


def _or_use(schema: dict[str, Any]) -> None:
    """Let a JSON Schema take an entry that is completed by a shared block."""
    schema["properties"]["use"] = {"type": "string", "description": "a block of _shared.yml"}
    schema["properties"]["with"] = {"type": "object", "description": "the block's parameters"}
    schema["anyOf"] = [{"required": schema.pop("required")}, {"required": ["use"]}]


class ExpectationEntry(YamlModel, json_schema_extra=_or_use):
    """One expectation; at most one condition says which records fail."""

    id: Text
    table: str = Field(
        default="", description="of an expectation on the build: the table it is about"
    )
    type: Text = Field(description="the expectation's type in Great Expectations")
    kwargs: dict[str, Any] = Field(default={}, description="its arguments in Great Expectations")
    where: Text | None = Field(
        default=None, description="SQL condition that failing records meet; {batch} is all records"
    )
    having: Text | None = Field(
        default=None, description="SQL condition that failing extracts meet"
    )
    stuck: StuckEntry | None = None
    averaging: AveragingEntry | None = None
    step: StepEntry | None = None
    history: HistoryEntry | None = None
    scope: Literal["records", "received"] = Field(
        default="records",
        description="records: those that can be read; received: all of the extract",
    )
    consequence: Judged
    blanks: tuple[Text, ...] = Field(
        default=(),
        description="columns that the consequence blank leaves empty; none: the one judged",
    )
    dimension: Dimension
    reason: Text = Field(description="why the threshold stands where it stands")
    observed: Observed = Field(default="", description="what real extracts show")
    message: Bilingual = Field(description="what stewards are told when it fails")
    todo: Text | Bilingual = Field(
        description="what they are asked to do, or the name under `todos` of _shared.yml; "
        "{files} stands for the files"
    )

    @model_validator(mode="after")
    def _says_one_condition(self) -> "ExpectationEntry":
        conditions = [name for name in _CONDITIONS if getattr(self, name) is not None]
        if len(conditions) > 1:
            raise wrong(f"says {' and '.join(conditions)}; one of them is enough")
        if self.history and self.consequence is not Consequence.WARN:
            raise wrong("what rests on a feed's own history can only warn", "consequence")
        return self

    @model_validator(mode="after")
    def _blanks_values_of_records(self) -> "ExpectationEntry":
        if self.consequence is not Consequence.BLANK:
            if self.blanks:
                raise wrong("stands beside the consequence blank only", "blanks")
        elif self.kind is not ExpectationKind.RECORDS or self.table:
            raise wrong("only values of single records can be left empty", "consequence")
        elif not self.blanked:
            raise wrong("must say which columns are left empty", "blanks")
        return self

    @property
    def blanked(self) -> tuple[str, ...]:
        """The columns that are left empty in a record that fails."""
        if self.consequence is not Consequence.BLANK:
            return ()
        column = self.kwargs.get("column")
        return self.blanks or ((str(column),) if column else ())

    @property
    def kind(self) -> ExpectationKind:
        """What it judges: follows from the condition that is given, or from the type."""
        if self.stuck:
            return ExpectationKind.METER
        if self.history:
            return ExpectationKind.HISTORY
        if self.having or self.averaging or self.type.startswith("expect_table_"):
            return ExpectationKind.WHOLE_EXTRACT
        return ExpectationKind.RECORDS


class Keywords(YamlModel):
    """The words by which a catalogue finds a dataset."""

    th: tuple[Text, ...]
    en: tuple[Text, ...]


class CatalogueEntry(YamlModel):
    """What catalogues say of a dataset."""

    data_type: Text
    geo_coverage: Text
    theme: Text
    keywords: Keywords
    source: Bilingual


class ChartEntry(YamlModel):
    """The one picture of a city's data."""

    title: Bilingual
    unit: Bilingual
    bars: bool = False
    last: int = Field(default=0, ge=0, description="how many of the newest values; 0: all")
    limit: float | None = None
    limit_name: Bilingual | None = None
    usual_name: Bilingual | None = None
    sql: Text = Field(description="time, value and usual value of the city $city_code")


class SuiteFile(YamlModel):
    """A dataset's national columns and expectations; `warehouse.yml` has no columns."""

    title: Bilingual
    short: Bilingual | None = Field(
        default=None, description="one word for subjects and tables; the title where none is given"
    )
    grain: str = Field(default="", description="what one record is")
    step: Annotated[str, OneOf("", *STEPS)] = Field(
        default="", description="a record is due for each of them and each entity; none for events"
    )
    fact: str = Field(default="", description="the core table that holds the records")
    depa_dimension: Annotated[str, OneOf(*DEPA_DIMENSIONS)] | None = Field(
        default=None, description="what the dataset serves of a smart city"
    )
    catalogue: CatalogueEntry | None = None
    chart: ChartEntry | None = None
    columns: dict[str, ColumnEntry] = Field(default={}, description="none for `warehouse.yml`")
    expectations: tuple[ExpectationEntry, ...]

    @model_validator(mode="after")
    def _columns_serve_a_dimension(self) -> "SuiteFile":
        if self.columns and not self.depa_dimension:
            raise wrong("must be given", "depa_dimension")
        return self

    @model_validator(mode="after")
    def _keys_are_never_blank(self) -> "SuiteFile":
        for entry in self.expectations:
            for name in entry.blanked:
                column = self.columns.get(name)
                if column is None:
                    raise wrong(f"there is no column {name!r}", "expectations", entry.id, "blanks")
                if column.key or column.period:
                    reason = f"{name!r} belongs to the key: without it there is no record"
                    raise wrong(reason, "expectations", entry.id, "blanks")
        return self

    @model_validator(mode="after")
    def _ids_differ(self) -> "SuiteFile":
        ids = [entry.id for entry in self.expectations]
        for place, name in enumerate(ids):
            if name in ids[:place]:
                raise wrong("this id is given twice", "expectations", name)
        return self


def _any_key_of(model: type[YamlModel], *without: str) -> dict[str, Any]:
    names = (name for name in model.model_fields if name not in without)
    return dict.fromkeys(names, (Any, None))


# Part of an expectation: `$name` in a text stands for a parameter of it.
SharedBlock = create_model(
    "SharedBlock", __base__=YamlModel, **_any_key_of(ExpectationEntry, "id", "table")
)


class SharedFile(YamlModel):
    """`_shared.yml`: what several expectations have in common, by name."""

    blocks: dict[str, SharedBlock]  # type: ignore[valid-type]
    todos: dict[str, Bilingual] = Field(default={}, description="what stewards are asked to do")
