"""Single values that may not enter the warehouse, of records that may: the file beside the
conformed one that names them."""

import os
from collections.abc import Iterable
from pathlib import Path

import duckdb

from federation.common.paths import Home
from federation.common.sql import Sql, compose, identifier, listed, literal, parquet
from federation.common.vocabulary import Consequence, Outcome
from federation.contracts.model import Feed
from federation.datasets.suites import Expectation
from federation.gate.conformed_file import province_columns
from federation.gate.exemptions import Exemptions, breaks_the_fact
from federation.gate.judge import Judgement


def blanking(judged: Iterable[Judgement]) -> list[Expectation]:
    """Return the expectations by which values of this extract are left out."""
    return [
        entry.expectation
        for entry in judged
        if entry.outcome == Outcome.FAILED and entry.expectation.consequence == Consequence.BLANK
    ]


def write_blanks(
    feed: Feed,
    conformed: Path,
    judged: Iterable[Judgement],
    exemptions: Exemptions,
    con: duckdb.DuckDBPyConnection,
) -> None:
    """Write the values that are left out of records that enter.

    The file has one row per value and expectation: extract_id, row_number, column_name, value (as
    text) and reason. Without such values there is none.
    """
    target = Home.blanks(conformed)
    target.unlink(missing_ok=True)
    failed = blanking(judged)
    if not failed:
        return
    breaks = breaks_the_fact(feed.dataset)
    temporary = target.with_suffix(f".{os.getpid()}.tmp")
    values = [
        _values(feed, entry, column, conformed, exemptions.keeps_out(entry, breaks))
        for entry in failed
        for column in entry.blanks
    ]
    copy = "COPY ({values}) TO {temporary} (FORMAT parquet, COMPRESSION zstd)"
    con.execute(
        compose(copy, values=listed(values, " UNION ALL "), temporary=literal(temporary))
    ).fetchall()
    os.replace(temporary, target)


def _values(feed: Feed, expectation: Expectation, column: str, conformed: Path, fails: str) -> Sql:
    """Return the SELECT of the values of one column that one expectation leaves out."""
    return compose(
        """
        SELECT extract_id, row_number, {column_name} AS column_name,
               CAST({column} AS VARCHAR) AS value, {reason} AS reason
        FROM (SELECT *, {beside} FROM {conformed}) AS r
        {kept_out}
        WHERE NOT is_duplicate AND len(reasons) = 0 AND {column} IS NOT NULL AND ({fails})
        """,
        column_name=literal(column),
        column=identifier(column),
        reason=literal(expectation.id),
        beside=listed(
            Sql(f"{value} AS {name}") for name, value in province_columns(feed.city.code).items()
        ),
        conformed=parquet(conformed),
        kept_out=_without_quarantined(Home.quarantine(conformed)),
        fails=Sql(fails),
    )


def _without_quarantined(quarantine: Path) -> Sql:
    if not quarantine.exists():
        return Sql("")
    return compose(
        "ANTI JOIN {quarantine} AS q USING (extract_id, row_number)",
        quarantine=parquet(quarantine),
    )
