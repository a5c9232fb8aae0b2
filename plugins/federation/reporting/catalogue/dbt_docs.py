"""dbt's documentation of the project as one page that needs no server."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from gzip import compress, decompress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from federation.common.errors import DataProblem
from federation.common.paths import Home
from federation.reporting.catalogue.entries import Table
from federation.warehouse.dbt.process import Dbt

# Of dbt's manifest, what differs from call to call or is of no use to a reader.
_VOLATILE = {
    "generated_at",
    "invocation_id",
    "invocation_started_at",
    "run_started_at",
    "user_id",
    "created_at",
    "build_path",
    "compiled_path",
    "compiled",
    "compiled_code",
    "extra_ctes",
    "extra_ctes_injected",
    "relation_name",
}
# dbt's page is 2.5 MB of script; packed it takes a quarter, and every browser since 2023 unpacks it
# by itself.
_LOADER = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>dbt Docs</title></head><body>
<script type="text/plain" id="packed">{packed}</script>
<script>
const bytes = Uint8Array.from(\
atob(document.getElementById("packed").textContent), letter => letter.charCodeAt(0))
new Response(\
new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text().then(page => {{
  document.open(); document.write(page); document.close()
}})
</script></body></html>
"""


def docs_page(tables: Sequence[Table], home: Home) -> str:
    """Return the page, the same for the same project and tables.

    Raises DataProblem when dbt cannot read the project.

    It is what `dbt docs generate --static` writes: dbt's own page with manifest and catalogue put
    into it. The manifest is the one that dbt left when it tested the build, and the catalogue is
    the release's dictionary, so that no further dbt process (8 s of CPU) is needed.
    """
    if not home.dbt_manifest.exists():
        with Dbt(home) as dbt:
            dbt.call("parse")
    manifest = _lasting(json.loads(home.dbt_manifest.read_text("utf-8")))
    own = manifest["metadata"]["project_name"]
    manifest["macros"] = {
        key: macro for key, macro in manifest["macros"].items() if macro["package_name"] == own
    }  # not dbt's
    page = _template().read_text("utf-8")
    for name, content in (
        ("MANIFEST", manifest),
        ("CATALOG", _catalogue(manifest, {table.name: table for table in tables})),
    ):
        page = page.replace(f'"{name}.JSON INLINE DATA"', _inline(content))
    return _LOADER.format(packed=b64encode(compress(page.encode(), mtime=0)).decode())


def unpacked(page: str) -> str:
    """Return dbt's page out of the one that `docs_page` made."""
    return decompress(b64decode(page.split('id="packed">')[1].split("<")[0])).decode()


def _catalogue(manifest: Mapping[str, Any], tables: Mapping[str, Table]) -> dict[str, Any]:
    """Return the types of the models' columns in the form of dbt's catalog.json."""
    named = {
        key: (node, tables.get(f"{node['schema']}.{node['name']}"))
        for key, node in manifest["nodes"].items()
    }
    return {
        "metadata": {},
        "sources": {},
        "errors": None,
        "nodes": {key: _node(node, table) for key, (node, table) in named.items() if table},
    }


def _node(node: Mapping[str, Any], table: Table) -> dict[str, Any]:
    columns = {
        column.name: {"name": column.name, "index": place, "type": column.type, "comment": None}
        for place, column in enumerate(table.columns, 1)
    }
    metadata = {
        "type": node["config"]["materialized"],
        "schema": node["schema"],
        "name": node["name"],
        "database": None,
        "comment": None,
        "owner": None,
    }
    return {"unique_id": node["unique_id"], "metadata": metadata, "columns": columns, "stats": {}}


def _template() -> Path:
    spec = find_spec("dbt")  # without importing it, which takes seconds
    folders = (spec.submodule_search_locations or []) if spec else []
    pages = [Path(folder) / "task" / "docs" / "index.html" for folder in folders]
    found = next((page for page in pages if page.exists()), None)
    if found is None:
        raise DataProblem(
            "dbt's documentation page is not where dbt 1.11 keeps it",
            where="dbt/task/docs/index.html",
            todo="install the locked requirements",
        )
    return found


def _lasting(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lasting(entry) for key, entry in value.items() if key not in _VOLATILE}
    return [_lasting(entry) for entry in value] if isinstance(value, list) else value


def _inline(value: Any) -> str:
    """Return JSON that may stand in a script: nothing in it can end the script."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
