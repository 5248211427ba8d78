"""Every configuration of fixtures/nginx_confs served by `ngxpush run` and used by a real client as its comment says.

The broken ones are refused with the message in their second line.
"""

from __future__ import annotations

import contextlib
import email
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import httpx_sse
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.clients import Answer, ask, get, publish, subscription, wait_for_subscribers
from tests.running import NGXPUSH, ngxpush_nginx, ngxpush_run

CONFS = Path(__file__).parents[1] / "fixtures" / "nginx_confs"


@pytest.fixture
def ports(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[int, int]]:
    """The ports of the served configuration, by the ports in its file. `serves` names the file and what serves it."""
    name, server = request.param
    with server(CONFS / name, tmp_path) as moved:
        yield moved


@pytest.fixture
def port(ports: dict[int, int]) -> int:
    """Where the port 8080 of the served configuration is."""
    return ports[8080]


def serves(name: str, server: Callable[..., object] = ngxpush_run) -> pytest.MarkDecorator:
    """Serve the configuration `name` during the test."""
    return pytest.mark.parametrize("ports", [(name, server)], indirect=True, ids=[name])


@contextlib.contextmanager
def event_source(port: int, target: str, headers: dict[str, str] | None = None) -> Iterator[Iterator[httpx_sse.ServerSentEvent]]:
    """The events of an EventSource subscriber."""
    with (
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10, trust_env=False) as client,
        httpx_sse.connect_sse(client, "GET", target, headers=headers or {}) as source,
    ):
        yield source.iter_sse()


def url(port: int, target: str) -> str:
    """The websocket URL of `target`."""
    return f"ws://127.0.0.1:{port}{target}"


def explanation(answer: Answer) -> tuple[int, str]:
    """The status and the module's own words of an answer."""
    return answer.status, answer.headers["X-Nginx-PushStream-Explain"]


def test_every_configuration_is_played() -> None:
    played = set(re.findall(r'@serves\("([^"]+)"', Path(__file__).read_text("utf-8")))
    played |= set(re.findall(r'"([\w-]+\.conf)"', Path(__file__).with_name("test_browser.py").read_text("utf-8")))
    assert {path.name for path in CONFS.glob("*.conf")} == played


@serves("quickstart.conf")
def test_quickstart(port: int) -> None:
    with (
        subscription(port, "/sub/news") as stream,
        event_source(port, "/ev/news") as events,
        subscription(port, "/lp/news") as long_poll,
        connect(url(port, "/ws/news"), proxy=None) as websocket,
    ):
        wait_for_subscribers(port, "/pub?id=news", 4)
        assert publish(port, "/pub?id=news", b"hello").json["published_messages"] == 1
        assert stream.line() == b"hello"
        assert next(events).data == "hello"
        assert long_poll.rest() == b"hello"
        assert websocket.recv() == "hello"
        assert get(port, "/poll/news", If_Modified_Since="Thu, 01 Jan 1970 00:00:01 GMT").body == b"hello"
        websocket.send("from the websocket")
        assert stream.line() == b"from the websocket"
    wait_for_subscribers(port, "/channels-stats?id=news", 0)
    assert explanation(ask(port, "DELETE", "/pub?id=news")) == (200, "Channel deleted.")
    assert b"<pre id=" in get(port, "/").body


@serves("streaming.conf")
def test_streaming(port: int) -> None:
    with subscription(port, "/sub/a/b") as stream:
        assert stream.line() == b"begin"
        publish(port, "/pub?id=b", b"one")
        publish(port, "/pub?id=a/b", b"two")
        assert [stream.line() for _ in range(3)] == [b"b 1: one", b"a 1: two", b"b 2: two"]
        ask(port, "DELETE", "/pub?id=a")
        ask(port, "DELETE", "/pub?id=b", b"really closed")
        assert stream.rest() == b"a -2: channel closed\nb -2: really closed\nend\n"


@serves("polling.conf")
def test_polling(port: int) -> None:
    assert get(port, "/poll/a").status == 304
    publish(port, "/pub?id=a", b"one")
    publish(port, "/pub?id=a", b"two")
    first = get(port, "/poll/a", If_Modified_Since="Thu, 01 Jan 1970 00:00:01 GMT")
    assert (first.status, first.body) == (200, b"one\ntwo\n")
    position = {"If_Modified_Since": first.headers["Last-Modified"], "If_None_Match": first.headers["Etag"]}
    assert get(port, "/poll/a", **position).status == 304
    publish(port, "/pub?id=a", b"three")
    assert get(port, "/poll/a", **position).body == b"three\n"


@serves("long-polling.conf")
def test_long_polling(port: int) -> None:
    with subscription(port, "/lp/a") as waiting:
        wait_for_subscribers(port, "/pub?id=a")
        publish(port, "/pub?id=a", b"one")
        assert waiting.response.headers["Content-Type"] == "application/json"
        assert json.loads(waiting.rest()) == {"id": 1, "text": "one"}
    time = waiting.response.headers["Last-Modified"].replace(" ", "%20")
    tag = waiting.response.headers["Etag"].removeprefix("W/")
    # Nothing is newer than what was read: the request waits until its time is over.
    assert get(port, f"/lp/a?time={time}&tag={tag}").json == {"id": -3, "text": "Timed out"}
    publish(port, "/pub?id=a", b"two")
    assert get(port, f"/lp/a?time={time}&tag={tag}").json == {"id": 2, "text": "two"}


@serves("jsonp.conf")
def test_jsonp(port: int) -> None:
    with subscription(port, "/jsonp?id=a&callback=app.show") as waiting:
        wait_for_subscribers(port, "/pub?id=a")
        publish(port, "/pub?id=a", b"one")
        assert waiting.rest() == b'app.show([{"id": 1, "text": "one"}]);'
        assert waiting.response.headers["Content-Type"] == "application/javascript"
    assert get(port, "/jsonp?id=a&callback=alert(1)//").status == 400


@serves("eventsource.conf")
def test_eventsource(port: int) -> None:
    with event_source(port, "/ev/a") as events:
        wait_for_subscribers(port, "/pub?id=a")
        publish(port, "/pub?id=a", b"line one\nline two", Event_Id="1", Event_Type="news")
        publish(port, "/pub?id=a", b"plain")
        first, second = next(events), next(events)
        assert (first.event, first.id, first.data) == ("news", "1", "line one\nline two")
        assert (second.event, second.data) == ("message", "plain")
    publish(port, "/pub?id=a", b"missed", Event_Id="2")
    with event_source(port, "/ev/a", {"Last-Event-ID": "1"}) as events:
        assert [next(events).data, next(events).data] == ["plain", "missed"]


@serves("chat-websocket.conf")
def test_chat(port: int) -> None:
    with connect(url(port, "/chat/lobby"), proxy=None) as alice, connect(url(port, "/chat/lobby"), proxy=None) as bob:
        wait_for_subscribers(port, "/channels-stats?id=lobby", 2)
        alice.send('"hello, Bob"')
        assert json.loads(bob.recv()) == json.loads(alice.recv()) == {"id": 1, "room": "lobby", "line": "hello, Bob"}
        assert bob.ping(b"").wait(10)
        bob.send(f'"{"é" * 5000}"')
        assert json.loads(alice.recv())["line"] == "é" * 5000
    with connect(url(port, "/chat/lobby"), proxy=None) as late:
        assert [json.loads(late.recv())["id"] for _ in range(2)] == [1, 2]
    wait_for_subscribers(port, "/channels-stats?id=lobby", 0)
    # A room's name is too long: after the handshake, as the module does it.
    with connect(url(port, "/chat/" + "x" * 65), proxy=None) as refused, pytest.raises(ConnectionClosed) as closed:
        refused.recv()
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, json.loads(closed.value.rcvd.reason)["http_status"]) == (1008, 400)


@serves("mjpeg.conf")
def test_mjpeg(port: int) -> None:
    frames = [b"\xff\xd8" + bytes([number]) * 30_000 + b"\r\n--frame\r\n\xff\xd9" for number in range(3)]
    publish(port, "/frames?camera=door", frames[0])
    with subscription(port, "/camera/door") as film:
        wait_for_subscribers(port, "/frames?camera=door")
        for frame in frames[1:]:
            publish(port, "/frames?camera=door", frame)
        kind = film.response.headers["Content-Type"]
        assert email.message_from_string(f"Content-Type: {kind}\n\n").get_boundary() == "frame"
        for frame in frames:
            assert [film.line() for _ in range(4)] == [
                b"--frame", b"Content-Type: image/jpeg", b"Content-Length: %d" % len(frame), b"",
            ]  # fmt: skip
            assert film.response.read(len(frame) + 2) == frame + b"\r\n"


@serves("forever-iframe.conf")
def test_forever_iframe(port: int) -> None:
    with subscription(port, "/iframe/news", User_Agent="Mozilla/4.0 (compatible; MSIE 8.0)") as page:
        assert page.line() == b"<!doctype html><html><body>"
        assert page.response.headers["Content-Type"] == "text/html; charset=utf-8"
        publish(port, "/pub?id=news", b"hello")
        ask(port, "DELETE", "/pub?id=news")
        rest = page.rest()
    assert b"<script>parent.message(1, 'news', 'hello');</script>\n" in rest
    assert rest.rstrip().endswith(b"</body></html>")
    # The header is padded to 1024 bytes, the message to 508.
    assert len(rest) > 1024 + 508


@serves("publisher-port.conf")
def test_publisher_port(ports: dict[int, int]) -> None:
    inside, outside = ports[8081], ports[8080]
    with event_source(outside, "/events/orders") as events:
        wait_for_subscribers(inside, "/status?channel=orders")
        answer = publish(inside, "/publish?channel=orders", b"paid")
        assert answer.body == b""
        assert next(events).data == "paid"
    assert get(outside, "/publish?channel=orders").status == 404
    assert ask(outside, "POST", "/events/orders", b"forged").status == 405


@serves("one-url.conf")
def test_one_url(port: int) -> None:
    with connect(url(port, "/channel/room:1"), proxy=None) as websocket, subscription(port, "/channel/room:1") as stream:
        # The publisher is internal and can't be asked who is there: messages are published until both are.
        while publish(port, "/channel/room:1", b"anybody?").json["subscribers"] != 2:
            pass
        websocket.send("by websocket")
        publish(port, "/channel/room:1", b"by POST")
        received = {stream.line(), stream.line(), stream.line()}
        assert received == {b"anybody?", b"by websocket", b"by POST"}
    assert ask(port, "DELETE", "/channel/room:1").status == 405
    assert get(port, "/pub/room:1").status == 404
    assert get(port, "/sub/room:1").status == 404


@serves("behind-a-proxy.conf")
def test_behind_a_proxy(port: int) -> None:
    with event_source(port, "/push/ev/a") as events, connect(url(port, "/push/ws/a"), proxy=None) as websocket:
        wait_for_subscribers(port, "/push/pub?id=a", 2)
        publish(port, "/push/pub?id=a", b"through the proxy")
        assert next(events).data == "through the proxy"
        assert websocket.recv() == "through the proxy"
    wait_for_subscribers(port, "/push/pub?id=a", 0)


@serves("events-channel.conf")
def test_events_channel(port: int) -> None:
    with event_source(port, "/events") as events:
        with subscription(port, "/sub/a"):
            seen = [next(events), next(events)]
        seen.append(next(events))
    assert [json.loads(event.data) for event in seen] == [
        {"type": "channel_created", "channel": "a"},
        {"type": "client_subscribed", "channel": "a"},
        {"type": "client_unsubscribed", "channel": "a"},
    ]
    assert seen[0].event == "channel_created"
    assert explanation(get(port, "/sub/events")) == (403, "Subscription to events channel is not allowed.")
    assert ask(port, "POST", "/pub?id=events", b"forged").status == 403


@serves("authorized-channels.conf")
def test_authorized_channels(port: int) -> None:
    assert explanation(get(port, "/ev/a")) == (403, "Subscriber could not create channels.")
    publish(port, "/pub?id=a", b"open")
    with event_source(port, "/ev/a.b1") as events:
        assert next(events).data == "open"


@serves("wildcard-channels.conf")
def test_wildcard_channels(port: int) -> None:
    publish(port, "/pub?id=mine", b"open")
    assert get(port, "/sub/all_news").status == 403
    assert explanation(get(port, "/sub/mine/all_1/all_2/all_3")) == (403, "Subscribed too much wildcard channels.")
    with subscription(port, "/sub/mine/all_news") as stream:
        assert stream.line() == b"begin"
        publish(port, "/pub?id=all_news", b"to everybody")
        publish(port, "/pub?id=mine", b"to me")
        assert [stream.line(), stream.line()] == [b"all_news: to everybody", b"mine: to me"]


@serves("limits.conf")
def test_limits(port: int) -> None:
    for text in (b"one", b"two", b"three"):
        publish(port, "/pub?id=a", text)
    assert get(port, "/pub?id=a").json["stored_messages"] == 2
    assert explanation(ask(port, "POST", "/pub?id=" + "x" * 17, b"m")) == (400, "Channel id is too large.")
    assert ask(port, "POST", "/pub?id=a", b"x" * 1025).status == 413
    with subscription(port, "/sub/a") as first, subscription(port, "/sub/a") as second:
        assert first.line() == second.line() == b"begin"
        assert explanation(get(port, "/sub/a")) == (403, "Subscribers limit per channel has been exceeded.")
    publish(port, "/pub?id=b/c", b"m")
    assert explanation(ask(port, "POST", "/pub?id=d", b"m")) == (403, "Number of channels were exceeded.")


@serves("old-messages.conf")
def test_old_messages(port: int) -> None:
    for number in range(1, 6):
        publish(port, "/pub?id=a", b"message", Event_Id=f"event-{number}")
    assert get(port, "/sub/a.b2").body == b"4 message\n5 message\n"
    assert get(port, "/sub/a?event=event-3").body == b"4 message\n5 message\n"
    assert get(port, "/sub/a?time=Thu,%2001%20Jan%201970%2000:00:01%20GMT").body.count(b"\n") == 5
    newest = get(port, "/sub/a.b1").headers
    time, tag = newest["Last-Modified"].replace(" ", "%20"), newest["Etag"].removeprefix("W/")
    assert get(port, f"/sub/a?time={time}&tag={tag}").status == 304


@serves("templates.conf")
def test_templates(port: int) -> None:
    publish(port, "/pub?id=a", "grüße".encode(), Event_Id="7", Event_Type="greeting")
    assert get(port, "/json/a.b1").json == {
        "id": 1, "channel": "a", "event": "7", "type": "greeting", "size": 7, "text": "grüße",
    }  # fmt: skip
    answer = get(port, "/xml/a.b1")
    time, tag = answer.headers["Last-Modified"], answer.headers["Etag"].removeprefix("W/")
    assert answer.body.decode() == f'<messages><message id="1" time="{time}" tag="{tag}">grüße</message></messages>'


@serves("shared-memory.conf")
def test_shared_memory(ports: dict[int, int]) -> None:
    publish(ports[8080], "/pub?id=a", b"seen by both servers")
    assert get(ports[8081], "/poll/a.b1").body == b"seen by both servers"


@serves("cross-origin.conf")
def test_cross_origin(port: int) -> None:
    for origin, allowed in (
        ("https://app.example.com", "https://app.example.com"),
        ("https://x.preview.example", "https://x.preview.example"),
        ("https://evil.example", None),
    ):
        answer = ask(port, "OPTIONS", "/pub?id=a", headers={"Origin": origin})
        assert answer.status == 200
        assert answer.headers["Access-Control-Allow-Origin"] == allowed
    subscriber = ask(port, "OPTIONS", "/ev/a", headers={"Origin": "https://app.example.com"})
    assert subscriber.headers["Access-Control-Allow-Methods"] == "GET"
    with event_source(port, "/ev/a", {"Origin": "https://x.preview.example"}) as events:
        wait_for_subscribers(port, "/pub?id=a")
        publish(port, "/pub?id=a", b"for a")
        assert next(events).data == "for a"


@serves("timeouts.conf")
def test_timeouts(port: int) -> None:
    with subscription(port, "/sub/a") as stream:
        lines = stream.rest().splitlines()
    assert lines[0] == b"begin"
    assert lines[-1] == b"end"
    assert lines[1:-1] == [b"-1 ping"] * len(lines[1:-1])
    assert len(lines[1:-1]) in (2, 3)


@serves("statistics.conf")
def test_statistics(port: int) -> None:
    publish(port, "/pub?id=news1/news2/other", b"m")
    assert get(port, "/channels-stats").json["published_messages"] == 3
    for ids, names in (("ALL", {"news1", "news2", "other"}), ("news*", {"news1", "news2"}), ("other/news1", {"other", "news1"})):
        infos = get(port, f"/channels-stats?id={ids}").json["infos"]
        assert {info["channel"] for info in infos} == names
    for accept, kind in (
        ("text/plain", "text/plain"), ("application/xml", "application/xml"), ("application/yaml", "application/yaml"),
    ):  # fmt: skip
        answer = get(port, "/channels-stats?id=other", Accept=accept)
        assert (answer.status, answer.headers["Content-Type"]) == (200, kind)


@serves("workers.conf", ngxpush_nginx)
def test_workers(port: int) -> None:
    with contextlib.ExitStack() as stack:
        # Enough connections to be spread over the workers.
        sources = [stack.enter_context(event_source(port, "/ev/a")) for _ in range(12)]
        wait_for_subscribers(port, "/pub?id=a", 12)
        for number in range(20):
            publish(port, "/pub?id=a", b"%d" % number)
        for events in sources:
            assert [next(events).data for _ in range(20)] == [str(number) for number in range(20)]
        summary = get(port, "/channels-stats").json
        assert len({worker["pid"] for worker in summary["by_worker"]}) == 4
        assert sum(int(worker["subscribers"]) for worker in summary["by_worker"]) == 12
    wait_for_subscribers(port, "/channels-stats?id=a", 0)


@serves("user-channels.conf")
def test_user_channels(port: int) -> None:
    assert get(port, "/my-events").status == 401
    with event_source(port, "/my-events", {"Cookie": "session=8f3a0c11"}) as events:
        publish(port, "/pub?id=user_bob", b"not for Alice")
        publish(port, "/pub?id=user_alice", b"for Alice")
        publish(port, "/pub?id=everybody", b"for all")
        assert [json.loads(next(events).data) for _ in range(2)] == [
            {"from": "user_alice", "text": "for Alice"},
            {"from": "everybody", "text": "for all"},
        ]


@serves("tenants.conf")
def test_tenants(port: int) -> None:
    acme, zoo = {"Host": "acme.push.example"}, {"Host": "zoo.push.example"}
    assert ask(port, "POST", "/pub?id=news", b"acme's", acme).json["channel"] == "acme_news"
    assert ask(port, "GET", "/poll/news.b1", headers=acme).status == 404  # \w+ has no dot
    since = {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:01 GMT"}
    assert ask(port, "GET", "/poll/news", headers=acme | since).body == b"acme's"
    assert ask(port, "GET", "/poll/news", headers=zoo | since).status == 304
    assert get(port, "/pub?id=news").status == 404


def _refusal(path: Path) -> str:
    """What a broken configuration says of itself: `# refused: MESSAGE [at line N]`, as nginx prints it."""
    line = path.read_bytes().splitlines()[1].decode()
    message, _, number = line.removeprefix("# refused: ").partition(" at line ")
    return f"{message} in {path}:{number}\n" if number else f"{message}\n"


@pytest.mark.parametrize("path", sorted((CONFS / "broken").glob("*.conf")), ids=lambda path: path.stem)
def test_broken_configuration(path: Path, tmp_path: Path) -> None:
    test = subprocess.run([NGXPUSH, "nginx", "-t", "-p", tmp_path, "-c", path], capture_output=True, text=True, timeout=20)
    assert test.returncode == 1
    assert _refusal(path) in test.stderr
    assert test.stderr.endswith(f"nginx: configuration file {path} test failed\n")
    run = subprocess.run([NGXPUSH, "run", path], capture_output=True, text=True, timeout=20, cwd=tmp_path)
    assert run.returncode != 0
    assert "Traceback" not in run.stderr
