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
<html lang="en"><head><meta charset="utf-8"><title>Models, for engineers (dbt)</title>
<meta name="viewport" content="width=device-width"></head><body>
<p><a href="index.html">Report</a> <a href="dictionary.html">Dictionary</a></p>
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
    """Return the page that `dbt docs generate --static` would write.

    It is dbt's own page with a manifest and a catalogue in it. The manifest is the one that dbt
    left when it tested the build, the catalogue is the release's dictionary: so no further dbt
    process (8 s of CPU) is needed. The same project and tables give the same page. Raises
    DataProblem when dbt cannot read the project.
    """
    if not home.dbt_manifest.exists():
        with Dbt(home) as dbt:
            dbt.call("parse")
    manifest = _lasting(json.loads(home.dbt_manifest.read_text("utf-8")))
    project = manifest["metadata"]["project_name"]
    manifest["macros"] = {
        key: macro for key, macro in manifest["macros"].items() if macro["package_name"] == project
    }  # without dbt's own
    catalogue = _catalogue(manifest, {table.name: table for table in tables})
    page = _template().read_text("utf-8")
    page = page.replace('"MANIFEST.JSON INLINE DATA"', _inline(manifest))
    page = page.replace('"CATALOG.JSON INLINE DATA"', _inline(catalogue))
    packed = b64encode(compress(page.encode(), mtime=0))
    return _LOADER.format(packed=packed.decode())


def unpacked(page: str) -> str:
    """Return dbt's page out of the one that `docs_page` made."""
    _, _, rest = page.partition('id="packed">')
    packed, _, _ = rest.partition("<")
    return decompress(b64decode(packed)).decode()


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
    page = next((page for page in pages if page.exists()), None)
    if page is None:
        raise DataProblem(
            "dbt's documentation page is not where dbt 1.11 keeps it",
            where="dbt/task/docs/index.html",
            todo="install the locked requirements",
        )
    return page


def _lasting(value: Any) -> Any:
    """Return a part of the manifest without what is volatile in it."""
    if isinstance(value, dict):
        return {key: _lasting(entry) for key, entry in value.items() if key not in _VOLATILE}
    return [_lasting(entry) for entry in value] if isinstance(value, list) else value


def _inline(value: Any) -> str:
    """Return JSON that may stand in a script: nothing in it can end the script."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
