"""WHEN each city is pulled: every night, one DAG per city."""

from datetime import timedelta

from airflow.sdk import (
    DAG,
    CronTriggerTimetable,
    Param,
    TriggerRule,
    chain,
    get_parsing_context,
    task,
)
from federation.airflow import alerts as alerts
from federation.airflow import tasks as tasks

PATIENCE = {
    "retries": 5,  # a crash takes one
    "retry_delay": timedelta(minutes=2),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(minutes=30),
    "execution_timeout": timedelta(hours=1),
}
# A new Airflow waits for its first night: without `run_immediately` it would also run a night that
# is a tenth of a day past. A run triggered by hand may look at some days only; each run of a
# backfill looks at extracts about its own day.
PARAMS = {
    "from": Param(
        None,
        type=["null", "string"],
        format="date",
        description="Only extracts about this local day or later ones",
    ),
    "to": Param(
        None,
        type=["null", "string"],
        format="date",
        description="Only extracts about this local day or earlier ones",
    ),
}
OWN_DAY = (
    "{% if dag_run.run_type == 'backfill' %}{{ logical_date.in_timezone('Asia/Bangkok') | ds "
    "}}{% else %}"
)
SPAN = [OWN_DAY + "{{ params['" + end + "'] or '' }}{% endif %}" for end in ("from", "to")]


def ingest(city: tasks.CityDag) -> None:
    """Declare one city's DAG.

    A failed step does not keep the steps after it from the city's other feeds.
    """
    with DAG(
        dag_id=city.dag_id,
        description=f"Pull, conform and judge what is new in {city.key}",
        doc_md=city.doc,
        schedule=CronTriggerTimetable(
            f"{city.minute} 2 * * *", timezone="Asia/Bangkok", run_immediately=timedelta(0)
        ),
        catchup=False,
        max_active_runs=1,
        default_args={"owner": city.owner, **PATIENCE, **alerts.callbacks()},
        owner_links=city.owner_links,
        params=PARAMS,
        tags=["ingest", city.key],
    ):
        on = {"trigger_rule": TriggerRule.ALL_DONE}
        fetch = task(tasks.fetch)(city.key, *SPAN)
        conform = task(**on)(tasks.conform)(city.key, *SPAN)
        wakes = [tasks.city_asset(city.key)]
        gate = task(outlets=wakes, **on)(tasks.gate)(city.key, *SPAN)
        # A failed task sends no event; skipped, and no worker's work, where `gate` went well.
        wake = task(outlets=wakes, trigger_rule=TriggerRule.ALL_FAILED)(tasks.wake)(city.key)
        # It fails for those before it, of which the people on call have heard.
        watch = task(retries=0, trigger_rule=TriggerRule.ONE_FAILED, on_failure_callback=None)(
            tasks.watch
        )(city.key)
        chain(fetch, conform, gate, wake)
        [fetch, conform, gate, wake] >> watch


# A task of one city reads the contracts of that city alone.
for each in tasks.cities(dag_id=get_parsing_context().dag_id):
    ingest(each)
