"""`ngxpush bench` with a server of its own, and with one that runs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.certificates import credentials
from tests.cli.test_pub import ngxpush
from tests.client.served import push_server
from tests.patience import PATIENCE
from tests.running import NGXPUSH, ngxpush_run

CONFS = Path(__file__).parents[2] / "fixtures" / "nginx_confs"


@pytest.mark.parametrize(
    ("conf", "mode", "found"),
    [
        ("quickstart", (), "streaming"),
        ("quickstart", ("-m", "websocket"), "websocket"),
        # Its channels have to exist, and old messages are asked for by arguments.
        ("authorized-channels", (), "eventsource"),
        ("old-messages", (), "polling"),
    ],
)
def test_a_server_of_its_own(conf: str, mode: tuple[str, ...], found: str) -> None:
    code, said, _ = ngxpush("bench", str(CONFS / f"{conf}.conf"), "-s", "5", "-n", "20", "--json", *mode)
    result = json.loads(said)
    assert (code, result["mode"], result["received"], result["lost"]) == (0, found, 100, 0)
    assert list(result["latencies"]) == ["50", "90", "99", "100"]


def _with_tls(directory: Path) -> Path:
    """The same over TLS, with a certificate that no one trusts."""
    credentials("push", ["push.example"]).save(directory, "push")
    text = (CONFS / "quickstart.conf").read_text("utf-8")
    tls = f"listen 127.0.0.1:8080 ssl; ssl_certificate {directory}/push.pem; ssl_certificate_key {directory}/push.key;"
    conf = directory / "nginx.conf"
    conf.write_text(text.replace("listen 127.0.0.1:8080;", tls), "utf-8")
    return conf


def test_tls(tmp_path: Path) -> None:
    code, said, _ = ngxpush("bench", str(_with_tls(tmp_path)), "-s", "2", "-n", "3", "-m", "websocket", "--json")
    assert (code, json.loads(said)["received"]) == (0, 6)


def test_a_certificate_that_no_one_trusts(tmp_path: Path) -> None:
    (tmp_path / "served").mkdir()
    with ngxpush_run(_with_tls(tmp_path), tmp_path / "served", "--no-console") as ports:
        url = f"https://127.0.0.1:{ports[8080]}/pub?id=a"
        code, _, said = ngxpush("pub", url, "hello")
        assert code == 1
        assert "certificate verify failed" in said and "--insecure does not verify" in said
        assert ngxpush("pub", url, "hello", "--insecure")[:2] == (0, "a: 1 published, 1 stored, 0 subscribers\n")


def test_a_configuration_without_a_publisher() -> None:
    code, _, said = ngxpush("bench", str(CONFS / "chat-websocket.conf"))
    assert code == 2
    assert "no publisher location whose URL follows" in said


def test_a_running_server(tmp_path: Path) -> None:
    with push_server(tmp_path) as base:
        code, said, noise = ngxpush("bench", f"{base}/ev/a", "--publish", f"{base}/pub?id=a", "-s5", "-n20")
        assert code == 0
        first, deliveries, latency = said.splitlines()
        assert first.startswith("5 eventsource subscribers, 20 messages in ")
        assert deliveries.startswith("deliveries  100 (")
        assert deliveries.endswith(" per second), 0 lost, 0 came twice")
        assert latency.startswith("latency     half within ")
        assert noise == ""  # a bar of progress is for terminals


def test_locations_of_two_channels(tmp_path: Path) -> None:
    with push_server(tmp_path) as base:
        code, said, _ = ngxpush("bench", f"{base}/ev/a", "--publish", f"{base}/pub?id=b", "-s1", "-n1")
    assert code == 1
    assert said.endswith("latency     nothing came: are publisher and subscriber of the same channel?\n")


def test_open_files() -> None:
    """The usual limit is below what many subscribers need: it is raised as far as it may be."""

    def bench(limit: str) -> subprocess.CompletedProcess[str]:
        command = f'ulimit {limit} && exec "$0" bench "$1" --subscribers 200 --messages 1'
        words = ["sh", "-c", command, str(NGXPUSH), str(CONFS / "quickstart.conf")]
        return subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=False)

    assert "0 lost" in bench("-Sn 150").stdout
    refused = bench("-n 150")
    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (
        2,
        "Error: 200 subscribers need 300 open files, and the system allows 150 (ulimit -Hn)",
    )
