"""What one folder of samples is: its columns, its layout, its dataset, the pattern of its paths."""

from dataclasses import dataclass
from pathlib import Path

from federation.conform.sandbox.sandbox import Sandbox
from federation.onboarding.items import Item, SampleLayout, items_of, layout_of
from federation.onboarding.recognise import Recognised, recognise
from federation.onboarding.sample_columns import Samples, read_samples
from federation.onboarding.sample_paths import PathGuess, pattern_of


@dataclass(frozen=True)
class Folder:
    """What a folder of samples is recognised as."""

    samples: Samples
    layout: SampleLayout
    items: list[Item]
    recognised: Recognised
    guess: PathGuess


def look_into(folder: Path, root: Path, sandbox: Sandbox) -> Folder | str:
    """Return what a folder below `root` is, or why it holds none of the national datasets."""
    samples = read_samples(folder, sandbox)
    if not samples.columns:
        reasons = dict.fromkeys(why for _, why in samples.refused)
        return "; ".join(reasons) or "no Parquet file"
    layout = layout_of(samples)
    if layout.splits:
        samples = read_samples(folder, sandbox, layout.splits)
    items = items_of(samples, layout)
    recognised = recognise(folder.name, items, layout)
    if recognised is None:
        return "none of the national datasets"
    paths = [file.relative_to(root).as_posix() for file in samples.files]
    return Folder(samples, layout, items, recognised, pattern_of(paths))
