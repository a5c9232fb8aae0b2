"""What the pages of a release share: look, navigation, and how both languages are shown."""

from collections.abc import Mapping
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def templates(package: str) -> Environment:
    """Return a package's templates and the shared ones; every value in them is escaped."""
    loader = ChoiceLoader([PackageLoader(package), PackageLoader("federation.reporting.pages")])
    return Environment(
        loader=loader,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
    )


def page(environment: Environment, template: str, values: Mapping[str, Any], root: str = "") -> str:
    """Return a page; `root` leads from its folder to the site's, such as `../`."""
    return environment.get_template(template).render({**values, "root": root}) + "\n"


def stylesheet() -> str:
    """Return what `hub.css` holds."""
    source, _, _ = PackageLoader("federation.reporting.pages").get_source(Environment(), "hub.css")
    return source
