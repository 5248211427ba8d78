"""ngxpush.config.directives.push_stream: the module's own checks, in its words and order. Recordings: config_test."""

from __future__ import annotations

import pytest

from tests.config.test_analyzer import check, lines

USING = "[info] Using 10240KiB of shared memory for push stream module on zone: push_stream_module in nginx.conf:3"


def configuration(http: str = "", location: str = "push_stream_subscriber; push_stream_channels_path $arg_id;") -> str:
    http = "push_stream_shared_memory_size 10m; " + http
    return f"events {{}}\nhttp {{ access_log off;\n{http}\nserver {{ location / {{\n{location}\n}} }}\n}}\n"


@pytest.mark.parametrize(
    ("http", "location", "message"),
    [
        ("", "push_stream_publisher;", "push_stream_channels_path must be set."),
        ("push_stream_message_ttl 0;", None, "push_stream_message_ttl cannot be zero."),
        ("push_stream_ping_message_interval 0;", None, "push_stream_ping_message_interval cannot be zero."),
        ("push_stream_message_template '';", None, "push_stream_message_template cannot be blank."),
        (
            "push_stream_max_number_of_wildcard_channels 5;",
            None,
            "cannot set wildcard channel max qtd if push_stream_wildcard_channel_prefix is not set or blank.",
        ),
        (
            "push_stream_max_number_of_wildcard_channels 1; push_stream_wildcard_channel_prefix b;"
            " push_stream_wildcard_channel_max_qtd 2;",
            None,
            "max number of wildcard channels cannot be smaller than value in push_stream_wildcard_channel_max_qtd.",
        ),
    ],
)
def test_checks_when_http_closes(http: str, location: str | None, message: str) -> None:
    text = configuration(http) if location is None else configuration(http, location)
    assert lines(check(text)) == [USING, f"[error] push stream module: {message} in nginx.conf:7"]


@pytest.mark.parametrize(
    "location",
    ["", "push_stream_subscriber eventsource; push_stream_channels_path a; push_stream_message_template '';"],
)
def test_accepted(location: str) -> None:
    assert lines(check(configuration("", location))) == [USING]


def test_without_push_locations_nothing_is_checked() -> None:
    assert lines(check(configuration("push_stream_message_ttl 0;", "return 204;"))) == [USING]


@pytest.mark.parametrize("role", ["push_stream_publisher", "push_stream_subscriber", "push_stream_channels_statistics"])
def test_a_role_sets_if_modified_since(role: str) -> None:
    """Recording found_causes/config-role-sets-if-modified-since."""
    path = "push_stream_channels_path a;"
    assert lines(check(configuration(location=f"{role}; {path} if_modified_since exact;")))[1:] == [
        '[emerg] "if_modified_since" directive is duplicate in nginx.conf:5'
    ]
    assert lines(check(configuration(location=f"if_modified_since exact; {role}; {path}")))[1:] == []
