"""The page «Federation» in Airflow's UI: city × dataset as `hub status` tells it, with what a
person on call can do.

`app` has the routes, `answer` what they tell of the hub, `runs` what they tell of Airflow;
`static/` is the page itself, plain HTML, CSS and JavaScript. What changes anything goes from the
browser to Airflow's own API, so Airflow's permissions decide. This module is loaded by every
process of Airflow; only a request imports the rest.
"""

from typing import Any

PREFIX = "/federation"


async def page(scope: Any, receive: Any, send: Any) -> None:
    """Answer one request (ASGI)."""
    from federation.airflow.page.app import app

    await app(scope, receive, send)
