"""`hub platforms`, where the package `federation_demo` is installed."""

from collections.abc import Container
from importlib.util import find_spec

from federation.cli.common import Actions

_NAME = "platforms"


def add_platforms_command(commandline: Actions, named: Container[str]) -> None:
    """Add `hub platforms` to the command line where the demo is installed; with its arguments
    where it is named."""
    if find_spec("federation_demo") is None:
        return
    command = commandline.add_parser(_NAME, help="generated city platforms")
    if _NAME in named:
        from federation_demo.commands import add_platforms_arguments

        add_platforms_arguments(command)
