"""WHEN a person is asked about a delivery: when one is held, once for each."""

from datetime import timedelta

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import DAG, Param, task
from federation.airflow import alerts as alerts
from federation.airflow import approvals as people
from federation.airflow import tasks as tasks

DOC = """
### A delivery is held
It takes away more records of its period than its contract tolerates. Look at the difference, ask
the city, then answer under *Required actions*: `approve` lets the delivery into releases, `hold`
keeps it out. Until then the earlier data stay in use.
"""

with DAG(
    dag_id="approval",
    description="Ask a person whether a held delivery may take its place",
    doc_md=DOC,
    schedule=None,
    catchup=False,
    params={
        "extract_id": Param(type="string", description="Extract that is held (hub release held)")
    },
    max_active_runs=100,  # each waits for a person
    default_args={
        "owner": tasks.HUB_OWNER,
        **alerts.callbacks(),
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "retry_exponential_backoff": 2,
        "execution_timeout": timedelta(minutes=30),
    },
    tags=["people"],
):
    extract_id = "{{ params.extract_id }}"
    difference = task(people.difference)(extract_id)
    ask = HITLOperator(
        task_id="ask",
        doc_md=(
            "**Asks a person** whether the delivery may take its place, and waits as long as it "
            "takes."
        ),
        execution_timeout=None,
        subject="{{ ti.xcom_pull(task_ids='difference')['subject'] }}",
        body="{{ ti.xcom_pull(task_ids='difference')['body'] }}",
        options=list(people.DECISIONS),
        params={
            "reason": Param(
                "", type="string", description="Why; it is kept in the ledger with your name"
            )
        },
    )
    decide = task(outlets=[people.decision_asset()])(people.decide)(extract_id, ask.output)
    difference >> ask
