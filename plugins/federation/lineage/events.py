"""What a pass did to which table, as OpenLineage events: landing, conformed records, dbt's inputs,
staging, core, marts.

They go where OPENLINEAGE_* variables or Airflow's own setting say, else into a file of the home. An
error in this never fails a pass.
"""

import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from federation.common.paths import Home
from federation.extracts.code_keys import code_version
from federation.extracts.status import ReleaseInput

if TYPE_CHECKING:
    from openlineage.client import OpenLineageClient
    from openlineage.client.event_v2 import RunEvent

NAMESPACE = "federation"  # of jobs; those of Airflow have it too
_log = logging.getLogger(__name__)


def emit_input_lineage(pending: Sequence[ReleaseInput], home: Home) -> None:
    """Emit that these extracts were conformed, by feed, and laid out for dbt, by dataset."""
    _tell(home, lambda: _of_inputs(pending, home))


def emit_dbt_lineage(home: Home) -> None:
    """Emit what dbt's last command did to each model, and which of its tests passed."""
    _tell(home, lambda: _of_dbt(home))


def airflow_settings(home: Home) -> dict[str, str]:
    """Return the environment that makes Airflow write its events into the home; empty where the
    user names another place."""
    if any(name.startswith(("OPENLINEAGE", "AIRFLOW__OPENLINEAGE__")) for name in os.environ):
        return {}
    home.openlineage.mkdir(parents=True, exist_ok=True)
    file = {"type": "file", "log_file_path": str(home.openlineage_of("airflow")), "append": True}
    transport = {
        "type": "transform",
        "transformer_class": "federation.lineage.without_addresses.WithoutAddresses",
        "transport": file,
    }
    return {
        "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps(transport),
        "AIRFLOW__OPENLINEAGE__NAMESPACE": NAMESPACE,
        "AIRFLOW__OPENLINEAGE__EMISSION_POLICY": json.dumps(
            [{"scope": {}, "controls": {"include_source_code": False}}]
        ),
    }


def _tell(home: Home, make: Callable[[], Iterable["RunEvent"]]) -> None:
    try:
        client = _client(home)
        for event in make():
            client.emit(event)
    except Exception as error:  # whatever it is, the pass matters more
        _log.warning("OpenLineage events could not be told: %s", error)


def _client(home: Home) -> "OpenLineageClient":
    from openlineage.client import OpenLineageClient
    from openlineage.client.transport.file import FileConfig, FileTransport

    if any(name.startswith("OPENLINEAGE") for name in os.environ):
        return OpenLineageClient()
    if transport := os.environ.get("AIRFLOW__OPENLINEAGE__TRANSPORT"):
        return OpenLineageClient(config={"transport": json.loads(transport)})
    home.openlineage.mkdir(parents=True, exist_ok=True)
    return OpenLineageClient(
        transport=FileTransport(FileConfig(str(home.openlineage_of("hub")), append=True))
    )


def _producer() -> str:
    return f"urn:federation-hub:{code_version()}"


# -- from landing to dbt's inputs ------------------------------------------------------------------


def _of_inputs(pending: Sequence[ReleaseInput], home: Home) -> Iterator["RunEvent"]:
    by_dataset = sorted(pending, key=lambda entry: (entry.dataset, entry.city))
    for dataset, of_dataset in groupby(by_dataset, key=lambda entry: entry.dataset):
        extracts = list(of_dataset)
        conformed = []
        for city, of_feed in groupby(extracts, key=lambda entry: entry.city):
            received = sum(entry.records_received for entry in of_feed)
            landed = _file(home.landing_of(city, dataset))
            output = _file(home.conformed_of(city, dataset), rows=received)
            yield from _run(f"conform.{city}.{dataset}", [landed], output)
            conformed.append(_file(home.conformed_of(city, dataset)))
        accepted = sum(
            entry.records_received - entry.records_duplicate - entry.records_quarantined
            for entry in extracts
        )
        table = f"{home.build.stem}.inputs.{dataset}"
        output = _dataset(f"duckdb://{home.current}", table, rows=accepted)
        yield from _run(f"lay_out.{dataset}", conformed, output)


def _run(job: str, inputs: Sequence[Any], output: Any) -> Iterator["RunEvent"]:
    from openlineage.client.event_v2 import Job, Run, RunEvent, RunState
    from openlineage.client.facet_v2 import job_type_job
    from openlineage.client.uuid import generate_new_uuid

    kind = job_type_job.JobTypeJobFacet(
        processingType="BATCH", integration="FEDERATION_HUB", jobType="STEP", producer=_producer()
    )
    run, job_ = Run(str(generate_new_uuid())), Job(NAMESPACE, job, {"jobType": kind})
    for state in (RunState.START, RunState.COMPLETE):
        yield RunEvent(
            eventType=state,
            eventTime=datetime.now(UTC).isoformat(),
            run=run,
            job=job_,
            producer=_producer(),
            inputs=list(inputs),
            outputs=[output],
        )


def _file(place: Any, rows: int | None = None) -> Any:
    return _dataset("file", str(place), rows)


def _dataset(namespace: str, name: str, rows: int | None = None) -> Any:
    from openlineage.client.event_v2 import InputDataset, OutputDataset
    from openlineage.client.facet_v2 import output_statistics_output_dataset

    if rows is None:
        return InputDataset(namespace, name)
    statistics = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=rows)
    return OutputDataset(namespace, name, outputFacets={"outputStatistics": statistics})


# -- dbt -------------------------------------------------------------------------------------------


def _of_dbt(home: Home) -> list["RunEvent"]:
    from openlineage.common.provider.dbt.processor import Adapter, DbtArtifactProcessor

    class Artifacts(DbtArtifactProcessor):  # type: ignore[misc]  # the package is not typed
        """dbt's own record of its last command.

        Tables are named as the release has them, not as the private build.
        """

        def get_dbt_metadata(self) -> tuple[Any, Any, Any, Any]:
            manifest, results = (
                json.loads(file.read_text("utf-8"))
                for file in (home.dbt_manifest, home.dbt_results)
            )
            parents = manifest["parent_map"].items()
            manifest["parent_map"] = {
                node: _tables_behind(named, manifest) for node, named in parents
            }
            return (
                manifest,
                results,
                {"type": Adapter.DUCKDB.value, "path": str(home.current)},
                None,
            )

        def dbt_run_run_facet(self) -> dict[str, Any]:
            return {}

    quiet = _log.getChild(
        "sql"
    )  # it does not understand every SQL of ours, and says so for each model
    quiet.setLevel(logging.ERROR)
    events = Artifacts(
        producer=_producer(), job_namespace=NAMESPACE, skip_errors=True, logger=quiet
    ).parse()
    return list(events.events())


def _tables_behind(parents: Iterable[str], manifest: Mapping[str, Any]) -> list[str]:
    """Return the parents that are tables or views, in place of ephemeral models what these read."""
    tables: dict[str, None] = {}
    for parent in parents:
        node = manifest["nodes"].get(parent, {})
        is_ephemeral = node.get("config", {}).get("materialized") == "ephemeral"
        more = (
            _tables_behind(manifest["parent_map"][parent], manifest) if is_ephemeral else [parent]
        )
        tables.update(dict.fromkeys(more))
    return list(tables)
