"""Progress on standard error: bars on a terminal, a line every few seconds elsewhere, nothing on
request."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
_QUIET_SECONDS = 2.0


class Progress:
    """Shows what a pass is doing, and keeps how long each step took, how many rows it handled, and
    when it ended."""

    def __init__(self, *, silent: bool = False, verbose: bool = False) -> None:
        self.silent = silent
        self.verbose = verbose  # whether what is as it should be is told too
        self.seconds: dict[str, float] = {}
        self.rows: dict[str, int] = {}
        self.ended: dict[str, float] = {}  # seconds since 1970

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step; `seconds[name]` adds up over calls."""
        began = time.monotonic()
        self._say(f"{name} …")
        try:
            yield
        finally:
            taken = time.monotonic() - began
            self.add(name, taken)
            self._say(f"{name} {taken:.1f} s")

    def add(self, name: str, seconds: float) -> None:
        """Count seconds towards a step, or towards a part of one (imports)."""
        self.seconds[name] = round(self.seconds.get(name, 0.0) + seconds, 3)
        self.ended[name] = round(time.time(), 3)

    def count(self, name: str, rows: int) -> None:
        """Count rows towards a step."""
        self.rows[name] = self.rows.get(name, 0) + rows

    def detail(self, text: str, *, is_trouble: bool) -> None:
        """Show one line about one extract or model: always in trouble, else when verbose."""
        if is_trouble or self.verbose:
            self._say(text)

    def over(self, items: Iterable[T], label: str, total: int) -> Iterator[T]:
        """Yield the items while showing how far the step has come."""
        if self.silent or not total:
            yield from items
        elif sys.stderr.isatty():
            yield from self._bar(items, label, total)
        else:
            yield from self._lines(items, label, total)

    def note(self, text: str) -> None:
        """Show one line of information."""
        self._say(text)

    def _bar(self, items: Iterable[T], label: str, total: int) -> Iterator[T]:
        from rich.console import Console
        from rich.progress import track

        yield from track(
            items, description=label, total=total, console=Console(stderr=True), transient=True
        )

    def _lines(self, items: Iterable[T], label: str, total: int) -> Iterator[T]:
        last = time.monotonic()
        for done, item in enumerate(items, 1):
            yield item
            if time.monotonic() - last > _QUIET_SECONDS:
                last = time.monotonic()
                self._say(f"  {label} {done}/{total}")

    def _say(self, text: str) -> None:
        if not self.silent:
            print(text, file=sys.stderr, flush=True)
