"""What the commands of `hub` share: the hub that they use, JSON, one feed by name, options."""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from federation.common.errors import HubError
from federation.common.paths import CONTRACTS
from federation.common.private import private_home
from federation.common.progress import Progress
from federation.common.settings import Settings

if TYPE_CHECKING:  # commands that need neither ledger nor contracts start without them
    from federation.contracts.model import Feed
    from federation.contracts.pattern import Partition
    from federation.pipeline.hub import Hub

Actions: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


@contextmanager
def open_hub(
    *,
    silent: bool = False,
    span: "Partition | None" = None,
    verbose: bool = False,
    as_it_is: bool = False,
) -> "Iterator[Hub]":
    """Yield the hub of this environment; with a span, one that looks at these local days only.

    `as_it_is`: its ledger is not migrated.
    """
    from federation.contracts.pattern import EVER
    from federation.ledger import open_ledger
    from federation.pipeline.hub import Hub

    settings = Settings.from_environment()
    with (
        private_home(settings.home),
        open_ledger(settings, as_it_is=as_it_is) as ledger,
    ):
        yield Hub(settings, ledger, Progress(silent=silent, verbose=verbose), span or EVER)


def print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str))


def feed_named(city: str, dataset: str) -> "Feed":
    """Return one feed.

    Raises HubError when there is none; ContractError where a file that it rests on is refused.
    """
    from federation.contracts.load import load_feeds

    feeds, refused = load_feeds()
    feed = next((feed for feed in feeds if feed.key == (city, dataset)), None)
    if feed is not None:
        return feed
    own = [error for error in refused if Path(error.file).parent.name == city]
    shared = [error for error in refused if CONTRACTS not in Path(error.file).parents]
    for error in (*own, *shared):
        raise error
    raise HubError(f"no feed {city}/{dataset}", todo="hub status lists the feeds")


def json_option(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON on standard output")


def count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 on")
    return int(text)


def release_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--release",
        metavar="ID",
        help="a kept release (hub releases); the one that serves when left out",
    )
