"""Push over `listen … ssl http2`: headless Chromium, and httpx, which speaks HTTP/2 by libraries of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.browser import CHROMIUM, page
from tests.certificates import credentials
from tests.clients import publish, wait_for_subscribers
from tests.patience import PATIENCE
from tests.running import free_port

from .server import Server, serving

_HTTP2 = """
server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {directory}/a.pem;
    ssl_certificate_key {directory}/a.key;
    push_stream_message_template "~text~\\n";
    location = / {{ root {directory}; try_files /page.html =404; types {{ text/html html; }} }}
    location /seen {{ push_stream_publisher; push_stream_channels_path seen; }}
    location /sub/ {{ push_stream_subscriber; push_stream_channels_path $arg_id; postpone_output 0; }}
    location /long {{ push_stream_subscriber long-polling; push_stream_channels_path news; }}
    location /events {{ push_stream_subscriber eventsource; push_stream_channels_path news; }}
    location /socket {{ push_stream_subscriber websocket; push_stream_channels_path news; }}
}}
"""
_PAGE = """<!doctype html>
<script>
function received(transport, text) {
  const line = [transport, performance.getEntries()[0].nextHopProtocol, text.trim()].join(" ");
  fetch("/seen", { method: "POST", body: line });
}
new EventSource("/events").onmessage = (event) => received("eventsource", event.data);
new WebSocket("wss://" + location.host + "/socket").onmessage = (event) => received("websocket", event.data);
fetch("/long").then((answer) => answer.text()).then((text) => received("long-polling", text));
fetch("/sub/?id=news").then((answer) => answer.body.getReader().read()).then(
  (piece) => received("streaming", new TextDecoder().decode(piece.value)));
</script>
"""


class Secure:
    """A server with HTTP/2 at `url`."""

    def __init__(self, server: Server, port: int) -> None:
        self.server = server
        self.url = f"https://127.0.0.1:{port}"
        self.client = httpx.Client(base_url=self.url, http2=True, verify=False, trust_env=False, timeout=PATIENCE)

    def publish(self, channel: str, text: str) -> None:
        publish(self.server.port, f"/pub?id={channel}", text.encode())

    def wait_for_subscribers(self, channel: str, number: int = 1) -> None:
        wait_for_subscribers(self.server.port, f"/statistics?id={channel}", number)


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Secure]:
    credentials("a", ["localhost"]).save(tmp_path, "a")
    (tmp_path / "page.html").write_text(_PAGE)
    port = free_port()
    with serving(tmp_path, more=_HTTP2.format(port=port, directory=tmp_path)) as server:
        secure = Secure(server, port)
        with secure.client:
            yield secure


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (make debian-packages)")
def test_a_browser_receives_by_every_transport(secure: Secure, tmp_path: Path) -> None:
    """The websocket has a connection of its own, which is HTTP/1.1; all else shares the page's."""
    with secure.client.stream("GET", "/sub/?id=seen") as seen, page(f"{secure.url}/", tmp_path, "--ignore-certificate-errors"):
        secure.wait_for_subscribers("news", 4)
        secure.publish("news", "grüße")
        lines = seen.iter_lines()
        transports = {"eventsource", "long-polling", "streaming", "websocket"}
        assert {next(lines) for _ in transports} == {f"{transport} h2 grüße" for transport in transports}
    secure.wait_for_subscribers("news", 0)


def test_one_connection_streams_and_publishes(secure: Secure) -> None:
    """A streaming subscriber, a long-polling one and a publisher, as streams of one connection."""
    asyncio.run(_share_a_connection(secure))
    secure.wait_for_subscribers("seen", 0)


async def _share_a_connection(secure: Secure) -> None:
    options = {"http2": True, "verify": False, "trust_env": False, "timeout": 20}
    async with httpx.AsyncClient(base_url=secure.url, **options) as client:
        async with client.stream("GET", "/sub/?id=seen") as streaming:
            assert (streaming.http_version, streaming.status_code) == ("HTTP/2", 200)
            polling = asyncio.create_task(client.get("/long"))
            await asyncio.to_thread(secure.wait_for_subscribers, "news")
            lines = streaming.aiter_lines()
            # Less than the window of a stream: httpcore may overlook that it opens while another request waits on the connection.
            for text in ("one", "two" * 10_000):
                answer = await client.post("/seen", content=text)
                assert (answer.http_version, answer.json()["subscribers"]) == ("HTTP/2", 1)
                assert await anext(lines) == text
            await asyncio.to_thread(secure.publish, "news", "three")
            assert (await polling).text == "three\n"
        # The connection goes on without the stream.
        assert (await client.get("/")).text == _PAGE
