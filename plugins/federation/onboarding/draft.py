"""`hub city draft`: a city's folder drafted from sample extracts, with an open question wherever
they prove nothing."""

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
from federation.onboarding.folder import Folder, look_into

_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Draft:
    """What was written, what is asked (file, key, question), and the folders that hold none of
    the national datasets."""

    city: str
    code: str
    folder: str
    feeds: tuple[FeedDraft, ...]
    questions: tuple[tuple[str, str, str], ...]
    skipped: tuple[tuple[str, str], ...] = ()


def draft_city(name: str, samples: Path, out: Path, code: str | None = None) -> Draft:
    """Write the draft folder `out`/`name` and return what was found.

    Raises HubError for usage, DataProblem for samples.

    Never touches a folder that is there. Samples are read in the fence only.
    """
    target = _target(name, samples, out)
    with Sandbox() as sandbox:
        found, skipped = _look(samples, sandbox)
        if not found:
            raise DataProblem(
                "no folder holds a national dataset",
                where=str(samples),
                todo=(
                    "give one folder per dataset, as the city would hand them over: "
                    "DIR/<folder>/….parquet"
                ),
            )
        city = city_of(name, found, code)
        texts, feeds = drafted(city, found, samples, sandbox)
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


def _look(samples: Path, sandbox: Sandbox) -> tuple[list[Folder], list[tuple[str, str]]]:
    found: dict[str, Folder] = {}
    skipped: list[tuple[str, str]] = []
    for folder in sorted(path for path in samples.iterdir() if path.is_dir()):
        one = look_into(folder, samples, sandbox)
        if isinstance(one, str):
            skipped.append((folder.name, one))
            continue
        other = found.get(one.recognised.dataset)
        if other and other.recognised.confidence >= one.recognised.confidence:
            skipped.append(
                (
                    folder.name,
                    f"{one.recognised.dataset} again; {other.seen.folder.name} speaks for it more",
                )
            )
            continue
        if other:
            skipped.append(
                (
                    other.seen.folder.name,
                    f"{one.recognised.dataset} again; {folder.name} speaks for it more",
                )
            )
        found[one.recognised.dataset] = one
    return [found[dataset] for dataset in sorted(found)], skipped


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
