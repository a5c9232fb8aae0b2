"""What delivered columns hold, told from the bytes alone: facts with confidence and evidence,
never a guess.

Runs inside the fence only (`conform/child.py`); everything else reads the typed records.
"""

from federation.conform.profile.records import ColumnProfile, Fact, FileProfile

__all__ = ["ColumnProfile", "Fact", "FileProfile"]
