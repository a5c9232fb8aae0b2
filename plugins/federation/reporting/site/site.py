"""The static site of a release, in one folder that opens from disk: the report, the catalogue,
Data Docs and downloads."""

import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb

from federation.common.engine import connect
from federation.common.paths import Home
from federation.contracts.model import Feed
from federation.messages import said
from federation.messages.reasons import VERDICTS_EN, VERDICTS_TH
from federation.reporting.catalogue.entries import publisher
from federation.reporting.catalogue.site import catalogue_files
from federation.reporting.charts.png import FONTS
from federation.reporting.pages import shared_files
from federation.reporting.site.downloads import downloads
from federation.reporting.site.pages import report_files
from federation.reporting.site.read import read_nation
from federation.reporting.site.rows import has_table


def make_site(manifest: Mapping[str, Any], feeds: Sequence[Feed], home: Home) -> Path | None:
    """Make the site of a release unless it is there; return its folder.

    A release without a dictionary gets no site and None. The same release and contracts give the
    same bytes. Killed at any moment, the site is whole or not there. Raises DataProblem when the
    catalogue would lack what its profiles make mandatory.
    """
    release_id = manifest["release_id"]
    site = home.reports(release_id)
    if site.exists():
        return site
    with connect(home.release(release_id), read_only=True) as con:
        if not _has_dictionary(con):  # made before there was one
            return None
        files = _files(con, manifest, feeds, home)
    return _lay(site, files)


def _files(
    con: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], feeds: Sequence[Feed], home: Home
) -> dict[str, str | bytes]:
    """Return file name -> content of the whole site."""
    nation = read_nation(con, manifest, feeds)
    shared = {
        "nation": nation,
        "said": said,
        "release_id": manifest["release_id"],
        "created_at": said.minute(datetime.fromisoformat(manifest["created_at"])),
        "dates": said.day,
        "publisher": publisher(),
        "verdicts_th": VERDICTS_TH,
        "verdicts_en": VERDICTS_EN,
    }
    fonts = {f"fonts/{file.name}": file.read_bytes() for file in sorted(FONTS.iterdir())}
    return {
        **catalogue_files(con, manifest, feeds, home, shared),
        **report_files(con, nation, shared),
        **downloads(con),
        **fonts,
        **shared_files(),
    }


def _lay(site: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write the files as a folder, whole or not at all.

    Of two processes that do so at once, the first one's stays.
    """
    site.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(mkdtemp(prefix=f".{site.name}.", dir=site.parent))
    for name, content in files.items():
        (staged / name).parent.mkdir(exist_ok=True)
        (staged / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    staged.chmod(0o755)
    try:
        staged.rename(site)
    except OSError:
        shutil.rmtree(staged)
        if not site.exists():
            raise
    return site


def _has_dictionary(con: duckdb.DuckDBPyConnection) -> bool:
    return has_table(con, "dictionary")
