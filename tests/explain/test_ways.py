"""The lines that reach a channel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ngxpush.config.configuration import Location
from ngxpush.config.directives.push_stream.settings import SubscriberMode
from ngxpush.explain.ways import Way, reached, target_of, ways
from tests.console.opened import set_up


@contextmanager
def _set_up(http: str) -> Iterator[Any]:
    setup = set_up(http)
    yield setup
    for listening, _ in setup.sockets:
        listening.close()


def _location(location: str, channels: str) -> Location:
    with _set_up(
        f"server {{ location {location} {{ push_stream_subscriber; push_stream_channels_path '{channels}'; }} }}"
    ) as setup:
        http = setup.configuration.http
        return next(block for block in http.blocks if block.content_handler)


@pytest.mark.parametrize(
    ("location", "channels", "id", "target"),
    [
        ("/sub", "$arg_id", b"a", "/sub?id=a"),
        ("= /sub", "$arg_id", b"a&b", "/sub?id=a%26b"),
        ("^~ /sub", "${arg_id}", b"50%", "/sub?id=50%25"),
        ("'/my sub'", "$arg_id", b"a", "/my%20sub?id=a"),
        ("~ ^/sub$", "$arg_id", b"a", "/sub?id=a"),
        ("~ /sub/(.*)", "$1", b"a", "/sub/a"),
        ("~ ^/sub/([^/]+)$", "$1", b"a b", "/sub/a%20b"),
        (r"~ ^/sub/(\w+)\.json$", "$1", b"a", "/sub/a.json"),
        ("~* ^/sub/(?<chan>.+)", "$chan", b"a", "/sub/a"),
        ("~ ^/sub/(?P<Chan>[a-z]+)", "$chan", b"a", "/sub/a"),
        # The path is decoded by nginx, and once more by the module.
        ("~ /sub/(.*)", "$1", b"50%", "/sub/50%2525"),
        # The module decodes up to a question mark, and then loses what stands after it.
        ("/sub", "$arg_id", b"a?b", "/sub?id=a?b"),
        ("/sub", "$arg_id", b"a?b&c", None),
        ("~ /sub/(.*)", "$1", b"a?b", "/sub/a%3Fb"),
        ("~ /sub/(.*)", "$1", b"a%?b", None),
        # What does not follow, or would be another channel.
        (r"~ ^/sub/(\w+)$", "$1", b"a b", None),
        ("~ ^/sub/(?<chan>[a-z]+)", "$chan", b"A", None),
        ("/sub", "$arg_id/news", b"a", None),
        ("/sub", "news", b"news", None),
        ("/sub", "$http_x", b"a", None),
        ("/sub", "$1", b"a", None),
        ("~ ^/(a|b)/(.*)", "$2", b"a", None),
        ("~ ^/sub(/.*)?$", "$1", b"a", None),
        ("~ ^/sub/(.*)", "$2", b"a", None),
        ("~ ^/sub/(.*)", "$arg_id", b"a", None),
    ],
)
def test_target(location: str, channels: str, id: bytes, target: str | None) -> None:
    assert target_of(_location(location, channels), id) == target


def test_lines_of_each_role() -> None:
    locations = "".join(
        f"location /{mode} {{ push_stream_subscriber {mode}; push_stream_channels_path $arg_id; }}"
        for mode in ("streaming", "eventsource", "websocket", "long-polling", "polling")
    )
    http = f"server {{ location /pub {{ push_stream_publisher; push_stream_channels_path $arg_id; {locations} }} }}"
    with _set_up(http.replace("location /", "location /pub/").replace("/pub/pub", "/pub")) as setup:
        port = setup.sockets[0][0].address.port
        found = {way.role: way for way in ways(reached(setup.sockets), b"it's")}
        assert ways(reached(setup.sockets), b"a/b") == ways(reached(setup.sockets), b"") == ()
    assert list(found) == ["publisher", "long-polling", "eventsource", "streaming", "websocket", "polling"]
    url = f"http://127.0.0.1:{port}/pub"
    assert found["publisher"] == Way(
        None,
        "location /pub",
        f"curl -d hello '{url}?id=it%27s'",
        f'await fetch("{url}?id=it%27s", {{method: "POST", body: "hello"}});',
        f"{url}?id=it%27s",
    )
    assert found["websocket"].script == (
        f'new WebSocket("ws://127.0.0.1:{port}/pub/websocket?id=it%27s").onmessage = event => console.log(event.data);'
    )
    assert (found["websocket"].mode, found["websocket"].url) == (SubscriberMode.WEBSOCKET, f"{url}/websocket?id=it%27s")
    assert found["eventsource"].curl == f"curl -N '{url}/eventsource?id=it%27s'"


def test_servers_by_name() -> None:
    location = "location /pub { push_stream_publisher; push_stream_channels_path $arg_id; }"
    http = f"""
        server {{ listen 80; server_name _; }}
        server {{ listen 80; server_name *.a ~b c.example; {location} }}
        server {{ listen 80; server_name ~b; {location} }}
    """
    with _set_up(http) as setup:
        port = setup.sockets[0][0].address.port
        (way,) = ways(reached(setup.sockets), b"a")
    assert way.curl == f"curl -d hello -H 'Host: c.example' 'http://127.0.0.1:{port}/pub?id=a'"
    assert (way.script, way.host) == (None, "c.example")


def test_arguments_that_say_where_to_resume() -> None:
    settings = """push_stream_last_received_message_time $arg_time; push_stream_last_received_message_tag '$arg_t';
        push_stream_last_event_id $arg_event;"""
    http = f"server {{ location /lp {{ push_stream_subscriber long-polling; push_stream_channels_path $arg_id; {settings} }} }}"
    with _set_up(http) as setup:
        (way,) = ways(reached(setup.sockets), b"a")
    assert (way.time, way.tag, way.event_id) == ("time", "t", "event")
    assert way.resuming("now", "", "5") == f"{way.url}&time=now&event=5"
    assert way.resuming("", "", "") == way.url


def test_a_location_that_no_client_reaches_has_no_line() -> None:
    with _set_up("server { location /pub { internal; push_stream_publisher; push_stream_channels_path $arg_id; } }") as setup:
        assert ways(reached(setup.sockets), b"a") == ()
