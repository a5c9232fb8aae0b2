"""A release to take along: its tables as files, and a Data Package that describes them."""

from federation.reporting.data_package.export import Made, Wanted, export
from federation.reporting.data_package.folder import FOLDERS

__all__ = ["FOLDERS", "Made", "Wanted", "export"]
