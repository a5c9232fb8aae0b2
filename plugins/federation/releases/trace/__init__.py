"""From any row of core or marts to the extracts it was computed from, and to what the ledger
says of them."""

from federation.releases.trace.trace import Trace, trace

__all__ = ["Trace", "trace"]
