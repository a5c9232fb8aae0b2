"""A receiver of OpenTelemetry's metrics on loopback, by the schema of its own package."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)


@dataclass
class Receiver:
    """Where it listens, and what it got."""

    url: str = ""
    paths: list[str] = field(default_factory=list)
    requests: list[ExportMetricsServiceRequest] = field(default_factory=list)

    def samples(self) -> dict[tuple[str, str], dict[tuple[str, ...], float]]:
        """By name and unit of each metric of the last request: labels -> value."""
        found: dict[tuple[str, str], dict[tuple[str, ...], float]] = {}
        for resource in self.requests[-1].resource_metrics:
            for metric in resource.scope_metrics[0].metrics:
                points = {_labels(point): _value(point) for point in metric.gauge.data_points}
                found[metric.name, metric.unit] = points
        return found

    def service(self) -> str:
        """The name that the sender gives itself."""
        attributes = self.requests[-1].resource_metrics[0].resource.attributes
        return {entry.key: entry.value.string_value for entry in attributes}["service.name"]


def _labels(point: Any) -> tuple[str, ...]:
    return tuple(
        entry.value.string_value for entry in sorted(point.attributes, key=lambda e: e.key)
    )


def _value(point: Any) -> float:
    return float(getattr(point, point.WhichOneof("value")))


@contextmanager
def receiver(status: int = 200) -> Iterator[Receiver]:
    """Yield a receiver that answers with this status."""
    got = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            got.paths.append(self.path)
            got.requests.append(ExportMetricsServiceRequest.FromString(body))
            answer = ExportMetricsServiceResponse().SerializeToString()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        got.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield got
        server.shutdown()
