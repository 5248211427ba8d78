"""PS207: subscribers ask for old messages, and no publisher stores messages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...config.directive import Setting
from ...config.directives.push_stream.settings import SUBSCRIBER
from ..examples import GUARDED_PUBLISHER, STORING_PUBLISHER
from ..finding import Finding, Level
from ..references import of_publishers, of_subscribers
from ..rule import Rule
from ..source import place_in_argument
from ..subject import RESUMING, Subject

_BACKTRACK = re.compile(rb"\.b0*[1-9][0-9]*(?=/|$)")


def check(subject: Subject) -> Iterator[Finding]:
    if not subject.stores_nothing():
        return
    settings = dict.fromkeys(
        setting
        for location in subject.push_locations(SUBSCRIBER)
        if not location.reads_events_channel
        for setting in location.effective("push_stream_channels_path", *RESUMING)
    )
    for setting in settings:
        yield from _resuming(subject, setting) if setting.directive.name in RESUMING else _backtracks(subject, setting)


def _resuming(subject: Subject, setting: Setting) -> Iterator[Finding]:
    yield RULE.finding_at_argument(
        subject, setting.statement, 0, "there is nothing to resume from: no publisher stores messages", _STORE
    )


def _backtracks(subject: Subject, setting: Setting) -> Iterator[Finding]:
    for backtrack in _BACKTRACK.finditer(setting.statement.arguments[0]):
        position, length = place_in_argument(subject.analysis, setting.statement, 0, *backtrack.span())
        message = f"{backtrack[0].decode()} asks for old messages, but no publisher stores messages"
        yield RULE.finding(position, message, _STORE, length)


_STORE = "push_stream_store_messages on;"

RULE = Rule(
    code="PS207",
    name="resume-without-store",
    level=Level.WARNING,
    what="A backtrack in the channels path, or a push_stream_last_… directive, where push_stream_store_messages is nowhere on.",
    why="There are old messages only where they were stored when they were published, and push_stream_store_messages is off "
    "unless the publisher's location says otherwise: a client that comes back misses what was published in between.",
    bad=GUARDED_PUBLISHER
    + """\
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1.b10;
    }""",
    good=STORING_PUBLISHER
    + """\
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1.b10;
    }""",
    near_misses=(
        GUARDED_PUBLISHER
        + """\
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1.bin;
    }""",
        """\
    location ~ ^/chat/(.*)$ {
      push_stream_subscriber websocket;
      push_stream_channels_path $1.b20;
      push_stream_websocket_allow_publish on;
      push_stream_store_messages on;
    }""",
    ),
    references=(
        of_publishers("push_stream_store_messages"),
        of_subscribers("push_stream_last_received_message_time"),
    ),
    check=check,
)
