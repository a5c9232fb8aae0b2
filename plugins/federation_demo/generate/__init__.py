"""Generated city platforms in the native shapes of the six cities, and the true records in them."""

from federation_demo.generate.platforms import DATASETS, SERVED_BY, make_platforms, truth
from federation_demo.generate.world import CITIES

__all__ = ["CITIES", "DATASETS", "SERVED_BY", "make_platforms", "truth"]
