"""How many planted faults the gate points at, and how many clean extracts it doubts.

Run by `make faults`.

A fault is detected when a reason of the verdict has one of the codes that point at it, not merely
when the verdict is bad. Aims: every fault of schema, calendar, key, encoding, foreign rows, volume
and bytes, 95 % of the value faults, no clean extract rejected, under 1 % of them warned about.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from federation.common.console import show_table
from federation.common.process_end import end
from federation.common.progress import Progress
from federation.contracts.load import load_feeds
from federation.contracts.model import Feed
from federation.pipeline.check import Checker

from federation_demo.faults.corpus import Place, Planted, Planting, places
from federation_demo.faults.kinds import KINDS
from federation_demo.generate import make_platforms
from federation_demo.generate.world import Request

VALUE_RECALL, FALSE_WARNINGS = 0.95, 0.01
# Oddities that the generator writes on purpose, as the real platforms do: a stale reading in a file
# of another month.
_KNOWN = {"outside_partition"}


@dataclass(frozen=True)
class Judged:
    """One extract's verdict; `planted` is None for a clean one."""

    path: str
    verdict: str
    codes: tuple[str, ...]
    planted: Planted | None = None

    @property
    def detected(self) -> bool:
        return self.planted is not None and any(
            code.partition(":")[0] in self.planted.codes for code in self.codes
        )

    @property
    def right(self) -> bool:
        return self.planted is not None and self.verdict in self.planted.verdicts

    @property
    def is_false_alarm(self) -> bool:
        return self.planted is None and self.verdict != "accepted" and not set(self.codes) <= _KNOWN


def judge_all(
    directory: Path,
    feeds: Sequence[Feed],
    planted: Iterable[Planted],
    progress: Progress,
    *,
    clean: bool = True,
) -> list[Judged]:
    """Return a verdict for every faulted extract below `directory`, and for the clean ones too."""
    faults = {fault.path: fault for fault in planted}
    asked = [
        place
        for place in places(directory, feeds)
        if clean or place.file.relative_to(directory).as_posix() in faults
    ]
    with Checker() as checker:
        judged = (_judged(place, directory, faults, checker) for place in asked)
        return list(progress.over(judged, "judge", len(asked)))


def _judged(place: Place, directory: Path, faults: dict[str, Planted], checker: Checker) -> Judged:
    path = place.file.relative_to(directory).as_posix()
    verdict, _ = checker.judge(place.file, place.feed, place.partition)
    codes = tuple(reason.code for reason in verdict.reasons)
    return Judged(path, verdict.verdict, codes, faults.get(path))


def missed_aims(judged: Sequence[Judged]) -> list[str]:
    """Return the aims that were not reached, in words; empty when all were."""
    return [*_low_recalls(judged), *_false_alarms(judged)]


def _low_recalls(judged: Sequence[Judged]) -> Iterator[str]:
    by_family: dict[str, list[Judged]] = {}
    for extract in judged:
        if extract.planted:
            by_family.setdefault(extract.planted.family, []).append(extract)
    for family, extracts in sorted(by_family.items()):
        recall = sum(extract.detected for extract in extracts) / len(extracts)
        aim = VALUE_RECALL if family == "value" else 1.0
        if recall < aim:
            yield f"{family}: {recall:.1%} detected, the aim is {aim:.0%}"


def _false_alarms(judged: Sequence[Judged]) -> Iterator[str]:
    clean = [extract for extract in judged if not extract.planted]
    rejected = [extract.path for extract in clean if extract.verdict == "rejected"]
    if rejected:
        yield f"clean extracts rejected: {', '.join(rejected)}"
    warned = [extract for extract in clean if extract.is_false_alarm]
    if clean and len(warned) >= FALSE_WARNINGS * len(clean):
        yield f"{len(warned)} of {len(clean)} clean extracts have false warnings"


def show(judged: Sequence[Judged]) -> None:
    """Print the table per kind, every extract that was judged wrongly, and the clean extracts."""
    _show_kinds(judged)
    for extract in judged:
        if mistake := _mistake(extract):
            print(f"{mistake} {extract.path}: {extract.verdict} {', '.join(extract.codes)}")
    clean = [extract for extract in judged if not extract.planted]
    rejected = sum(extract.verdict == "rejected" for extract in clean)
    warned = sum(extract.is_false_alarm for extract in clean)
    print(f"clean extracts: {len(clean)}, rejected {rejected}, false warnings {warned}")


def _show_kinds(judged: Sequence[Judged]) -> None:
    rows = []
    for kind in KINDS.values():
        extracts = [one for one in judged if one.planted and one.planted.kind == kind.name]
        detected = sum(extract.detected for extract in extracts)
        right = sum(extract.right for extract in extracts)
        missed, wrong = len(extracts) - detected, len(extracts) - right
        figures = (len(extracts), detected, missed, right, wrong)
        rows.append((kind.family, kind.name, *map(str, figures)))
    rows.sort(key=lambda row: row[:2])
    columns = ("planted", "detected", "missed", "verdict right", "wrong")
    show_table(("family", "kind", *columns), rows, right=columns)


def _mistake(extract: Judged) -> str:
    """Return what was judged wrongly, '' for a right judgement."""
    if extract.planted is None:
        return "false alarm:" if extract.is_false_alarm else ""
    if extract.detected and extract.right:
        return ""
    word = "wrong verdict" if extract.detected else "missed"
    return f"{word}: {extract.planted.kind} in"


def measure(seed: int, each: int, months: int, progress: Progress) -> list[Judged]:
    """Return the verdicts on freshly made and faulted platforms."""
    feeds, refused = load_feeds()
    for refusal in refused:
        raise refusal
    with TemporaryDirectory(prefix="hub-faults-") as folder:
        directory = Path(folder)
        with progress.step("generate platforms"):
            make_platforms(directory, Request(seed, months))
        with progress.step("plant faults"):
            planted = Planting(directory, seed, each).plant(feeds)
        return judge_all(directory, feeds, planted, progress)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure for every seed; 1 when an aim is missed."""
    options = _options(arguments)
    progress = Progress(silent=options.json)
    judged: list[Judged] = []
    for seed in options.seeds:
        judged += measure(seed, options.each, options.months, progress)
    missed = missed_aims(judged)
    if options.json:
        extracts = [_as_json(extract) for extract in judged]
        print(json.dumps({"missed_aims": missed, "extracts": extracts}, ensure_ascii=False))
    else:
        show(judged)
        print("\n".join(missed) or "every aim is reached")
    return 1 if missed else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--each", type=int, default=3, help="extracts per kind and seed")
    parser.add_argument("--months", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def _as_json(extract: Judged) -> dict[str, Any]:
    return vars(extract) | {"planted": extract.planted and vars(extract.planted)}


if __name__ == "__main__":
    end(main())
