"""Which cells of marts.city_indicator moved, from what to what, and because of what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from federation.common.periods import days, period_end
from federation.datasets.tables import Table, datasets_of, tables
from federation.releases.diff.causes import Cause, MovedRows, Pair, run_jobs
from federation.releases.diff.rows import Con, TableDifference, differing, quoted

Manifest = Mapping[str, Any]
INDICATORS, NATION = "marts.city_indicator", "TH"
_SOURCES = ("numerator_source", "denominator_source")
_VALUES = ("value", "numerator", "denominator")
_CELL = ("indicator_code", "city_code", "period_kind", "period_start")


@dataclass(frozen=True)
class Move:
    """One cell that is another, came or went."""

    indicator_code: str
    city_code: str
    period_kind: str
    period_start: str
    change: str  # added, removed, changed
    values: dict[str, dict[str, float | None]]  # value, numerator, denominator -> from, to
    cities: list[str]  # of a cell of the nation: the cities whose cells moved
    causes: list[Cause]

    @property
    def by(self) -> float | None:
        """How far the value moved; None when there is none before or after."""
        old, new = self.values["value"]["from"], self.values["value"]["to"]
        return None if old is None or new is None else round(new - old, 6)

    def to_json(self) -> dict[str, Any]:
        """Return this move as `hub diff --json` prints it."""
        told = {name: getattr(self, name) for name in (*_CELL, "change")}
        values = self.values | {"value": self.values["value"] | {"by": self.by}}
        cities = {"cities": self.cities} if self.city_code == NATION else {}
        return told | values | cities | {"causes": [cause.to_json() for cause in self.causes]}


def moves(
    con: Con, before: Manifest, after: Manifest, found: Sequence[TableDifference]
) -> list[Move]:
    """Return every cell that moved, by indicator, period and city.

    The differing rows must be laid out.
    """
    by_table = {table.table: table for table in found}
    if not by_table[INDICATORS].differs or not by_table[INDICATORS].key:
        return []
    _lay_out_cells(con)
    _lay_out_sources(con)
    _lay_out_moved_rows(con, by_table)
    cells = con.execute(
        f"SELECT {', '.join(_CELL[:3])}, CAST(period_start AS VARCHAR), _change, "
        + ", ".join(f'"from {name}", "to {name}"' for name in _VALUES)
        + " FROM cells ORDER BY indicator_code, period_kind, period_start, city_code"
    ).fetchall()
    return _explained(
        cells,
        Pair(before, after),
        _rows_behind(con, overlapping=True),
        _rows_behind(con, overlapping=False),
    )


Cell = tuple[str, ...]


def _explained(
    cells: Sequence[tuple[Any, ...]],
    pair: Pair,
    near: Mapping[Cell, list[MovedRows]],
    far: Mapping[Cell, list[MovedRows]],
) -> list[Move]:
    """Return the cells with their causes: rows of their own period, else, under the same models,
    of any period."""
    unmoved = {cell[0] for cell in cells if cell[1] != NATION and cell[:4] not in near}
    elsewhere = {} if pair.other_models else far
    causes = {
        cell[:4]: pair.causes(
            near.get(cell[:4]) or elsewhere.get(cell[:4], []), by_models=cell[0] in unmoved
        )
        for cell in cells
        if cell[1] != NATION
    }
    cities: dict[Cell, list[str]] = {}
    for code, city, *period in causes:
        cities.setdefault((code, *period), []).append(city)
    return [_move(cell, cities.get((cell[0], *cell[2:4]), []), causes, pair) for cell in cells]


def _move(
    cell: tuple[Any, ...], cities: list[str], causes: Mapping[Cell, list[Cause]], pair: Pair
) -> Move:
    """Return one cell's move.

    `cities` are those whose cells of the same indicator and period moved.
    """
    code, city, kind, start, change, *numbers = cell
    values = {
        name: {"from": old, "to": new}
        for name, old, new in zip(_VALUES, numbers[::2], numbers[1::2], strict=True)
    }
    if city != NATION:
        return Move(code, city, kind, start, change, values, [], causes[cell[:4]])
    because = run_jobs(cause for each in cities for cause in causes[(code, each, kind, start)])
    return Move(
        code, city, kind, start, change, values, cities, because or pair.causes([], by_models=True)
    )


def _lay_out_cells(con: Con) -> None:
    other = " OR ".join(f'"from {name}" IS DISTINCT FROM "to {name}"' for name in _VALUES)
    con.execute(
        f"CREATE TEMP TABLE cells AS SELECT *, {period_end('period_kind', 'period_start')} AS "
        "period_end "
        f"FROM {differing(INDICATORS)} WHERE _change <> 'changed' OR {other}"
    )


def _lay_out_sources(con: Con) -> None:
    """Create `computed_from(indicator_code, dataset)`: only these datasets may be named as a
    cause."""
    con.execute("CREATE TEMP TABLE computed_from (indicator_code VARCHAR, dataset VARCHAR)")
    for database in ("before", "after"):
        told = con.execute(
            "SELECT count(*) FROM duckdb_columns() WHERE database_name = ? AND table_name = "
            "'dim_indicator' "
            "AND column_name IN (?, ?)",
            [database, *_SOURCES],
        ).fetchall()[0][0]
        if told == len(_SOURCES):
            rows = con.execute(
                f"SELECT indicator_code, unnest([{', '.join(_SOURCES)}]) FROM "
                f"{database}.core.dim_indicator"
            )
            pairs = {
                (code, dataset)
                for code, source in rows.fetchall()
                if source
                for dataset in datasets_of(source)
            }
            con.executemany("INSERT INTO computed_from VALUES (?, ?)", sorted(pairs))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE computed_from AS SELECT DISTINCT * FROM computed_from"
    )


def _lay_out_moved_rows(con: Con, found: Mapping[str, TableDifference]) -> None:
    """Create `moved_rows`: how many rows of a dataset differ, by city, days before and after,
    extract before and after."""
    con.execute(
        "CREATE TEMP TABLE moved_rows (dataset VARCHAR, city_code VARCHAR, from_first DATE, "
        "from_last DATE, "
        "to_first DATE, to_last DATE, extract_from VARCHAR, extract_to VARCHAR, n BIGINT)"
    )
    for name, table in tables().items():
        if table.dataset and name in found and found[name].differs and found[name].key:
            con.execute(f"INSERT INTO moved_rows {_moved_rows(con, table, found[name].key)}")


def _moved_rows(con: Con, table: Table, key: Sequence[str]) -> str:
    kind = con.execute(
        "SELECT data_type FROM duckdb_columns() WHERE table_name = ? AND column_name = ? LIMIT 1",
        [table.name, table.period],
    ).fetchall()[0][0]
    spans = []
    for side, gone in (("from", "added"), ("to", "removed")):
        value = quoted(table.period if table.period in key else f"{side} {table.period}")
        spans += [
            f"CASE WHEN _change <> '{gone}' THEN {day} END"
            for day in days(value, table.period, kind)
        ]
    city = "city_code" if "city_code" in key else 'coalesce("from city_code", "to city_code")'
    return (
        f'SELECT \'{table.dataset}\', {city}, {", ".join(spans)}, "from extract_id", "to '
        'extract_id", count(*) '
        f"FROM {differing(str(table))} GROUP BY ALL"
    )


def _rows_behind(con: Con, *, overlapping: bool) -> dict[Cell, list[MovedRows]]:
    """Return cell -> the differing rows of its city and of the datasets it is computed from, in
    its period or in any."""
    within = (
        (
            "AND ((m.from_first < c.period_end AND m.from_last >= c.period_start) "
            "OR (m.to_first < c.period_end AND m.to_last >= c.period_start))"
        )
        if overlapping
        else ""
    )
    rows = con.execute(
        f"SELECT {', '.join(f'c.{name}' for name in _CELL[:3])}, CAST(c.period_start AS "
        "VARCHAR), m.city_code, m.dataset, "
        "m.extract_from, m.extract_to, CAST(sum(m.n) AS BIGINT) FROM cells AS c JOIN "
        "computed_from AS d USING (indicator_code) "
        f"JOIN moved_rows AS m ON m.dataset = d.dataset AND m.city_code = c.city_code {within} "
        "GROUP BY ALL ORDER BY ALL"
    )
    behind: dict[Cell, list[MovedRows]] = {}
    for row in rows.fetchall():
        behind.setdefault(row[:4], []).append(MovedRows(*row[4:]))
    return behind
