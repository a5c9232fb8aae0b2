"""The lines of a pass: one for each extract, those in trouble always, the others on request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from federation.common.progress import Progress
from federation.pipeline.conform import conform
from federation.pipeline.fetch import fetch
from federation.pipeline.gate import gate
from support.delivering import City, months

Opened = Callable[..., City]


class Heard(Progress):
    """Progress whose lines about extracts are kept."""

    def __init__(self, *, verbose: bool) -> None:
        super().__init__(verbose=verbose)
        self.lines: list[str] = []

    def _say(self, text: str) -> None:
        if ": " in text:
            self.lines.append(text)


def _heard(opened: City, *, verbose: bool) -> list[str]:
    progress = Heard(verbose=verbose)
    opened.hub = replace(opened.hub, progress=progress)
    return progress.lines


@pytest.fixture
def opened(city: Opened) -> City:
    return city(shrink_tolerance_pct=0.0)


def test_a_verbose_pass_tells_each_extract_in_conform_and_in_gate(opened: City) -> None:
    lines = _heard(opened, verbose=True)
    opened.deliver("2001-2001", months("2001-01", 1, 2, 3))
    conformed, judged = lines
    assert conformed.startswith("conform: chonburi/dengue_cases 2001: conformed, 3 records, ")
    assert judged.startswith("gate: chonburi/dengue_cases 2001: accepted")
    assert " 3 records" in judged
    assert " s" in judged


def test_a_pass_tells_what_is_held_and_what_is_rejected_without_being_asked(opened: City) -> None:
    opened.deliver("2001-2001", months("2001-01", 1, 2, 3))
    lines = _heard(opened, verbose=False)
    opened.deliver("2001-2001", months("2001-01", 1))
    (held,) = [line for line in lines if "held" in line]
    assert held.startswith("gate: chonburi/dengue_cases 2001: held: ")
    assert "held_for_approval: a person must look first: hub release show " in held
    file = opened.platform / "dengue" / "dengueCases-2002-2002.parquet"
    lines.clear()
    file.write_bytes(b"this is no Parquet file")
    _deliver_as_it_is(opened)
    assert [line.split(": ")[0] for line in lines] == ["conform", "gate"]
    assert all("chonburi/dengue_cases 2002: rejected" in line for line in lines)
    assert all("not_parquet" in line for line in lines)


def test_a_pass_without_trouble_tells_no_extract_unless_it_is_asked(opened: City) -> None:
    lines = _heard(opened, verbose=False)
    opened.deliver("2001-2001", months("2001-01", 1, 2, 3))
    assert [line for line in lines if "accepted," in line or "conformed" in line] == []


def _deliver_as_it_is(opened: City) -> None:
    for step in (fetch, conform, gate):
        step(opened.hub, [opened.feed])
