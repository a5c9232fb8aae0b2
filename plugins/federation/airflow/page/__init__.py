"""The page «Federation» in Airflow's UI: the status of each feed, and what a person on call can do.

`app` has the routes, `answer` the hub's data, `runs` Airflow's; `static/` is the page itself, plain
HTML, CSS and JavaScript. The browser sends every change to Airflow's own API, so Airflow's
permissions decide. Every process of Airflow loads this module; only a request imports the rest.
"""

from typing import Any

PREFIX = "/federation"


async def page(scope: Any, receive: Any, send: Any) -> None:
    """Answer one request (ASGI)."""
    from federation.airflow.page.app import app

    await app(scope, receive, send)
