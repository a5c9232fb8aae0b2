"""Inside the sandbox: one extract's bytes become one conformed Parquet file. Runs only in a forked
worker."""

import errno
import os
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from federation.common.engine import connect, restrict_engine
from federation.common.errors import is_of_the_machine
from federation.common.hashing import sha256_of_file
from federation.common.reason import Reason, rejecting
from federation.common.sql import identifier, identifiers, literal, parquet
from federation.common.vocabulary import ReasonCode
from federation.conform.arrow_types import as_promised, plain_type, written
from federation.conform.byte_ranges import Unreadable, foreign_bytes
from federation.conform.profile import FileProfile
from federation.conform.profile.profile import profile_sample
from federation.conform.profile.sample import Sample
from federation.conform.sandbox.job import Answer, Job, Look
from federation.conform.schema_check import compare
from federation.conform.stream import (
    BATCH_ROWS,
    Extract,
    Refused,
    batches_of,
    check_footer,
    decoded_bytes,
    known_names,
    open_parquet,
)
from federation.conform.value_checks import hold_against, hours_to_24, repeated_delivery
from federation.reference.areas import (
    all_areas,
    district_lookup,
    normalise_thai,
    subdistrict_lookup,
)

MAGIC = b"PAR1"


def conform(job: Job) -> Answer:
    """Return the result of conforming, or what the machine lacked for it.

    The output file exists exactly when nothing rejects.
    """
    answer = _answer(job)
    return replace(answer, findings=[finding.shown for finding in answer.findings])


def _answer(job: Job) -> Answer:
    try:
        return _judged(job)
    except Exception as error:
        if _is_of_the_machine(error):
            return Answer.refusal(ReasonCode.CONFORM_FAILED, _first_line(error), trouble=True)
        raise


def _judged(job: Job) -> Answer:
    try:
        return _conform(job)
    except Refused as refusal:
        return Answer.refusal(refusal.code, str(refusal))
    except (pa.ArrowException, OSError) as error:
        if _is_of_the_machine(error):
            raise
        if getattr(error, "errno", None) == errno.EFBIG or os.strerror(errno.EFBIG) in str(error):
            return Answer.refusal(
                ReasonCode.OVER_SIZE_LIMIT,
                f"more than {job.limits.output_bytes} bytes of conformed records",
            )
        return Answer.refusal(
            ReasonCode.UNREADABLE_FILE, f"the Parquet file cannot be decoded: {_first_line(error)}"
        )
    except duckdb.Error as error:
        if _is_of_the_machine(error):
            raise
        if isinstance(error, duckdb.OutOfMemoryException):
            return Answer.refusal(ReasonCode.OVER_MEMORY_LIMIT, _first_line(error))
        return Answer.refusal(ReasonCode.CONFORM_FAILED, _first_line(error))


def _is_of_the_machine(error: Exception) -> bool:
    """Whether the machine, not the file, is at fault; texts of other errors may quote the file."""
    kinds = (OSError, duckdb.IOException, duckdb.OutOfMemoryException)
    return isinstance(error, kinds) and is_of_the_machine(error)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]


def _conform(job: Job) -> Answer:
    check_bytes(job)
    delivered = Extract(job)
    check_ranges(job.source)
    findings = compare(delivered.schema(), job.columns, job.optional) + delivered.type_findings()
    if rejecting(findings):
        return Answer(findings)
    with _engine(job) as con, con.cursor() as words:
        _lay_out(_lookups(job), con, words)
        restrict_engine(con, [Path(job.scratch)])
        extract = Extract(job, words)
        received = _write_records(con, job, extract)
        findings += extract.measure_findings()
        findings += hold_against(
            extract.sample, job.expected_columns, range(job.years[0] - 1, job.years[1] + 2)
        )
        if rejecting(findings):
            os.unlink(job.output)
            return Answer(findings, source_rows=extract.rows)
        findings += _take_hour_24(con, job)
        duplicates = _mark_repeated_keys(con, job)
    measures = (
        len(job.measures["promised"] + job.measures["ignored"])
        if job.measures and not job.measures["field"]
        else 0
    )
    findings += repeated_delivery(received, duplicates, extract.rows, measures)
    return Answer(
        findings,
        extract.rows,
        extract.rows_out_of_scope,
        received,
        duplicates,
        sha256_of_file(Path(job.output)),
    )


def look(task: Look) -> FileProfile:
    """Return the profile of a file, or why it cannot be looked at."""
    try:
        check_bytes(task)
        file = open_parquet(task.source, task.limits, [])
        check_footer(file, task.limits)
        check_ranges(task.source)
        given = file.schema_arrow.names
        names = known_names(given, [normalise_thai(name) or name for name in given])
        samples, decoded = (
            [Sample(file.metadata.num_rows) for _ in range(max(1, len(task.splits)))],
            0,
        )
        for batch in batches_of(file):
            decoded += sum(map(decoded_bytes, batch.columns))
            if decoded > task.limits.decoded_bytes:
                raise Refused(ReasonCode.OVER_SIZE_LIMIT, f"{decoded} decoded bytes so far")
            plain = _plain(batch, names)
            for sample, split in zip(samples, task.splits or (None,), strict=True):
                sample.look(plain, split)
        schema = {name: written(file.schema_arrow.field(raw).type) for name, raw in names.items()}
        return profile_sample(samples[0], file.metadata.num_rows, task.words, schema, samples[1:])
    except Refused as refusal:
        return FileProfile(0, 0, refusal=f"{refusal.code}: {refusal}")
    except (pa.ArrowException, OSError) as error:
        return FileProfile(0, 0, refusal=f"{ReasonCode.UNREADABLE_FILE}: {_first_line(error)}")


def _plain(batch: pa.RecordBatch, names: Mapping[str, str]) -> pa.RecordBatch:
    """Return the batch in names and types that do not depend on its writer."""
    columns = [batch.column(raw) for raw in names.values()]
    plain = [as_promised(column, plain_type(column.type)) for column in columns]
    return pa.RecordBatch.from_arrays(plain, names=list(names))


def check_bytes(job: Job | Look) -> None:
    """Refuse a file that is no Parquet file or whose footer is over the limits, before any
    decoder sees it."""
    size = os.path.getsize(job.source)
    if size > job.limits.file_bytes:
        raise Refused(
            ReasonCode.OVER_SIZE_LIMIT, f"{size} bytes, the limit is {job.limits.file_bytes}"
        )
    with open(job.source, "rb") as file:
        head = file.read(4)
        file.seek(max(0, size - 8))
        tail = file.read(8)
    if size < 12 or head != MAGIC or tail[4:] != MAGIC:
        raise Refused(ReasonCode.NOT_PARQUET, "the file does not begin and end with PAR1")
    footer = int.from_bytes(tail[:4], "little")
    if footer > min(job.limits.footer_bytes, size):
        raise Refused(ReasonCode.FOOTER_OVER_LIMIT, f"the footer claims {footer} bytes")


def check_ranges(source: str) -> None:
    """Refuse a file with bytes that belong to nothing that its footer names."""
    with open(source, "rb") as file:
        try:
            foreign = foreign_bytes(file, os.path.getsize(source))
        except Unreadable as error:
            raise Refused(ReasonCode.UNREADABLE_FILE, f"the footer is damaged: {error}") from None
    if foreign:
        raise Refused(ReasonCode.FOREIGN_BYTES, foreign.message)


_engines: list[duckdb.DuckDBPyConnection] = []


def make_engine() -> None:
    """Make the engine of the next conforming.

    The supervisor does so before it forks, so that each worker has its own copy: to make one takes
    a third of the time of a small extract.
    """
    _engines.append(connect(threads=1))


def _engine(job: Job) -> duckdb.DuckDBPyConnection:
    """Return a private DuckDB with the job's limits."""
    if not _engines:
        make_engine()
    con, limits = _engines.pop(), job.limits
    con.execute(f"SET memory_limit = {literal(f'{limits.engine_memory_mb}MB')}")
    con.execute(f"SET temp_directory = {literal(job.scratch)}")
    con.execute(f"SET threads = {limits.threads}")
    return con


def _lay_out(lookups: Mapping[str, pa.Table], *connections: duckdb.DuckDBPyConnection) -> None:
    """Give each connection what the job's SELECTs read beside the extract.

    Relations are a connection's own.
    """
    for con in connections:
        for name, table in lookups.items():
            con.register(name, table)


def _lookups(job: Job) -> dict[str, pa.Table]:
    spoken = job.select + "".join(select for _, select in job.words.values())
    tables: dict[str, pa.Table] = {}
    if "area_codes" in spoken:
        tables["area_codes"] = area_codes()
    if "district_names" in spoken:
        districts = district_lookup(job.province_code, job.area_spellings)
        tables["district_names"] = _texts(
            district=list(districts), area_code=list(districts.values())
        )
    if "subdistrict_names" in spoken:
        pairs = subdistrict_lookup(job.province_code, job.area_spellings)
        tables["subdistrict_names"] = _texts(
            district=[pair[0] for pair in pairs],
            subdistrict=[pair[1] for pair in pairs],
            area_code=list(pairs.values()),
        )
    return tables


@cache
def area_codes() -> pa.Table:
    """Return every area of the country with its level; the supervisor makes it before it forks."""
    areas = all_areas()
    return _texts(
        area_code=[area.area_code for area in areas], level=[area.level for area in areas]
    )


def _texts(**columns: list[str]) -> pa.Table:
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _write_records(con: duckdb.DuckDBPyConnection, job: Job, extract: Extract) -> int:
    con.register("extract", extract.reader())
    try:
        marked = (
            "SELECT * EXCLUDE (unplaced, unread, reasons), false AS is_duplicate, unplaced, "
            "unread, reasons "
            f"FROM ({job.select})"
        )
        received = _write(con, marked, job.output)
    except (duckdb.Error, pa.ArrowException, OSError):
        if extract.failure:  # raised by the Arrow stream, reported through the engine or by Arrow
            raise extract.failure from None
        raise
    con.unregister("extract")
    if job.out_of_scope:
        con.register("extract", Extract(job).reader())
        query = f"SELECT count(*) FROM extract WHERE coalesce(({job.out_of_scope}), false)"
        extract.rows_out_of_scope = con.execute(query).fetchall()[0][0]
        con.unregister("extract")
    return received


def _write(con: duckdb.DuckDBPyConnection, query: str, path: str) -> int:
    """Write the query's rows as Parquet with page checksums; return how many."""
    reader = con.sql(query).to_arrow_reader(BATCH_ROWS)
    rows = 0
    texts = [
        field.name for field in reader.schema if pa.types.is_string(field.type)
    ]  # few different ones
    with pq.ParquetWriter(
        path,
        reader.schema,
        compression="zstd",
        compression_level=1,
        write_page_checksum=True,
        use_dictionary=texts,
        store_schema=False,
    ) as writer:
        for batch in reader:
            rows += batch.num_rows
            writer.write_batch(batch, row_group_size=BATCH_ROWS)
    return rows


def _take_hour_24(con: duckdb.DuckDBPyConnection, job: Job) -> list[Reason]:
    """Let in the last hour of a file that counts hours from 1 to 24, and say so.

    Such a file has no record at its first instant, and records at the first one after its end but
    none in the hours behind it: no other file will have these. Times of another zone go on.
    """
    if not job.hours:
        return []
    column, first, after = identifier(job.hours[0]), *map(literal, job.hours[1:])
    outside, file = literal(ReasonCode.OUTSIDE_PARTITION), parquet(Path(job.output))
    is_last = f"{column} = TIMESTAMPTZ {after} AND list_contains(reasons, {outside})"
    counted = [
        f"{column} = TIMESTAMPTZ {first}",
        f"{column} > TIMESTAMPTZ {first} AND {column} < TIMESTAMPTZ {after}",
        is_last,
        f"{column} > TIMESTAMPTZ {after} AND {column} < TIMESTAMPTZ {after} + INTERVAL 1 DAY",
    ]
    counts = ", ".join(f"count(*) FILTER ({test})" for test in counted)
    begun, within, last, beyond = con.execute(f"SELECT {counts} FROM {file}").fetchall()[0]
    if begun or beyond or not (within and last):
        return []
    rest = f"list_filter(reasons, lambda r: r <> {outside})"
    kept = f"CASE WHEN {is_last} THEN {rest} ELSE reasons END AS reasons"
    _write_again(con, job, f"SELECT * REPLACE ({kept}) FROM {file}")
    return [hours_to_24(job.hours[0], int(last))]


def _write_again(con: duckdb.DuckDBPyConnection, job: Job, query: str) -> None:
    """Write the output anew as what a query makes of it."""
    second = job.output + ".marked"
    _write(con, query, second)
    os.replace(second, job.output)


def _mark_repeated_keys(con: duckdb.DuckDBPyConnection, job: Job) -> int:
    """Mark further copies of a record, and records whose key is shared by another with other
    values.

    Returns the number of further copies. The file is written a second time only where a key
    repeats.
    """
    file = parquet(Path(job.output))
    key = identifiers(job.key)
    complete = " AND ".join(f"{identifier(name)} IS NOT NULL" for name in job.key)
    repeated = f"SELECT {key} FROM {file} WHERE {complete} GROUP BY {key} HAVING count(*) > 1"
    if not con.execute(f"SELECT count(*) FROM ({repeated})").fetchall()[0][0]:
        return 0
    values = identifiers(job.national)
    con.execute(f"""
        CREATE TEMP TABLE judged AS
        WITH suspects AS (SELECT * FROM {file} SEMI JOIN ({repeated}) USING ({key})),
        copies AS (SELECT row_number, {key},
                          len(reasons) = 0 AS is_readable,
                          row_number() OVER (
                              PARTITION BY {values}, reasons ORDER BY row_number
                          ) > 1 AS is_duplicate
                   FROM suspects)
        SELECT row_number, is_duplicate,
               is_readable AND count(*) FILTER (is_readable AND NOT is_duplicate)
                   OVER (PARTITION BY {key}) > 1 AS is_conflicting
        FROM copies""")
    _write_again(
        con,
        job,
        f"""
        SELECT f.* REPLACE (coalesce(j.is_duplicate, false) AS is_duplicate,
            CASE WHEN j.is_conflicting
                THEN list_append(f.reasons, '{ReasonCode.CONFLICTING_VALUES}')
                ELSE f.reasons END AS reasons)
        FROM {file} f LEFT JOIN judged j USING (row_number)""",
    )
    return int(con.execute("SELECT count(*) FROM judged WHERE is_duplicate").fetchall()[0][0])
