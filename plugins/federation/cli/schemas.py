"""Write the JSON Schemas of the YAML files, by which an editor completes and checks them:
`python -m federation.cli.schemas`.

A file names its schema in its first line: `# yaml-language-server: $schema=<relative path>`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from federation.common.paths import SCHEMAS
from federation.common.yaml_files import YamlModel
from federation.contracts.city_file import CityFile
from federation.contracts.json_schema import contract_schema
from federation.datasets.indicators import Indicator
from federation.datasets.suite_file import SharedFile, SuiteFile
from federation.datasets.units import UnitsFile
from federation.gate.waivers import WaiversFile
from federation.quality.contacts import NationalFile
from federation.reporting.mail.subscriptions import SubscriptionsFile

_MODELS: Mapping[str, type[YamlModel]] = {
    "suite": SuiteFile,
    "shared": SharedFile,
    "units": UnitsFile,
    "indicator": Indicator,
    "city": CityFile,
    "national": NationalFile,
    "waivers": WaiversFile,
    "subscriptions": SubscriptionsFile,
}
_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """Return file name -> text of every JSON Schema."""
    schema_of = {name: model.model_json_schema() for name, model in _MODELS.items()}
    schema_of["contract"] = contract_schema()
    return {f"{name}.schema.json": _text(schema) for name, schema in schema_of.items()}


def write(folder: Path = SCHEMAS) -> None:
    """Write every JSON Schema into `folder`."""
    folder.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, "utf-8")


def _text(schema: Mapping[str, Any]) -> str:
    return json.dumps({"$schema": _DRAFT, **schema}, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    write()
