"""The static site of a release: pages for people, the catalogue for other catalogues; opens from disk."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb
from jinja2 import Environment, PackageLoader, StrictUndefined

from federation.catalogue.dbt_docs import docs_page
from federation.catalogue.dcat import dcat
from federation.catalogue.entries import Table, publisher, read_entries, read_tables
from federation.catalogue.gd_catalog import MANDATORY, gd_catalog
from federation.contracts.model import Feed
from federation.engine import connect
from federation.paths import Home
from federation.report.words import VERDICTS_EN, VERDICTS_TH

_TEMPLATES = Environment(loader=PackageLoader("federation.catalogue"), undefined=StrictUndefined, trim_blocks=True,
                         lstrip_blocks=True, autoescape=True)


def make_site(manifest: Mapping[str, Any], feeds: Sequence[Feed], home: Home) -> Path | None:
    """Make the site of a release unless it is there; return its folder, or None for a release without a dictionary.

    The same release and contracts give the same bytes. Killed at any moment, the site is whole or not there. Raises
    DataProblem when the catalogue would lack what its profiles make mandatory.
    """
    release_id = manifest["release_id"]
    site = home.reports(release_id)
    if site.exists():
        return site
    with connect(home.release(release_id), read_only=True) as con:
        if not _has_dictionary(con):  # made before there was one
            return None
        tables = read_tables(con)
        files = _files(con, manifest, feeds, tables)
    return _lay(site, files | {"dbt.html": docs_page(tables, home)})


def _lay(site: Path, files: Mapping[str, str]) -> Path:
    """Write the files as a folder, whole or not at all; of two processes that do so at once, the first one's stays."""
    site.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(mkdtemp(prefix=f".{site.name}.", dir=site.parent))
    for name, content in files.items():
        (staged / name).write_text(content, "utf-8")
    staged.chmod(0o755)
    try:
        staged.rename(site)
    except OSError:
        shutil.rmtree(staged)
        if not site.exists():
            raise
    return site


def _has_dictionary(con: duckdb.DuckDBPyConnection) -> bool:
    return bool(con.execute("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'ops' AND table_name = 'dictionary'").fetchall())


def _files(con: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], feeds: Sequence[Feed],
           tables: Sequence[Table]) -> dict[str, str]:
    """Return file name -> content, all but dbt's page."""
    who = publisher()
    entries = read_entries(con, feeds, tables)
    fields = gd_catalog(entries, who)
    known = {"release_id": manifest["release_id"], "created_at": manifest["created_at"][:16].replace("T", " ") + " UTC",
             "entries": entries, "tables": tables, "publisher": who, "labels": MANDATORY,
             "verdicts_th": VERDICTS_TH, "verdicts_en": VERDICTS_EN}
    pages = {entry.page: _page("dataset.html.j2", known | {"entry": entry, "fields": field})
             for entry, field in zip(entries, fields, strict=True)}
    return pages | {
        "index.html": _page("index.html.j2", known),
        "dictionary.html": _page("dictionary.html.j2", known),
        "catalogue.json": _json(fields),
        "catalogue.jsonld": _json(dcat(entries, who, manifest["created_at"])),
    }


def _page(template: str, known: Mapping[str, Any]) -> str:
    return _TEMPLATES.get_template(template).render(known) + "\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
