"""One folder of samples, looked at: its columns, its layout, the dataset it seems to be, and the
pattern of its paths."""

from dataclasses import dataclass
from pathlib import Path

from federation.conform.sandbox.sandbox import Sandbox
from federation.onboarding.items import Item, LayoutFound, items_of, layout_found
from federation.onboarding.paths_seen import Guess, pattern_of
from federation.onboarding.recognise import Recognised, recognise
from federation.onboarding.seen import Seen, look_at


@dataclass(frozen=True)
class Folder:
    """What a folder is found to be."""

    seen: Seen
    layout: LayoutFound
    items: list[Item]
    recognised: Recognised
    guess: Guess


def look_into(folder: Path, samples: Path, sandbox: Sandbox) -> Folder | str:
    seen = look_at(folder, sandbox)
    if not seen.columns:
        return "; ".join(dict.fromkeys(why for _, why in seen.refused)) or "no Parquet file"
    layout = layout_found(seen)
    if layout.splits:
        seen = look_at(folder, sandbox, layout.splits)
    items = items_of(seen, layout)
    recognised = recognise(folder.name, items, layout)
    if recognised is None:
        return "none of the national datasets"
    return Folder(
        seen,
        layout,
        items,
        recognised,
        pattern_of([file.relative_to(samples).as_posix() for file in seen.files]),
    )
