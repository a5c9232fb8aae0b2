"""Trouble of the environment is told with what, where and what to do, exit 2, and never a
traceback; where the ledger can be written, it is an incident, and the people on call alone hear."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import contracts
from support.outbox import recipients


def hub(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "federation.cli.main", *arguments],
        env=contracts.environment() | settings,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"HUB_HOME": "{tmp}/file"}, "the hub's folder cannot be made"),
        ({"HUB_HOME": "/proc/hub"}, "the hub's folder cannot be made"),
        ({"HUB_DATABASE": "postgresql://x:y@127.0.0.1:1/db"}, "cannot be reached"),
        ({"HUB_DATABASE": "secret-of-nobody"}, "no URL of a PostgreSQL database"),
        ({"HUB_DATABASE": "mysql://u:secret-of-nobody@h/db"}, "no URL of a PostgreSQL database"),
        ({"HUB_CONTRACTS": "{tmp}/nowhere"}, "there is no folder of contracts"),
        ({"HUB_SECRETS": "{tmp}/nowhere"}, "HUB_SECRETS is no folder"),
    ],
    ids=str,
)
def test_a_wrong_setting_is_named_with_what_to_do(
    settings: dict[str, str], what: str, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    given = {"HUB_HOME": str(tmp_path / "hub")} | {
        name: value.format(tmp=tmp_path) for name, value in settings.items()
    }
    done = hub("status", **given)
    assert done.returncode == 2, done.stdout + done.stderr
    assert what in done.stderr
    assert "where: " in done.stderr
    assert "to do: " in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret-of-nobody" not in done.stderr


@pytest.mark.parametrize("place", ["{tmp}/nowhere", "htp://127.0.0.1/x"])
def test_platforms_that_are_nowhere_are_the_hubs_trouble_and_no_citys(
    place: str, tmp_path: Path
) -> None:
    given = {
        "HUB_HOME": str(tmp_path / "hub"),
        "HUB_PLATFORMS": place.format(tmp=tmp_path),
    }
    done = hub("run", **given)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "HUB_PLATFORMS is no directory and no URI" in done.stderr
    listed = hub("incidents", "--json", **given)
    kinds = [entry["reason"].split(":")[0] for entry in json.loads(listed.stdout)]
    assert kinds == ["hub_trouble"]
    assert recipients(tmp_path / "hub" / "outbox") == {"oncall@data.go.example.org"}


def test_a_pass_does_not_begin_a_build_without_room(tmp_path: Path) -> None:
    from federation.common.errors import OwnTrouble
    from federation.common.paths import Home
    from federation.releases.room import refuse_full_disk

    home = Home(tmp_path)
    refuse_full_disk(home)  # before the first release nobody knows what one needs
    newest = home.release("20260101T000000-aaaaaa")
    newest.parent.mkdir(parents=True)
    with newest.open("wb") as file:
        os.truncate(file.fileno(), 10**9)
    free = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize
    if free > 3 * 10**9:
        refuse_full_disk(home)
    os.truncate(newest, free)
    with pytest.raises(OwnTrouble, match="a build may need"):
        refuse_full_disk(home)
