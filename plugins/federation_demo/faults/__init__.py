"""Labelled faults in generated extracts, and how many of them the gate finds."""

from federation_demo.faults.corpus import Planted, Planting
from federation_demo.faults.kinds import KINDS, Kind

__all__ = ["KINDS", "Kind", "Planted", "Planting"]
