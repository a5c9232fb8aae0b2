"""What a task of Airflow reads and writes, for its OpenLineage events."""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from federation.common.paths import Home
from federation.contracts.model import Feed

_log = logging.getLogger(__name__)


def fetched(feeds: Iterable[Feed], home: Home) -> None:
    """Note that a task filled the landing of these feeds."""
    _note([], [home.landing_of(*feed.key) for feed in feeds])


def conformed(feeds: Iterable[Feed], home: Home) -> None:
    """Note that a task read the landing of these feeds and wrote conformed extracts."""
    keys = [feed.key for feed in feeds]
    _note([home.landing_of(*key) for key in keys], [home.conformed_of(*key) for key in keys])


def judged(feeds: Iterable[Feed], home: Home) -> None:
    """Note that a task read the conformed extracts of these feeds."""
    _note([home.conformed_of(*feed.key) for feed in feeds], [])


def published(feeds: Iterable[Feed], home: Home) -> None:
    """Note that a task made a release of the conformed extracts of these feeds."""
    _note([home.conformed_of(*feed.key) for feed in feeds], [home.current])


def _note(read: Iterable[Path], written: Iterable[Path]) -> None:
    from airflow.sdk.lineage import get_hook_lineage_collector

    try:
        collector: Any = get_hook_lineage_collector()
        for place in read:
            collector.add_input_asset(collector, uri=place.as_uri())
        for place in written:
            collector.add_output_asset(collector, uri=place.as_uri())
    except Exception as error:  # whatever it is, the task matters more
        _log.warning("what the task reads and writes could not be noted: %s", error)
