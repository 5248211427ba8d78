"""ngxpush.config.directives.push_stream: the module's own checks, in its words and order. Recordings: config_test."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.push_stream.padding import InvalidPadding, parse_paddings
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


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ("125k", "[info] Using 128KiB of shared memory for push stream module on zone: push_stream_module"),
        ("8m chat", "[info] Using 8192KiB of shared memory for push stream module on zone: chat"),
        ("124k", "[warn] The push_stream_shared_memory_size value must be at least 128KiB"),
        ("1g", "[warn] The push_stream_shared_memory_size value must be at least 128KiB"),
    ],
)
def test_shared_memory_size(size: str, message: str) -> None:
    text = f"events {{}} http {{ access_log off; push_stream_shared_memory_size {size}; }}"
    assert lines(check(text)) == [f"{message} in nginx.conf:1"]


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("push_stream_publisher boss;", "error] push stream module: invalid push_stream_publisher mode value: boss,"),
        ("push_stream_publisher; push_stream_subscriber;", 'emerg] "push_stream_subscriber" directive is duplicate'),
        ("push_stream_header_template a; push_stream_header_template_file b;", 'emerg] "push_stream_header_template_file"'),
        ("push_stream_header_template_file none;", "error] push stream module: unable to open file"),
    ],
)
def test_refused(location: str, message: str) -> None:
    text = configuration("push_stream_channels_path a;", location)
    assert lines(check(text))[1].startswith(f"[{message}")


def test_paddings() -> None:
    first, second = parse_paddings(b"[T|t]est 1,1024,508:MSIE,0,5")
    assert (first.agents.text, first.header_minimum, first.message_minimum) == (b"[T|t]est 1", 1024, 508)
    assert (second.header_minimum, second.message_minimum) == (0, 5)


@pytest.mark.parametrize("text", [b"MSIE", b",1024,0", b"MSIE,-1,0", b"MSIE, 1024, 0"])
def test_paddings_that_do_not_match(text: bytes) -> None:
    with pytest.raises(InvalidPadding, match="padding pattern not match the value"):
        parse_paddings(text)
