"""Generated platforms that keep the tests' contracts."""

from functools import partial

from federation_demo import generate

from support.contracts import HOURLY_CITIES

make_platforms = partial(generate.make_platforms, hourly_cities=HOURLY_CITIES)
truth = partial(generate.truth, hourly_cities=HOURLY_CITIES)
