"""One folder of samples, recognised: its columns, layout, dataset and the pattern of its paths."""

from dataclasses import dataclass
from pathlib import Path

from federation.conform.sandbox.sandbox import Sandbox
from federation.onboarding.delivered_fields import (
    DeliveredField,
    SampleLayout,
    fields_of,
    layout_of,
)
from federation.onboarding.recognise import Recognised, recognise
from federation.onboarding.sample_columns import Samples, read_samples
from federation.onboarding.sample_paths import PathGuess, pattern_of


@dataclass(frozen=True)
class SampleFolder:
    """What a folder of samples is recognised as."""

    samples: Samples
    layout: SampleLayout
    fields: list[DeliveredField]
    recognised: Recognised
    guess: PathGuess


def recognise_folder(folder: Path, root: Path, sandbox: Sandbox) -> SampleFolder | str:
    """Return what a folder below `root` is, or why it holds none of the national datasets."""
    samples = read_samples(folder, sandbox)
    if not samples.columns:
        reasons = dict.fromkeys(why for _, why in samples.refused)
        return "; ".join(reasons) or "no Parquet file"
    layout = layout_of(samples)
    if layout.splits:
        samples = read_samples(folder, sandbox, layout.splits)
    fields = fields_of(samples, layout)
    recognised = recognise(folder.name, fields, layout)
    if recognised is None:
        return "none of the national datasets"
    paths = [file.relative_to(root).as_posix() for file in samples.files]
    return SampleFolder(samples, layout, fields, recognised, pattern_of(paths))
