"""WHEN the warehouse is published: after any city was looked at, and every morning; one run at a
time."""

from datetime import timedelta

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, AssetAny, AssetOrTimeSchedule, CronTriggerTimetable, task
from federation.airflow import alerts as alerts
from federation.airflow import approvals as people
from federation.airflow import tasks as tasks

DOC = """
### National warehouse
The cities' assets start it. The work to do is in the ledger, so events may be merged, repeated or
lost: a run looks once more before it ends, and one runs each morning without an event. It builds
with dbt, verifies, and switches `national.duckdb` to the new release. When nothing is new, the run
is skipped. When the verification fails, nothing is published and the last release stays in use.
Each delivery that is held gets a run of `approval`, in which a person decides.
"""

with DAG(
    dag_id="warehouse",
    description="Build, verify and release what is new",
    doc_md=DOC,
    schedule=AssetOrTimeSchedule(
        assets=AssetAny(
            *(tasks.city_asset(key) for key in tasks.city_keys()), people.decision_asset()
        ),
        timetable=CronTriggerTimetable(
            "0 7 * * *", timezone="Asia/Bangkok", run_immediately=timedelta(0)
        ),
    ),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": tasks.HUB_OWNER,
        **alerts.callbacks(),
        "retries": 5,  # a crash takes one
        "retry_delay": timedelta(minutes=2),
        "retry_exponential_backoff": 2,
        "max_retry_delay": timedelta(minutes=30),
        "execution_timeout": timedelta(hours=3),
    },
    tags=["warehouse"],
):
    task(outlets=[tasks.release_asset()])(tasks.publish)()
    TriggerDagRunOperator.partial(
        task_id="ask",
        doc_md="**Has a person asked** about each delivery that is held, once.",
        trigger_dag_id="approval",
        skip_when_already_exists=True,
    ).expand_kwargs(task(people.held)())
