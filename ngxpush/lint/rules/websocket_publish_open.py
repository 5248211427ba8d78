"""PS107: anyone may publish over WebSocket."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directives.push_stream.settings import SUBSCRIBER
from ..finding import Finding, Level
from ..reachability import is_guarded
from ..references import of_subscribers
from ..rule import Rule
from ..subject import Subject, value


def check(subject: Subject) -> Iterator[Finding]:
    for location in subject.push_locations(SUBSCRIBER):
        if location.mode != "websocket" or not value(location.scope, "push_stream_websocket_allow_publish"):
            continue
        if not is_guarded(location.scope):
            setting = location.scope.effective("push_stream_websocket_allow_publish")
            assert setting is not None
            yield RULE.finding(
                setting.statement.start,
                "every WebSocket subscriber of this location may publish to the channels it names",
                "push_stream_websocket_allow_publish off;",
                len(setting.statement.name),
            )


RULE = Rule(
    code="PS107",
    name="websocket-publish-open",
    level=Level.WARNING,
    what="push_stream_websocket_allow_publish on in a location anyone can reach.",
    why="Each text frame that a client sends is published to all channels of its connection; the access rules of "
    "the publisher location do not hold for it.",
    bad="""\
    location ~ ^/ws/(.*)$ {
      push_stream_subscriber websocket;
      push_stream_channels_path $1;
      push_stream_websocket_allow_publish on;
    }""",
    good="""\
    location ~ ^/ws/(.*)$ {
      push_stream_subscriber websocket;
      push_stream_channels_path $1;
    }""",
    near_misses=(
        """\
    location ~ ^/ws/(.*)$ {
      auth_basic members;
      auth_basic_user_file passwords;
      push_stream_subscriber websocket;
      push_stream_channels_path $1;
      push_stream_websocket_allow_publish on;
    }""",
        """\
    push_stream_websocket_allow_publish on;
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
    ),
    references=(of_subscribers("push_stream_websocket_allow_publish"),),
    check=check,
)
