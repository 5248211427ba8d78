from typing import Any

import pytest

from ngxpush.config.analyzer import analyze
from ngxpush.config.compiler import compile_configuration
from ngxpush.config.configuration import If, Location
from ngxpush.config.directives.core.events import EventsMain
from ngxpush.config.directives.core.main import CoreMain
from ngxpush.config.directives.http.core import HttpCoreLocation
from ngxpush.config.directives.push_stream.settings import PushStreamLocation, SubscriberMode
from ngxpush.config.script import Return, Set
from tests.http.serving import compiled
from tests.machine import Machine


def blocks(text: str) -> dict[bytes, Location]:
    """The blocks of an http block by name; the last of a name counts, so an `if` stands for its location."""
    http = compiled(text).http
    assert http is not None
    return {block.name: block for block in http.blocks}


PUSH = "push_stream_shared_memory_size 1m; push_stream_channels_path x; "


@pytest.mark.parametrize(
    ("text", "name", "setting", "value"),
    [
        ("default_type a/b; server { location /a { } }", b"/a", "default_type", b"a/b"),
        ("default_type a/b; server { default_type c/d; location /a { } }", b"/a", "default_type", b"c/d"),
        ("server { location /a { default_type c/d; location /a/b { } } }", b"/a/b", "default_type", b"c/d"),
        ("server { location /a { internal; location /a/b { } } }", b"/a", "internal", True),
        ("server { location /a { } }", b"/a", "client_max_body_size", 1 << 20),
        ("server { client_max_body_size 5; location /a { if ($uri) { } } }", b"/a", "client_max_body_size", 5),
    ],
)
def test_inheritance(text: str, name: bytes, setting: str, value: Any) -> None:
    assert getattr(blocks(text)[name].of(HttpCoreLocation), setting) == value


def test_what_stands_outside_http() -> None:
    machine = Machine({"/c": b"user nobody; events { worker_connections 7; debug_connection ::1; debug_connection unix:; }"})
    configuration = compile_configuration(analyze("/c", "/", system=machine))
    assert configuration.of(CoreMain).user == (b"nobody",)
    assert configuration.of(EventsMain) == EventsMain(7, (b"::1", b"unix:"))


def test_collected_values_are_replaced_as_a_whole() -> None:
    text = "error_page 404 /a; error_page 500 502 /b; server { location /i { } location /o { error_page 403 /c; } }"
    pages = {name: [page.codes for page in block.of(HttpCoreLocation).error_page] for name, block in blocks(text).items()}
    assert pages[b"/i"] == [(404,), (500, 502)]
    assert pages[b"/o"] == [(403,)]


def test_roles_belong_to_a_location_and_its_ifs() -> None:
    text = PUSH + "server { location /a { push_stream_subscriber polling; if ($uri) { } } "
    text += "location /b { push_stream_subscriber; location /b/c { } } }"
    found = blocks(text)
    assert found[b"/a"].of(PushStreamLocation).subscriber is SubscriberMode.POLLING
    assert found[b"/a"].content_handler is None
    assert found[b"/b"].content_handler == "push_stream_subscriber"
    assert (found[b"/b/c"].of(PushStreamLocation).subscriber, found[b"/b/c"].content_handler) == (None, None)


def test_the_last_content_handler_counts() -> None:
    found = blocks(PUSH + "server { location /a/ { push_stream_publisher; proxy_pass http://127.0.0.1; } }")
    assert found[b"/a/"].auto_redirect
    found = blocks(PUSH + "server { location /a/ { proxy_pass http://127.0.0.1; push_stream_publisher; } }")
    assert found[b"/a/"].content_handler == "push_stream_publisher"
    assert not found[b"/a/"].auto_redirect


def test_limit_except_keeps_only_handlers_that_ask_other_servers() -> None:
    text = "server { location /a { proxy_pass http://127.0.0.1; limit_except GET { deny all; } } "
    text += "location /b { empty_gif; limit_except GET { deny all; } } }"
    found = {block.name: block for block in (compiled(text).http or pytest.fail()).blocks if block.limit_except is not None}
    limits = {name: block.limit_except for name, block in found.items()}
    assert limits[b"/a"] is not None and limits[b"/a"].location.content_handler is not None
    assert limits[b"/b"] is not None and limits[b"/b"].location.content_handler is None
    assert limits[b"/a"].methods == {b"GET", b"HEAD"}


def test_script_in_the_order_of_the_file() -> None:
    script = blocks("server { location /a { set $x 1; location /a/b { } return 204; set $y 2; } }")[b"/a"].script
    assert [type(step) for step in script] == [Set, Return, Set]
    server = compiled("server { if ($uri) { set $x 1; } }").http
    assert server is not None
    (step,) = server.servers[0].location.script
    assert isinstance(step, If) and step.location is None and len(step.script) == 1


@pytest.mark.parametrize(("names", "shown"), [("a b", b"a"), (".a.b", b"a.b"), ("*.a.b", b"*.a.b"), ("~^A$", b"~^A$")])
def test_server_name(names: str, shown: bytes) -> None:
    http = compiled(f"server {{ server_name {names}; }}").http
    assert http is not None and http.servers[0].name == shown


def test_addresses() -> None:
    http = compiled(
        "server { listen 80; listen [::]:80; } server { listen 80 default_server backlog=9; listen unix:/s; } server { }"
    ).http
    assert http is not None
    found = {address.listen.key: address for address in http.addresses}
    all_ipv4 = found[b"", 80, None, False]
    assert (all_ipv4.default_server, all_ipv4.servers) == (http.servers[1], http.servers)
    assert dict(all_ipv4.listen.options) == {"backlog": 9}
    assert len(found) == 3


def test_sources() -> None:
    found = blocks("default_type a/b; server { location /a { } }")
    assert [statement.start.line for statement in found[b"/a"].sources["default_type"]] == [3]
