"""Metrics to an OpenTelemetry receiver, by OTLP over HTTP."""

import logging
from collections.abc import Iterable
from importlib.metadata import version
from urllib.parse import urlsplit, urlunsplit

from federation.common.errors import HubError
from federation.reporting.metrics import Metric

_SECONDS = 5  # a receiver that is away costs a pass no more
_LIBRARY = "opentelemetry"


def push(found: Iterable[Metric], endpoint: str) -> None:
    """Send metrics to the receiver at a URL, which ends in /v1/metrics.

    OpenTelemetry's own variables give headers and certificates. Raises HubError when the receiver
    does not take them within seconds.
    """
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader, MetricExportResult
    from opentelemetry.sdk.resources import Resource

    logging.getLogger(_LIBRARY).setLevel(logging.CRITICAL)  # one line says what went wrong: ours
    reader = InMemoryMetricReader()
    resource = Resource.create({"service.name": "federation-hub"})
    provider = MeterProvider([reader], resource)
    meter = provider.get_meter("federation", version("federation"))
    for metric in found:
        gauge = meter.create_gauge(metric.name, metric.unit, metric.help)
        for sample in metric.samples:
            gauge.set(sample.value, dict(sample.about))
    exporter = OTLPMetricExporter(endpoint, timeout=_SECONDS)
    data = reader.get_metrics_data()
    taken = data is not None and exporter.export(data) == MetricExportResult.SUCCESS
    exporter.shutdown()
    provider.shutdown()
    if not taken:
        raise HubError(
            "the receiver of metrics did not take them",
            where=without_login(endpoint),
            todo="check HUB_OTEL_ENDPOINT and the receiver; the next pass sends its own",
        )


def without_login(url: str) -> str:
    """Return a URL as it may be shown: without the name and password in it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
