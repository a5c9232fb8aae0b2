"""Results as files: a relation of DuckDB, streamed batch by batch into what other programs read."""

from federation.releases.formats.columnar import Notes
from federation.releases.formats.format import Format, format_of, is_binary
from federation.releases.formats.write import Style, write

__all__ = ["Format", "Notes", "Style", "format_of", "is_binary", "write"]
