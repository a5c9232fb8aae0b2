"""Which cells of marts.city_indicator moved, from what to what, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from federation.common.periods import days, period_end
from federation.common.sql import Sql, compose, identifier, identifiers, listed, literal
from federation.datasets.tables import Table, datasets_of, tables
from federation.releases.diff.causes import Cause, MovedRows, Pair, add_up
from federation.releases.diff.differing_rows import Con, any_of, differing, value_differs
from federation.releases.diff.rows import TableDifference

Manifest = Mapping[str, Any]
INDICATORS, NATION = "marts.city_indicator", "TH"
_SOURCES = ("numerator_source", "denominator_source")
_VALUES = ("value", "numerator", "denominator")
_CELL = ("indicator_code", "city_code", "period_kind", "period_start")
Cell = tuple[str, ...]


@dataclass(frozen=True)
class Move:
    """One cell that was added, removed or changed."""

    indicator_code: str
    city_code: str
    period_kind: str
    period_start: str
    # added, removed, changed
    change: str
    # value, numerator, denominator -> from, to
    values: dict[str, dict[str, float | None]]
    # of a cell of the nation: the cities whose cells moved
    cities: list[str]
    causes: list[Cause]

    @property
    def by(self) -> float | None:
        """How far the value moved; None when there is none before or after."""
        value = self.values["value"]
        old, new = value["from"], value["to"]
        return None if old is None or new is None else round(new - old, 6)

    def to_json(self) -> dict[str, Any]:
        """Return this move as `hub diff --json` prints it."""
        cell = {name: getattr(self, name) for name in (*_CELL, "change")}
        values = self.values | {"value": self.values["value"] | {"by": self.by}}
        cities = {"cities": self.cities} if self.city_code == NATION else {}
        causes = [cause.to_json() for cause in self.causes]
        return cell | values | cities | {"causes": causes}


def moves(
    con: Con, before: Manifest, after: Manifest, differences: Sequence[TableDifference]
) -> list[Move]:
    """Return every cell that moved, by indicator, period and city.

    The temporary tables with the differing rows must exist.
    """
    by_table = {difference.table: difference for difference in differences}
    if not by_table[INDICATORS].differs or not by_table[INDICATORS].key:
        return []
    _lay_out_cells(con)
    _lay_out_sources(con)
    _lay_out_moved_rows(con, by_table)
    behind = Behind(
        _rows_behind(con, overlapping=True),
        _rows_behind(con, overlapping=False),
        _rows_behind_weights(con),
    )
    return _explained(_cells(con), Pair(before, after), behind)


@dataclass(frozen=True)
class Behind:
    """The differing rows that may have moved a cell."""

    near: Mapping[Cell, list[MovedRows]]  # of the cell's own period
    far: Mapping[Cell, list[MovedRows]]  # of any period
    weights: Mapping[str, list[MovedRows]]  # by indicator: what weights its cities in `TH`


def _explained(cells: Sequence[tuple[Any, ...]], pair: Pair, behind: Behind) -> list[Move]:
    """Return the cells with their causes.

    A cell's causes are differing rows of its own period; without any, and when the models are the
    same, rows of any period.
    """
    of_cities = [cell for cell in cells if cell[1] != NATION]
    unmoved = {cell[0] for cell in of_cities if cell[:4] not in behind.near}
    elsewhere = {} if pair.other_models else behind.far
    causes: dict[Cell, list[Cause]] = {}
    cities: dict[Cell, list[str]] = {}
    for code, city, kind, start, *_ in of_cities:
        cell = (code, city, kind, start)
        rows = behind.near.get(cell) or elsewhere.get(cell, [])
        causes[cell] = pair.causes(rows, by_models=code in unmoved)
        cities.setdefault((code, kind, start), []).append(city)
    moves = []
    for cell in cells:
        code, city, kind, start = cell[:4]
        moved_cities = cities.get((code, kind, start), [])
        if city == NATION:
            of_all = [causes[(code, each, kind, start)] for each in moved_cities]
            causes[cell[:4]] = add_up(cause for found in of_all for cause in found) or pair.causes(
                behind.weights.get(code, []), by_models=True
            )
        moves.append(_move(cell, moved_cities, causes[cell[:4]]))
    return moves


def _move(cell: tuple[Any, ...], cities: list[str], causes: list[Cause]) -> Move:
    """Return one cell's move.

    `cities` are those whose cells of the same indicator and period moved.
    """
    code, city, kind, start, change, *numbers = cell
    values = {
        name: {"from": old, "to": new}
        for name, old, new in zip(_VALUES, numbers[::2], numbers[1::2], strict=True)
    }
    of_nation = cities if city == NATION else []
    return Move(code, city, kind, start, change, values, of_nation, causes)


def _lay_out_cells(con: Con) -> None:
    """Create `cells`: the cells whose value, numerator or denominator differs."""
    template = """
        CREATE TEMP TABLE cells AS
        SELECT *, {end} AS period_end
        FROM {rows}
        WHERE _change <> 'changed' OR {differs}
    """
    end = period_end(identifier("period_kind"), identifier("period_start"))
    differs = any_of(map(value_differs, _VALUES))
    con.execute(compose(template, end=end, rows=differing(INDICATORS), differs=differs))


def _cells(con: Con) -> list[tuple[Any, ...]]:
    """Return the cells: indicator, city, kind, start, change, each value before and after."""
    names = [name for value in _VALUES for name in (f"from {value}", f"to {value}")]
    template = """
        SELECT
            indicator_code, city_code, period_kind, CAST(period_start AS VARCHAR),
            _change, {values}
        FROM cells
        ORDER BY indicator_code, period_kind, period_start, city_code
    """
    return con.execute(compose(template, values=identifiers(names))).fetchall()


def _lay_out_sources(con: Con) -> None:
    """Create `computed_from(indicator_code, dataset)`; a cause names one of these datasets."""
    con.execute("CREATE TEMP TABLE computed_from (indicator_code VARCHAR, dataset VARCHAR)")
    pairs: set[tuple[str, str]] = set()
    for database in ("before", "after"):
        if _names_sources(con, database):
            pairs |= _datasets_of_indicators(con, database)
    if pairs:
        con.executemany("INSERT INTO computed_from VALUES (?, ?)", sorted(pairs))


def _names_sources(con: Con, database: str) -> bool:
    """Whether the indicators of a release say which tables they are computed from."""
    rows = con.execute(
        """
        SELECT count(*)
        FROM duckdb_columns()
        WHERE database_name = ? AND table_name = 'dim_indicator' AND column_name IN (?, ?)
        """,
        [database, *_SOURCES],
    ).fetchall()
    return bool(rows[0][0] == len(_SOURCES))


def _datasets_of_indicators(con: Con, database: str) -> set[tuple[str, str]]:
    query = compose(
        "SELECT indicator_code, unnest([{sources}]) FROM {indicators}",
        sources=identifiers(_SOURCES),
        indicators=identifier(database, "core", "dim_indicator"),
    )
    rows = con.execute(query).fetchall()
    return {(code, dataset) for code, source in rows if source for dataset in datasets_of(source)}


def _lay_out_moved_rows(con: Con, differences: Mapping[str, TableDifference]) -> None:
    """Create `moved_rows`: how many rows of a dataset differ.

    They are counted by city, days before and after, extract before and after.
    """
    con.execute(
        """
        CREATE TEMP TABLE moved_rows (
            dataset VARCHAR, city_code VARCHAR,
            from_first DATE, from_last DATE, to_first DATE, to_last DATE,
            extract_from VARCHAR, extract_to VARCHAR, n BIGINT
        )
        """
    )
    for name, table in tables().items():
        difference = differences.get(name)
        if table.dataset and difference and difference.differs and difference.key:
            rows = _moved_rows(con, table, difference.key)
            con.execute(compose("INSERT INTO moved_rows {rows}", rows=rows))


def _moved_rows(con: Con, table: Table, key: Sequence[str]) -> Sql:
    template = """
        SELECT {dataset}, {city}, {days}, "from extract_id", "to extract_id", count(*)
        FROM {rows}
        GROUP BY ALL
    """
    city = identifier("city_code")
    if "city_code" not in key:
        city = Sql('coalesce("from city_code", "to city_code")')
    return compose(
        template,
        dataset=literal(table.dataset),
        city=city,
        days=listed(_days_before_and_after(con, table, key)),
        rows=differing(str(table)),
    )


def _days_before_and_after(con: Con, table: Table, key: Sequence[str]) -> Iterator[Sql]:
    """Yield SQL for a row's first and last day before, then after; NULL where it has no row."""
    column_type = _period_type(con, table)
    for side, missing in (("from", "added"), ("to", "removed")):
        name = table.period if table.period in key else f"{side} {table.period}"
        for day in days(identifier(name), table.period, column_type):
            template = "CASE WHEN _change <> {missing} THEN {day} END"
            yield compose(template, missing=literal(missing), day=day)


def _period_type(con: Con, table: Table) -> str:
    query = """
        SELECT data_type
        FROM duckdb_columns()
        WHERE table_name = ? AND column_name = ?
        LIMIT 1
    """
    return str(con.execute(query, [table.name, table.period]).fetchall()[0][0])


def _rows_behind_weights(con: Con) -> dict[str, list[MovedRows]]:
    """Return indicator -> the differing rows of the inhabitants by which it weights cities."""
    rows = con.execute(
        "SELECT count(*) FROM duckdb_columns() WHERE database_name = 'after' "
        "AND table_name = 'dim_indicator' AND column_name = 'weight_source'"
    ).fetchall()
    if not rows[0][0]:  # a release of earlier models
        return {}
    weighted = con.execute(
        "SELECT indicator_code, weight_source FROM after.core.dim_indicator "
        "WHERE weight_source IS NOT NULL"
    ).fetchall()
    moved = con.execute(
        "SELECT city_code, dataset, extract_from, extract_to, CAST(sum(n) AS BIGINT) "
        "FROM moved_rows GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return {
        code: [MovedRows(*row) for row in moved if row[1] in datasets_of(source)]
        for code, source in weighted
    }


_OVERLAPS = Sql("""
    (m.from_first < c.period_end AND m.from_last >= c.period_start)
    OR (m.to_first < c.period_end AND m.to_last >= c.period_start)
""")


def _rows_behind(con: Con, *, overlapping: bool) -> dict[Cell, list[MovedRows]]:
    """Return cell -> the differing rows of its city and of the datasets it is computed from.

    The rows are those of the cell's own period, or of any period.
    """
    template = """
        SELECT
            c.indicator_code, c.city_code, c.period_kind, CAST(c.period_start AS VARCHAR),
            m.city_code, m.dataset, m.extract_from, m.extract_to, CAST(sum(m.n) AS BIGINT)
        FROM cells AS c
        JOIN computed_from AS d USING (indicator_code)
        JOIN moved_rows AS m
            ON m.dataset = d.dataset AND m.city_code = c.city_code AND ({within})
        GROUP BY ALL
        ORDER BY ALL
    """
    rows = con.execute(compose(template, within=_OVERLAPS if overlapping else Sql("true")))
    behind: dict[Cell, list[MovedRows]] = {}
    for row in rows.fetchall():
        behind.setdefault(row[:4], []).append(MovedRows(*row[4:]))
    return behind
