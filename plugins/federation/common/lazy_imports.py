"""Modules that load with their first use, not with the import of a library that names them."""

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any


def load_when_used(*names: str) -> None:
    """Let the next import of each module give one that loads when an attribute of it is read.

    A module that is loaded already, or is not installed, stays as it is. Python's own
    `importlib.util.LazyLoader` loads with the second `import` statement before Python 3.12.
    """
    for name in names:
        if name not in sys.modules and importlib.util.find_spec(name):
            module = _NotLoaded(name)
            package, _, own_name = name.rpartition(".")
            sys.modules[name] = module
            if package:
                setattr(sys.modules[package], own_name, module)


class _NotLoaded(ModuleType):
    """Stands for a module until an attribute is read; from then on it has those of the module."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        module = importlib.import_module(self.__name__)
        vars(self).update(vars(module))
        return getattr(module, name)
