"""`hub city draft`: a city's folder from sample extracts, with questions for what is not proved."""

import re
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from federation.common.errors import DataProblem, HubError
from federation.conform.sandbox.sandbox import Sandbox
from federation.contracts.documents import questions_in
from federation.onboarding.city import city_file, city_of
from federation.onboarding.feeds import FeedDraft, drafted
from federation.onboarding.sample_folder import SampleFolder, recognise_folder

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ONE_FOLDER_PER_DATASET = (
    "give one folder per dataset, as the city would hand them over: DIR/<folder>/….parquet"
)


@dataclass(frozen=True)
class Draft:
    """What was written, what is asked, and which folders were skipped.

    `questions` are (file, key, question), `skipped` are (folder, why).
    """

    city: str
    code: str
    folder: str
    feeds: tuple[FeedDraft, ...]
    questions: tuple[tuple[str, str, str], ...]
    skipped: tuple[tuple[str, str], ...] = ()


def draft_city(name: str, samples: Path, out: Path, code: str | None = None) -> Draft:
    """Write the draft folder `out`/`name` and return what is in it.

    Never changes a folder that is there already. Samples are read in the sandbox only. Raises
    HubError for usage, DataProblem for samples.
    """
    target = _target(name, samples, out)
    with Sandbox() as sandbox:
        folders, skipped = _recognised_folders(samples, sandbox)
        if not folders:
            raise DataProblem(
                "no folder holds a national dataset",
                where=str(samples),
                todo=_ONE_FOLDER_PER_DATASET,
            )
        city = city_of(name, folders, code)
        texts, feeds = drafted(city, folders, samples, sandbox)
    _write(target, {"_city.yml": city_file(city), **texts})
    questions = tuple(
        (file.name, key, text)
        for file in sorted(target.glob("*.yml"))
        for key, text in questions_in(file)
    )
    return Draft(name, city.area.area_code, str(target), tuple(feeds), questions, tuple(skipped))


def _target(name: str, samples: Path, out: Path) -> Path:
    if not _NAME.fullmatch(name):
        raise HubError(
            f"{name!r} is no name for a city", todo="use small letters, figures and _: chiang_rai"
        )
    if not samples.is_dir():
        raise HubError("no such directory", where=str(samples))
    if (out / name).exists():
        raise HubError(
            "the city has a folder already, which is never overwritten",
            where=str(out / name),
            todo="choose another --out, or edit the contracts there",
        )
    return out / name


def _recognised_folders(
    samples: Path, sandbox: Sandbox
) -> tuple[list[SampleFolder], list[tuple[str, str]]]:
    """Return one folder per dataset, the likeliest one, and the others with the reason."""
    best: dict[str, SampleFolder] = {}
    skipped: list[tuple[str, str]] = []
    for path in sorted(path for path in samples.iterdir() if path.is_dir()):
        folder = recognise_folder(path, samples, sandbox)
        if isinstance(folder, str):
            skipped.append((path.name, folder))
            continue
        dataset = folder.recognised.dataset
        other = best.get(dataset)
        if other is None:
            best[dataset] = folder
            continue
        winner, loser = _likelier(other, folder)
        best[dataset] = winner
        why = f"{dataset} again; {winner.samples.folder.name} speaks for it more"
        skipped.append((loser.samples.folder.name, why))
    return [best[dataset] for dataset in sorted(best)], skipped


def _likelier(one: SampleFolder, other: SampleFolder) -> tuple[SampleFolder, SampleFolder]:
    """Return both, the one that is recognised with more confidence first; `one` when equal."""
    if one.recognised.confidence >= other.recognised.confidence:
        return one, other
    return other, one


def _write(target: Path, texts: dict[str, str]) -> None:
    """Write all files or none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for name, text in texts.items():
            (part / name).write_text(text, "utf-8")
        part.chmod(0o755)
        part.rename(target)
    finally:
        rmtree(part, ignore_errors=True)
