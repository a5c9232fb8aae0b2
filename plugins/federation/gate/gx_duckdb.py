"""Great Expectations on DuckDB.

Through GX's plain SQL datasource every expectation fails on DuckDB: GX closes the connection before
it fetches, and DuckDB then drops the pending result. The engine here keeps one connection open.
Importing this module imports Great Expectations, which takes seconds: do it inside the step that
judges.
"""

import contextlib
import os
from collections.abc import Iterator
from typing import Any, Literal, Type, cast  # noqa: UP035

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import great_expectations as gx
from great_expectations.core import ExpectationSuite
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.query_metric_provider import QueryMetricProvider
from sqlalchemy import Connection, text


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """GX's SQL engine with one connection kept open for its whole life."""

    _kept: Connection | None = None

    @contextlib.contextmanager
    def get_connection(self) -> Iterator[Connection]:
        if self._kept is None:
            self._kept = self.engine.connect()
            self._kept.execute(text("SET TimeZone = 'Asia/Bangkok'"))
            self._kept.execute(text("SET memory_limit = '700MB'"))
        yield self._kept

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


class DuckDBDatasource(SQLDatasource):
    """A GX datasource on a DuckDB database, or on Parquet files through one in memory."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]

    @property
    def execution_engine_type(self) -> Type[DuckDBExecutionEngine]:  # noqa: UP006  (`type` is the field above)
        return DuckDBExecutionEngine


class Validator:
    """Runs expectations on a query; use as a context manager, close releases the database."""

    def __init__(self, database: str = ":memory:") -> None:
        self.context = gx.get_context(mode="ephemeral")
        self.context.variables.progress_bars = {"globally": False, "metric_calculations": False}  # type: ignore[assignment]
        source = DuckDBDatasource(name="hub", connection_string=f"duckdb:///{database}")
        self.source: Any = cast(Any, self.context._add_fluent_datasource(source))
        # One asset whose query changes: adding one per validation writes the context's whole
        # configuration each time.
        self.asset = self.source.add_query_asset(name="batch", query="SELECT 1 AS nothing")
        self.asset.add_batch_definition_whole_table("whole")

    def __enter__(self) -> "Validator":
        return self

    def __exit__(self, *_: object) -> None:
        engine = self.source.get_execution_engine()
        engine.close()
        engine.engine.dispose()

    def validate(
        self, query: str, expectations: list[dict[str, Any]], *, hold: bool = False
    ) -> list[Any]:
        """Return one GX result per expectation, in the order given.

        GX queries the rows twice or more for each expectation. `hold` keeps them in memory
        meanwhile, because opening many small files is what takes long.
        """
        if hold:
            with self.source.get_execution_engine().get_connection() as con:
                con.exec_driver_sql(f"CREATE OR REPLACE TEMP TABLE held AS {query}")
            query = "SELECT * FROM held"
        self.asset.query = query
        batch = self.asset.get_batch_definition("whole").get_batch()
        validation = batch.validate(ExpectationSuite(name="suite", expectations=expectations))
        by_id = {result.expectation_config.meta["id"]: result for result in validation.results}
        return [by_id[entry["meta"]["id"]] for entry in expectations]
