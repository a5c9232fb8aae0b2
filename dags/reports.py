"""WHEN stewards and stakeholders get their mail: after each release."""

from datetime import timedelta

from airflow.sdk import DAG, task
from federation.airflow import alerts as alerts
from federation.airflow import tasks as tasks

DOC = """
### Reports
Sends the mails of the newest release through the connection `smtp_hub`; without that connection it
writes them to the outbox. No mail is sent twice, however often this runs.
"""

with DAG(
    dag_id="reports",
    description="Mail the newest release's reports",
    doc_md=DOC,
    schedule=[tasks.release_asset()],
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": tasks.HUB_OWNER,
        **alerts.callbacks(),
        "retries": 5,
        "retry_delay": timedelta(minutes=2),
        "retry_exponential_backoff": 2,
        "max_retry_delay": timedelta(hours=1),
        "execution_timeout": timedelta(minutes=30),
    },
    tags=["reports"],
):
    task(tasks.send_reports)()
