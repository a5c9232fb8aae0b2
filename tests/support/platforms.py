"""Generated platforms that keep the tests' contracts."""

from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from federation_demo import generate
from federation_demo.generate import world

from support.contracts import HOURLY_CITIES

Request = partial(world.Request, hourly_cities=frozenset(HOURLY_CITIES))
_USUAL = Request()


def make_platforms(directory: Path, request: world.Request = _USUAL, **chosen: Any) -> list[Path]:
    """As the generator's own, with HOURLY_CITIES."""
    return generate.make_platforms(directory, request, **chosen)


def truth(dataset: str, city: str, request: world.Request = _USUAL) -> pa.Table:
    """As the generator's own, with HOURLY_CITIES."""
    return generate.truth(dataset, city, request)
