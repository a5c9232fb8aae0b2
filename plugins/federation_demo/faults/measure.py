"""How many planted faults the gate points at, and how many clean extracts it doubts.

Run by `make faults`.

A fault is detected when a reason of the verdict has one of the codes that point at it, not merely
when the verdict is bad. Aims: every fault of schema, calendar, key, encoding, foreign rows, volume
and bytes, 95 % of the value faults, no clean extract rejected, under 1 % of them warned about.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from federation.common.console import show_table
from federation.common.progress import Progress
from federation.contracts import load_feeds
from federation.contracts.model import Feed
from federation.pipeline.check import Checker

from federation_demo.faults.corpus import Place, Planted, places, plant
from federation_demo.faults.kinds import KINDS
from federation_demo.generate import make_platforms

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
    faults = {entry.path: entry for entry in planted}
    asked = [
        place
        for place in places(directory, feeds)
        if clean or place.file.relative_to(directory).as_posix() in faults
    ]
    with Checker() as checker:
        return list(
            progress.over(
                (_judged(place, directory, faults, checker) for place in asked), "judge", len(asked)
            )
        )


def _judged(place: Place, directory: Path, faults: dict[str, Planted], checker: Checker) -> Judged:
    path = place.file.relative_to(directory).as_posix()
    verdict, _ = checker.judge(place.file, place.feed, place.partition)
    return Judged(
        path,
        verdict.verdict,
        tuple(reason.code for reason in verdict.reasons),
        faults.get(path),
    )


def missed_aims(judged: Sequence[Judged]) -> list[str]:
    """Return the aims that were not reached, in words; empty when all were."""
    faulted = [entry for entry in judged if entry.planted]
    clean = [entry for entry in judged if not entry.planted]
    said = []
    for family in sorted({entry.planted.family for entry in faulted if entry.planted}):
        ours = [entry for entry in faulted if entry.planted and entry.planted.family == family]
        recall, aim = (
            sum(entry.detected for entry in ours) / len(ours),
            VALUE_RECALL if family == "value" else 1.0,
        )
        if recall < aim:
            said.append(f"{family}: {recall:.1%} detected, the aim is {aim:.0%}")
    rejected = [entry.path for entry in clean if entry.verdict == "rejected"]
    if rejected:
        said.append(f"clean extracts rejected: {', '.join(rejected)}")
    warned = [entry for entry in clean if entry.is_false_alarm]
    if clean and len(warned) >= FALSE_WARNINGS * len(clean):
        said.append(f"{len(warned)} of {len(clean)} clean extracts have false warnings")
    return said


def show(judged: Sequence[Judged]) -> None:
    """Print the table per kind, what was missed or judged wrongly, and what was said of clean
    extracts."""
    rows = []
    for kind in KINDS.values():
        ours = [entry for entry in judged if entry.planted and entry.planted.kind == kind.name]
        found = sum(entry.detected for entry in ours)
        right = sum(entry.right for entry in ours)
        figures = (len(ours), found, len(ours) - found, right, len(ours) - right)
        rows.append((kind.family, kind.name, *map(str, figures)))
    rows.sort(key=lambda row: row[:2])
    show_table(
        ("family", "kind", "planted", "detected", "missed", "verdict right", "wrong"),
        rows,
        right=("planted", "detected", "missed", "verdict right", "wrong"),
    )
    for entry in judged:
        if entry.planted and not (entry.detected and entry.right):
            word = "wrong verdict" if entry.detected else "missed"
            print(
                f"{word}: {entry.planted.kind} in {entry.path}: {entry.verdict} "
                f"{', '.join(entry.codes)}"
            )
        elif entry.is_false_alarm:
            print(f"false alarm: {entry.path}: {entry.verdict} {', '.join(entry.codes)}")
    clean = [entry for entry in judged if not entry.planted]
    print(
        f"clean extracts: {len(clean)}, rejected "
        f"{sum(entry.verdict == 'rejected' for entry in clean)}, "
        f"false warnings {sum(entry.is_false_alarm for entry in clean)}"
    )


def measure(seed: int, each: int, months: int, progress: Progress) -> list[Judged]:
    """Return the verdicts on freshly made and faulted platforms."""
    feeds, refused = load_feeds()
    for refusal in refused:
        raise refusal
    with TemporaryDirectory(prefix="hub-faults-") as folder:
        directory = Path(folder)
        with progress.step("generate platforms"):
            make_platforms(directory, seed=seed, months=months)
        with progress.step("plant faults"):
            planted = plant(directory, feeds, seed=seed, each=each)
        return judge_all(directory, feeds, planted, progress)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure for every seed; 1 when an aim is missed."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--each", type=int, default=3, help="extracts per kind and seed")
    parser.add_argument("--months", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    progress = Progress(silent=options.json)
    judged = [
        entry
        for seed in options.seeds
        for entry in measure(seed, options.each, options.months, progress)
    ]
    said = missed_aims(judged)
    if options.json:
        print(
            json.dumps(
                {
                    "missed_aims": said,
                    "extracts": [
                        vars(entry) | {"planted": entry.planted and vars(entry.planted)}
                        for entry in judged
                    ],
                },
                ensure_ascii=False,
            )
        )
    else:
        show(judged)
        print("\n".join(said) or "every aim is reached")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
