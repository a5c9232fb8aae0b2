"""dbt's documentation of the project as one page that needs no server."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from federation.build import call_dbt
from federation.errors import DataProblem
from federation.paths import Home

# Of dbt's manifest, what differs from call to call or is of no use to a reader.
_VOLATILE = {"generated_at", "invocation_id", "invocation_started_at", "run_started_at", "user_id", "created_at", "build_path",
             "compiled_path", "compiled", "compiled_code", "extra_ctes", "extra_ctes_injected", "relation_name"}
_EMPTY_CATALOG = '{"metadata": {}, "nodes": {}, "sources": {}, "errors": null}'


def docs_page(home: Home) -> str:
    """Return the page, the same for the same project; raises DataProblem when dbt cannot read the project.

    It is what `dbt docs generate --static --empty-catalog` writes: dbt's own page with the manifest put into it. The
    manifest is the one that dbt left when it tested the build, so that no further dbt process (8 s of CPU) is needed.
    Types come from the models' contracts, so the catalogue of the database would add nothing.
    """
    if not home.dbt_manifest.exists():
        call_dbt("parse", home)
    manifest = _lasting(json.loads(home.dbt_manifest.read_text("utf-8")))
    page = _template().read_text("utf-8")
    for name, content in (("MANIFEST", _inline(manifest)), ("CATALOG", _EMPTY_CATALOG)):
        page = page.replace(f'"{name}.JSON INLINE DATA"', content)
    return page


def _template() -> Path:
    spec = find_spec("dbt")  # without importing it, which takes seconds
    folders = (spec.submodule_search_locations or []) if spec else []
    pages = [Path(folder) / "task" / "docs" / "index.html" for folder in folders]
    found = next((page for page in pages if page.exists()), None)
    if found is None:
        raise DataProblem("dbt's documentation page is not where dbt 1.11 keeps it", where="dbt/task/docs/index.html",
                          todo="install the locked requirements")
    return found


def _lasting(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lasting(entry) for key, entry in sorted(value.items()) if key not in _VOLATILE}
    return [_lasting(entry) for entry in value] if isinstance(value, list) else value


def _inline(value: Any) -> str:
    """Return JSON that may stand in a script: nothing in it can end the script."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
