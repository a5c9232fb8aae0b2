"""What the page shows of Airflow: the latest run of each DAG, and which of its tasks failed."""

from collections.abc import Collection
from typing import Any

from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session
from sqlalchemy import func, select


def latest_runs(dag_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return DAG id -> {run_id, state, started_at, failed} of its latest run, for those that
    have had one.

    `failed` names the tasks to look at: the first that failed comes first.
    """
    newest = select(func.max(DagRun.id)).where(DagRun.dag_id.in_(dag_ids)).group_by(DagRun.dag_id)
    with create_session() as session:
        runs = session.execute(
            select(DagRun.dag_id, DagRun.run_id, DagRun.state, DagRun.start_date).where(
                DagRun.id.in_(newest)
            )
        ).all()
        failed = session.execute(
            select(TaskInstance.dag_id, TaskInstance.run_id, TaskInstance.task_id)
            .where(
                TaskInstance.run_id.in_([run.run_id for run in runs]),
                TaskInstance.dag_id.in_(dag_ids),
                TaskInstance.state == "failed",
            )
            .order_by(TaskInstance.end_date)
        ).all()
    return {
        run.dag_id: {
            "run_id": run.run_id,
            "state": str(run.state),
            "started_at": run.start_date.isoformat() if run.start_date else None,
            "failed": [
                task.task_id
                for task in failed
                if (task.dag_id, task.run_id) == (run.dag_id, run.run_id)
            ],
        }
        for run in runs
    }
