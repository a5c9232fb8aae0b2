"""Airflow's lineage events without the stewards' addresses, which its UI shows as links to a
DAG's owner."""

from typing import Any

from openlineage.client.transport.transform import EventTransformer


class WithoutAddresses(EventTransformer):
    """Takes the owners' links out of each event; named in the transport's settings."""

    def transform(self, event: Any) -> Any:
        """Return the event without them."""
        run = getattr(event, "run", None)
        for facet in (run.facets or {}).values() if run else ():
            if isinstance(dag := getattr(facet, "dag", None), dict):
                dag.pop("owner_links", None)
        return event
