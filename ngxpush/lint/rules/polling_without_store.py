"""PS406: clients that poll, and no stored messages."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directives.push_stream.settings import SUBSCRIBER
from ..examples import GUARDED_PUBLISHER, STORING_PUBLISHER
from ..finding import Finding, Level
from ..references import of_publishers, of_subscribers
from ..rule import Rule
from ..subject import RESUMING, Subject

_POLLING = {
    "polling": "no request can ever be answered with a message",
    "long-polling": "what is published between two requests of a client is lost to it",
}


def check(subject: Subject) -> Iterator[Finding]:
    if not subject.stores_nothing():
        return
    for location in subject.push_locations(SUBSCRIBER):
        if location.mode in _POLLING and not location.reads_events_channel and not location.effective(*RESUMING):
            message = f"no publisher stores messages: {_POLLING[location.mode]}"
            yield RULE.finding_at_argument(subject, location.role.statement, 0, message, "push_stream_store_messages on;")


RULE = Rule(
    code="PS406",
    name="polling-without-store",
    level=Level.WARNING,
    what="A polling or long-polling subscriber without a directive to resume by, and no publisher that stores messages.",
    why="A polling client gets stored messages only. A long-polling client sends a new request after each message; what is "
    "published in between reaches it only where messages are stored and it names the last one it got: in If-Modified-Since and "
    "If-None-Match, or in what push_stream_last_received_message_time and push_stream_last_received_message_tag read.",
    bad=GUARDED_PUBLISHER
    + """\
    location ~ ^/lp/(.*)$ {
      push_stream_subscriber long-polling;
      push_stream_channels_path $1;
    }""",
    good=STORING_PUBLISHER
    + """\
    location ~ ^/lp/(.*)$ {
      push_stream_subscriber long-polling;
      push_stream_channels_path $1;
      push_stream_message_template '{"time": "~time~", "tag": ~tag~, "text": ~text~}';
      push_stream_last_received_message_time $arg_time;
      push_stream_last_received_message_tag $arg_tag;
    }""",
    near_misses=(
        GUARDED_PUBLISHER
        + """\
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
        """\
http {
  push_stream_shared_memory_size 32m;
  push_stream_events_channel_id events;
  server {
    listen 80;
    location = /pub {
      allow 127.0.0.1;
      deny all;
      push_stream_publisher;
      push_stream_channels_path $arg_id;
    }
    location = /presence {
      push_stream_subscriber long-polling;
      push_stream_channels_path events;
      push_stream_allow_connections_to_events_channel on;
    }
  }
}""",
    ),
    references=(
        of_publishers("push_stream_store_messages"),
        of_subscribers("push_stream_last_received_message_time"),
    ),
    check=check,
)
