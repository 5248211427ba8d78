"""PS206: only channels with stored messages may be subscribed to, and no publisher stores messages."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directives.push_stream.settings import SUBSCRIBER
from ..examples import GUARDED_PUBLISHER, STORING_PUBLISHER
from ..finding import Finding, Level
from ..references import of_publishers, of_subscribers
from ..rule import Rule
from ..subject import Subject, value


def check(subject: Subject) -> Iterator[Finding]:
    if not subject.stores_nothing():
        return
    settings = dict.fromkeys(
        setting
        for location in subject.push_locations(SUBSCRIBER)
        if not location.reads_events_channel
        for setting in location.effective("push_stream_authorized_channels_only")
        if setting.value
    )
    http = subject.http()
    prefix = http is not None and value(http, "push_stream_wildcard_channel_prefix")
    refused = "every subscription that names a channel without the wildcard prefix" if prefix else "every subscription"
    for setting in settings:
        message = f"{refused} is refused with 403: no publisher stores messages"
        yield RULE.finding_at_argument(subject, setting.statement, 0, message, "push_stream_store_messages on;")


RULE = Rule(
    code="PS206",
    name="authorized-without-store",
    level=Level.WARNING,
    what="push_stream_authorized_channels_only on, while no publisher has push_stream_store_messages on.",
    why="With push_stream_authorized_channels_only on, only channels that hold a stored message may be subscribed to; "
    "push_stream_store_messages is off unless the publisher's location says otherwise.",
    bad=GUARDED_PUBLISHER
    + """\
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
      push_stream_authorized_channels_only on;
    }""",
    good=STORING_PUBLISHER
    + """\
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
      push_stream_authorized_channels_only on;
    }""",
    near_misses=(
        """\
    location /pub {
      allow 127.0.0.1;
      deny all;
      push_stream_publisher;
      push_stream_channels_path $arg_id;
      if ($arg_keep) { push_stream_store_messages on; }
    }
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
      push_stream_authorized_channels_only on;
    }""",
    ),
    references=(
        of_subscribers("push_stream_authorized_channels_only"),
        of_publishers("push_stream_store_messages"),
    ),
    check=check,
)
