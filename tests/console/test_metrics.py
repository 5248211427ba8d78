"""Metrics, read by Prometheus's own parser."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

from msgspec.structs import replace
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as families

from ngxpush.console.asking import Asking
from ngxpush.console.metrics import ZoneMetrics, registry
from ngxpush.push.operations import ZoneLost
from ngxpush.server.observing.counts import Counts
from ngxpush.server.observing.observed import Observed
from tests.push.fakes import publish, run, worker
from tests.server.observing.observers import BEGAN, ENDED, PUBLISHED, UNSUBSCRIBED

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
PID = str(os.getpid())


class _Measured:
    """A worker whose requests are counted."""

    def __init__(self) -> None:
        self.push = worker()
        self.counts = Counts()
        self.observed = Observed()
        self.request: Any = SimpleNamespace(response=SimpleNamespace(bytes_sent=50))
        connection = SimpleNamespace(present_requests=(self.request,))
        serving: Any = SimpleNamespace(
            connections=(SimpleNamespace(unsent=7, connection=connection),), observed=self.observed, nginx_version=b"1.22.1"
        )
        self.zone = ZoneMetrics(b"1.22.1")
        self.registry = registry(self.zone, serving, self.counts)

    def text(self, generate: Callable[[CollectorRegistry], bytes] = generate_latest) -> str:
        """All metrics, as someone gets them who asks now."""
        clients: Any = None
        self.zone.health = run(Asking(self.push, clients).health())
        return generate(self.registry).decode()

    def values(self) -> dict[str, float]:
        """Sample → value; labels in the order of their names, without the worker."""
        found = {}
        for family in families(self.text()):
            for sample in family.samples:
                assert sample.labels.pop("worker", PID) == PID
                labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
                found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
        return found


def test_the_zone() -> None:
    measured = _Measured()
    publish(measured.push, b"a", b"x")
    publish(measured.push, b"b", b"x", store=False)
    values = measured.values()
    assert values["ngxpush_channels"] == 2
    assert values["ngxpush_messages_published_total"] == 2
    assert values["ngxpush_stored_messages"] == 1
    assert 0 < values["ngxpush_zone_memory_used_bytes"] < values["ngxpush_zone_memory_size_bytes"] <= 1 << 25
    assert values["process_resident_memory_bytes"] > 0
    assert [name for name in values if name.startswith("ngxpush_build_info{nginx_version=1.22.1,version=")]


def test_a_zone_that_was_never_reached_has_no_numbers() -> None:
    """A counter that begins with 0 would jump when the zone comes."""
    measured = _Measured()
    clients: Any = None
    asking = Asking(measured.push, clients)
    asking.do = AsyncMock(side_effect=ZoneLost("away"))  # type: ignore[method-assign]
    measured.zone.health = run(asking.health())
    names = {sample.name: sample.value for family in measured.zone.collect() for sample in family.samples}
    assert names == {"ngxpush_build_info": 1, "ngxpush_zone_reachable": 0}


def test_a_worker() -> None:
    measured = _Measured()
    measured.observed.tally.deliveries = 9
    measured.counts.subscriber_began(BEGAN)
    measured.counts.subscriber_began(BEGAN)
    for event in (UNSUBSCRIBED, PUBLISHED, replace(ENDED, status=404)):
        measured.counts.request_ended(event)
    values = measured.values()
    assert values["ngxpush_subscribers{mode=eventsource}"] == 1
    assert values["ngxpush_subscribers{mode=websocket}"] == 0
    assert (values["ngxpush_connections"], values["ngxpush_unsent_bytes"]) == (1, 7)
    assert (values["ngxpush_deliveries_total"], values["ngxpush_published_bytes_total"]) == (9, 5)
    assert values["ngxpush_requests_total{role=publisher,status=200}"] == 1
    assert values["ngxpush_refusals_total{reason=Not Found,role=other}"] == 1
    assert values["ngxpush_subscriptions_ended_total{mode=eventsource,reason=the client left}"] == 1
    assert values["ngxpush_request_duration_seconds_bucket{le=0.25,role=publisher}"] == 0
    assert values["ngxpush_request_duration_seconds_bucket{le=0.5,role=publisher}"] == 1
    assert values["ngxpush_request_duration_seconds_count{role=publisher}"] == 1
    assert values["ngxpush_request_duration_seconds_sum{role=publisher}"] == 0.5


def test_bytes_never_fall() -> None:
    measured = _Measured()
    measured.counts.request_ended(ENDED)
    assert measured.values()["ngxpush_sent_bytes_total"] == 350
    measured.request.response.bytes_sent = 0  # the client has left, and has not taken them
    assert measured.values()["ngxpush_sent_bytes_total"] == 350


def test_openmetrics() -> None:
    measured = _Measured()
    measured.counts.request_ended(PUBLISHED)
    found = {family.name for family in openmetrics(measured.text(generate_openmetrics))}
    assert {"ngxpush_requests", "ngxpush_request_duration_seconds", "ngxpush_channels"} <= found


def _names() -> set[str]:
    """The names of all samples."""
    measured = _Measured()
    measured.counts.subscriber_began(BEGAN)
    for event in (UNSUBSCRIBED, PUBLISHED, replace(ENDED, status=404)):
        measured.counts.request_ended(event)
    return {sample.partition("{")[0] for sample in measured.values()}


def test_the_dashboard_shows_metrics_that_there_are() -> None:
    dashboard = json.loads((HOW_TO / "ngxpush-dashboard.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    asked = {name for query in queries for name in re.findall(r"\b(?:ngxpush|process)_\w+", query)}
    assert len(queries) >= 8
    assert asked <= _names()


def test_the_page_lists_all_metrics() -> None:
    listed = set(re.findall(r"^\| `(ngxpush_\w+)", (HOW_TO / "metrics.md").read_text(), re.MULTILINE))
    assert listed == {re.sub("_(bucket|count|sum|created)$", "", name) for name in _names() if name.startswith("ngxpush_")}
