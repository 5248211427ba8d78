"""ngxpush.config.settings: nginx's inheritance."""

from __future__ import annotations

from typing import Any

import pytest

from ngxpush.config.configuration import Location
from ngxpush.config.directives.access.access import AccessLocation
from ngxpush.config.directives.filters.headers import HeadersLocation
from ngxpush.config.directives.gateways.proxy import ProxyLocation
from ngxpush.config.directives.http.core import HttpCoreLocation
from ngxpush.config.directives.push_stream.settings import PushStreamLocation
from ngxpush.config.places import LocationMatch
from tests.http.serving import compiled


def _blocks(http: str) -> dict[tuple[bytes, LocationMatch], Location]:
    found = compiled(http).http
    assert found is not None
    return {(block.name, block.match): block for block in found.blocks}


def _block(http: str, name: bytes, match: LocationMatch = LocationMatch.PREFIX) -> Location:
    return _blocks(http)[name, match]


@pytest.mark.parametrize(
    ("http", "value"),
    [
        ("server { location / { } }", 60000),
        ("send_timeout 5; server { location / { } }", 5000),
        ("send_timeout 5; server { send_timeout 6; location / { } }", 6000),
        ("send_timeout 5; server { send_timeout 6; location / { send_timeout 7; } }", 7000),
    ],
)
def test_the_nearest_block_counts(http: str, value: int) -> None:
    assert _block(http, b"/").of(HttpCoreLocation).send_timeout == value


def test_an_inner_list_takes_the_place_of_the_outer_one() -> None:
    http = "add_header A 1; server { location / { } location /b { add_header B 1; add_header C 1; } }"
    names = [[header.name for header in _block(http, name).of(HeadersLocation).add_header] for name in (b"/", b"/b")]
    assert names == [[b"A"], [b"B", b"C"]]


def test_the_two_times_of_keepalive_timeout_are_inherited_one_by_one() -> None:
    inner = (
        "location /a { keepalive_timeout 5s; } location /b { keepalive_timeout 5s 6s; location /b/c { keepalive_timeout 4s; } }"
    )
    blocks = _blocks(f"keepalive_timeout 20s 7s; server {{ keepalive_timeout 10s; {inner} }}")
    found = {key[0]: block.of(HttpCoreLocation).keepalive_timeout for key, block in blocks.items()}
    assert (found[b"/a"], found[b"/b"], found[b"/b/c"]) == ((5000, 7), (5000, 6), (4000, 6))


def test_directives_that_share_a_field_count_together() -> None:
    http = "server { deny all; location / { allow 10.0.0.1; } location /b { allow 10.0.0.1; deny all; } }"
    rules = [[rule.allow for rule in _block(http, name).of(AccessLocation).rules] for name in (b"/", b"/b")]
    assert rules == [[True], [True, False]]
    assert set(_block(http, b"/b").sources) == {"allow", "deny"}


def test_what_belongs_to_a_content_handler_stays_within_its_location() -> None:
    http = (
        "server { location / { proxy_pass http://127.0.0.1; if ($arg_a) { set $a 1; } limit_except GET { deny all; }"
        " location /in { } } }"
    )
    blocks = _blocks(http)
    kept: list[tuple[Any, Any]] = [(b"/", LocationMatch.PREFIX), (b"/", LocationMatch.IF), (b"/", LocationMatch.LIMIT_EXCEPT)]
    assert all(blocks[key].of(ProxyLocation).pass_ is not None for key in kept)
    assert blocks[b"/in", LocationMatch.PREFIX].of(ProxyLocation).pass_ is None


def test_a_push_location_turns_if_modified_since_off_for_what_is_in_it() -> None:
    http = (
        "push_stream_shared_memory_size 10m; server { if_modified_since before; location / { }"
        " location /p { push_stream_publisher; push_stream_channels_path a; location /p/file { }"
        " location /p/own { if_modified_since exact; } } }"
    )
    found = {name: _block(http, name).of(HttpCoreLocation).if_modified_since for name in (b"/", b"/p", b"/p/file", b"/p/own")}
    assert found == {b"/": "before", b"/p": "off", b"/p/file": "off", b"/p/own": "exact"}
    assert set(_block(http, b"/p/file").sources) >= {"if_modified_since"}


def test_what_is_derived() -> None:
    http = (
        "push_stream_shared_memory_size 10m; push_stream_subscriber_connection_ttl 9s;"
        "push_stream_padding_by_user_agent a,1,2; server { location / { push_stream_subscriber; push_stream_channels_path a; }"
        " location /b { } }"
    )
    subscriber, other = (_block(http, name).of(PushStreamLocation) for name in (b"/", b"/b"))
    assert subscriber.longpolling_connection_ttl == 9.0
    assert [(padding.header_minimum, padding.message_minimum) for padding in subscriber.padding_by_user_agent] == [(1, 2)]
    assert other.padding_by_user_agent == ()


def test_results_are_frozen() -> None:
    configuration = compiled("server { location / { } }")
    http = configuration.http
    assert http is not None
    for value in (configuration, http, http.addresses[0], http.servers[0], http.blocks[0], http.blocks[0].of(HttpCoreLocation)):
        with pytest.raises(AttributeError, match="immutable"):
            setattr(value, value.__struct_fields__[0], None)
