"""From any row of core or marts to the extracts it is computed from, and their history."""

from federation.releases.trace.trace import RowsToTrace, Trace, trace

__all__ = ["RowsToTrace", "Trace", "trace"]
