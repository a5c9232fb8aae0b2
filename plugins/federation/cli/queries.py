"""`hub sql` and `hub export`: the warehouse, asked and taken along."""

import argparse
from pathlib import Path

from federation.cli.common import json_option, print_json, release_option
from federation.common.errors import HubError
from federation.common.progress import Progress
from federation.common.settings import Settings

_TABLE = "table"
_FORMS = ("csv", "jsonl", "json", "parquet", "xlsx", "arrow")
_EXPORTED = ("parquet", "csv")


def sql(options: argparse.Namespace) -> int:
    """`hub sql`: read-only, on the release that serves or on a kept one."""
    from federation.releases.formats import Format
    from federation.releases.query import Query, query

    if options.out and options.format == _TABLE:
        raise HubError(
            "a table is to look at, not to keep", todo=f"--format {', '.join(_FORMS)} make files"
        )
    form = None if options.format in (None, _TABLE) else Format(options.format)
    asked = Query(options.query, form, options.out, options.bom, options.release)
    rows = query(Settings.from_environment().home, asked, Progress())
    if options.out:
        print(f"{rows:,} rows: {options.out}")
    return 0


def export(options: argparse.Namespace) -> int:
    """`hub export`."""
    from federation.releases.formats import Format
    from federation.reporting.data_package import FOLDERS, Wanted
    from federation.reporting.data_package import export as export_release

    forms = [Format(options.format)] if options.format else FOLDERS
    wanted = Wanted(options.folder, forms, options.tables, options.release)
    made = export_release(Settings.from_environment().home, wanted, Progress())
    if options.json:
        print_json(made.to_json())
    else:
        print(
            f"{made.tables} tables of release {made.release_id}, {made.rows:,} rows, "
            f"{made.files} files, {made.bytes:,} bytes: {made.folder}"
        )
    return 0


# -- arguments -------------------------------------------------------------------------------------


def add_sql_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "One query, read-only. A table without its schema is looked for in marts, core and ops. "
        "Times are those of Thailand (UTC+7)."
    )
    command.add_argument("query", help='for example "SELECT * FROM marts.city_indicator"')
    command.add_argument(
        "--format",
        choices=(_TABLE, *_FORMS),
        help="a table to look at when left out; all others hold the whole result and nothing else; "
        "jsonl is a JSON object a line, json one array",
    )
    command.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write a file, whole or not at all; its name says the format (.csv, .xlsx, …)",
    )
    command.add_argument(
        "--bom",
        action=argparse.BooleanOptionalAction,
        help="a byte order mark before CSV, by which Excel knows Thai; left out: where the result "
        "becomes a file (--out, > file), not in a pipe",
    )
    release_option(command)
    command.set_defaults(command=sql)


def add_export_arguments(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Tables and views of core, marts and ops as files, with datapackage.json, which says what "
        "each column holds, its keys, its licences and its sources."
    )
    command.add_argument(
        "folder",
        metavar="DIR",
        type=Path,
        help="new, empty, or an earlier export, which it replaces",
    )
    command.add_argument("--format", choices=_EXPORTED, help="this one only; both when left out")
    command.add_argument(
        "--tables",
        metavar="NAMES",
        type=lambda text: text.split(","),
        default=[],
        help="these only, by commas: core.dim_city,core.fct_*,marts",
    )
    release_option(command)
    json_option(command)
    command.set_defaults(command=export)
