"""Which code decides: the part of the keys under which conformed records and verdicts are kept.

An extract is conformed or judged again when any of this code changes. A test compares both lists
with the imports of the code itself, so that no module is left out.
"""

from functools import cache
from importlib.metadata import version

from federation.common.hashing import sha256_of_file, short_hash
from federation.common.paths import PLUGINS

# From a landed file to conformed records, and from a contract file to what is promised.
CONFORMING_MODULES = (
    "federation.common.bilingual",
    "federation.common.engine",
    "federation.common.errors",
    "federation.common.hashing",
    "federation.common.letters",
    "federation.common.limits",
    "federation.common.line_process",
    "federation.common.paths",
    "federation.common.periods",
    "federation.common.process_end",
    "federation.common.reason",
    "federation.common.sql",
    "federation.common.vocabulary",
    "federation.common.yaml_files",
    "federation.conform.arrow_types",
    "federation.conform.byte_ranges",
    "federation.conform.expected_columns",
    "federation.conform.expressions",
    "federation.conform.fields",
    "federation.conform.layouts",
    "federation.conform.profile",
    "federation.conform.profile.calendars",
    "federation.conform.profile.numbers",
    "federation.conform.profile.places",
    "federation.conform.profile.profile",
    "federation.conform.profile.records",
    "federation.conform.profile.sample",
    "federation.conform.profile.texts",
    "federation.conform.proposals",
    "federation.conform.sandbox.isolation",
    "federation.conform.sandbox.job",
    "federation.conform.sandbox.sandbox",
    "federation.conform.sandbox.supervisor",
    "federation.conform.sandbox.worker",
    "federation.conform.schema_check",
    "federation.conform.select",
    "federation.conform.stream",
    "federation.conform.typed",
    "federation.conform.value_checks",
    "federation.contracts.checks",
    "federation.contracts.city_file",
    "federation.contracts.documents",
    "federation.contracts.edit",
    "federation.contracts.load",
    "federation.contracts.model",
    "federation.contracts.odcs",
    "federation.contracts.pattern",
    "federation.contracts.properties",
    "federation.contracts.versions",
    "federation.contracts.vocabulary",
    "federation.datasets.averaging",
    "federation.datasets.expectation_sql",
    "federation.datasets.shared_blocks",
    "federation.datasets.suite_file",
    "federation.datasets.suites",
    "federation.datasets.thai_index",
    "federation.datasets.units",
    "federation.messages.reason_words",
    "federation.reference.areas",
)
# From conformed records to a verdict.
JUDGING_MODULES = (
    "federation.common.gx_settings",
    "federation.common.lazy_imports",
    "federation.common.warehouse_schemas",
    "federation.datasets.tables",
    "federation.extracts.judging",
    "federation.gate.blanks",
    "federation.gate.conformed_file",
    "federation.gate.exemptions",
    "federation.gate.extracts",
    "federation.gate.gx_duckdb",
    "federation.gate.history",
    "federation.gate.judge",
    "federation.gate.predicates",
    "federation.gate.verdict",
    "federation.gate.waivers",
    "federation.messages.said",
    "federation.reference.bounding_boxes",
)
CONFORMING_PACKAGES = (
    "duckdb",
    "geothai",
    "numpy",
    "open-data-contract-standard",
    "pyarrow",
    "pydantic",
    "pydantic-core",
    "PyYAML",
)
JUDGING_PACKAGES = ("duckdb", "great-expectations", "pandas", "pydantic", "PyYAML", "SQLAlchemy")


@cache
def conforming_code() -> str:
    """Return the hash of the code and packages that decide what a conformed record is."""
    return _hash(CONFORMING_MODULES, CONFORMING_PACKAGES)


@cache
def judging_code() -> str:
    """Return the hash of the code and packages that decide a verdict."""
    return _hash(JUDGING_MODULES, JUDGING_PACKAGES)


def code_version() -> str:
    """Return the hash of the code that decides what enters a warehouse, for releases to name."""
    return short_hash(conforming_code(), judging_code())


def _hash(modules: tuple[str, ...], packages: tuple[str, ...]) -> str:
    code = [(module, _source_hash(module)) for module in modules]
    return short_hash(code, [(package, version(package)) for package in packages])


def _source_hash(module: str) -> str:
    file = PLUGINS.joinpath(*module.split(".")).with_suffix(".py")
    if not file.exists():
        file = file.with_suffix("") / "__init__.py"
    return sha256_of_file(file)
