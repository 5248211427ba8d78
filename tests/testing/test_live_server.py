"""ngxpush.testing.live_server: what a test does with a server, and the clock it moves."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from ngxpush.client import UnexpectedAnswer
from ngxpush.testing import (
    ChannelCounts,
    LiveServer,
    NoLocation,
    ServerDied,
    SubscriptionEnded,
    serve,
)
from tests.patience import PATIENCE
from tests.testing.configuration import LOCATIONS, MODES, configuration


@pytest.fixture
def server() -> Iterator[LiveServer]:
    with serve(configuration()) as server:
        yield server


def test_urls() -> None:
    listens = "listen 80; listen [::]:80; listen 127.0.0.2:8080; listen 443 ssl; listen unix:/run/x.sock;"
    with serve(configuration(f"{listens} {LOCATIONS} return 200 $server_port;")) as server:
        assert list(server.urls) == ["80", "[::]:80", "127.0.0.2:8080", "443", "unix:/run/x.sock"]
        assert server.url == server.urls["80"] == server.urls["[::]:80"]
        assert server.urls["443"].startswith("https://127.0.0.1:")
        with pytest.raises(KeyError, match="the configuration does not listen on 8080, but on 80, "):
            server.urls["8080"]
        assert httpx.get(server.urls["127.0.0.2:8080"], trust_env=False).text in server.urls["127.0.0.2:8080"]
        path = server.urls["unix:/run/x.sock"].removeprefix("unix:")
        with httpx.Client(transport=httpx.HTTPTransport(uds=path)) as client:
            assert client.get("http://x/").status_code == 200
    assert not Path(path).exists()


def test_modes(server: LiveServer) -> None:
    assert server.modes == MODES
    with serve(configuration("listen 80; location / { push_stream_subscriber polling; push_stream_channels_path a; }")) as other:
        assert other.modes == ("polling",)


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_gets_what_is_published(server: LiveServer, mode: str) -> None:
    server.publish("news", "before")
    with server.subscribe("news", mode) as news:
        server.publish("news", "one")
        assert news.next().text.strip() == "one"
        server.publish("news", "two")
        assert news.next().text.strip() == "two"
        with pytest.raises(TimeoutError):
            news.next(timeout=0.01)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("field", [{"Last-Event-ID": "1"}, {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:01 GMT"}])
def test_stored_messages_come_once(server: LiveServer, mode: str, field: dict[str, str]) -> None:
    for number in (1, 2, 3):
        server.publish("news", str(number), event_id=str(number))
    with server.subscribe("news", mode, headers=field) as news:
        stored = ["2", "3"] if "Last-Event-ID" in field else ["1", "2", "3"]
        assert [news.next().text.strip() for _ in stored] == stored
        server.publish("news", "4")
        assert news.next().text.strip() == "4"


def test_a_message_that_is_there_comes_without_waiting(server: LiveServer) -> None:
    found: list[str] = []
    with server.subscribe("news", "eventsource") as news:
        server.publish("news", "hello")
        until = time.monotonic() + PATIENCE
        while not found and time.monotonic() < until:
            with suppress(TimeoutError):
                found.append(news.next(timeout=0).text)
    assert found == ["hello"]


def test_what_a_test_leaves_behind_ends_with_the_server() -> None:
    with serve(configuration()) as server:
        left = server.subscribe("news", "eventsource")
        news = left.__enter__()
    for use in (news.next, server.channels, lambda: server.publish("news", "a")):
        with pytest.raises(ServerDied, match="the block of this server has ended"):
            use()
    left.__exit__(None, None, None)


def test_a_program_that_leaves_a_subscriber_behind_ends() -> None:
    program = f"""if 1:
        from ngxpush.testing import serve
        left = serve({configuration()!r})
        subscribed = left.__enter__().subscribe("news", "eventsource")
        subscribed.__enter__()"""
    done = subprocess.run([sys.executable, "-c", program], stderr=subprocess.PIPE, timeout=PATIENCE, check=True)
    assert done.stderr == b""


def test_ids_and_types_of_events(server: LiveServer) -> None:
    with server.subscribe("news", "eventsource") as news:
        server.publish("news", "two\nlines", event_id="7", event_type="chat")
        message = news.next()
    (stored,) = server.messages("news")
    assert (message.event_id, message.event_type) == (stored.event_id, stored.event_type) == ("7", "chat")


@pytest.mark.parametrize("mode", MODES)
def test_messages_are_read_by_their_template(mode: str) -> None:
    template = 'push_stream_message_template "{id: ~id~, channel: ~channel~, text: ~text~, time: ~time~}\\n";'
    with serve(
        configuration("listen 80; " + LOCATIONS.replace('push_stream_message_template "~text~\\n";', ""), template)
    ) as server:
        with server.subscribe("news", mode) as news:
            server.publish("news", "hello")
            message = news.next()
        (published,) = server.published()
    assert (message.id, message.channel, message.text, message.time) == (1, "news", "hello", published.time)


def test_channels(server: LiveServer) -> None:
    with server.subscribe("a", "websocket"), server.subscribe("a", "long-polling"):
        assert server.channels() == {"a": ChannelCounts("a", 0, 0, 2)}
    server.publish("ä b", b"\xff")
    assert server.channels()["ä b"] == ChannelCounts("ä b", 1, 1, 0)
    (message,) = server.messages("ä b")
    assert (message.id, message.channel, message.data, message.text, message.tag) == (1, "ä b", b"\xff", "\\xff", 1)


def test_what_is_published_without_being_stored() -> None:
    with serve(configuration(f"listen 80; {LOCATIONS}".replace("push_stream_store_messages on;", ""))) as server:
        for channel, text in (("a", "1"), ("b", "2"), ("a", "3")):
            server.publish(channel, text)
        assert server.messages("a") == []
        assert [message.text for message in server.published()] == ["1", "2", "3"]
        assert [message.text for message in server.published("a")] == ["1", "3"]


def test_a_message_lives_as_long_as_the_configuration_says(server: LiveServer) -> None:
    server.publish("news", "first")
    server.advance(50)
    server.publish("news", "second")
    first, second = server.messages("news")
    assert second.time - first.time >= 50
    server.advance(15)
    assert [message.text for message in server.messages("news")] == ["second"]
    assert server.expire() > 60
    assert server.messages("news") == []


def test_an_empty_channel_goes(server: LiveServer) -> None:
    server.publish("news", "hello")
    server.expire()
    server.advance(40)
    assert server.channels() == {}


def test_pings(server: LiveServer) -> None:
    """A client that has sent its request is subscribed before the clock moves, and has each ping at its time."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as client:
        client.sendall(b"GET /streaming/news HTTP/1.0\r\n\r\n")
        server.advance(21)
        server.publish("news", "after two pings")
        server.advance(10)
        answer = client.makefile("rb").read()
    assert answer.partition(b"\r\n\r\n")[2] == b" \n \nafter two pings\n"


def test_the_end_of_a_subscriber(server: LiveServer) -> None:
    with server.subscribe("news", "streaming") as news:
        server.advance(20)
        server.publish("news", "in time")
        assert news.next().text == "in time"
        assert server.channels()["news"].subscribers == 1
        server.advance(10)
        assert server.channels()["news"].subscribers == 0
        assert list(news) == []
        with pytest.raises(SubscriptionEnded):
            news.next()


def test_a_long_poll_that_is_over_is_sent_again(server: LiveServer) -> None:
    with server.subscribe("news", "long-polling") as news:
        server.advance(21)
        server.publish("news", "late")
        assert news.next().text.strip() == "late"


def test_a_location_that_takes_the_last_message_from_arguments() -> None:
    settings = "push_stream_last_received_message_time $arg_time; push_stream_last_received_message_tag $arg_tag;"
    polled = f"location /polled {{ push_stream_subscriber polling; push_stream_channels_path $arg_id; {settings} }}"
    publisher = "location /pub { push_stream_publisher; push_stream_channels_path $arg_id; push_stream_store_messages on; }"
    with serve(configuration(f"listen 80; {publisher} {polled}")) as server:
        server.publish("news", "before")
        with server.subscribe("news") as news:
            for text in ("one", "two"):
                server.publish("news", text)
                assert news.next().text == text


def test_time_goes_forward_only(server: LiveServer) -> None:
    for seconds in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="time goes forward only"):
            server.advance(seconds)


def test_refusals(server: LiveServer) -> None:
    with pytest.raises(UnexpectedAnswer, match="400 Bad Request: No channel id provided"):
        server.publish("", "hello", url="/pub")
    with pytest.raises(UnexpectedAnswer, match="404"), server.subscribe("", "streaming", url="/nowhere"):
        pass
    with pytest.raises(UnexpectedAnswer, match="404"), server.subscribe("", "websocket", url="/nowhere"):
        pass


def test_locations_that_are_not_there() -> None:
    odd = "location ~ ^/(a|b) { push_stream_subscriber; push_stream_channels_path $arg_x$1; }"
    with serve(configuration(f"listen 80; {odd}")) as server:
        with pytest.raises(NoLocation, match=r"no subscriber location of mode 'websocket'; it has streaming$"):
            server.subscribe("a", "websocket").__enter__()
        with pytest.raises(NoLocation, match="which subscriber location is for channel 'a' does not follow"):
            server.subscribe("a").__enter__()
        with pytest.raises(NoLocation, match="which publisher location is for channel 'a' does not follow"):
            server.publish("a", "hello")
        with pytest.raises(NoLocation, match="say the mode"):
            server.subscribe("a", url="/a").__enter__()
        for mode in ("publisher", "stream"):
            with pytest.raises(NoLocation, match=f"no subscriber location of mode '{mode}'; it has streaming$"):
                server.subscribe("a", mode, url="/a").__enter__()
        with server.subscribe("a", "streaming", url="/a"):
            assert server.channels()["a"].subscribers == 1


def test_fields_of_requests() -> None:
    location = 'location /pub { push_stream_publisher; push_stream_channels_path "$arg_id"; if ($http_x != y) { return 403; } }'
    others = "location /sub { push_stream_subscriber; push_stream_channels_path $arg_id; }"
    http = "server { listen 80; } log_format agents $http_user_agent; access_log /nowhere/log agents;"
    with serve(configuration(f"listen 80; server_name push.example; {location} {others}", http)) as server:
        server.publish("a", "hello", headers={"X": "y"})
        with server.subscribe("a", headers={"User-Agent": "Old Browser"}):
            pass
        with pytest.raises(UnexpectedAnswer, match="403"):
            server.publish("a", "hello")
    assert "Old Browser ngxpush.testing/" in server.log


def test_tls(server: LiveServer) -> None:
    with serve(configuration(f"listen 443 ssl; {LOCATIONS}")) as server:
        for mode in ("websocket", "eventsource"):
            with server.subscribe("news", mode) as news:
                server.publish("news", "hello")
                assert news.next().text == "hello"


def test_all_logs_are_one(server: LiveServer) -> None:
    with serve(configuration("listen 80; error_log /nowhere/error.log; root /nowhere;")) as server:
        assert httpx.get(f"{server.url}/x", trust_env=False).status_code == 404
        assert "[error] " in server.log and 'open() "/nowhere/x" failed' in server.log
        assert '"GET /x HTTP/1.1" 404' in server.log
    assert '"GET /x HTTP/1.1" 404' in server.log


def test_caches_are_apart() -> None:
    """A server finds nothing of an earlier one, though the configuration names the same directory."""
    cache = "proxy_cache_path /var/cache/nginx/ngxpush-testing keys_zone=pages:1m;"
    upstream = "location / { proxy_pass http://unix:SOCKET; proxy_cache pages; proxy_cache_valid 1m; }"
    bodies = []
    for _ in range(2):
        with serve(configuration("listen unix:/run/pid.sock; return 200 $pid;")) as behind:
            path = behind.urls["unix:/run/pid.sock"].removeprefix("unix:")
            with serve(configuration(f"listen 80; {upstream.replace('SOCKET', path)}", cache)) as server:
                bodies.append([httpx.get(server.url, trust_env=False).text for _ in range(2)])
    (first, again), (other, _) = bodies
    assert first == again != other
    assert not Path("/var/cache/nginx/ngxpush-testing").exists()


def test_servers_side_by_side(server: LiveServer) -> None:
    with serve(configuration()) as other:
        other.publish("a", "hello")
        other.advance(1000)
        assert (list(server.channels()), list(other.channels())) == ([], [])
        server.publish("a", "hello")
        assert abs(server.messages("a")[0].time - other.published("a")[0].time) < 900


def test_a_server_that_dies(server: LiveServer) -> None:
    os.kill(int(httpx.get(f"{server.url}/pid", trust_env=False).text), signal.SIGKILL)
    with pytest.raises(ServerDied):
        server.channels()
