"""WHEN it is noticed that something has not come: every morning, whatever else ran or did not."""

from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, task
from federation.airflow import alerts as alerts
from federation.airflow import approvals as people
from federation.airflow import tasks as tasks

DOC = """
### Expected arrivals
Red while any feed owes a period that was due by its contract and the Thai working calendar. It asks the ledger, not other
DAGs, so it also speaks when an `ingest_<city>` never ran. Stewards and stakeholders hear by mail what changed since they
last heard, at most once a day; and after a week of silence that nothing did.
"""

with DAG(
    dag_id="arrivals",
    description="Tell what is due and has not come",
    doc_md=DOC,
    schedule=CronTriggerTimetable(
        "30 7 * * *", timezone="Asia/Bangkok", run_immediately=timedelta(0)
    ),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": tasks.HUB_OWNER,
        **alerts.callbacks(),
        "retries": 3,
        "retry_delay": timedelta(minutes=5),
        "retry_exponential_backoff": 2,
        "execution_timeout": timedelta(minutes=30),
    },
    tags=["people"],
):
    task(people.tell_overdue)()
