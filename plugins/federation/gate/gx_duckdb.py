"""Great Expectations on DuckDB.

Through GX's plain SQL datasource every expectation fails on DuckDB: GX closes the connection before
it fetches, and DuckDB then drops the pending result. The engine here keeps one connection open.
Importing this module imports Great Expectations, which takes seconds: do it inside the step that
judges.
"""

import federation.common.gx_settings  # noqa: F401  before Great Expectations

# isort: split
import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Type, cast  # noqa: UP035
from urllib.parse import quote, urlencode

import great_expectations as gx
import sqlalchemy as sa
from great_expectations.core import ExpectationSuite
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.datasource.fluent.interfaces import Batch
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metrics.metric_provider import metric_partial, metric_value
from great_expectations.expectations.metrics.query_metric_provider import QueryMetricProvider
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.validator.metric_configuration import MetricConfigurationID
from great_expectations.validator.validation_graph import ValidationGraph
from sqlalchemy import Connection, text

from federation.common.engine import own_spill

BATCH = "batch"  # the relation of the records that are judged; conditions name it, too
EXTRACT = "extract_number"  # its column that tells extracts apart, from 0


class EachExtract(dict[int, Any]):
    """A metric's value for each extract of a batch, by number; an extract without records has
    none."""


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """GX's SQL engine with one connection kept open for its whole life."""

    # Whether aggregates are asked for each extract of the batch, not for the batch as a whole.
    by_extract = False
    # query of an `unexpected_rows_expectation` -> SQL aggregate that counts what fails
    counts: Mapping[str, str] = {}
    _kept: Connection | None = None

    @contextlib.contextmanager
    def get_connection(self) -> Iterator[Connection]:
        if self._kept is None:
            self._kept = self.engine.connect()
            self._kept.execute(text("SET TimeZone = 'Asia/Bangkok'"))
            self._kept.execute(text("SET memory_limit = '700MB'"))
        yield self._kept

    def execute_query(self, query: Any) -> Any:
        """Return the query's result; one that fails leaves no broken transaction to the next."""
        with self.get_connection() as con:
            try:
                return con.execute(query)
            except Exception:
                con.rollback()
                raise

    def resolve_metric_bundle(
        self, metric_fn_bundle: Iterable[Any]
    ) -> dict[MetricConfigurationID, Any]:
        """Return the value of every aggregate, from one query; by extract where that is asked.

        Should the query fail, GX asks one aggregate after the other.
        """
        if not self.by_extract:
            return super().resolve_metric_bundle(metric_fn_bundle)
        values: dict[MetricConfigurationID, Any] = {}
        number: Any = sa.column(EXTRACT)
        for query in self._organize_metrics_by_domain(metric_fn_bundle):
            records = self.get_domain_records(domain_kwargs=query["domain_kwargs"])
            asked = sa.select(number, *query["select"]).select_from(records).group_by(number)
            rows = self.execute_query(asked).fetchall()
            for place, metric in enumerate(query["metric_ids"], start=1):
                values[metric] = EachExtract({row[0]: row[place] for row in rows})
        return values

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None
        super().close()


class NoListOfRows(QueryMetricProvider):
    """The rows that fail, for this engine: none are listed.

    GX would ask the query a second time for up to 200 of them; the gate picks all of them by its
    own predicate.
    """

    metric_name = "unexpected_rows_query.table"
    value_keys = ("unexpected_rows_query",)

    @metric_value(engine=DuckDBExecutionEngine)
    def _none(cls, **_: Any) -> list[dict[str, Any]]:
        return []


class CountOfRows(TableMetricProvider):
    """How many rows fail, for this engine: an aggregate like those of GX's own expectations.

    GX would scan all records anew for each such expectation.
    """

    metric_name = "unexpected_rows_query.row_count"
    domain_keys = QueryMetricProvider.domain_keys
    value_keys = ("unexpected_rows_query",)

    @metric_partial(
        engine=DuckDBExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _count(
        cls,
        execution_engine: DuckDBExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        **_: Any,
    ) -> tuple[Any, dict[str, Any], dict[str, Any]]:
        count = execution_engine.counts[metric_value_kwargs["unexpected_rows_query"]]
        return sa.literal_column(f"({count})"), metric_domain_kwargs, {}


class DuckDBDatasource(SQLDatasource):
    """A GX datasource on a DuckDB database, or on Parquet files through one in memory."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]

    @property
    def execution_engine_type(self) -> Type[DuckDBExecutionEngine]:  # noqa: UP006  (`type` is the field above)
        return DuckDBExecutionEngine


@dataclass(frozen=True)
class Asked:
    """An expectation as GX is asked it; `count` is the aggregate that counts the rows which fail,
    of an `unexpected_rows_expectation`."""

    configuration: ExpectationConfiguration
    count: str = ""


class Validator:
    """Runs expectations on a query; use as a context manager, close releases the database."""

    def __init__(self, database: str = ":memory:", spill: Path | None = None) -> None:
        """Open a database; `spill` as in `engine.connect`."""
        self.context = gx.get_context(mode="ephemeral")
        self.context.variables.progress_bars = {"globally": False, "metric_calculations": False}  # type: ignore[assignment]
        settings = urlencode({"temp_directory": spill or own_spill()}, quote_via=quote)
        place = f"duckdb:///{database}?{settings}"
        source = DuckDBDatasource(name="hub", connection_string=place)
        self.source: Any = cast(Any, self.context._add_fluent_datasource(source))
        # One asset for all: adding one per validation writes the context's whole configuration
        # each time.
        asset = self.source.add_query_asset(name=BATCH, query="SELECT * FROM batch")
        self.definition = asset.add_batch_definition_whole_table("whole")
        self._relation = ""

    def __enter__(self) -> "Validator":
        return self

    def __exit__(self, *_: object) -> None:
        engine = self.source.get_execution_engine()
        engine.close()
        engine.engine.dispose()

    def validate(self, query: str, asked: Sequence[Asked]) -> list[Any]:
        """Return one GX result per expectation, in the order given."""
        batch, _ = self._set(query, asked)
        configurations: list[Any] = [entry.configuration for entry in asked]
        suite = ExpectationSuite(name="suite", expectations=configurations)
        validation = batch.validate(suite)
        results: list[Any] = validation.results
        by_id = {result.expectation_config.meta["id"]: result for result in results}
        return [by_id[entry.meta["id"]] for entry in configurations]

    def validate_each(
        self, query: str, asked: Sequence[Asked], extracts: int, *, hold: bool = False
    ) -> list[list[Any]]:
        """Return for each expectation one GX result per extract of the query, by its number; None
        where it can only be judged on the extract alone.

        GX makes one graph of what all expectations need, the engine answers it with one query, and
        each expectation judges the numbers of each extract. What that costs does not grow with the
        number of extracts. `hold` keeps the records in memory, because opening many small files is
        what takes long.
        """
        batch, engine = self._set(query, asked, hold=hold)
        engine.load_batch_data(batch.id, batch.data)
        engine.by_extract = True
        try:
            return _judged(engine, batch.id, asked, extracts)
        finally:
            engine.by_extract = False

    def _set(
        self, query: str, asked: Sequence[Asked], *, hold: bool = False
    ) -> tuple[Batch, DuckDBExecutionEngine]:
        batch = self.definition.get_batch()
        # That of the batch: the source makes another engine whenever its own settings change.
        engine: Any = batch.data.execution_engine
        engine.counts = {
            entry.configuration.kwargs["unexpected_rows_query"]: entry.count
            for entry in asked
            if entry.count
        }
        relation = "TABLE" if hold else "VIEW"
        with engine.get_connection() as con:
            if self._relation:
                con.exec_driver_sql(f"DROP {self._relation} IF EXISTS {BATCH}")
            self._relation = relation
            con.exec_driver_sql(f"CREATE TEMP {relation} {BATCH} AS {query}")
            con.commit()  # a query that fails must not take the relation with it
        return batch, engine


_COUNTS = {"result_format": {"result_format": "BOOLEAN_ONLY"}}
_RESULT = {"result_format": {"result_format": "BASIC"}}


def _judged(
    engine: DuckDBExecutionEngine, batch_id: str, asked: Sequence[Asked], extracts: int
) -> list[list[Any]]:
    graph = ValidationGraph(execution_engine=engine)
    entries = [_Entry(engine, batch_id, entry.configuration) for entry in asked]
    for entry in entries:
        for metric in entry.counts.values():
            graph.build_metric_dependency_graph(metric, _COUNTS)
    values, _ = graph.resolve(_COUNTS, show_progress_bars=False)
    return [[entry.judge(values, number) for number in range(extracts)] for entry in entries]


class _Entry:
    """An expectation of GX with the metrics that it judges."""

    def __init__(
        self, engine: DuckDBExecutionEngine, batch_id: str, configuration: ExpectationConfiguration
    ) -> None:
        kwargs = configuration.kwargs | {"batch_id": batch_id}
        self.expectation: Any = ExpectationConfiguration(
            type=configuration.type, kwargs=kwargs, meta=configuration.meta
        ).to_domain_obj()
        # What a list of failing values would need besides is not asked: the gate picks them.
        needed = self.expectation.get_validation_dependencies(engine, dict(_COUNTS))
        self.counts = needed.metric_configurations
        of_values = getattr(self.expectation, "map_metric", None)
        self.no_values: dict[str, Any] = {f"{of_values}.unexpected_values": []} if of_values else {}

    def judge(self, values: Mapping[Any, Any], number: int) -> Any:
        """Return GX's result on one extract; None where that cannot be had from these values."""
        metrics: dict[str, Any] = {}
        for name, metric in self.counts.items():
            value = values.get(metric.id)
            if isinstance(value, EachExtract) and number in value:
                metrics[name] = value[number]
            elif value == []:
                metrics[name] = value
            else:
                return None
        with contextlib.suppress(Exception):  # then the extract alone shows what it raises
            return self.expectation._validate(metrics | self.no_values, dict(_RESULT))
        return None
