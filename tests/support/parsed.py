"""What dbt keeps of the parsed project, shared by the homes of a session: parsing anew takes as
long as running the models of a small nation.

`tests/dbt/test_parsing.py` looks at homes that have nothing, or something of another project.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from federation.common.paths import DBT_PROJECT, Home

from support.contracts import SETTING


def lay_into(home: Home) -> None:
    """Give a new home what another home of this session has parsed."""
    kept = _folder()
    if kept.is_dir() and not home.dbt_target.exists():
        with suppress(FileExistsError):  # a second pass at the same time was first
            shutil.copytree(kept, home.dbt_target)


def keep(home: Home) -> None:
    """Keep what a home has parsed for homes to come."""
    files = home.dbt_parsed, home.dbt_parsed.with_suffix(".folder")
    kept = _folder()
    if kept.exists() or not all(file.exists() for file in files):
        return
    if files[1].read_text("utf-8") == str(DBT_PROJECT):
        own = kept.with_name(f"{kept.name}-{os.getpid()}")
        own.mkdir()
        for file in files:
            shutil.copy(file, own)
        try:
            own.rename(kept)
        except OSError:  # another worker was first
            shutil.rmtree(own)


def _folder() -> Path:
    """The folder that all workers of a session share, beside their contracts."""
    return Path(os.environ[SETTING]).parents[1] / "parsed"
