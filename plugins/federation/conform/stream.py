"""The delivered file as a stream of Arrow batches for DuckDB: decoded, counted, texts normalised
and evaluated."""

from collections.abc import Collection, Iterator, Sequence
from itertools import chain, islice

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from federation.common.letters import has_control_letters, shown
from federation.common.reason import Reason
from federation.common.vocabulary import Consequence, ReasonCode
from federation.conform.arrow_types import (
    arrow_type,
    as_promised,
    has_inner_dictionary,
    plain_type,
    with_texts,
)
from federation.conform.profile.sample import Sample
from federation.conform.sandbox.job import Job, Limits
from federation.conform.schema_check import compare_measures
from federation.conform.value_checks import control_letters
from federation.contracts.vocabulary import CODECS
from federation.reference.areas import normalise_thai

BATCH_ROWS = 122_880
_TEXT_KINDS = ("string", "binary")
_TEXT = pa.dictionary(pa.int32(), pa.string())
_WORDS_KEPT = 200_000
# Encodings that Arrow can read as dictionaries; not the DELTA ones of Java's writer v2 and DuckDB.
_DICTIONARY_ENCODINGS = {"PLAIN", "PLAIN_DICTIONARY", "RLE_DICTIONARY", "RLE", "BIT_PACKED"}


class Refused(Exception):
    """The extract cannot be conformed; carries the reason's code."""

    def __init__(self, code: ReasonCode, message: str) -> None:
        super().__init__(message)
        self.code = code


def open_parquet(source: str, limits: Limits, dictionaries: list[str]) -> pq.ParquetFile:
    """Return the file, with page checksums verified.

    The columns in `dictionaries` come with each different text once.
    """
    return pq.ParquetFile(
        source,
        read_dictionary=dictionaries,
        coerce_int96_timestamp_unit="us",
        page_checksum_verification=True,
        thrift_string_size_limit=limits.footer_bytes,
        thrift_container_size_limit=1_000_000,
        memory_map=False,
        pre_buffer=False,
    )


def check_footer(file: pq.ParquetFile, limits: Limits) -> None:
    """Refuse a file whose footer claims more than the limits, before a page is decoded."""
    footer = file.metadata
    for what, number, limit in (
        ("columns", footer.num_columns, limits.columns),
        ("row groups", footer.num_row_groups, limits.row_groups),
        ("rows", footer.num_rows, limits.source_rows),
    ):
        if number > limit:
            raise Refused(ReasonCode.FOOTER_OVER_LIMIT, f"{number} {what}, the limit is {limit}")


class Extract:
    """The delivered file as a stream of batches of its promised columns, texts normalised."""

    def __init__(self, job: Job, words: "duckdb.DuckDBPyConnection | None" = None) -> None:
        self.job = job
        self.file = open_parquet(job.source, job.limits, [])
        check_footer(self.file, job.limits)
        self.names = known_names(self.file.schema_arrow.names, job.columns)
        here = set(self.names)
        self.types = {name: arrow_type(kind) for name, kind in job.columns.items()}
        self.texts = {name for name, kind in job.columns.items() if kind in _TEXT_KINDS}
        self.file = open_parquet(job.source, job.limits, self._dictionaries())
        # Every promised column is read, so that it is looked at; few are of no use otherwise.
        self.read = [name for name in job.columns if name in here]
        used = {*job.needed, *(source for source, _ in job.words.values())}
        self.absent = {name for name in job.optional if name not in here}
        self.rows = 0
        self.rows_out_of_scope = 0
        self.decoded_bytes = 0
        self.measures_seen: set[str | None] = set()
        self.failure: Exception | None = None
        self.sample = Sample(self.file.metadata.num_rows)
        self.normal = {
            name: Normal(job.encoding if job.columns[name] == "binary" else "utf-8")
            for name in self.texts & used
        }
        self.inner = Normal("utf-8")
        self.evaluators = {
            name: Words(words, source, select)
            for name, (source, select) in job.words.items()
            if words
        }

    def schema(self) -> dict[str, pa.DataType]:
        """Return column name -> Arrow type as delivered, an old time as the instant that it is."""
        schema = self.file.schema_arrow
        found = {name: schema.field(raw).type for name, raw in self.names.items()}
        return found | {name: self.types[name] for name in self._old_instants()}

    def _dictionaries(self) -> list[str]:
        """The file's columns that are read as dictionaries: texts, in encodings that allow it."""
        raws = {raw for name, raw in self.names.items() if name in self.texts}
        return sorted(raws & _in_dictionaries(self.file.metadata))

    def _old_instants(self) -> set[str]:
        """The columns in INT96, which names no zone, where an instant is promised."""
        schema = self.file.schema
        old = {c.path for c in map(schema.column, range(len(schema))) if c.physical_type == "INT96"}
        return {
            name
            for name, kind in self.types.items()
            if self.names.get(name) in old and _is_instant(kind)
        }

    def type_findings(self) -> list[Reason]:
        """Return what is taken for the promised type, and is said all the same."""
        said = "times in INT96, which names no zone; read as UTC, as Spark writes them"
        return [
            Reason(ReasonCode.OTHER_TIME_FORMAT, Consequence.WARN, name, f"column {name!r}: {said}")
            for name in sorted(self._old_instants())
        ]

    def reader(self) -> pa.RecordBatchReader:
        """Return the stream that DuckDB reads; counts rows and bytes as it goes."""
        batches = self._batches()
        # The first batch says of which types its texts' meanings are: asking the engine costs a
        # query for each column.
        first = [*islice(batches, 1)]
        return pa.RecordBatchReader.from_batches(self._stream_schema(), chain(first, batches))

    def _stream_schema(self) -> pa.Schema:
        fields = [pa.field("row_number", pa.int64())]
        fields += [
            pa.field(name, _TEXT if name in self.texts else self.types[name])
            for name in self._streamed()
        ]
        for name, words in self.evaluators.items():
            fields += [pa.field(f"{name}:{part}", kind) for part, kind in words.types.items()]
        return pa.schema(fields)

    def _promised(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the batch in the promised types; texts may stay in their dictionaries."""
        columns = [self._as_promised(batch.column(self.names[name]), name) for name in self.read]
        return pa.RecordBatch.from_arrays(columns, names=self.read)

    def _as_promised(self, array: pa.Array, name: str) -> pa.Array:
        if name in self.texts and isinstance(array, pa.DictionaryArray):
            return array
        try:
            return as_promised(array, self.types[name])
        except pa.ArrowInvalid:
            message = (
                f"column {name!r} is {array.type} and holds values that the promised "
                f"{self.job.columns[name]} cannot hold"
            )
            raise Refused(ReasonCode.RETYPED_COLUMN, message) from None

    def _streamed(self) -> list[str]:
        """The columns that the SELECT reads itself."""
        return [name for name in self.job.columns if name in self.job.needed]

    def _batches(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._decoded()
        except Exception as error:
            self.failure = error
            raise

    def _decoded(self) -> Iterator[pa.RecordBatch]:
        streamed = self._streamed()
        for raw in batches_of(self.file, [self.names[name] for name in self.read]):
            self._count(raw)
            batch = self._promised(raw)
            self._note_measures(batch)
            self.sample.look(batch, self._split())
            texts = {name: self._text(batch, name) for name in self.normal}
            arrays = [
                pa.array(np.arange(self.rows - batch.num_rows + 1, self.rows + 1, dtype=np.int64))
            ]
            arrays += [
                texts[name] if name in texts else self._column(batch, name) for name in streamed
            ]
            for words in self.evaluators.values():
                arrays += words.evaluate(texts[words.source])
            yield pa.RecordBatch.from_arrays(arrays, schema=self._stream_schema())

    def _count(self, batch: pa.RecordBatch) -> None:
        self.rows += batch.num_rows
        self.decoded_bytes += sum(map(decoded_bytes, batch.columns))
        limits = self.job.limits
        if self.rows > limits.source_rows or self.decoded_bytes > limits.decoded_bytes:
            raise Refused(
                ReasonCode.OVER_SIZE_LIMIT,
                f"{self.rows} rows and {self.decoded_bytes} decoded bytes so far",
            )

    def _split(self) -> tuple[str, str] | None:
        """Names the leaves of the sample that hold a measure's name and its value."""
        where = self.job.measures
        if not where:
            return None
        if where["field"]:
            return f"{where['column']}.{where['field']}", f"{where['column']}.{where['value']}"
        return where["column"], where["value"]

    def _note_measures(self, batch: pa.RecordBatch) -> None:
        where = self.job.measures
        if not where or not batch.num_rows:
            return
        names = batch.column(where["column"])
        if where["field"]:
            names = pc.struct_field(pc.list_flatten(names), where["field"])
        self.measures_seen |= set(pc.unique(names).to_pylist())

    def _measures(self) -> set[str | None]:
        """The names of measures as they are read."""
        return {name and normalise_thai(self._decode(name)) for name in self.measures_seen}

    def _decode(self, word: str | bytes) -> str:
        if isinstance(word, str):
            return word
        return word.decode(CODECS[self.job.encoding], "replace")

    def measure_findings(self) -> list[Reason]:
        where = self.job.measures
        if not where:
            return []
        names = map(self._decode, filter(None, self.measures_seen))
        broken = [name for name in names if has_control_letters(name)]
        found = compare_measures(
            self._measures(), set(where["promised"]), set(where["ignored"]), self.rows
        )
        evidence = f"measure {', '.join(map(shown, sorted(broken)))}"
        return [*found, control_letters(where["column"], evidence, 0)] if broken else found

    def _column(self, batch: pa.RecordBatch, name: str) -> pa.Array:
        """Return a delivered column, texts inside it normalised.

        One that the file may lack, and does, is NULL in every row.
        """
        if name in self.absent:
            return pa.nulls(batch.num_rows, self.types[name])
        return with_texts(batch.column(name), self.inner.of)

    def _text(self, batch: pa.RecordBatch, name: str) -> pa.DictionaryArray:
        if name in self.absent:
            return pa.DictionaryArray.from_arrays(
                pa.nulls(batch.num_rows, pa.int32()), pa.array([], pa.string())
            )
        array = batch.column(name)
        encoded = array if isinstance(array, pa.DictionaryArray) else array.dictionary_encode()
        words = self.normal[name].of(encoded.dictionary)
        return pa.DictionaryArray.from_arrays(encoded.indices.cast(pa.int32()), words)


def batches_of(file: pq.ParquetFile, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Yield the rows of all or some columns in order, in batches."""
    groups: list[list[int] | None] = [None]
    if any(has_inner_dictionary(field.type) for field in file.schema_arrow):
        # Arrow cannot join the dictionaries inside structs and lists of several row groups.
        groups = [[place] for place in range(file.num_row_groups)]
    for group in groups:
        yield from file.iter_batches(
            BATCH_ROWS, row_groups=group, columns=columns, use_threads=False
        )


def known_names(delivered: Sequence[str], promised: Collection[str]) -> dict[str, str]:
    """Return how columns are called here -> how they are in the file.

    Names are normalised as texts are, so a promised one is found though a letter differs that
    nobody sees. Raises Refused when a name stands twice.
    """
    if len(set(delivered)) < len(delivered):
        raise Refused(ReasonCode.REPEATED_COLUMN, "two columns have the same name")
    found = {name: name for name in delivered if name in promised}
    awaited = {normalise_thai(name): name for name in promised if name not in found}
    for raw in (name for name in delivered if name not in promised):
        name = awaited.get(normalise_thai(raw), raw)
        if name in found:
            message = f"{found[name]!r} and {raw!r} differ only in letters that nobody sees"
            raise Refused(ReasonCode.REPEATED_COLUMN, message)
        found[name] = raw
    return found


def _in_dictionaries(footer: pq.FileMetaData) -> set[str]:
    """Return the columns that Arrow can read as dictionaries: those without another encoding."""
    groups = [footer.row_group(place) for place in range(footer.num_row_groups)]
    chunks = [group.column(place) for group in groups for place in range(group.num_columns)]
    other = {chunk.path_in_schema for chunk in chunks if {*chunk.encodings} - _DICTIONARY_ENCODINGS}
    return {chunk.path_in_schema for chunk in chunks} - other


def _is_instant(kind: pa.DataType) -> bool:
    return pa.types.is_timestamp(kind) and kind.tz is not None


def decoded_bytes(array: pa.Array) -> int:
    """Return what an array takes when every row has its own text, as a dictionary bomb would in
    the end."""
    kind = array.type
    if isinstance(array, pa.DictionaryArray):
        return _spread_bytes(array)
    if pa.types.is_struct(kind):
        return sum(decoded_bytes(array.field(place)) for place in range(kind.num_fields))
    if pa.types.is_list(plain_type(kind)):
        return 4 * len(array) + decoded_bytes(array.flatten())
    return int(array.nbytes)


def _spread_bytes(array: pa.DictionaryArray) -> int:
    words = as_promised(array.dictionary, plain_type(array.dictionary.type))
    if not (pa.types.is_string(words.type) or pa.types.is_binary(words.type)):
        return 8 * len(array)
    lengths = pc.binary_length(words).take(array.indices)
    return int(pc.sum(lengths).as_py() or 0) + 4 * len(array)


class Words:
    """Evaluates a SELECT once per distinct text of a column and spreads the results over the
    rows."""

    def __init__(self, con: duckdb.DuckDBPyConnection, source: str, select: str) -> None:
        self.con, self.source, self.select = con, source, select
        self._places: dict[str | None, int] = {}
        self._results: dict[str, pa.Array] = {}

    @property
    def types(self) -> dict[str, pa.DataType]:
        """The columns of the SELECT with their types."""
        meanings = self._results or self._evaluate([])
        return {name: array.type for name, array in meanings.items()}

    def evaluate(self, texts: pa.DictionaryArray) -> list[pa.Array]:
        """Return the columns of the SELECT, row by row."""
        words = [*texts.dictionary.to_pylist(), None]
        if len(self._places) + len(words) > _WORDS_KEPT:
            self._places, self._results = {}, {}
        fresh = [word for word in dict.fromkeys(words) if word not in self._places]
        if fresh:
            self._learn(fresh)
        places = np.fromiter(
            (self._places[word] for word in words), dtype=np.int32, count=len(words)
        )
        rows = pa.array(places[pc.fill_null(texts.indices, len(words) - 1).to_numpy()])
        return [array.take(rows) for array in self._results.values()]

    def _learn(self, fresh: list[str | None]) -> None:
        meanings = self._evaluate(fresh)
        self._places |= {word: place for place, word in enumerate(fresh, len(self._places))}
        self._results = {
            name: pa.concat_arrays([self._results[name], array]) if self._results else array
            for name, array in meanings.items()
        }

    def _evaluate(self, words: list[str | None]) -> dict[str, pa.Array]:
        table = pa.table(
            {
                "row_number": pa.array(range(len(words)), pa.int64()),
                self.source: pa.array(words, pa.string()),
            }
        )
        self.con.register("words", table)
        results = self.con.sql(self.select).to_arrow_table()
        self.con.unregister("words")
        return {name: results.column(name).combine_chunks() for name in results.column_names}


class Normal:
    """Decodes, trims and Thai-normalises texts, each different one once.

    Undecodable bytes become U+FFFD.
    """

    def __init__(self, encoding: str) -> None:
        self.codec = CODECS[encoding]
        self._known: dict[bytes | None, str | None] = {None: None}

    def of(self, words: pa.Array) -> pa.Array:
        """Return the texts in the order given."""
        raw = words.cast(pa.binary()).to_pylist()
        if len(self._known) > _WORDS_KEPT:
            self._known = {None: None}
        for word in raw:
            if word not in self._known:
                self._known[word] = normalise_thai(word.decode(self.codec, "replace"))
        return pa.array([self._known[word] for word in raw], pa.string())
