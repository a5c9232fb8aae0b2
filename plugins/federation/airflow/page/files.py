"""The files that the page serves: its own, and those of a release's site.

No name leads to any other file.
"""

import re
from pathlib import Path

from federation.common.paths import Home
from federation.reporting.charts.png import FONTS  # few servers and phones bring Thai letters along

STATIC = Path(__file__).with_name("static")
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".ttf": "font/ttf",
    ".woff2": "font/woff2",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SAVED = "application/octet-stream"  # what a browser stores and never shows


def type_of(file: Path) -> str:
    """Return the content type of a file by its name."""
    return TYPES.get(file.suffix, SAVED)


def own_file(name: str) -> Path | None:
    """Return the page's style, script or font of that name, or None."""
    return {file.name: file for folder in (STATIC, FONTS) for file in folder.iterdir()}.get(name)


def site_file(release_id: str, name: str, home: Home) -> Path | None:
    """Return the file of that name (a folder's `index.html`) below the site of a release, or
    None."""
    if not re.fullmatch(r"[0-9A-Za-z-]+", release_id) or "\0" in name:
        return None
    folder = home.reports(release_id).resolve()
    file = (folder / name).resolve()
    file = file / "index.html" if file.is_dir() else file
    return file if file.is_relative_to(folder) and file.is_file() else None
