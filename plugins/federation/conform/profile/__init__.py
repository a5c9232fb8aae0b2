"""What delivered columns hold, by the bytes alone: facts with confidence and evidence, never a
guess.

Runs inside the sandbox only (`conform/sandbox/worker.py`); everything else reads the typed records.
"""

from federation.conform.profile.records import ColumnProfile, Fact, FileProfile

__all__ = ["ColumnProfile", "Fact", "FileProfile"]
