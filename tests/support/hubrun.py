"""Running the hub as a user does, in a process of its own, and looking at what it left behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from federation.common.paths import Home

from support import contracts, forked, parsed

HOME_NAME = "the hub's home บ้าน"  # an apostrophe, blanks and Thai: none of them may break a pass

FACTS = {
    "air_quality": "fct_air_quality",
    "road_accidents": "fct_road_accident",
    "population": "fct_population",
    "tourism": "fct_tourism",
    "dengue_cases": "fct_dengue_cases",
    "crop_production": "fct_crop_production",
    "rainfall": "fct_rainfall",
}


@dataclass(frozen=True)
class Site:
    """One hub of a test: its home, and the platforms that it pulls from."""

    home: Home
    platforms: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        own = {"HUB_HOME": str(self.home.root), "HUB_PLATFORMS": str(self.platforms)}
        return contracts.environment() | own | dict(self.settings)

    def start(self, *arguments: str, **more: str) -> "subprocess.Popen[str]":
        """Start `hub` in a process group of its own."""
        parsed.lay_into(self.home)
        return subprocess.Popen(
            [sys.executable, "-m", "federation.cli.main", *arguments],
            env=self.environment | more,
            text=True,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def hub(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run `hub` to its end."""
        environment = self.environment | more
        parsed.lay_into(self.home)
        done = None
        if not any(name.startswith("PYTHON") for name in environment):  # of the interpreter itself
            done = forked.server().hub(arguments, environment)
        if done is None:
            process = self.start(*arguments, **more)
            out, err = process.communicate(timeout=600)
            done = subprocess.CompletedProcess(process.args, process.returncode, out, err)
        parsed.keep(self.home)
        return done

    def run(self, expected: int = 0) -> dict[str, Any]:
        """Run one pass and return its JSON.

        Fails the test with the log when the exit code is another.
        """
        done = self.hub("run", "--json")
        assert done.returncode == expected, done.stderr[-4000:]
        return dict(json.loads(done.stdout.strip().splitlines()[-1]))

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query on the release that serves; instants come as UTC."""
        with duckdb.connect(str(self.home.current), read_only=True) as con:
            con.execute("SET TimeZone = 'UTC'")
            return con.execute(query).fetchall()

    def manifest(self) -> dict[str, Any]:
        """Return release.json of the release that serves."""
        return dict(
            json.loads((self.home.current.resolve().parent / "release.json").read_text("utf-8"))
        )


def edit(file: Path, change: Callable[[str], str]) -> None:
    """Rewrite a file; fails the test when the change changes nothing."""
    text = file.read_text("utf-8")
    assert change(text) != text
    file.write_text(change(text), "utf-8")


def kill(process: "subprocess.Popen[str]") -> None:
    """SIGKILL a process with all its children, as a power cut would."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
