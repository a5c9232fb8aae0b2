"""Labelled faults in generated extracts, and how many of them the gate points at."""

from federation.faults.corpus import Planted, plant
from federation.faults.kinds import KINDS, Kind

__all__ = ["KINDS", "Kind", "Planted", "plant"]
