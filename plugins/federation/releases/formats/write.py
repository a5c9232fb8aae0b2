"""One result into one file, in the form that was chosen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from federation.common.progress import Progress
from federation.releases.formats import columnar, texts, workbook
from federation.releases.formats.columnar import Notes
from federation.releases.formats.format import Format

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation


@dataclass(frozen=True)
class Style:
    """What is special to single forms."""

    bom: bool = False  # of CSV: a byte order mark, by which Excel knows Thai
    notes: Notes = field(default_factory=Notes)  # of Parquet and Arrow
    about: Mapping[str, str] = field(default_factory=dict)  # of a workbook: its second sheet
    progress: Progress = field(default_factory=lambda: Progress(silent=True))


Writer = Callable[["DuckDBPyRelation", IO[bytes], Style], int]
_WRITERS: Mapping[Format, Writer] = {
    Format.CSV: lambda result, sink, style: texts.write_csv(result, sink, bom=style.bom),
    Format.JSONL: lambda result, sink, style: texts.write_json_lines(result, sink),
    Format.JSON: lambda result, sink, style: texts.write_json(result, sink),
    Format.PARQUET: lambda result, sink, style: columnar.write_parquet(result, sink, style.notes),
    Format.ARROW: lambda result, sink, style: columnar.write_arrow(result, sink, style.notes),
    Format.XLSX: lambda result, sink, style: workbook.write_workbook(
        result, sink, style.about, style.progress
    ),
}


def write(result: "DuckDBPyRelation", form: Format, sink: IO[bytes], style: Style) -> int:
    """Write the result as it runs, a few thousand rows in memory at once; return their number.

    An error of the query may come in the middle of a file, from DuckDB as duckdb.Error or through
    Arrow as an OSError without a number. Raises HubError for what the form cannot hold.
    """
    return _WRITERS[form](result, sink, style)
