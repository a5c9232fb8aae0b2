"""Which results of expectations a release tells: not those of a trial that nobody has adopted."""

from collections.abc import Collection, Iterable
from typing import Any

from federation.contracts.model import Feed
from federation.extracts.extract import work_key
from federation.ledger import Ledger, is_trial

Row = dict[str, Any]


def standing_results(ledger: Ledger, feeds: Iterable[Feed]) -> list[Row]:
    """Return the ledger's results, oldest first, with those of trials only where they count.

    What a trial measured on an extract counts for a release that is judged by the same contract,
    suite, waivers and code; what it measured on a build, for that trial alone.
    """
    keys = {work_key(version) for feed in feeds for version in feed.versions}
    return [row for row in ledger.results.all() if _stands(row, ledger.run_id, keys)]


def _stands(row: Row, run_id: str, keys: Collection[str]) -> bool:
    return not is_trial(row["run_id"]) or row["run_id"] == run_id or row["work_key"] in keys
