"""Five problems in platforms that are alive: each teaches one thing that the hub does, says which
command shows it, and can be mended."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from federation_demo.generate import make_platforms
from federation_demo.generate.delivery import Change, Delivery
from federation_demo.generate.history import sent_on
from federation_demo.generate.world import Request

_NOTE = "planted.json"  # beside the cities: what was asked for, and what is planted still
_LATE_PARTS = 2
_OVERDUE_DAYS = 6  # after which a part of a month is overdue for certain, whatever the holidays
_RESEND = "-resend.parquet"
_SHARE_LEFT = 0.3
_SHARE_RESENT = 0.7


@dataclass(frozen=True)
class Planted:
    """One planted problem: what is wrong with which feed, and which command of hub shows it."""

    name: str
    city: str
    dataset: str
    what: str
    shown_by: str
    spoil: Change
    mend: Change = lambda deliveries, request: deliveries

    @property
    def feed(self) -> tuple[str, str]:
        """City and dataset."""
        return self.city, self.dataset

    @property
    def mended_by(self) -> str:
        """The command that mends it."""
        return f"hub platforms mend {self.name}"


Tables = Iterator[pa.Table]


def _newest_changed(change: Callable[[pa.Table], pa.Table]) -> Change:
    """Return the change of the newest file alone, table by table."""

    def changed(deliveries: Iterator[Delivery], request: Request) -> Iterator[Delivery]:
        *others, newest = deliveries
        yield from others
        yield replace(newest, tables=map(change, newest.tables))

    return changed


def _rename_column(table: pa.Table) -> pa.Table:
    names = ["TotalRevenue" if name == "RevenueTotal" else name for name in table.schema.names]
    return table.rename_columns(names)


def _mistype_areas(table: pa.Table) -> pa.Table:
    """Give two subdistricts codes that nobody knows, as a typing error does."""
    codes = pc.unique(table["area_code"]).to_pylist()
    wrong = {codes[3]: f"{codes[3][:4]}97", codes[-4]: f"{codes[-4][:4]}98"}
    mistyped = [wrong.get(code, code) for code in table["area_code"].to_pylist()]
    return table.set_column(0, "area_code", pa.array(mistyped))


def _keep_back(deliveries: Iterator[Delivery], request: Request) -> Iterator[Delivery]:
    """Leave out the newest parts of months, so that two of them are overdue."""
    all_parts = list(deliveries)
    overdue = [part for part in all_parts if _is_overdue(part, request.until or date.max)]
    yield from all_parts[: len(overdue) - _LATE_PARTS]


def _is_overdue(part: Delivery, until: date) -> bool:
    return (until - sent_on("rainfall", part.last_day)).days >= _OVERDUE_DAYS


def _resend(share: float) -> Change:
    """Return the change that sends the newest month a second time, with a share of its rows."""

    def changed(deliveries: Iterator[Delivery], request: Request) -> Iterator[Delivery]:
        *others, newest = (entry for entry in deliveries if not entry.path.endswith(_RESEND))
        tables = list(newest.tables)
        yield from others
        yield replace(newest, tables=iter(tables))
        whole = pa.concat_tables(tables)
        resent = whole.slice(0, int(len(whole) * share))
        path = newest.path.replace(".parquet", _RESEND)
        yield replace(newest, path=path, tables=iter([resent]), compression="zstd")

    return changed


def _silence(deliveries: Iterator[Delivery], request: Request) -> Iterator[Delivery]:
    """Leave less than a third of the hours, as a station on a bad line does."""
    for delivery in deliveries:
        rng = np.random.default_rng([request.seed, delivery.last_day.toordinal()])
        yield replace(delivery, tables=_thinned(delivery.tables, rng))


def _thinned(tables: Tables, rng: np.random.Generator) -> Tables:
    for table in tables:
        yield table.filter(pa.array(rng.random(len(table)) < _SHARE_LEFT))


PROBLEMS = {
    problem.name: problem
    for problem in (
        Planted(
            "renamed-column",
            "phuket",
            "tourism",
            "Phuket renamed a column of tourism: the file is rejected, and a contract is proposed",
            "hub incidents --city phuket --dataset tourism",
            _newest_changed(_rename_column),
        ),
        Planted(
            "unknown-areas",
            "chiang_mai",
            "population",
            "Chiang Mai sent two area codes that nobody knows: their records wait in quarantine",
            "hub quarantine list --city chiang_mai",
            _newest_changed(_mistype_areas),
        ),
        Planted(
            "late-rain",
            "khon_kaen",
            "rainfall",
            "Khon Kaen has not sent its newest rain: two parts of the month are overdue",
            "hub incidents --city khon_kaen --dataset rainfall",
            _keep_back,
        ),
        Planted(
            "short-resend",
            "chonburi",
            "air_quality",
            "Chonburi sent a month of air again with a third less: it waits for a person",
            "hub release held",
            _resend(_SHARE_RESENT),
            _resend(1),
        ),
        Planted(
            "silent-station",
            "phuket",
            "air_quality",
            "Phuket's air station sends a third of its hours: the feed is incomplete",
            "hub incidents --city phuket --dataset air_quality",
            _silence,
        ),
    )
}


def make_with_problems(
    directory: Path, request: Request, progress: Callable[[str], None] | None = None
) -> list[Path]:
    """Write platforms that are alive, with every problem, and a note of them; return the files.

    Raises ValueError for a request without `until`: what is late must know until when.
    """
    if request.until is None:
        raise ValueError("problems are planted in platforms that are alive: say until when")
    spoilt = {problem.feed: problem.spoil for problem in PROBLEMS.values()}
    files = make_platforms(directory, request, changes=spoilt, progress=progress)
    _note(directory, request, PROBLEMS)
    return files


def make_demo(directory: Path, until: date) -> list[Path]:
    """Write what a hub without platforms of its own runs on, as it is on a local day."""
    return make_with_problems(directory, Request(until=until))


def planted(directory: Path) -> list[Planted]:
    """Return the problems that are planted in these platforms and not mended yet."""
    note = directory / _NOTE
    if not note.exists():
        return []
    return [PROBLEMS[name] for name in json.loads(note.read_text("utf-8"))["planted"]]


def mend(directory: Path, names: Iterable[str] = ()) -> list[Planted]:
    """Let the cities send again what was wrong, now, for the problems of these names (none: all);
    return those that were mended.

    Raises KeyError for a name that is not planted there.
    """
    standing = {problem.name: problem for problem in planted(directory)}
    asked = [standing[name] for name in names] or [*standing.values()]
    if not asked:
        return []
    request = _request(json.loads((directory / _NOTE).read_text("utf-8"))["request"])
    for problem in asked:
        _send_again(directory, problem, request)
    left = [name for name in standing if standing[name] not in asked]
    _note(directory, request, left)
    return asked


def _send_again(directory: Path, problem: Planted, request: Request) -> None:
    """Put the files of a feed in place that are other than those that lie there; they are sent
    now."""
    with tempfile.TemporaryDirectory(dir=directory.parent) as aside:
        files = make_platforms(
            Path(aside),
            request,
            cities=[problem.city],
            datasets=[problem.dataset],
            changes={problem.feed: problem.mend},
        )
        for file in files:
            target = directory / file.relative_to(aside)
            if not target.exists() or target.read_bytes() != file.read_bytes():
                target.parent.mkdir(parents=True, exist_ok=True)
                os.utime(file)
                shutil.move(file, target)


def _note(directory: Path, request: Request, names: Iterable[str]) -> None:
    asked = asdict(request) | {
        "hourly_cities": sorted(request.hourly_cities),
        "until": str(request.until),
    }
    note = {"request": asked, "planted": list(names)}
    (directory / _NOTE).write_text(json.dumps(note, indent=1), "utf-8")


def _request(asked: Mapping[str, Any]) -> Request:
    return Request(
        **{
            **asked,
            "hourly_cities": frozenset(asked["hourly_cities"]),
            "until": date.fromisoformat(asked["until"]),
        }
    )
