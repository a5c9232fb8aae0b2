"""From contract files to typed feeds; every refusal names file, key and reason."""

import re
from datetime import date
from pathlib import Path
from typing import Any

from open_data_contract_standard.model import OpenDataContractStandard, SchemaProperty

from federation.common.errors import ContractError, HubError
from federation.common.paths import CONTRACTS
from federation.common.yaml_files import validated
from federation.contracts.checks import ColumnCheck
from federation.contracts.city_file import load_city
from federation.contracts.documents import read_document
from federation.contracts.model import City, Column, Contact, Feed, Retirement
from federation.contracts.odcs import custom_properties, parse
from federation.contracts.pattern import PathPattern
from federation.contracts.properties import FACTS, ColumnProperties, FeedProperties, SlaProperties
from federation.contracts.versions import contract_files, with_earlier
from federation.datasets.suites import dataset_names, load_suite

_PROPERTIES = "schema.customProperties"
_END = "endOfLife"
_SLA = ("frequency", "latency", "generalAvailability", _END)


def load_cities(folder: Path = CONTRACTS) -> list[City]:
    """Return all cities, sorted by key; raises ContractError for the first broken city file."""
    return [load_city(file) for file in sorted(folder.glob("*/_city.yml"))]


def load_feeds(
    folder: Path = CONTRACTS, city: str | None = None
) -> tuple[list[Feed], list[ContractError]]:
    """Return every feed with a valid contract, sorted by city and dataset, and every refusal; of
    one city alone where it is named.

    Raises HubError when there is no such folder.
    """
    if not folder.is_dir():
        raise HubError(
            "there is no folder of contracts",
            where=str(folder),
            todo="set HUB_CONTRACTS to the folder that holds _national.yml and a folder per city",
        )
    feeds: list[Feed] = []
    refused: list[ContractError] = []
    for city_file in sorted(folder.glob("*/_city.yml")):
        if city not in (None, city_file.parent.name):
            continue
        try:
            facts = load_city(city_file)
        except ContractError as error:
            refused.append(error)
            continue
        for files in contract_files(city_file.parent):
            try:
                newest, *earlier = [load_feed(file, facts) for file in files]
                feeds.append(with_earlier(newest, earlier))
            except ContractError as error:
                refused.append(error)
    return feeds, refused


def load_feed(file: Path, city: City | None = None) -> Feed:
    """Return the feed that an ODCS file describes; raises ContractError."""
    city = city or load_city(file.parent / "_city.yml")
    document = read_document(file)
    contract = parse(file, document)
    if contract.dataProduct not in dataset_names():
        reason = f"{contract.dataProduct!r} is no dataset; known: {dataset_names()}"
        raise ContractError(file, "dataProduct", reason)
    return _Reader(file, city, contract, document).feed()


class _Reader:
    """Reads one parsed contract; methods follow the order of the file."""

    def __init__(
        self,
        file: Path,
        city: City,
        contract: OpenDataContractStandard,
        document: dict[str, Any],
    ) -> None:
        self.file, self.city, self.contract, self.document = file, city, contract, document
        self.suite = load_suite(str(contract.dataProduct))
        self.national = {column.name: column for column in self.suite.columns}
        if not contract.schema_:
            raise ContractError(file, "schema", "must be given")
        self.schema = contract.schema_[0]
        written = custom_properties(file, _PROPERTIES, self.schema.customProperties)
        self.properties = validated(file, FeedProperties, written, _PROPERTIES)
        self.facts = city.facts | {name: written[name] for name in FACTS if name in written}

    def feed(self) -> Feed:
        contract, properties = self.contract, self.properties
        national = tuple(self._column(entry) for entry in self.schema.properties or ())
        pattern = self._pattern()
        self._check_complete(national)
        self._check_told_by_path(national, pattern)
        sla = self._sla()
        return Feed(
            city=self.city,
            suite=self.suite,
            title=contract.name or "",
            version=self._version(),
            pattern=pattern,
            checksum=properties.checksum,
            columns=properties.columns,
            national=national,
            layout=properties.layout,
            not_published=properties.not_published,
            ignored_measures=properties.ignored_measures,
            city_rows=properties.city_rows,
            out_of_scope=properties.out_of_scope,
            delivery=properties.delivery,
            encoding=self.facts.get("encoding", "utf-8"),
            area_spellings=self.city.area_spellings | properties.area_spellings,
            cadence=sla.frequency,
            latency_days=None if sla.frequency == "irregular" else sla.latency,
            available_from=sla.general_availability,
            retirement=self._retirement(sla.end_of_life),
            stewards=self._stewards(),
            description=self._description(),
            document=self.document,
            file=self.file,
            effective_from=properties.effective_from,
            version_rule=properties.version,
            shrink_tolerance_pct=properties.shrink_tolerance_pct,
            quarantine_tolerance_pct=properties.quarantine_tolerance_pct,
            optional_columns=self._optional_columns(),
        )

    def _description(self) -> dict[str, Any]:
        """Return the texts of the description, with those of its properties: `limitations_th`."""
        description = self.contract.description
        if not description:
            return {}
        texts = description.model_dump(exclude_none=True)
        added = texts.pop("customProperties", [])
        return texts | {entry["property"]: entry["value"] for entry in added}

    def _version(self) -> str:
        version = self.contract.version or ""
        if not re.fullmatch(r"\d+\.\d+\.\d+", version):
            reason = f"{self.contract.version!r} is no semantic version (1.0.0)"
            raise ContractError(self.file, "version", reason)
        return version

    def _pattern(self) -> PathPattern:
        servers = self.contract.servers or []
        if not servers or not servers[0].path:
            raise ContractError(self.file, "servers.path", "must be given")
        pattern = PathPattern(str(servers[0].path))
        try:
            _ = pattern.regex
        except ValueError as error:
            raise ContractError(self.file, "servers.path", str(error)) from error
        return pattern

    def _column(self, entry: SchemaProperty) -> Column:
        key, name = f"schema.properties.{entry.name}", str(entry.name)
        written = custom_properties(self.file, key, entry.customProperties)
        own = validated(self.file, ColumnProperties, written, key)
        sources = tuple(entry.transformSourceObjects or filter(None, [entry.physicalName]))
        self._check_delivered(f"{key}.physicalName", sources)
        if name not in self.national:
            reason = f"no national column of {self.suite.name}; known: {', '.join(self.national)}"
            raise ContractError(self.file, key, reason)
        column = Column(
            name=name,
            sources=sources,
            required=bool(entry.required),
            facts=self.facts | written,
            transform=entry.transformLogic or "",
            measure=own.measure,
            unit=own.unit,
            units=own.units,
            averaging=own.averaging or self.national[name].averaging,
            format=own.format or "",
            prefix=own.prefix,
            area=written.get("area", {}),
            values=written.get("values", {}),
        )
        delivered, layout = self.properties.columns, self.properties.layout.kind
        ColumnCheck(self.file, column, self.national[name], layout, delivered).run()
        return column

    def _check_delivered(self, key: str, sources: tuple[str, ...]) -> None:
        for source in sources:
            if source not in self.properties.columns:
                reason = f"{source!r} is not among the declared columns"
                raise ContractError(self.file, key, reason)

    def _check_complete(self, national: tuple[Column, ...]) -> None:
        left_out = self.properties.not_published
        listed = {column.name for column in national} | set(left_out)
        for column in self.suite.columns:
            if column.name not in listed:
                key = f"schema.properties.{column.name}"
                reason = "missing national column (map it, or list it in not_published)"
                raise ContractError(self.file, key, reason)
            if column.key and column.name in left_out:
                key = f"not_published.{column.name}"
                raise ContractError(self.file, key, "a key must be published")

    def _check_told_by_path(self, national: tuple[Column, ...], pattern: PathPattern) -> None:
        for column in national:
            definition = self.national[column.name]
            asked = "year" if definition.type == "INTEGER" else definition.precision
            if column.format == "partition" and pattern.period != asked:
                key = f"schema.properties.{column.name}.format"
                reason = f"a path of this pattern does not say one {asked or 'value'}"
                raise ContractError(self.file, key, reason)

    def _sla(self) -> SlaProperties:
        entries = reversed(self.contract.slaProperties or [])
        written = {entry.property: entry.value for entry in entries if entry.property in _SLA}
        return validated(self.file, SlaProperties, written, "slaProperties")

    def _retirement(self, last_day: date | None) -> Retirement | None:
        if last_day is None:
            return None
        entries = self.contract.slaProperties or []
        reason = next(entry.description for entry in entries if entry.property == _END)
        if not (reason or "").strip():
            key = f"slaProperties.{_END}.description"
            raise ContractError(self.file, key, "must say why the city has stopped the feed")
        return Retirement(last_day, str(reason).strip())

    def _optional_columns(self) -> tuple[str, ...]:
        key, delivered = f"{_PROPERTIES}.optional_columns", self.properties.columns
        for name in self.properties.optional_columns:
            if name not in delivered:
                reason = f"{name!r} is none of {', '.join(sorted(delivered))}"
                raise ContractError(self.file, key, reason)
            if "<" in delivered[name]:
                reason = "only a column of a simple type may be missing"
                raise ContractError(self.file, f"{key}.{name}", reason)
        return self.properties.optional_columns

    def _stewards(self) -> tuple[Contact, ...]:
        team = self.contract.team
        if team is None:
            return ()
        members = team if isinstance(team, list) else team.members or []
        return tuple(Contact(member.name or "", member.username or "") for member in members)
