"""PS401: subscribers behind a proxy without pings."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directives.push_stream.settings import SUBSCRIBER
from ..finding import Finding, Level
from ..proxies import asked_places, sign_of_proxy
from ..rule import Rule
from ..subject import Subject

_LASTING = ("streaming", "eventsource", "websocket")


def check(subject: Subject) -> Iterator[Finding]:
    asked = asked_places(subject)
    for location in subject.push_locations(SUBSCRIBER):
        if location.mode not in _LASTING or location.scope.effective("push_stream_ping_message_interval") is not None:
            continue
        sign = sign_of_proxy(location.scope, asked)
        if sign:
            message = f"no pings, and {sign} shows a proxy: its timeout cuts off a silent {location.mode} subscriber"
            yield RULE.finding(location.position, message, _INSTEAD, len(location.role.statement.name))


_INSTEAD = "push_stream_ping_message_interval 10s;"

RULE = Rule(
    code="PS401",
    name="ping-interval-missing",
    level=Level.WARNING,
    what="A streaming, eventsource or websocket subscriber behind a proxy without push_stream_ping_message_interval.",
    why="Proxies and load balancers close a connection on which nothing is sent for some time, 60 seconds with most of them; "
    "without pings a channel that is silent for longer loses its subscribers again and again.",
    bad="""\
    set_real_ip_from 10.0.0.0/8;
    location ~ ^/ev/([^/]+)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
    good="""\
    set_real_ip_from 10.0.0.0/8;
    location ~ ^/ev/([^/]+)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
      push_stream_ping_message_interval 10s;
    }""",
    near_misses=(
        """\
    location ~ ^/ev/([^/]+)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
        """\
    set_real_ip_from 10.0.0.0/8;
    push_stream_ping_message_interval 10s;
    location ~ ^/ws/([^/]+)$ {
      push_stream_subscriber websocket;
      push_stream_channels_path $1;
    }""",
        """\
    proxy_read_timeout 60s;
    location /app/ { proxy_pass http://127.0.0.1:8000; }
    location ~ ^/lp/([^/]+)$ {
      push_stream_subscriber long-polling;
      push_stream_channels_path $1;
      push_stream_longpolling_connection_ttl 25s;
    }""",
    ),
    references=("https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout",),
    check=check,
)
