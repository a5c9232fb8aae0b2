"""The page «Federation» in Airflow's UI.

Every process of Airflow loads this file, so it only says where the page is.
"""

from typing import Any, ClassVar
from urllib.parse import urlparse

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin
from federation.airflow.page import PREFIX, page


class FederationPage(AirflowPlugin):
    """Registers the page's app and its place in the menu."""

    name = "federation"
    fastapi_apps: ClassVar[list[Any]] = [{"app": page, "url_prefix": PREFIX, "name": "Federation"}]
    external_views: ClassVar[list[Any]] = [
        {
            "name": "Federation",
            "href": urlparse(conf.get("api", "base_url", fallback="")).path.rstrip("/")
            + PREFIX
            + "/",
            "destination": "nav",
            "url_route": "federation",
            "nav_top_level": True,
        }
    ]
