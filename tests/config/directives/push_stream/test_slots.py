"""The arguments of the push stream module's own kinds, in its words. Recordings: config_test."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.push_stream.settings import PublisherMode, SubscriberMode
from ngxpush.config.places import Context
from tests.config.said import analysis_of, said, setting

_USING = "[info] Using {} of shared memory for push stream module on zone: {}"
_TOO_SMALL = "[warn] The push_stream_shared_memory_size value must be at least 128KiB"


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        ("125k", [_USING.format("128KiB", "push_stream_module")]),
        ("8m chat", [_USING.format("8192KiB", "chat")]),
        ("124k", [_TOO_SMALL]),
        ("1g", [_TOO_SMALL]),
    ],
)
def test_shared_memory_size(arguments: str, messages: list[str]) -> None:
    assert said("http", f"push_stream_shared_memory_size {arguments};") == messages


def test_a_zone_has_one_size() -> None:
    both = "limit_conn_zone $uri zone=chat:1m; push_stream_shared_memory_size 8m chat;"
    assert said("http", both)[-1] == '[emerg] the shared memory zone "chat" is already declared for a different use'


@pytest.mark.parametrize(
    ("directives", "message"),
    [
        (
            "push_stream_publisher boss;",
            "[error] push stream module: invalid push_stream_publisher mode value: boss, accepted values (normal, admin)",
        ),
        ("push_stream_publisher; push_stream_subscriber;", '[emerg] "push_stream_subscriber" directive is duplicate'),
        (
            "push_stream_header_template a; push_stream_header_template_file b;",
            "[emerg] \"push_stream_header_template_file\" directive is duplicate or template set by 'push_stream_header_template'",
        ),
        (
            "push_stream_header_template_file /etc/nginx/b; push_stream_header_template a;",
            '[emerg] "push_stream_header_template" directive is duplicate',
        ),
        (
            "push_stream_header_template_file none;",
            '[error] push stream module: unable to open file "none" for header template',
        ),
    ],
)
def test_refused(directives: str, message: str) -> None:
    assert said("location", directives, {"b": "header"}) == [message]


@pytest.mark.parametrize(
    ("directive", "mode"),
    [
        ("push_stream_publisher;", PublisherMode.NORMAL),
        ("push_stream_publisher ADMIN;", PublisherMode.ADMIN),
        ("push_stream_subscriber long-polling;", SubscriberMode.LONG_POLLING),
    ],
)
def test_modes(directive: str, mode: object) -> None:
    location = f"location / {{ {directive} push_stream_channels_path $arg_id; }}"
    scopes = analysis_of("http", f"push_stream_shared_memory_size 1m; server {{ {location} }}").root.walk()
    assert [scope.settings[0].value for scope in scopes if scope.context is Context.LOCATION] == [mode]


@pytest.mark.parametrize(
    ("directive", "value"),
    [
        ("push_stream_ping_message_interval 1500ms;", 1.5),
        ("push_stream_header_template_file /etc/nginx/b;", b"header"),
        ("push_stream_padding_by_user_agent wrong;", ()),
    ],
)
def test_values(directive: str, value: object) -> None:
    assert setting("location", directive, {"b": "header"}) == value
