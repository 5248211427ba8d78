"""`ngxpush bench` with a server of its own, and with one that runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_pub import ngxpush
from tests.client.served import push_server

CONFS = Path(__file__).parents[2] / "fixtures" / "nginx_confs"


@pytest.mark.parametrize(("mode", "found"), [((), "streaming"), (("-m", "websocket"), "websocket")])
def test_a_server_of_its_own(mode: tuple[str, ...], found: str) -> None:
    code, said, _ = ngxpush("bench", str(CONFS / "quickstart.conf"), "-s", "5", "-n", "20", "--json", *mode)
    result = json.loads(said)
    assert (code, result["mode"], result["received"], result["lost"]) == (0, found, 100, 0)
    assert list(result["latencies"]) == ["50", "90", "99", "100"]


def test_a_configuration_without_a_publisher() -> None:
    code, _, said = ngxpush("bench", str(CONFS / "chat-websocket.conf"))
    assert code == 2
    assert "no publisher location whose URL follows" in said


def test_a_running_server(tmp_path: Path) -> None:
    with push_server(tmp_path) as base:
        code, said, progress = ngxpush("bench", f"{base}/ev/a", "--publish", f"{base}/pub?id=a", "-s5", "-n20")
        assert code == 0
        first, deliveries, latency = said.splitlines()
        assert first.startswith("5 eventsource subscribers, 20 messages in ")
        assert deliveries.startswith("deliveries  100 (")
        assert deliveries.endswith(" per second), 0 lost, 0 came twice")
        assert latency.startswith("latency     half within ")
        assert "deliveries" in progress
