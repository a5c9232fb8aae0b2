"""An ODCS document as its own package parses it; what the package would drop is refused."""

from pathlib import Path
from typing import Any

from open_data_contract_standard.model import OpenDataContractStandard
from pydantic import ValidationError

from federation.common.errors import ContractError
from federation.common.yaml_files import refusal


def parse(file: Path, document: dict[str, Any]) -> OpenDataContractStandard:
    """Return the contract; raises ContractError for what is not ODCS v3.1."""
    try:
        contract = OpenDataContractStandard(**document)
    except ValidationError as error:
        raise refusal(file, error, document) from error
    parsed = contract.model_dump(by_alias=True, exclude_unset=True)
    _refuse_dropped(file, "", document, parsed)
    return contract


def custom_properties(file: Path, key: str, entries: Any) -> dict[str, Any]:
    """Return customProperties as a mapping; raises ContractError for one that is given twice."""
    properties: dict[str, Any] = {}
    for entry in entries or ():
        if entry.property in properties:
            raise ContractError(file, f"{key}.{entry.property}", "given twice")
        properties[entry.property] = entry.value
    return properties


def _refuse_dropped(file: Path, key: str, written: Any, parsed: Any) -> None:
    """Refuse a key that the ODCS model dropped: it knows no such key at that place."""
    if isinstance(written, dict) and isinstance(parsed, dict):
        for name, value in written.items():
            place = f"{key}.{name}".strip(".")
            if name not in parsed:
                raise ContractError(file, place, "unknown key, not in ODCS v3.1")
            _refuse_dropped(file, place, value, parsed[name])
    elif isinstance(written, list) and isinstance(parsed, list):
        for number, (value, other) in enumerate(zip(written, parsed, strict=True)):
            _refuse_dropped(file, f"{key}.{_label(number, value)}", value, other)


def _label(number: int, entry: Any) -> Any:
    return entry.get("name", entry.get("property", number)) if isinstance(entry, dict) else number
