"""A difference as text for people."""

from typing import Any

from federation.common.console import show_table
from federation.releases.diff.causes import Cause
from federation.releases.diff.difference import Difference
from federation.releases.diff.moves import Move
from federation.releases.diff.rows import TableDifference

_MOVES_SHOWN = 40
_COUNTS = ("rows before", "rows after", "added", "removed", "changed")
_NUMBERS = ("from", "to", "by")


def show(difference: Difference) -> None:
    """Print what differs: the tables, examples, the indicators that moved; or that nothing does."""
    print(f"from {difference.before}\nto   {difference.after}")
    if difference.none:
        print("no difference in core and marts")
        return
    differing = [table for table in difference.tables if table.differs]
    show_table(("table", *_COUNTS, "columns"), map(_counts, differing), right=_COUNTS)
    for table in differing:
        for example in table.examples:
            print(f"  {table.table} {_example(example)}")
    _show_moves(difference.moves)


def _counts(table: TableDifference) -> list[str]:
    numbers = (table.rows_from, table.rows_to, table.added, table.removed, table.changed)
    columns = [f"{name} {count:,}" for name, count in table.columns.items()]
    columns += [f"+{name}" for name in table.columns_added]
    columns += [f"-{name}" for name in table.columns_removed]
    return [table.table, *(f"{number:,}" for number in numbers), ", ".join(columns)]


def _example(example: dict[str, Any]) -> str:
    key = " ".join(str(value) for value in (example["key"] or example["row"]).values())
    cells = ", ".join(
        f"{name} {_value(cell['from'])} -> {_value(cell['to'])}"
        for name, cell in example.get("cells", {}).items()
    )
    return f"{example['change']}: {key}" + (f": {cells}" if cells else "")


def _show_moves(moves: list[Move]) -> None:
    if not moves:
        print("no indicator moved")
        return
    print(f"{len(moves):,} cells of marts.city_indicator moved")
    columns = ("indicator", "city", "period", *_NUMBERS, "because of")
    show_table(columns, map(_move, moves[:_MOVES_SHOWN]), right=_NUMBERS)
    if len(moves) > _MOVES_SHOWN:
        print(f"… and {len(moves) - _MOVES_SHOWN:,} more (--json lists them all)")


def _move(move: Move) -> list[str]:
    period = f"{move.period_kind} {move.period_start}"
    numbers = [_value(value) for value in (*move.values["value"].values(), move.by)]
    return [move.indicator_code, move.city_code, period, *numbers, _because(move)]


def _value(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _because(move: Move) -> str:
    if move.cities:
        causes = sorted({cause.cause for cause in move.causes})
        return f"{'/'.join(causes)}: cities {', '.join(move.cities)}"
    return "; ".join(dict.fromkeys(map(_cause, move.causes)))


def _cause(cause: Cause) -> str:
    feed = f"{cause.city}/{cause.dataset}" if cause.city else ""
    words = (f"{cause.cause}:", feed, cause.partition, cause.what)
    return " ".join(filter(None, words))
