"""What machines watch, as numbers: how old the release is, what waits, what steps took."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from federation.common.paths import Home
from federation.common.progress import Progress
from federation.common.vocabulary import WaitKind
from federation.extracts.catalogue import FeedKey
from federation.extracts.expected_arrivals import expected_arrivals, late
from federation.extracts.snapshot import Snapshot
from federation.reporting.standing import Standing

SECONDS = "s"
_WAITS = {
    WaitKind.HELD: ("hub.held.deliveries", "Deliveries that wait for a person."),
    WaitKind.REJECTED: ("hub.rejected.files", "Rejected files that are the newest of their path."),
    WaitKind.UNRELEASED: ("hub.queued.extracts", "Accepted extracts that are in no release yet."),
}
_STEPS = {
    "seconds": ("hub.step.duration", SECONDS, "Seconds that the step took when it last ran."),
    "rows": ("hub.step.rows", "{row}", "Rows that the step handled when it last ran."),
    "ended_at": ("hub.step.end", SECONDS, "When the step last ended, seconds since 1970 (UTC)."),
}


@dataclass(frozen=True)
class Sample:
    """One number of a metric, and what it is about."""

    value: float
    about: Mapping[str, str]


@dataclass(frozen=True)
class Metric:
    """A gauge; its name and unit are OpenTelemetry's."""

    name: str
    unit: str
    help: str
    samples: Sequence[Sample]

    @property
    def prometheus_name(self) -> str:
        """The name that a collector gives it for Prometheus."""
        return self.name.replace(".", "_") + ("_seconds" if self.unit == SECONDS else "")


def metrics(seen: Snapshot, now: Standing) -> list[Metric]:
    """Return every metric of this moment; one without a sample has nothing to tell yet."""
    found = [_age(now), _pinned(now), _late(seen)]
    found += [_waiting(kind, seen, now) for kind in _WAITS]
    return [*found, *_steps(seen.home)]


def _age(now: Standing) -> Metric:
    samples = [Sample(now.release.age_seconds, {})] if now.release else []
    return Metric("hub.release.age", SECONDS, "Age of the release that serves.", samples)


def _pinned(now: Standing) -> Metric:
    about = "1 while a release is pinned, whatever is built."
    return Metric("hub.release.pinned", "", about, [Sample(int(now.pinned is not None), {})])


def _late(seen: Snapshot) -> Metric:
    periods = {
        feed.key: len(late(expected_arrivals(feed, seen.inputs_of(feed), seen.today, seen.dated)))
        for feed in seen.feeds
    }
    about = "Periods that are due and not there."
    return Metric("hub.late.periods", "{period}", about, _by_feed(seen, periods))


def _waiting(kind: WaitKind, seen: Snapshot, now: Standing) -> Metric:
    counts = Counter((entry.city, entry.dataset) for entry in now.waits_for if entry.kind == kind)
    name, about = _WAITS[kind]
    return Metric(name, f"{{{name.rpartition('.')[2]}}}", about, _by_feed(seen, counts))


def _by_feed(seen: Snapshot, counts: Mapping[FeedKey, int]) -> list[Sample]:
    """Return a sample for every feed, so that nothing to tell is 0."""
    return [
        Sample(counts.get(feed.key, 0), {"city": feed.city.key, "dataset": feed.dataset})
        for feed in seen.feeds
    ]


# -- what steps took -------------------------------------------------------------------------------


def keep_steps(progress: Progress, home: Home) -> None:
    """Write what each step of this process took, for `metrics` of later processes."""
    home.steps.mkdir(parents=True, exist_ok=True)
    for name, seconds in progress.seconds.items():
        told: dict[str, Any] = {"step": name, "seconds": seconds, "ended_at": progress.ended[name]}
        if name in progress.rows:
            told["rows"] = progress.rows[name]
        part = home.step(name).with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps(told), "utf-8")
        part.replace(home.step(name))


def _kept_steps(home: Home) -> Iterator[dict[str, Any]]:
    for file in sorted(home.steps.glob("*.json")):
        with suppress(OSError, ValueError):  # a damaged one is written anew by the next pass
            yield dict(json.loads(file.read_text("utf-8")))


def _steps(home: Home) -> list[Metric]:
    kept = list(_kept_steps(home))
    return [
        Metric(
            name,
            unit,
            about,
            [Sample(step[key], {"step": step["step"]}) for step in kept if key in step],
        )
        for key, (name, unit, about) in _STEPS.items()
    ]


# -- Prometheus ------------------------------------------------------------------------------------


def exposition(found: Iterable[Metric]) -> str:
    """Return metrics in Prometheus' text exposition format 0.0.4."""
    lines: list[str] = []
    for metric in found:
        if metric.samples:
            name = metric.prometheus_name
            lines += [f"# HELP {name} {metric.help}", f"# TYPE {name} gauge"]
            lines += [
                f"{name}{_labels(entry.about)} {entry.value:.15g}" for entry in metric.samples
            ]
    return "".join(f"{line}\n" for line in lines)


def _labels(about: Mapping[str, str]) -> str:
    if not about:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in about.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def as_json(found: Iterable[Metric]) -> list[dict[str, Any]]:
    """Return the list that `hub metrics --json` prints."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return [
        {"name": metric.prometheus_name, "at": at, "value": entry.value, **entry.about}
        for metric in found
        for entry in metric.samples
    ]
