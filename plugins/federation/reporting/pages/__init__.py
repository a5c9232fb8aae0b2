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


def page(environment: Environment, template: str, values: Mapping[str, Any], file: str) -> str:
    """Return the page that becomes `file` of the site (`data-docs/x.html`); `root` leads from its
    folder to the site's."""
    about = {"file": file, "root": "../" * file.count("/")}
    return environment.get_template(template).render({**values, **about}) + "\n"


def shared_files() -> dict[str, str]:
    """Return file name -> content of what all pages load: their look, and what sorts, searches and
    keeps the language."""
    return {name: _source(name) for name in ("hub.css", "hub.js")}


def _source(name: str) -> str:
    source, _, _ = PackageLoader("federation.reporting.pages").get_source(Environment(), name)
    return source
