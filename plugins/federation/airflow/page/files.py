"""The files that the page serves: its own and those of a release's site, and no others."""

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
    files = [*STATIC.iterdir(), *FONTS.iterdir()]
    return next((file for file in files if file.name == name), None)


def site_file(release_id: str, name: str, home: Home) -> Path | None:
    """Return a file of a release's site, or None; the name of a folder means its `index.html`."""
    if not re.fullmatch(r"[0-9A-Za-z-]+", release_id) or "\0" in name:
        return None
    folder = home.reports(release_id).resolve()
    file = (folder / name).resolve()
    if file.is_dir():
        file /= "index.html"
    return file if file.is_relative_to(folder) and file.is_file() else None
