"""Tables for people, on standard output."""

import sys
from collections.abc import Iterable, Sequence


def show_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str] = ()
) -> None:
    """Print rows under their headings; the columns named in `right` hold numbers."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for name in columns:
        table.add_column(name, justify="right" if name in right else "left")
    for row in rows:
        table.add_row(*map(Text, row))  # as it stands: data may hold what rich takes for markup
    Console(width=None if sys.stdout.isatty() else 160).print(table)
