"""`hub platforms`, where the package `federation_demo` is installed."""

from importlib.util import find_spec

from federation.cli.common import Actions


def add_platforms_command(commandline: Actions) -> None:
    """Add `hub platforms` to the command line where the demo is installed."""
    if find_spec("federation_demo") is None:
        return
    from federation_demo.commands import add_platforms_arguments

    add_platforms_arguments(commandline.add_parser("platforms", help="generated city platforms"))
