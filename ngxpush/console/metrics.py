"""Metrics in Prometheus's text form, at /metrics of the console: the zone, and the worker that serves.

Nothing is counted but what observers count anyway (server/observing/counts.py); all else is looked up when someone asks.
docs/how-to/metrics.md lists the names, and docs/how-to/ngxpush-dashboard.json shows them in Grafana.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Metric, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from .. import __version__
from ..config.directives.push_stream.settings import SubscriberMode
from ..server.observing.counts import BOUNDS, Counts, Durations
from ..server.processes.worker import Worker
from .asking import Health


def registry(zone: ZoneMetrics, worker: Worker, counts: Counts) -> CollectorRegistry:
    """All metrics of a process that serves with one worker."""
    made = CollectorRegistry()
    made.register(zone)
    made.register(WorkerMetrics(worker, counts))
    ProcessCollector(registry=made)
    return made


class ZoneMetrics(Collector):
    """What all workers share. health: of the zone, now; None before someone asks."""

    def __init__(self, nginx_version: bytes) -> None:
        self.health: Health | None = None
        self._nginx_version = nginx_version.decode()

    def collect(self) -> Iterator[Metric]:
        if self.health is None:
            return
        build = GaugeMetricFamily("ngxpush_build_info", "Versions.", labels=["version", "nginx_version"])
        build.add_metric([__version__, self._nginx_version], 1)
        yield build
        yield GaugeMetricFamily(
            "ngxpush_zone_reachable", "Whether the zone can be reached; if not, the rest is as it was last.", not self.health.away
        )
        # A counter that comes from 0 to what it has been for long would be a burst that never was.
        if self.health.is_known:
            yield from self._numbers(self.health)

    def _numbers(self, health: Health) -> Iterator[Metric]:
        totals, memory = health.totals, health.memory
        for name, text, value in (
            ("channels", "Channels.", totals.channels),
            ("wildcard_channels", "Channels with the wildcard prefix.", totals.wildcard_channels),
            ("stored_messages", "Messages that channels keep.", totals.stored_messages),
            ("zone_memory_used_bytes", "Memory of the zone that is in use, by whole pages.", memory.used),
            ("zone_memory_size_bytes", "Memory of the zone: push_stream_shared_memory_size.", memory.size),
            ("zone_uptime_seconds", "Since the zone was made.", totals.uptime),
        ):
            yield GaugeMetricFamily("ngxpush_" + name, text, value)
        for name, text, value in (
            ("messages_published", "Messages published, once for each channel.", totals.published_messages),
            ("zone_memory_failures", "What did not fit into the zone's memory.", memory.failures),
        ):
            yield CounterMetricFamily("ngxpush_" + name, text, value)


class WorkerMetrics(Collector):
    """What one worker does. The label `worker` is its process."""

    def __init__(self, worker: Worker, counts: Counts) -> None:
        self._worker = worker
        self._counts = counts
        self._pid = str(os.getpid())

    def collect(self) -> Iterator[Metric]:
        counts, observed = self._counts, self._worker.observed
        assert observed is not None
        clients = tuple(self._worker.connections)
        yield self._gauge("connections", "Connections of clients.", {(): len(clients)})
        yield self._gauge("unsent_bytes", "What waits for clients that read slowly.", {(): sum(each.unsent for each in clients)})
        by_mode = {(mode.value,): counts.subscribers[mode] for mode in SubscriberMode if mode is not SubscriberMode.POLLING}
        yield self._gauge("subscribers", "Clients that wait for messages.", by_mode, "mode")
        yield self._counter("deliveries", "Messages passed on, once for each subscriber.", {(): observed.tally.deliveries})
        yield self._counter("published_bytes", "Text of messages, once for each channel.", {(): counts.published_bytes})
        yield self._counter("sent_bytes", "Answers, with their heads.", {(): self._sent_so_far()})
        requests = {(role, f"{status:03}"): count for (role, status), count in counts.requests.items()}
        yield self._counter("requests", "Requests that have ended.", requests, "role", "status")
        yield self._counter("refusals", "Requests that were refused.", dict(counts.refusals), "role", "reason")
        ends = {(mode.value, reason): count for (mode, reason), count in counts.ends.items()}
        yield self._counter(
            "subscriptions_ended", "Subscribers that have left, and until when they stayed.", ends, "mode", "reason"
        )
        durations = HistogramMetricFamily(
            "ngxpush_request_duration_seconds", "How long requests took.", labels=["worker", "role"]
        )
        for role, found in counts.durations.items():
            durations.add_metric([self._pid, role], _buckets(found), found.sum)
        yield durations

    def _sent_so_far(self) -> int:
        """Bytes of answers, also of those that are still open. It never falls, though a client may leave some of them unread."""
        present = [request for each in tuple(self._worker.connections) for request in each.connection.present_requests]
        now = self._counts.sent_bytes + sum(request.response.bytes_sent for request in present)
        self._counts.most_sent = max(self._counts.most_sent, now)
        return self._counts.most_sent

    def _gauge(self, name: str, text: str, values: dict[tuple[()], int] | dict[tuple[str], int], *labels: str) -> Metric:
        made = GaugeMetricFamily("ngxpush_" + name, text, labels=["worker", *labels])
        for key, value in values.items():
            made.add_metric([self._pid, *key], value)
        return made

    def _counter(self, name: str, text: str, values: dict[tuple[()], int] | dict[tuple[str, str], int], *labels: str) -> Metric:
        made = CounterMetricFamily("ngxpush_" + name, text, labels=["worker", *labels])
        for key, value in values.items():
            made.add_metric([self._pid, *key], value)
        return made


def _buckets(durations: Durations) -> list[tuple[str, float]]:
    """How many requests took no longer than each bound."""
    so_far = 0
    buckets: list[tuple[str, float]] = []
    for bound, count in zip([*map(str, BOUNDS), "+Inf"], durations.counts, strict=True):
        so_far += count
        buckets.append((bound, so_far))
    return buckets
