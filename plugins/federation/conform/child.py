"""Inside the fence: one extract's bytes become one conformed Parquet file. Runs only in a forked child."""

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from federation.areas import all_areas, district_lookup, normalise_thai, subdistrict_lookup
from federation.engine import connect
from federation.conform.job import Answer, Job
from federation.conform.schema_check import Finding, compare, compare_measures
from federation.hashing import sha256_of_file

MAGIC = b"PAR1"
ROW_GROUP_ROWS = 122_880


class Refused(Exception):
    """The extract cannot be conformed; carries the reason's code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def conform(job: Job) -> Answer:
    """Return what conforming came to; the output file exists exactly when nothing rejects the extract."""
    try:
        return _conform(job)
    except Refused as refusal:
        return Answer.refusal(refusal.code, str(refusal))
    except (pa.ArrowException, OSError) as error:
        return Answer.refusal("unreadable_file", f"the Parquet file cannot be decoded: {_first_line(error)}")
    except duckdb.OutOfMemoryException as error:
        return Answer.refusal("over_memory_limit", _first_line(error))
    except duckdb.Error as error:
        return Answer.refusal("conform_failed", _first_line(error))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]


def _conform(job: Job) -> Answer:
    check_bytes(job)
    extract = Extract(job)
    findings = compare(extract.schema(), job.columns)
    if any(finding.consequence == "reject" for finding in findings):
        return Answer(findings, source_rows=extract.rows)
    with _engine(job) as con:
        try:
            received = _write_records(con, job, extract)
        except duckdb.Error:
            if extract.failure:  # raised by the Arrow stream, reported through the engine
                raise extract.failure from None
            raise
        findings += extract.measure_findings()
        if any(finding.consequence == "reject" for finding in findings):
            os.unlink(job.output)
            return Answer(findings, source_rows=extract.rows)
        duplicates = _mark_repeated_keys(con, job)
    return Answer(findings, extract.rows, extract.rows_out_of_scope, received, duplicates, sha256_of_file(Path(job.output)))


def check_bytes(job: Job) -> None:
    """Refuse a file that is no Parquet file or whose footer is over the limits, before any decoder sees it."""
    size = os.path.getsize(job.source)
    if size > job.limits.file_bytes:
        raise Refused("over_size_limit", f"{size} bytes, the limit is {job.limits.file_bytes}")
    with open(job.source, "rb") as file:
        head = file.read(4)
        file.seek(max(0, size - 8))
        tail = file.read(8)
    if size < 12 or head != MAGIC or tail[4:] != MAGIC:
        raise Refused("not_parquet", "the file does not begin and end with PAR1")
    footer = int.from_bytes(tail[:4], "little")
    if footer > min(job.limits.footer_bytes, size):
        raise Refused("footer_over_limit", f"the footer claims {footer} bytes")


class Extract:
    """The delivered file as a stream of batches of its promised columns, texts normalised."""

    def __init__(self, job: Job) -> None:
        self.job = job
        texts = [name for name, kind in job.columns.items() if kind in ("string", "binary")]
        self.file = pq.ParquetFile(
            job.source, read_dictionary=texts, coerce_int96_timestamp_unit="us", page_checksum_verification=True,
            thrift_string_size_limit=job.limits.footer_bytes, thrift_container_size_limit=1_000_000,
            memory_map=False, pre_buffer=False)
        self._check_footer()
        self.rows = 0
        self.rows_out_of_scope = 0
        self.decoded_bytes = 0
        self.measures_seen: set[str | None] = set()
        self.failure: Exception | None = None

    def _check_footer(self) -> None:
        limits, footer = self.job.limits, self.file.metadata
        for what, number, limit in (("columns", footer.num_columns, limits.columns),
                                    ("row groups", footer.num_row_groups, limits.row_groups),
                                    ("rows", footer.num_rows, limits.source_rows)):
            if number > limit:
                raise Refused("footer_over_limit", f"{number} {what}, the limit is {limit}")

    def schema(self) -> dict[str, str]:
        """Return column name -> Arrow type as delivered; raises Refused when a name stands twice."""
        schema = self.file.schema_arrow
        if len(set(schema.names)) < len(schema.names):
            raise Refused("repeated_column", "two columns have the same name")
        return {name: str(schema.field(name).type) for name in schema.names}

    def reader(self) -> pa.RecordBatchReader:
        """Return the stream that DuckDB reads; counts rows and bytes as it goes."""
        batches = self._batches()
        return pa.RecordBatchReader.from_batches(self._stream_schema(), batches)

    def _stream_schema(self) -> pa.Schema:
        fields = [pa.field("row_number", pa.int64())]
        for name, kind in self.job.columns.items():
            text = kind in ("string", "binary")
            fields.append(pa.field(name, _TEXT if text else self.file.schema_arrow.field(name).type))
        return pa.schema(fields)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._decoded()
        except Exception as error:
            self.failure = error
            raise

    def _decoded(self) -> Iterator[pa.RecordBatch]:
        schema = self._stream_schema()
        for batch in self.file.iter_batches(ROW_GROUP_ROWS, columns=list(self.job.columns), use_threads=False):
            self._count(batch)
            numbers = pa.array(range(self.rows - batch.num_rows + 1, self.rows + 1), pa.int64())
            arrays = [numbers] + [self._column(batch, name, kind) for name, kind in self.job.columns.items()]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def _count(self, batch: pa.RecordBatch) -> None:
        self.rows += batch.num_rows
        self.decoded_bytes += batch.nbytes
        limits = self.job.limits
        if self.rows > limits.source_rows or self.decoded_bytes > limits.decoded_bytes:
            raise Refused("over_size_limit", f"{self.rows} rows and {self.decoded_bytes} decoded bytes so far")
        self._note_measures(batch)

    def _note_measures(self, batch: pa.RecordBatch) -> None:
        where = self.job.measures
        if not where or not batch.num_rows:
            return
        names = batch.column(where["column"])
        if where["field"]:
            names = pc.struct_field(pc.list_flatten(names), where["field"])
        self.measures_seen |= set(pc.unique(names).to_pylist())

    def measure_findings(self) -> list[Finding]:
        where = self.job.measures
        if not where:
            return []
        return compare_measures(self.measures_seen, set(where["promised"]), set(where["ignored"]), self.rows)

    def _column(self, batch: pa.RecordBatch, name: str, kind: str) -> pa.Array:
        array = batch.column(name)
        if kind not in ("string", "binary"):
            return array
        encoded = array if isinstance(array, pa.DictionaryArray) else array.dictionary_encode()
        words = normalised(encoded.dictionary, self.job.encoding if kind == "binary" else "utf-8")
        return pa.DictionaryArray.from_arrays(encoded.indices.cast(pa.int32()), words)


_TEXT = pa.dictionary(pa.int32(), pa.string())


def normalised(words: pa.Array, encoding: str) -> pa.Array:
    """Return the distinct texts decoded, trimmed and Thai-normalised; undecodable bytes become U+FFFD."""
    raw = words.cast(pa.binary()).to_pylist()
    return pa.array([None if word is None else normalise_thai(word.decode(encoding, "replace")) for word in raw], pa.string())


def _engine(job: Job) -> duckdb.DuckDBPyConnection:
    """Return a private DuckDB with the job's limits and the area lookups."""
    con = connect(memory_mb=job.limits.engine_memory_mb, threads=job.limits.threads, spill=Path(job.scratch))
    districts = district_lookup(job.province_code, job.area_spellings)
    subdistricts = subdistrict_lookup(job.province_code, job.area_spellings)
    tables = {
        "area_codes": {"area_code": [area.area_code for area in all_areas()], "level": [area.level for area in all_areas()]},
        "district_names": {"district": list(districts), "area_code": list(districts.values())},
        "subdistrict_names": {"district": [pair[0] for pair in subdistricts], "subdistrict": [pair[1] for pair in subdistricts],
                              "area_code": list(subdistricts.values())},
    }
    for name, columns in tables.items():
        con.register(name, pa.table({column: pa.array(values, pa.string()) for column, values in columns.items()}))
    return con


def _write_records(con: duckdb.DuckDBPyConnection, job: Job, extract: Extract) -> int:
    con.register("extract", extract.reader())
    received = _write(con, f"SELECT * EXCLUDE (reasons), false AS is_duplicate, reasons FROM ({job.select})", job.output)
    con.unregister("extract")
    if job.out_of_scope:
        con.register("extract", Extract(job).reader())
        query = f"SELECT count(*) FROM extract WHERE coalesce(({job.out_of_scope}), false)"
        extract.rows_out_of_scope = con.execute(query).fetchall()[0][0]
        con.unregister("extract")
    return received


def _write(con: duckdb.DuckDBPyConnection, query: str, path: str) -> int:
    """Write the query's rows as Parquet with page checksums; return how many."""
    reader = con.sql(query).to_arrow_reader(ROW_GROUP_ROWS)
    rows = 0
    with pq.ParquetWriter(path, reader.schema, compression="zstd", compression_level=1, write_page_checksum=True,
                          store_schema=False) as writer:
        for batch in reader:
            rows += batch.num_rows
            writer.write_batch(batch, row_group_size=ROW_GROUP_ROWS)
    return rows


def _mark_repeated_keys(con: duckdb.DuckDBPyConnection, job: Job) -> int:
    """Mark further copies of a record, and records whose key is shared by another with other values.

    Returns the number of further copies. The file is written a second time only where a key repeats.
    """
    file = f"read_parquet('{job.output}')"
    key = ", ".join(f'"{name}"' for name in job.key)
    complete = " AND ".join(f'"{name}" IS NOT NULL' for name in job.key)
    repeated = f"SELECT {key} FROM {file} WHERE {complete} GROUP BY {key} HAVING count(*) > 1"
    if not con.execute(f"SELECT count(*) FROM ({repeated})").fetchall()[0][0]:
        return 0
    values = ", ".join(f'"{name}"' for name in job.national)
    con.execute(f"""
        CREATE TEMP TABLE judged AS
        WITH suspects AS (SELECT * FROM {file} SEMI JOIN ({repeated}) USING ({key})),
        copies AS (SELECT row_number, {key},
                          row_number() OVER (PARTITION BY {values} ORDER BY row_number) > 1 AS is_duplicate FROM suspects)
        SELECT row_number, is_duplicate,
               count(*) FILTER (NOT is_duplicate) OVER (PARTITION BY {key}) > 1 AS is_conflicting FROM copies""")
    second = job.output + ".marked"
    _write(con, f"""
        SELECT f.* REPLACE (coalesce(j.is_duplicate, false) AS is_duplicate,
            CASE WHEN j.is_conflicting THEN list_append(f.reasons, 'conflicting_values') ELSE f.reasons END AS reasons)
        FROM {file} f LEFT JOIN judged j USING (row_number)""", second)
    os.replace(second, job.output)
    return int(con.execute("SELECT count(*) FROM judged WHERE is_duplicate").fetchall()[0][0])
