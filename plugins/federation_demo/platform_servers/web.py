"""The web servers: folders as index pages behind a token or a login, and packages behind CKAN's
action API."""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

Endpoint = Callable[["Request"], "Response"]


def bearer(token: str) -> str:
    """Return the Authorization header of a token."""
    return f"Bearer {token}"


def basic(login: str, password: str) -> str:
    """Return the Authorization header of a login."""
    return "Basic " + b64encode(f"{login}:{password}".encode()).decode()


def pages(directory: Path, authorization: str) -> "Starlette":
    """Return an application of index pages and files, as static file servers offer them."""
    from starlette.responses import HTMLResponse, Response

    def look(request: "Request") -> "Response":
        place = _inside(directory, request.path_params["path"])
        if request.headers.get("authorization") != authorization:
            return Response(status_code=401, headers={"WWW-Authenticate": authorization.split()[0]})
        if place is None or not place.exists():
            return Response(status_code=404)
        return HTMLResponse(_index(place)) if place.is_dir() else _file(place)

    return _application({"/{path:path}": look})


def ckan(directory: Path, token: str) -> "Starlette":
    """Return an application with `package_show`, a package per folder, and the downloads of its
    resources."""
    from starlette.responses import Response

    def show(request: "Request") -> "Response":
        return _package_show(request, directory, token)

    def download(request: "Request") -> "Response":
        names = request.path_params
        place = _inside(directory, f"{names['package']}/{names['name']}")
        if request.headers.get("authorization") != token:
            return Response(status_code=403)
        return _file(place) if place and place.is_file() else Response(status_code=404)

    return _application(
        {
            "/api/3/action/package_show": show,
            "/dataset/{package}/resource/{id}/download/{name:path}": download,
        }
    )


def _application(endpoints: dict[str, Endpoint]) -> "Starlette":
    from starlette.applications import Starlette
    from starlette.routing import Route

    return Starlette(
        routes=[Route(path, endpoint, methods=["GET"]) for path, endpoint in endpoints.items()]
    )


def _file(place: Path) -> "Response":
    from starlette.responses import FileResponse

    return FileResponse(place, media_type="application/octet-stream")


def _inside(directory: Path, path: str) -> Path | None:
    """Return the place of a path below the directory, or None when it leads out of it."""
    place = (directory / path).resolve()
    return place if place == directory or directory in place.parents else None


def _index(folder: Path) -> str:
    names = [f"{entry.name}/" if entry.is_dir() else entry.name for entry in folder.iterdir()]
    links = "\n".join(f'<a href="{quote(name)}">{escape(name)}</a>' for name in sorted(names))
    return f'<!DOCTYPE html><meta charset="utf-8"><pre><a href="../">../</a>\n{links}\n</pre>'


def _package_show(request: "Request", directory: Path, token: str) -> "Response":
    """Answer as CKAN does, errors included."""
    from starlette.responses import JSONResponse

    package = request.query_params.get("id", "")
    place = _inside(directory, package)
    if request.headers.get("authorization") != token:
        return JSONResponse(_error("Authorization Error", "Access denied"), 403)
    if place is None or place.parent != directory or not place.is_dir():
        return JSONResponse(_error("Not Found Error", "Not found"), 404)
    files = sorted(file for file in place.rglob("*") if file.is_file())
    resources = [_resource(file, place, str(request.base_url)) for file in files]
    return JSONResponse(
        {"success": True, "result": {"id": package, "name": package, "resources": resources}}
    )


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"success": False, "error": {"__type": kind, "message": message}}


def _resource(file: Path, package: Path, base: str) -> dict[str, Any]:
    name, state = file.relative_to(package).as_posix(), file.stat()
    identity = str(uuid5(NAMESPACE_URL, f"{package.name}/{name}"))
    modified = datetime.fromtimestamp(state.st_mtime, UTC).replace(tzinfo=None).isoformat()
    return {
        "id": identity,
        "name": name,
        "format": "Parquet",
        "size": state.st_size,
        "hash": "",
        "last_modified": modified,
        "url": f"{base}dataset/{package.name}/resource/{identity}/download/{quote(name)}",
    }
