"""The catalogue's part of the site: pages for people, and JSON for other catalogues."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from federation.common.bilingual import BilingualText
from federation.common.paths import Home
from federation.contracts.model import Feed
from federation.datasets.suites import dataset_names, load_suite
from federation.reporting.catalogue.dbt_docs import docs_page
from federation.reporting.catalogue.dcat import dcat
from federation.reporting.catalogue.entries import read_entries, read_tables
from federation.reporting.catalogue.gd_catalog import MANDATORY, gd_catalog
from federation.reporting.catalogue.marts import mart_file, mart_files, marts
from federation.reporting.catalogue.overlap import overlaps
from federation.reporting.pages import page, templates
from federation.reporting.pages.rules import rule_of
from federation.reporting.pages.words import CONSEQUENCES

_TEMPLATES = templates("federation.reporting.catalogue")


def catalogue_files(
    con: duckdb.DuckDBPyConnection,
    manifest: Mapping[str, Any],
    feeds: Sequence[Feed],
    home: Home,
    shared: Mapping[str, Any],
) -> dict[str, str | bytes]:
    """Return file name -> content; `shared` are the values that every page of the site is given.

    Raises DataProblem when the catalogue would lack what its profiles make mandatory.
    """
    tables = read_tables(con)
    entries = read_entries(con, feeds, tables)
    fields = gd_catalog(entries, shared["publisher"])
    document = dcat(entries, shared["publisher"], manifest["created_at"])
    values = {
        **shared,
        "entries": entries,
        "tables": tables,
        "marts": [(table, mart_file(table)) for table in marts(tables)],
        "labels": MANDATORY,
        "consequences": CONSEQUENCES,
    }
    files: dict[str, str | bytes] = {}
    for entry, fields_of_entry in zip(entries, fields, strict=True):
        on_page = {
            **values,
            "entry": entry,
            "fields": fields_of_entry,
            "rules": [(rule, rule_of(rule)) for rule in load_suite(entry.name).expectations],
        }
        files[entry.page] = page(_TEMPLATES, "dataset.html.j2", on_page, entry.page)
    return {
        **files,
        **mart_files(con, tables),
        **{f"{name}.html": _page(name, values) for name in ("catalogue", "dictionary")},
        "overlap.html": _page("overlap", {**values, **_overlap_values(con)}),
        "catalogue.json": _json(fields),
        "catalogue.jsonld": _json(document),
        "dbt.html": docs_page(tables, home),
    }


def _page(name: str, values: Mapping[str, Any]) -> str:
    return page(_TEMPLATES, f"{name}.html.j2", values, f"{name}.html")


def _overlap_values(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    names = dataset_names()
    titles = {name: load_suite(name).title for name in names}
    texts = {name: BilingualText(title["en"], title["th"]) for name, title in titles.items()}
    return {"overlaps": overlaps(con), "datasets": names, "titles": texts}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
