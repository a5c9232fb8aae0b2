"""What the page shows of Airflow: the latest run of each DAG, which of its tasks failed, which wait
for their next try, and which show no sign of life."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.models.dagbag import DBDagBag
from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

# A task's supervisor gives a sign of life every few seconds.
_SILENT = timedelta(seconds=60)


def latest_runs(dag_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return DAG id -> {run_id, state, started_at, failed, waiting, silent} of its latest run, if
    it had one.

    `failed` names the tasks that failed, in order of time. `waiting` holds {task_id, try_number,
    tries, next_at} of those that are tried again, `silent` {task_id, since} of those that run, or
    should, and of which nothing is heard: a process or a machine that died. Times are ISO 8601,
    UTC.
    """
    with create_session() as session:
        runs = session.scalars(_latest(dag_ids)).all()
        tasks = session.scalars(_unfinished(runs)).all()
        told = {run.dag_id: _run(run) for run in runs}
        for task in tasks:
            if task.state == "failed":
                told[task.dag_id]["failed"].append(task.task_id)
        for run in runs:
            of_run = [task for task in tasks if task.dag_id == run.dag_id]
            told[run.dag_id]["waiting"] += _waiting(run, of_run, session)
            told[run.dag_id]["silent"] += _silent(of_run)
    return told


def _run(run: DagRun) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "state": str(run.state),
        "started_at": _instant(run.start_date),
        "failed": [],
        "waiting": [],
        "silent": [],
    }


def _waiting(
    run: DagRun, tasks: Iterable[TaskInstance], session: Session
) -> Iterator[dict[str, Any]]:
    """Yield when the tasks of a run that failed are tried again; the DAG says how long they
    wait."""
    retried = [task for task in tasks if task.state == "up_for_retry"]
    if not retried or (dag := DBDagBag().get_dag_for_run(run, session=session)) is None:
        return
    for task in retried:
        task.task = dag.get_task(task.task_id)
        yield {
            "task_id": task.task_id,
            "try_number": task.try_number + 1,
            "tries": task.max_tries + 1,
            "next_at": _instant(task.next_retry_datetime()),  # type: ignore[no-untyped-call]
        }


def _silent(tasks: Iterable[TaskInstance]) -> Iterator[dict[str, Any]]:
    for task in tasks:
        heard = task.last_heartbeat_at or task.start_date or task.queued_dttm
        if task.state in ("running", "queued") and heard and datetime.now(UTC) - heard > _SILENT:
            yield {"task_id": task.task_id, "since": _instant(heard)}


def _instant(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _latest(dag_ids: Collection[str]) -> Select[DagRun]:
    newest = select(func.max(DagRun.id)).where(DagRun.dag_id.in_(dag_ids)).group_by(DagRun.dag_id)
    return select(DagRun).where(DagRun.id.in_(newest))


def _unfinished(runs: Sequence[DagRun]) -> Select[TaskInstance]:
    """Return the query for the tasks of these runs that failed, wait or run; the first to end
    first."""
    names = [run.run_id for run in runs]
    dag_ids = [run.dag_id for run in runs]
    query = select(TaskInstance).where(
        TaskInstance.run_id.in_(names),
        TaskInstance.dag_id.in_(dag_ids),
        TaskInstance.state.in_(("failed", "up_for_retry", "running", "queued")),
    )
    return query.order_by(TaskInstance.end_date)
