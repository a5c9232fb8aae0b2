"""What the hub writes is closed to others; the group may read releases and sites."""

import os
import stat
from pathlib import Path

from federation.common.paths import Home
from federation.common.private import private_home


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_home_is_private_and_the_process_is_as_before(tmp_path: Path) -> None:
    home, before = Home(tmp_path / "hub"), os.umask(0o022)
    try:
        with private_home(home):
            home.releases.mkdir()
            (home.releases / "release.json").write_text("{}")
        (tmp_path / "export").mkdir()
    finally:
        assert os.umask(before) == 0o022
    assert {mode(folder) for folder in home.private} == {0o700}
    assert (mode(home.root), mode(home.releases)) == (0o750, 0o750)
    assert mode(home.releases / "release.json") == 0o640
    assert mode(tmp_path / "export") == 0o755


def test_modes_that_a_person_chose_stay(tmp_path: Path) -> None:
    home = Home(tmp_path / "hub")
    home.outbox.mkdir(parents=True)
    home.outbox.chmod(0o2770)
    with private_home(home):
        pass
    assert mode(home.outbox) == 0o2770
