"""The page's routes.

Airflow does not authenticate the routes of a plugin: here each asks the auth manager itself.
"""

from pathlib import Path

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import FileResponse, JSONResponse

from federation.airflow.page.answer import Answers, visible
from federation.airflow.page.files import SAVED, STATIC, own_file, site_file, type_of
from federation.airflow.page.runs import latest_runs
from federation.common.errors import HubError
from federation.common.settings import Settings

NATION = ("warehouse", "reports", "arrivals")
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
}
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
# A release's site shows texts that cities wrote. The sandbox gives it an origin of its own, so that
# no script there could use Airflow's session.
_SITE_POLICY = (
    "sandbox allow-scripts allow-popups allow-downloads; default-src 'self' data: 'unsafe-inline'; "
    "form-action 'none'"
)

app = FastAPI(
    title="Federation",
    docs_url=None,
    redoc_url=None,
    openapi_url=None,
    dependencies=[Depends(requires_access_dag("GET"))],
)
_answers = Answers()


@app.get("/")
def page() -> FileResponse:
    """Return the page, without any data."""
    return _file(STATIC / "page.html", _PAGE_POLICY)


@app.get("/static/{name}")
def static(name: str) -> FileResponse:
    """Return the page's style, script or font."""
    return _file(own_file(name), _PAGE_POLICY)


@app.get("/data")
def data(user: GetUserDep) -> JSONResponse:
    """Return what the page shows, of the cities whose DAGs this user may read."""
    dag_ids = get_auth_manager().get_authorized_dag_ids(user=user, method="GET")
    try:
        answer = visible(_answers.get(Settings.from_environment()), dag_ids)
    except HubError as error:
        raise HTTPException(503, str(error)) from error
    dags = [*NATION, *(city["dag_id"] for city in answer["cities"])]
    runs = latest_runs(dag_ids.intersection(dags))
    return JSONResponse({**answer, "runs": runs}, headers=_ALWAYS)


@app.get(
    "/site/{release_id}/{name:path}",
    dependencies=[Depends(requires_access_dag("GET", param_dag_id="reports"))],
)
def site(release_id: str, name: str) -> FileResponse:
    """Return a file of a release's site."""
    return _file(site_file(release_id, name, Settings.from_environment().home), _SITE_POLICY)


def _file(file: Path | None, policy: str) -> FileResponse:
    if file is None:
        raise HTTPException(404, "there is no such file (any more)")
    kind = type_of(file)
    headers = {**_ALWAYS, "Content-Security-Policy": policy}
    if kind == SAVED:
        headers["Content-Disposition"] = "attachment"
    return FileResponse(file, media_type=kind, headers=headers)
