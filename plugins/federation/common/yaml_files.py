"""Read the hub's YAML files into pydantic models.

A file that breaks a rule is refused by ContractError with file, key, reason and what to do; all
such messages are written here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, ErrorDetails, PydanticCustomError, core_schema

from federation.common.bilingual import BilingualText
from federation.common.errors import ContractError

WHOLE_FILE = "(whole file)"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_REASONS = {
    "extra_forbidden": "unknown key",
    "missing": "must be given",
    "too_short": "must be given",
    "string_too_short": "must be given",
    "model_type": "must be a mapping",
    "dict_type": "must be a mapping",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "string_type": "must be a text",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
}
_BOUNDS = {
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
}
# Pydantic's own words say what was given and what is known: "'x' is none of 'a' or 'b'".
_CHOICES = ("enum", "literal_error")


class YamlModel(BaseModel):
    """What a YAML file, or a part of one, may say; an unknown key is refused by its name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, value: Any) -> Any:
        keys = [field.alias or name for name, field in cls.model_fields.items()]
        for key in value if isinstance(value, Mapping) else ():
            if key not in keys:
                raise _unknown_key(str(key), keys)
        return value


@dataclass(frozen=True)
class OneOf:
    """Restricts a text or an enum to some values: `Annotated[str, OneOf("a", "b")]`."""

    known: tuple[str, ...]

    def __init__(self, *known: str) -> None:
        object.__setattr__(self, "known", tuple(str(value) for value in known))

    def __get_pydantic_core_schema__(
        self, source: type[str], _: GetCoreSchemaHandler
    ) -> CoreSchema:
        choice = core_schema.literal_schema([*self.known])
        return core_schema.no_info_after_validator_function(source, choice)


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise wrong(f"{value!r} is no date (2026-07-01)") from error


Text = Annotated[str, Field(min_length=1)]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Model = TypeVar("Model", bound=YamlModel)


class Bilingual(YamlModel):
    """One text in both languages."""

    th: Text
    en: Text

    @property
    def text(self) -> BilingualText:
        return BilingualText(self.en, self.th)


def wrong(reason: str, *key: str, todo: str = "") -> PydanticCustomError:
    """Return the error for a validator to raise; `key` leads from the model to what is wrong."""
    details = {"reason": reason, "key": key, "todo": todo}
    return PydanticCustomError("wrong", "{reason}", details)


def read_yaml(file: Path) -> dict[str, Any]:
    """Return the mapping that a file holds, empty for an empty file.

    Raises ContractError when the file cannot be read, or holds no mapping.
    """
    try:
        document = yaml.load(file.read_text("utf-8"), Loader=_LOADER)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ContractError(file, WHOLE_FILE, f"cannot be read as YAML: {error}") from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ContractError(file, WHOLE_FILE, "must be a mapping")
    return document


def load_yaml(file: Path, model: type[Model]) -> Model:
    """Return what a file says; raises ContractError."""
    return validated(file, model, read_yaml(file))


def validated(file: Path, model: type[Model], document: Any, key: str = "") -> Model:
    """Return what a document, or the part of it under `key`, says; raises ContractError."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise refusal(file, error, document, key) from error


def refusal(file: Path, error: ValidationError, document: Any, key: str = "") -> ContractError:
    """Return a pydantic error as the hub's own, with file, key, reason and what to do."""
    first = error.errors(include_url=False)[0]
    details = first.get("ctx", {})
    path = [*first["loc"], *details.get("key", ())]
    names = [name for name in (key, *_names(document, path)) if name]
    todo = details.get("todo") or "correct this key"
    return ContractError(file, ".".join(names) or WHOLE_FILE, _reason(first), todo)


def _names(document: Any, path: Iterable[str | int]) -> Iterator[str]:
    """Yield the parts of a path; an entry of a list is named by its `id`, where it has one."""
    value = document
    for part in path:
        try:
            value = value[part]
        except (LookupError, TypeError):
            value = None
        named = value.get("id") if isinstance(part, int) and isinstance(value, dict) else None
        yield str(named or part)


def _reason(error: ErrorDetails) -> str:
    kind, value = error["type"], error["input"]
    if value is None and kind != "wrong":
        return _REASONS["missing"]
    if kind in _CHOICES:
        return f"{value!r} is none of {error['ctx']['expected']}"
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(**error["ctx"])
    return _REASONS.get(kind) or error["msg"]


def _unknown_key(key: str, keys: list[str]) -> PydanticCustomError:
    close = get_close_matches(key, keys, n=1)
    todo = f"did you mean {close[0]}?" if close else "correct or delete this key"
    return wrong(f"unknown key; known: {', '.join(sorted(keys))}", key, todo=todo)
