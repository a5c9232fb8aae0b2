"""WHEN late data are found: every morning, whether or not the other DAGs ran."""

from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, task
from federation.airflow import alerts as alerts
from federation.airflow import approvals as people
from federation.airflow import tasks as tasks

DOC = """
### Expected arrivals
Red while a period of any feed is late by its contract and the Thai working calendar. It asks the
ledger, not other DAGs, so it is red also when an `ingest_<city>` never ran. Stewards and
stakeholders get a mail about what changed since their last mail, at most once a day; and a mail
after a week in which nothing changed.
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
