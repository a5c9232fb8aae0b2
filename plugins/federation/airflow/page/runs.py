"""What the page shows of Airflow: the latest run of each DAG, and which of its tasks failed."""

from collections.abc import Collection, Sequence
from typing import Any

from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session
from sqlalchemy import Select, func, select


def latest_runs(dag_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return DAG id -> {run_id, state, started_at, failed} of its latest run, if it had one.

    `failed` names the tasks that failed, in order of time.
    """
    with create_session() as session:
        runs = session.execute(_latest(dag_ids)).all()
        run_ids = [run.run_id for run in runs]
        failures = session.execute(_failures(dag_ids, run_ids)).all()
    failed: dict[tuple[str, str], list[str]] = {}
    for task in failures:
        failed.setdefault((task.dag_id, task.run_id), []).append(task.task_id)
    return {
        run.dag_id: {
            "run_id": run.run_id,
            "state": str(run.state),
            "started_at": run.start_date.isoformat() if run.start_date else None,
            "failed": failed.get((run.dag_id, run.run_id), []),
        }
        for run in runs
    }


def _latest(dag_ids: Collection[str]) -> Select[*tuple[Any, ...]]:
    newest = select(func.max(DagRun.id)).where(DagRun.dag_id.in_(dag_ids)).group_by(DagRun.dag_id)
    columns = (DagRun.dag_id, DagRun.run_id, DagRun.state, DagRun.start_date)
    return select(*columns).where(DagRun.id.in_(newest))


def _failures(dag_ids: Collection[str], run_ids: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Return the query for the failed tasks of these runs, the first to end first."""
    columns = (TaskInstance.dag_id, TaskInstance.run_id, TaskInstance.task_id)
    query = select(*columns).where(TaskInstance.state == "failed")
    query = query.where(TaskInstance.run_id.in_(run_ids), TaskInstance.dag_id.in_(dag_ids))
    return query.order_by(TaskInstance.end_date)
