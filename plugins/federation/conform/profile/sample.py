"""A sample of a file, spread over all of it, as flat columns of texts or numbers."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SAMPLE_ROWS = 4_000
_DEPTH = 4  # nested further down is not looked at
_LEAVES = 200
_TEXT_BYTES = 2_000  # of one text; what is longer is no name, no time and no figure


@dataclass
class Leaf:
    """The sampled values of a flat column; exactly one of `texts` and `numbers` is filled."""

    name: str
    type: pa.DataType
    rows: int = 0
    texts: Counter[bytes] = field(default_factory=Counter)
    not_numbers: Counter[str] = field(default_factory=Counter)  # NaN, inf, -inf -> rows
    numbers: list[np.ndarray] = field(default_factory=list)

    def add(self, array: pa.Array) -> None:
        self.rows += len(array)
        if isinstance(array, pa.DictionaryArray):
            array = array.dictionary_decode()
        given = array.drop_null()
        if _is_text(array.type):
            words = given.cast(_binary_of(array.type))
            counted = pc.value_counts(
                words.filter(pc.less_equal(pc.binary_length(words), _TEXT_BYTES))
            )
            for word, count in zip(
                counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True
            ):
                self.texts[word] += count
        elif numbers := _numbers(given):
            finite = np.isfinite(numbers[0])
            self.numbers.append(numbers[0][finite])
            self.not_numbers.update(map(_name_of, numbers[0][~finite].tolist()))

    @property
    def values(self) -> np.ndarray:
        """The numbers as doubles.

        Times as microseconds since 1970 (UTC, or local where the type has no zone).
        """
        return np.concatenate(self.numbers) if self.numbers else np.empty(0)

    @property
    def is_time(self) -> bool:
        return bool(pa.types.is_temporal(self.type))

    @property
    def given(self) -> int:
        return self.texts.total() + sum(map(len, self.numbers))


def _is_text(kind: pa.DataType) -> bool:
    return str(kind) in ("string", "binary", "large_string", "large_binary")


def _binary_of(kind: pa.DataType) -> pa.DataType:
    return (
        pa.large_binary()
        if pa.types.is_large_string(kind) or pa.types.is_large_binary(kind)
        else pa.binary()
    )


def _numbers(given: pa.Array) -> list[np.ndarray]:
    kind = given.type
    if pa.types.is_timestamp(kind):
        given = given.cast(pa.timestamp("us", kind.tz)).cast(pa.int64())
    elif pa.types.is_date(kind):
        given = given.cast(pa.timestamp("us")).cast(pa.int64())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        return []
    return [given.to_numpy(zero_copy_only=False).astype(np.float64)]


def _name_of(value: float) -> str:
    return "NaN" if np.isnan(value) else f"{value}"


def _prime_from(number: int) -> int:
    """Return `number`, or the next prime: a step that shares no factor with the six measures or
    24 hours that repeat."""
    while any(number % factor == 0 for factor in range(2, int(number**0.5) + 1)):
        number += 1
    return number


class Sample:
    """Collects every n-th row of the batches that it is shown."""

    def __init__(self, rows: int) -> None:
        self.step = _prime_from(max(1, -(-rows // SAMPLE_ROWS)))
        self.seen = 0
        self.sampled = 0
        self.leaves: dict[str, Leaf] = {}

    def look(self, batch: pa.RecordBatch, split: tuple[str, str] | None = None) -> None:
        """Take the batch's share.

        `split` names (parameter, value) leaves: values are then told apart by parameter.
        """
        first = -self.seen % self.step
        self.seen += batch.num_rows
        places = pa.array(np.arange(first, batch.num_rows, self.step))
        if not len(places):
            return
        self.sampled += len(places)
        picked = batch if self.step == 1 else batch.take(places)
        arrays = dict(flat(dict(zip(batch.schema.names, picked.columns, strict=True))))
        for name, array in _split(arrays, split) if split else arrays.items():
            if name in self.leaves or len(self.leaves) < _LEAVES:
                self.leaves.setdefault(name, Leaf(name, _plain(array.type))).add(array)


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def flat(columns: Mapping[str, pa.Array], depth: int = _DEPTH) -> Iterator[tuple[str, pa.Array]]:
    """Yield the columns with the members of structs and lists beside one another: `pm25.value`,
    `coordinates[1]`."""
    for name, array in columns.items():
        kind = array.type
        if depth and pa.types.is_struct(kind):
            members = {
                f"{name}.{kind.field(i).name}": pc.struct_field(array, [i])
                for i in range(kind.num_fields)
            }
            yield from flat(members, depth - 1)
        elif depth and pa.types.is_list(kind):
            yield from flat(_elements(name, array), depth - 1)
        else:
            yield name, array


def _elements(name: str, array: pa.Array) -> dict[str, pa.Array]:
    lengths = pc.unique(pc.list_value_length(array).drop_null()).to_pylist()
    if lengths == [2] and pa.types.is_floating(
        array.type.value_type
    ):  # a pair of coordinates has its order
        return {f"{name}[{place + 1}]": pc.list_element(array, place) for place in range(2)}
    return {name: pc.list_flatten(array)}


def _split(
    arrays: Mapping[str, pa.Array], split: tuple[str, str]
) -> Iterator[tuple[str, pa.Array]]:
    parameter, value = arrays.get(split[0]), arrays.get(split[1])
    for name, array in arrays.items():
        if name != split[1] or parameter is None or value is None or len(parameter) != len(value):
            yield name, array
            continue
        for word in pc.unique(parameter).drop_null().to_pylist()[:50]:
            yield (
                f"{name}[{_text(word)}]",
                value.filter(pc.fill_null(pc.equal(parameter, word), False)),
            )


def _text(word: str | bytes) -> str:
    return word if isinstance(word, str) else word.decode("utf-8", "replace")
