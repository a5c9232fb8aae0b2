"""`hub metrics`: what machines watch, for Prometheus."""

import argparse

from federation.cli.common import json_option, open_hub, print_json
from federation.extracts.snapshot import read_snapshot


def metrics_now(options: argparse.Namespace) -> int:
    """`hub metrics`."""
    from federation.reporting.metrics import as_json, exposition, metrics
    from federation.reporting.standing import standing

    with open_hub(silent=True) as hub:
        seen = read_snapshot(hub.ledger, hub.settings.home)
        found = metrics(seen, standing(seen, hub.ledger))
    print_json(as_json(found)) if options.json else print(exposition(found), end="")
    return 0


def add_metrics_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Prometheus' text exposition format: age of the release, what is held, late, rejected "
        "and queued for each feed, seconds and rows of the steps of the last pass. Write it into "
        "a *.prom file for the textfile collector of node_exporter."
    )
    json_option(command)
    command.set_defaults(command=metrics_now)
