"""From any row of core or marts to the extracts it is computed from, and their history."""

from federation.releases.trace.trace import Trace, trace

__all__ = ["Trace", "trace"]
