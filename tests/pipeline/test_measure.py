"""What a pass pushes to a receiver of metrics, and what a receiver that is away costs it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from federation.common.progress import Progress
from federation.common.settings import Settings
from federation.extracts.catalogue import Catalogue
from federation.pipeline.hub import Hub
from federation.pipeline.measure import measured, tell_metrics
from federation.reporting.metrics import exposition, keep_steps, metrics
from federation.reporting.standing import standing
from support.delivering import City, months
from support.otlp import receiver

Opened = Callable[..., City]


class Heard(Progress):
    """Progress whose lines are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def _say(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture
def opened(city: Opened) -> City:
    """A yearly feed with an accepted file that is in no release, and one that is held."""
    opened = city(shrink_tolerance_pct=0.0, cadence="yearly", latency_days=30)
    opened.deliver("2001-2001", months("2001-01", 1, 2, 3))
    opened.deliver("2001-2001", months("2001-01", 1))
    return opened


@pytest.fixture
def silent(city: Opened) -> City:
    """A feed that has sent nothing."""
    return city()


def _hub(opened: City, endpoint: str | None) -> Hub:
    settings = replace(opened.hub.settings, otel_endpoint=endpoint)
    return Hub(settings, opened.hub.ledger, Heard())


def _lines(hub: Hub) -> list[str]:
    assert isinstance(hub.progress, Heard)
    return [line for line in hub.progress.lines if line.startswith("metrics")]


def test_a_receiver_gets_every_metric_of_a_pass_with_its_unit(opened: City) -> None:
    feed = (opened.feed.city.key, opened.feed.dataset)
    with receiver() as got:
        hub = _hub(opened, f"{got.url}/v1/metrics")
        with measured(hub, Catalogue([opened.feed])), hub.progress.step("gate"):
            hub.progress.count("gate", 7)
    assert got.paths == ["/v1/metrics"]
    assert got.service() == "federation-hub"
    samples = got.samples()
    assert samples["hub.held.deliveries", "{deliveries}"] == {feed: 1}
    assert samples["hub.queued.extracts", "{extracts}"] == {feed: 1}
    assert samples["hub.rejected.files", "{files}"] == {feed: 0}
    assert samples["hub.late.periods", "{period}"][feed] > 20  # 2002 and later
    assert samples["hub.release.pinned", ""] == {(): 0}
    assert samples["hub.step.rows", "{row}"] == {("gate",): 7}
    assert 0 <= samples["hub.step.duration", "s"]["gate",] < 5
    assert abs(samples["hub.step.end", "s"]["gate",] - time.time()) < 60
    assert _lines(hub) == []


def test_nothing_is_sent_unless_somebody_asked_for_it(silent: City) -> None:
    with receiver() as got:
        hub = _hub(silent, None)
        tell_metrics(hub, Catalogue([silent.feed]))
    assert (got.requests, _lines(hub)) == ([], [])


def test_a_receiver_that_is_away_costs_seconds_and_one_line(silent: City) -> None:
    with receiver() as got:
        away = f"{got.url}/v1/metrics"
    hub, began = _hub(silent, away), time.monotonic()
    with measured(hub, Catalogue([silent.feed])):
        pass
    assert time.monotonic() - began < 20
    (line,) = _lines(hub)
    assert away in line
    assert "\n" not in line


def test_a_receiver_that_refuses_is_one_line(silent: City) -> None:
    with receiver(status=400) as got:
        hub = _hub(silent, f"{got.url}/v1/metrics")
        tell_metrics(hub, Catalogue([silent.feed]))
    assert len(_lines(hub)) == 1


def test_a_pass_that_fails_tells_its_metrics_and_fails_as_it_would(silent: City) -> None:
    with receiver() as got:
        hub = _hub(silent, f"{got.url}/v1/metrics")
        with pytest.raises(ZeroDivisionError), measured(hub, Catalogue([silent.feed])):
            raise ZeroDivisionError
    assert len(got.requests) == 1


@pytest.mark.parametrize(
    ("variable", "value", "endpoint"),
    [
        ("HUB_OTEL_ENDPOINT", "http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/metrics"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://otel", "https://otel/v1/metrics"),
        ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "https://otel/in", "https://otel/in"),
    ],
)
def test_the_hubs_own_variable_or_opentelemetrys_names_the_receiver(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, endpoint: str
) -> None:
    assert Settings.from_environment().otel_endpoint is None
    monkeypatch.setenv(variable, value)
    assert Settings.from_environment().otel_endpoint == endpoint


def test_prometheus_reads_the_same_numbers(opened: City) -> None:
    hub = _hub(opened, None)
    with hub.progress.step("start dbt"):
        pass
    keep_steps(hub.progress, opened.home)
    keep_steps(hub.progress, opened.home)  # the last time counts
    opened.home.step("gate").write_text("")  # cut short: it counts for nothing
    seen = opened.seen()
    text = exposition(metrics(seen, standing(seen, opened.hub.ledger)))
    about = f'{{city="{opened.feed.city.key}",dataset="{opened.feed.dataset}"}}'
    lines = text.splitlines()
    assert text.endswith("\n")
    assert f"hub_held_deliveries{about} 1" in lines
    assert f"hub_queued_extracts{about} 1" in lines
    assert "# TYPE hub_held_deliveries gauge" in lines
    assert not any(line.startswith("hub_release_age_seconds") for line in lines)  # there is none
    (took,) = [line for line in lines if line.startswith("hub_step_duration_seconds")]
    assert took.startswith('hub_step_duration_seconds{step="start dbt"} ')
    for line in lines:
        assert line.startswith("# ") or len(line.rsplit(" ", 1)) == 2
