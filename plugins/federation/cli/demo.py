"""`hub platforms`, where the package `federation_demo` is installed."""

import argparse
from importlib.util import find_spec


def add_platforms_command(
    commandline: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add `hub platforms` to the command line where the demo is installed."""
    if find_spec("federation_demo") is None:
        return
    from federation_demo.commands import add_platforms_arguments

    add_platforms_arguments(commandline.add_parser("platforms", help="generated city platforms"))
