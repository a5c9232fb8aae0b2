"""The page's routes. Airflow does not authenticate what a plugin mounts: the app asks the auth manager for every one."""

import re
from pathlib import Path
from typing import Any

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import FileResponse, JSONResponse

from federation.airflow_page.answer import Answers, visible
from federation.airflow_page.runs import latest_runs
from federation.errors import HubError
from federation.settings import Settings

NATION = ("warehouse", "reports", "arrivals")
STATIC = Path(__file__).with_name("static")
FONTS = STATIC.parents[1] / "charts" / "fonts"  # few servers and phones bring Thai letters along
TYPES = {
    ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".json": "application/json", ".jsonld": "application/ld+json", ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon",
    ".ttf": "font/ttf", ".woff2": "font/woff2", ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ALWAYS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
_PAGE = _ALWAYS | {"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                                              "font-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"}
# A release's site holds what cities wrote. In a sandbox of its own origin no script there could use Airflow's session.
_SITE = _ALWAYS | {"Content-Security-Policy": "sandbox allow-scripts allow-popups allow-downloads; "
                                              "default-src 'self' data: 'unsafe-inline'; form-action 'none'"}

app = FastAPI(title="Federation", docs_url=None, redoc_url=None, openapi_url=None,
              dependencies=[Depends(requires_access_dag("GET"))])
_answers = Answers()


@app.get("/")
def page() -> FileResponse:
    """Return the page, without any data."""
    return _file(STATIC / "page.html", _PAGE)


@app.get("/static/{name}")
def static(name: str) -> FileResponse:
    """Return the page's style, script or font."""
    known = {file.name: file for folder in (STATIC, FONTS) for file in folder.iterdir()}
    if name not in known:
        raise HTTPException(404, "there is no such file")
    return _file(known[name], _PAGE)


@app.get("/data")
def data(user: GetUserDep) -> JSONResponse:
    """Return what the page shows, of the cities whose DAGs this user may read."""
    dag_ids = get_auth_manager().get_authorized_dag_ids(user=user, method="GET")
    try:
        told = visible(_answers.get(Settings.from_environment()), dag_ids)
    except HubError as error:
        raise HTTPException(503, str(error)) from error
    asked = dag_ids.intersection([*NATION, *(city["dag_id"] for city in told["cities"])])
    return JSONResponse({**told, "runs": latest_runs(asked)}, headers=_ALWAYS)


@app.get("/site/{release_id}/{name:path}", dependencies=[Depends(requires_access_dag("GET", param_dag_id="reports"))])
def site(release_id: str, name: str) -> FileResponse:
    """Return a file of a release's site."""
    file = _within(release_id, name or "index.html")
    if file is None:
        raise HTTPException(404, "the release has no such page (any more)")
    return _file(file, _SITE)


def _within(release_id: str, name: str) -> Path | None:
    """Return the file of that name below the site of that release, or None; no name leads out of it."""
    if not re.fullmatch(r"[0-9A-Za-z-]+", release_id) or "\0" in name:
        return None
    folder = Settings.from_environment().home.reports(release_id).resolve()
    file = (folder / name).resolve()
    return file if file.is_file() and file.is_relative_to(folder) else None


def _file(file: Path, headers: dict[str, Any]) -> FileResponse:
    media_type = TYPES.get(file.suffix)
    saved = {} if media_type else {"Content-Disposition": "attachment"}
    return FileResponse(file, media_type=media_type or "application/octet-stream", headers={**headers, **saved})
