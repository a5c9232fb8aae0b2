"""Parse the DAG folder as Airflow does and print, as JSON, what came of it.

Run in a process of its own.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from airflow.dag_processing.dagbag import DagBag
from airflow.models.serialized_dag import SerializedDagModel
from airflow.serialization.serialized_objects import DagSerialization
from airflow.utils.dag_version_inflation_checker import check_dag_file_stability


def describe(dag: Any) -> dict[str, Any]:
    """Return what the tests ask about one DAG."""
    return {
        "doc": dag.doc_md,
        "tags": sorted(dag.tags),
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "schedule": dag.timetable.summary
        if hasattr(dag.timetable, "summary")
        else str(dag.timetable),
        "hash": SerializedDagModel.hash(DagSerialization.to_dict(dag)),
        "tasks": {
            task.task_id: {
                "owner": task.owner,
                "doc": task.doc_md,
                "retries": task.retries,
                "backoff": task.retry_exponential_backoff,
                "trigger_rule": str(task.trigger_rule.value),
                "timeout": task.execution_timeout and task.execution_timeout.total_seconds(),
                "outlets": [asset.name for asset in task.outlets],
                "upstream": sorted(task.upstream_task_ids),
            }
            for task in dag.tasks
        },
    }


def main(folder: str) -> None:
    """Print the bag of `folder`, and which modules parsing it has imported."""
    bag = DagBag(folder)
    modules = sorted(sys.modules)
    print(
        json.dumps(
            {
                "import_errors": bag.import_errors,
                "modules": modules,
                "unstable": [
                    str(file)
                    for file in Path(folder).glob("*.py")
                    if check_dag_file_stability(str(file)).runtime_varying_values
                ],
                "dags": {dag_id: describe(dag) for dag_id, dag in sorted(bag.dags.items())},
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
