"""What the hub gives to Airflow: the code of its tasks, alerts, approvals, the page in its menu,
and `make up`."""
