"""From contract files to typed feeds; every refusal names file, key and reason."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from open_data_contract_standard.model import OpenDataContractStandard, SchemaProperty
from pydantic import ValidationError

from federation.common.errors import ContractError
from federation.common.paths import CONTRACTS
from federation.contracts import vocabulary as words
from federation.contracts.checks import Checker
from federation.contracts.model import City, Column, Contact, Feed, Layout
from federation.contracts.pattern import PathPattern
from federation.contracts.versions import contract_files, with_earlier
from federation.datasets.suites import dataset_names, load_suite


def load_cities(folder: Path = CONTRACTS) -> list[City]:
    """Return all cities, sorted by key; raises ContractError for the first broken city file."""
    return [load_city(file) for file in sorted(folder.glob("*/_city.yml"))]


def load_feeds(folder: Path = CONTRACTS) -> tuple[list[Feed], list[ContractError]]:
    """Return every feed whose contract holds, sorted by city and dataset, and every refusal."""
    feeds: list[Feed] = []
    refused: list[ContractError] = []
    for city_file in sorted(folder.glob("*/_city.yml")):
        try:
            city = load_city(city_file)
        except ContractError as error:
            refused.append(error)
            continue
        for newest, *earlier in contract_files(city_file.parent):
            try:
                feeds.append(
                    with_earlier(
                        load_feed(newest, city), [load_feed(file, city) for file in earlier]
                    )
                )
            except ContractError as error:
                refused.append(error)
    return feeds, refused


def load_city(file: Path) -> City:
    """Return the city that `_city.yml` describes; raises ContractError."""
    check = Checker(file)
    document = check.mapping(_read(file), "")
    check.known("", document, words.CITY_KEYS)
    if isinstance(document.get("facts", {}), int | float | str):
        raise ContractError(file, "facts", "must be a mapping")
    check.known("facts", document.get("facts", {}), words.FACTS)
    for key in ("city", "code", "name", "connection", "stewards"):
        check.given(key, document.get(key))
    if document["city"] != file.parent.name:
        raise ContractError(file, "city", f"must be the name of its folder, {file.parent.name}")
    if not (isinstance(document["code"], str) and len(document["code"]) == 2):
        raise ContractError(file, "code", "must be a TIS 1099 province code, a text of two digits")
    for language in ("th", "en"):
        check.given(f"name.{language}", check.mapping(document["name"], "name").get(language))
    shadow = document.get("shadow_periods")
    if shadow is not None and (
        isinstance(shadow, bool) or not isinstance(shadow, int) or shadow < 1
    ):
        raise ContractError(file, "shadow_periods", "must be a whole number from 1 on")
    check.one_of("region", document.get("region") or "central", words.REGIONS)
    for number, entry in enumerate(document["stewards"]):
        check.known(
            f"stewards.{number}", check.mapping(entry, f"stewards.{number}"), {"name", "email"}
        )
        for key in ("name", "email"):
            check.given(f"stewards.{number}.{key}", entry.get(key))
    return City(
        key=document["city"],
        code=document["code"],
        name_th=document["name"]["th"],
        name_en=document["name"]["en"],
        connection=document["connection"],
        facts=document.get("facts", {}),
        province_names=tuple(document.get("province_names", ())),
        area_spellings=document.get("area_spellings", {}),
        stewards=tuple(Contact(**entry) for entry in document["stewards"]),
        file=file,
        region=document.get("region"),
        ascn_member_since=document.get("ascn_member_since"),
        shadow_periods=shadow,
    )


def load_feed(file: Path, city: City | None = None) -> Feed:
    """Return the feed that an ODCS file describes; raises ContractError."""
    city = city or load_city(file.parent / "_city.yml")
    document = _read(file)
    contract = _parse(file, document)
    if contract.dataProduct not in dataset_names():
        raise ContractError(
            file, "dataProduct", f"{contract.dataProduct!r} is no dataset; known: {dataset_names()}"
        )
    return _Reader(file, city, contract, document).feed()


def questions_in(file: Path) -> list[tuple[str, str]]:
    """Return the questions that a drafted file leaves open, as (key, text): values that begin
    with TODO."""
    return list(_questions(_yaml(file), ""))


def _read(file: Path) -> Any:
    """Return the document.

    An open question of a draft is refused until a person has answered it.
    """
    document = _yaml(file)
    for key, question in _questions(document, ""):
        raise ContractError(file, key, f"an open question is not answered: {question}")
    return document


def _yaml(file: Path) -> Any:
    try:
        return _dates_as_text(
            yaml.load(file.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        )
    except (OSError, yaml.YAMLError) as error:
        raise ContractError(file, "(whole file)", f"cannot be read as YAML: {error}") from error


def _questions(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and value.startswith("TODO"):
        yield key, value.removeprefix("TODO").removeprefix(":").strip()
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _questions(inner, f"{key}.{name}".strip("."))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            label = (
                inner.get("name", inner.get("property", place))
                if isinstance(inner, dict)
                else place
            )
            yield from _questions(
                inner, f"{key}.{place if str(label).startswith('TODO') else label}".strip(".")
            )


def _dates_as_text(value: Any) -> Any:
    """Return a document with the days that YAML makes of unquoted texts as ODCS wants them:
    texts."""
    if isinstance(value, dict):
        return {name: _dates_as_text(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(entry) for entry in value]
    return value.isoformat() if isinstance(value, date) else value


def _parse(file: Path, document: Any) -> OpenDataContractStandard:
    try:
        contract = OpenDataContractStandard(**Checker(file).mapping(document, ""))
    except ValidationError as error:
        first = error.errors()[0]
        raise ContractError(file, ".".join(map(str, first["loc"])), first["msg"]) from error
    kept = contract.model_dump(by_alias=True, exclude_unset=True)
    Checker(file).nothing_vanished("", document, kept)
    return contract


class _Reader:
    """Reads one parsed contract; methods follow the order of the file."""

    def __init__(
        self, file: Path, city: City, contract: OpenDataContractStandard, document: Any
    ) -> None:
        self.file, self.city, self.contract, self.document = file, city, contract, document
        self.check = Checker(file)
        self.check.given("schema", contract.schema_)
        assert contract.schema_
        self.schema = contract.schema_[0]
        self.facts = city.facts | self.check.properties(
            "schema.customProperties", self.schema.customProperties, words.FEED_PROPERTIES
        )
        self.columns: dict[str, str] = self.facts.get("columns") or {}
        self.check.given("schema.customProperties.columns", self.columns)
        self.layout = self._layout()

    def feed(self) -> Feed:
        contract, facts = self.contract, self.facts
        national = tuple(self._column(entry) for entry in self.schema.properties or ())
        pattern = self._pattern()
        self._check_complete(national)
        self._check_told_by_path(national, pattern)
        delivery = facts.get("delivery", "full_partition")
        self.check.one_of("delivery", delivery, words.DELIVERIES)
        if not re.fullmatch(r"\d+\.\d+\.\d+", contract.version or ""):
            raise ContractError(
                self.file, "version", f"{contract.version!r} is no semantic version (1.0.0)"
            )
        self.check.one_of("encoding", facts.get("encoding", "utf-8"), words.ENCODINGS)
        return Feed(
            city=self.city,
            dataset=str(contract.dataProduct),
            title=contract.name or "",
            version=contract.version or "",
            pattern=pattern,
            checksum=facts.get("checksum", ""),
            columns=self.columns,
            national=national,
            layout=self.layout,
            not_published=tuple(facts.get("not_published", ())),
            ignored_measures=tuple(facts.get("ignored_measures", ())),
            city_rows=facts.get("city_rows", ""),
            out_of_scope=facts.get("out_of_scope", ""),
            delivery=delivery,
            encoding=facts.get("encoding", "utf-8"),
            area_spellings=self.city.area_spellings | facts.get("area_spellings", {}),
            cadence=self._cadence(),
            latency_days=self._latency_days(),
            available_from=self._available_from(),
            stewards=self._stewards(),
            description=contract.description.model_dump(exclude_none=True)
            if contract.description
            else {},
            document=self.document,
            file=self.file,
            effective_from=self._effective_from(),
            version_rule=self._version_rule(),
            shrink_tolerance_pct=self._tolerance_pct("shrink", 10),
            quarantine_tolerance_pct=self._tolerance_pct("quarantine", 20),
            optional_columns=self._optional_columns(),
        )

    def _layout(self) -> Layout:
        value = self.facts.get("layout", {"kind": "rows"})
        try:
            layout = Layout(**value)
        except TypeError as error:
            raise ContractError(self.file, "schema.customProperties.layout", str(error)) from error
        self.check.one_of("schema.customProperties.layout.kind", layout.kind, words.LAYOUTS)
        return layout

    def _pattern(self) -> PathPattern:
        servers = self.contract.servers or []
        self.check.given("servers.path", servers and servers[0].path)
        pattern = PathPattern(str(servers[0].path))
        try:
            _ = pattern.regex
        except ValueError as error:
            raise ContractError(self.file, "servers.path", str(error)) from error
        return pattern

    def _column(self, entry: SchemaProperty) -> Column:
        key = f"schema.properties.{entry.name}"
        own = self.check.properties(
            f"{key}.customProperties", entry.customProperties, words.COLUMN_PROPERTIES
        )
        self.check.mapping(own.get("area", {}), f"{key}.area")
        sources = tuple(entry.transformSourceObjects or filter(None, [entry.physicalName]))
        for source in sources:
            if source not in self.columns:
                raise ContractError(
                    self.file,
                    f"{key}.physicalName",
                    f"{source!r} is not among the declared columns",
                )
        column = Column(
            name=str(entry.name),
            sources=sources,
            required=bool(entry.required),
            facts={name: self.facts[name] for name in words.FACTS if name in self.facts} | own,
            transform=entry.transformLogic or "",
            measure=own.get("measure", ""),
            unit=own.get("unit", ""),
            units=self.check.listed(f"{key}.units", own.get("units", [])),
            format=own.get("format", ""),
            prefix=own.get("prefix", ""),
            area=own.get("area", {}),
            values=own.get("values", {}),
        )
        self._check_column(key, column)
        return column

    def _check_column(self, key: str, column: Column) -> None:
        suite = load_suite(str(self.contract.dataProduct))
        national = {entry.name: entry for entry in suite.columns}
        if column.name not in national:
            raise ContractError(
                self.file, key, f"no national column of {suite.name}; known: {', '.join(national)}"
            )
        if column.units:
            self.check.units(f"{key}.units", column, national[column.name].unit, self.layout.kind)
        else:
            self.check.unit(f"{key}.unit", column.unit, national[column.name].unit)
        self.check.facts(key, column)
        self.check.values(f"{key}.values", column, national[column.name].values)
        self.check.format(key, column, more=self.layout.kind == "months")
        if self.layout.kind == "months":
            self.check.months(key, column, self.columns)
        if column.measure and self.layout.kind not in ("long", "measures"):
            raise ContractError(
                self.file, f"{key}.measure", f"layout {self.layout.kind} has no named measures"
            )
        if not (
            column.sources
            or column.transform
            or column.measure
            or column.area
            or column.format == "partition"
        ):
            raise ContractError(
                self.file, key, "says neither physicalName, measure nor transformLogic"
            )

    def _check_complete(self, national: tuple[Column, ...]) -> None:
        suite = load_suite(str(self.contract.dataProduct))
        told = {column.name for column in national} | set(self.facts.get("not_published", ()))
        for column in suite.columns:
            if column.name not in told:
                raise ContractError(
                    self.file,
                    f"schema.properties.{column.name}",
                    "missing national column (map it, or list it in not_published)",
                )
            if column.key and column.name in self.facts.get("not_published", ()):
                raise ContractError(
                    self.file, f"not_published.{column.name}", "a key must be published"
                )

    def _check_told_by_path(self, national: tuple[Column, ...], pattern: PathPattern) -> None:
        types = {
            column.name: column for column in load_suite(str(self.contract.dataProduct)).columns
        }
        for column in national:
            asked = "year" if types[column.name].type == "INTEGER" else types[column.name].precision
            if column.format == "partition" and pattern.period != asked:
                raise ContractError(
                    self.file,
                    f"schema.properties.{column.name}.format",
                    f"a path of this pattern does not say one {asked or 'value'}",
                )

    def _cadence(self) -> str:
        for entry in self.contract.slaProperties or ():
            if entry.property == "frequency":
                self.check.one_of("slaProperties.frequency", str(entry.value), words.CADENCES)
                return str(entry.value)
        raise ContractError(self.file, "slaProperties.frequency", "must be given")

    def _latency_days(self) -> int | None:
        found = [
            str(entry.value)
            for entry in self.contract.slaProperties or ()
            if entry.property == "latency"
        ]
        if self._cadence() == "irregular":
            return None
        self.check.given("slaProperties.latency", found)
        days = re.fullmatch(r"P(\d{1,3})D", found[0])
        if not days:
            raise ContractError(
                self.file,
                "slaProperties.latency",
                f"{found[0]!r} is no number of days (ISO 8601: P10D)",
            )
        return int(days[1])

    def _available_from(self) -> date | None:
        given = [
            entry.value
            for entry in self.contract.slaProperties or ()
            if entry.property == "generalAvailability"
        ]
        return self._day("slaProperties.generalAvailability", given[0]) if given else None

    def _day(self, key: str, text: Any) -> date:
        try:
            return date.fromisoformat(str(text))
        except ValueError as error:
            raise ContractError(self.file, key, f"{text!r} is no date (2026-07-01)") from error

    def _version_rule(self) -> str:
        rule = str(self.facts.get("version", "modified"))
        self.check.one_of("schema.customProperties.version", rule, words.VERSION_RULES)
        return rule

    def _tolerance_pct(self, name: str, default: int) -> float:
        key = f"{name}_tolerance_pct"
        tolerance = self.facts.get(key, default)
        if (
            isinstance(tolerance, bool)
            or not isinstance(tolerance, int | float)
            or not 0 <= tolerance <= 100
        ):
            raise ContractError(
                self.file, f"schema.customProperties.{key}", "must be a number from 0 to 100"
            )
        return float(tolerance)

    def _optional_columns(self) -> tuple[str, ...]:
        key = "schema.customProperties.optional_columns"
        listed = self.check.listed(key, self.facts.get("optional_columns", []))
        for name in listed:
            self.check.one_of(key, name, self.columns)
            if "<" in self.columns[name]:
                raise ContractError(
                    self.file, f"{key}.{name}", "only a column of a simple type may be missing"
                )
        return listed

    def _effective_from(self) -> date | None:
        given = self.facts.get("effective_from")
        return None if given is None else self._day("schema.customProperties.effective_from", given)

    def _stewards(self) -> tuple[Contact, ...]:
        team = self.contract.team
        members = team if isinstance(team, list) else (team.members if team else None) or []
        return tuple(Contact(member.name or "", member.username or "") for member in members)
