"""Arrow types: what a contract writes, what writers make of it, and the same values in the promised
type.

One value has many types: a text is `string`, `large_string`, `string_view` or a dictionary of
these; a list's items have any name; an instant carries the zone of its writer; a column without a
value is `null`; whole numbers with a missing one among them are `double` (pandas), and a month of
whole readings is `int64`. What differs here in no value is taken for the promised type.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_LISTS = (
    pa.types.is_list,
    pa.types.is_large_list,
    pa.types.is_fixed_size_list,
    pa.types.is_list_view,
    pa.types.is_large_list_view,
)
_TEXTS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
_BYTES = (
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_binary_view,
    pa.types.is_fixed_size_binary,
)


def arrow_type(kind: str) -> pa.DataType:
    """Return the Arrow type that a contract writes as `kind`.

    Raises ValueError for one that is none.
    """
    if inner := re.fullmatch(r"(list|struct)<(.+)>", kind):
        parts = _split(inner[2])
        if inner[1] == "list":
            return pa.list_(arrow_type(inner[2]))
        return pa.struct([(name, arrow_type(member)) for name, member in map(_member, parts)])
    if zoned := re.fullmatch(r"timestamp\[(s|ms|us|ns), (?:tz=)?(.+)\]", kind):
        return pa.timestamp(zoned[1], zoned[2])
    if exact := re.fullmatch(r"decimal(?:128)?\((\d+), ?(\d+)\)", kind):
        return pa.decimal128(int(exact[1]), int(exact[2]))
    try:
        return pa.type_for_alias(kind)
    except ValueError:
        raise ValueError(f"unknown Arrow type {kind!r}") from None


def _member(text: str) -> tuple[str, str]:
    name, mark, kind = text.partition(": ")
    if not mark:
        raise ValueError(f"a struct's member is written `name: type`, not {text!r}")
    return name, kind


def _split(members: str) -> list[str]:
    """Split at the commas that stand outside brackets."""
    parts, depth = [""], 0
    for sign in members:
        depth += {"<": 1, "[": 1, "(": 1, ">": -1, "]": -1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]


def written(kind: pa.DataType) -> str:
    """Return a delivered type as a contract writes it, without what writers vary."""
    plain = plain_type(kind)
    if pa.types.is_list(plain):
        return f"list<{written(plain.value_type)}>"
    if pa.types.is_struct(plain):
        return f"struct<{', '.join(f'{field.name}: {written(field.type)}' for field in plain)}>"
    return str(plain).replace("tz=", "")


def plain_type(kind: pa.DataType) -> pa.DataType:
    """Return the type that stands for all in which writers hold the same values."""
    plain = kind
    if isinstance(kind, pa.BaseExtensionType):
        plain = plain_type(kind.storage_type)
    elif pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
        plain = plain_type(kind.value_type)
    elif any(is_list(kind) for is_list in _LISTS):
        plain = pa.list_(plain_type(kind.value_type))
    elif pa.types.is_struct(kind):
        plain = pa.struct([(field.name, plain_type(field.type)) for field in kind])
    elif any(is_text(kind) for is_text in _TEXTS):
        plain = pa.string()
    elif any(is_bytes(kind) for is_bytes in _BYTES):
        plain = pa.binary()
    elif pa.types.is_timestamp(kind):
        plain = pa.timestamp("us", kind.tz and "UTC")
    elif pa.types.is_date(kind):
        plain = pa.date32()
    return plain


def has_inner_dictionary(kind: pa.DataType) -> bool:
    """Whether the items or members of a type are held as dictionaries."""
    inner = [kind.field(place).type for place in range(kind.num_fields)]
    return any(pa.types.is_dictionary(part) or has_inner_dictionary(part) for part in inner)


def can_hold(promised: pa.DataType, delivered: pa.DataType) -> bool:
    """Whether the values of the delivered type are values of the promised one.

    Whether each single one fits (an int64 in int32, 2.5 in int32) is for `as_promised` to say.
    """
    ours, theirs = plain_type(promised), plain_type(delivered)
    if pa.types.is_null(theirs) or ours.equals(theirs):
        return True
    if pa.types.is_list(ours):
        return pa.types.is_list(theirs) and can_hold(ours.value_type, theirs.value_type)
    if pa.types.is_struct(ours):
        return pa.types.is_struct(theirs) and all(
            theirs.get_field_index(field.name) >= 0
            and can_hold(field.type, theirs.field(field.name).type)
            for field in ours
        )
    if pa.types.is_decimal(ours):
        return bool(pa.types.is_decimal(theirs))
    exact = (pa.types.is_integer, pa.types.is_float64)  # a float32 of 21.8 is another number
    return any(holds(ours) for holds in exact) and any(
        holds(theirs) for holds in (*exact, pa.types.is_decimal)
    )


def members_beyond(promised: pa.DataType, delivered: pa.DataType, name: str) -> Iterator[str]:
    """Yield the members of structs (`pm25.precision`) that nobody promised."""
    ours, theirs = plain_type(promised), plain_type(delivered)
    if pa.types.is_list(ours) and pa.types.is_list(theirs):
        yield from members_beyond(ours.value_type, theirs.value_type, name)
    elif pa.types.is_struct(ours) and pa.types.is_struct(theirs):
        for field in theirs:
            place = f"{name}.{field.name}"
            if ours.get_field_index(field.name) < 0:
                yield place
            else:
                yield from members_beyond(ours.field(field.name).type, field.type, place)


def as_promised(array: pa.Array, promised: pa.DataType) -> pa.Array:
    """Return the same values in the promised type, which `can_hold` them.

    Raises ArrowInvalid for a number that the promised type has no place for.
    """
    kind = array.type
    if kind == promised:
        return array
    if isinstance(kind, pa.BaseExtensionType):
        return as_promised(array.storage, promised)
    if pa.types.is_null(kind):
        return pa.nulls(len(array), promised)
    if pa.types.is_dictionary(kind):
        return as_promised(array.dictionary, promised).take(array.indices)
    return _plain_as_promised(array, promised)


def _plain_as_promised(array: pa.Array, promised: pa.DataType) -> pa.Array:
    if pa.types.is_list(promised):
        return _list_as_promised(array, promised)
    if pa.types.is_struct(promised):
        kind = array.type
        parts = [
            as_promised(pc.struct_field(array, [kind.get_field_index(field.name)]), field.type)
            for field in promised
        ]
        return pa.StructArray.from_arrays(parts, fields=list(promised), mask=array.is_null())
    # Parts of a microsecond are cut off; any other loss is an error.
    return array.cast(promised, safe=not pa.types.is_timestamp(promised))


def _list_as_promised(array: Any, promised: pa.DataType) -> pa.Array:
    # Arrow's own cast of a list view gives empty lists.
    return _list_of(array, as_promised(array.flatten(), promised.value_type), promised)


def with_texts(array: Any, change: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Return the array of a promised type with its texts, at any depth, changed.

    `change` is given each different text once.
    """
    kind = array.type
    if pa.types.is_string(kind):
        words = array.dictionary_encode()
        return change(words.dictionary).take(words.indices)
    if pa.types.is_list(kind):
        return _list_of(array, with_texts(array.flatten(), change), kind)
    if pa.types.is_struct(kind):
        members = (pc.struct_field(array, [place]) for place in range(kind.num_fields))
        parts = [with_texts(member, change) for member in members]
        return pa.StructArray.from_arrays(parts, fields=list(kind), mask=array.is_null())
    return array


def _list_of(array: Any, items: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return lists of other items, as long as those of `array`."""
    lengths = pc.fill_null(pc.list_value_length(array), 0).cast(pa.int64())
    offsets = pa.concat_arrays([pa.array([0], pa.int64()), pc.cumulative_sum(lengths)])
    return pa.ListArray.from_arrays(
        offsets.cast(pa.int32()),
        items,
        type=kind,
        mask=array.is_null(),
    )
