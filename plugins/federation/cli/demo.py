"""`hub platforms` and what is planted in them, where the package `federation_demo` is installed."""

from collections.abc import Container, Sequence
from importlib.util import find_spec
from typing import Any

from federation.cli.common import Actions
from federation.pipeline.demo import planted_problems
from federation.pipeline.hub import Hub

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


def show_planted(problems: Sequence[Any]) -> None:
    """Print each planted problem, with the command that shows it and the one that mends it."""
    if not problems:
        return
    print(f"\n{len(problems)} problems are planted in the generated platforms:")
    for number, problem in enumerate(problems, 1):
        print(f"{number}. {problem.what}")
        print(f"   see:  {problem.shown_by}")
        print(f"   mend: {problem.mended_by}")
    print("mend them all: hub platforms mend; then run again")


def show_planted_problems(hub: Hub) -> None:
    """Print what is wrong on purpose, where the hub runs on its own generated platforms."""
    show_planted(planted_problems(hub))
