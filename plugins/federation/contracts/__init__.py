"""What each feed promises: ODCS files parsed into typed records, refused with file, key and
reason."""

from federation.contracts.city_file import load_city
from federation.contracts.load import load_cities, load_feed, load_feeds
from federation.contracts.model import City, Column, Contact, Feed, Layout
from federation.contracts.pattern import Partition, PathPattern

__all__ = [
    "City",
    "Column",
    "Contact",
    "Feed",
    "Layout",
    "Partition",
    "PathPattern",
    "load_cities",
    "load_city",
    "load_feed",
    "load_feeds",
]
