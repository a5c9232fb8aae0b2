from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from federation_demo.generate.platforms import USUAL
from support.platforms import Request, make_platforms


@pytest.fixture(scope="session")
def platforms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of six generated cities with the default arguments."""
    directory = tmp_path_factory.mktemp("platforms")
    make_platforms(directory)
    return directory


@pytest.fixture
def contents(tmp_path: Path) -> Callable[..., dict[str, bytes]]:
    """Make platforms in a new folder and return each file's bytes by relative path."""
    made = iter(range(100))

    def make(request: Request = USUAL, **chosen: list[str]) -> dict[str, bytes]:
        directory = tmp_path / str(next(made))
        files = make_platforms(directory, request, **chosen)  # type: ignore[arg-type]
        return {file.relative_to(directory).as_posix(): file.read_bytes() for file in files}

    return make
