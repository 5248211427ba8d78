"""PS502: shared memory that is too small for what the limits allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...config.directive import Scope
from ...config.directives.push_stream.settings import SUBSCRIBER
from ...push.memory import PAGE, channel_sizes, message_sizes
from ...push.messages import Message
from ..finding import Finding, Level
from ..rule import Rule
from ..source import argument_place
from ..subject import Subject, value

_ID = b"channel-000001"
_TEXT = b"x" * 100
_MIB = 1 << 20


def check(subject: Subject) -> Iterator[Finding]:
    http = subject.http()
    setting = http.own("push_stream_shared_memory_size") if http is not None else None
    if http is None or setting is None or setting.value is None:
        return
    channels = _limit(http, "push_stream_max_number_of_channels")
    messages = _limit(http, "push_stream_max_messages_stored_per_channel")
    if not _stores(subject):
        messages = 0
    if channels is None and not messages:
        return
    needed = _memory(channels or 1, messages or 0, _templates(subject))
    if needed > setting.value[0]:
        position, length = argument_place(subject.analysis, setting.statement, 0)
        seconds = value(http, "push_stream_message_ttl")
        kept = f" of {messages} messages, each kept for {seconds} s" if messages else ""
        message = f"{channels or 1} channel(s){kept} take about {-(-needed // _MIB)} MiB"
        yield RULE.finding(position, message, f"push_stream_shared_memory_size {-(-needed // _MIB)}m;", length)


def _limit(http: Scope, name: str) -> int | None:
    limit = value(http, name)
    return limit if isinstance(limit, int) else None


def _stores(subject: Subject) -> bool:
    """Whether any publisher stores messages."""
    return any(setting.value is True for _, setting in subject.settings("push_stream_store_messages"))


def _templates(subject: Subject) -> int:
    """How many different message templates the subscribers have: each message is kept once for each of them."""
    return len({value(location.scope, "push_stream_message_template") for location in subject.push_locations(SUBSCRIBER)})


def _memory(channels: int, messages: int, templates: int) -> int:
    """Bytes for that many channels with that many messages of 100 bytes each."""
    message = Message(1, _ID, _TEXT, 0, 1, texts=(_TEXT,) * templates)
    return channels * (_taken(channel_sizes(_ID)) + messages * _taken(message_sizes(message)))


def _taken(sizes: Iterable[int]) -> int:
    """The memory nginx takes for objects of these sizes: the next power of two, or whole pages for large ones."""
    return sum(max(8, 1 << (size - 1).bit_length()) if size <= PAGE // 2 else -(-size // PAGE) * PAGE for size in sizes)


_EXAMPLE = """\
http {
  push_stream_shared_memory_size SIZE;
  push_stream_max_number_of_channels 10000;
  push_stream_max_messages_stored_per_channel 50;
  push_stream_message_ttl 1h;
  server {
    listen 80;
    location = /pub {
      allow 127.0.0.1;
      deny all;
      push_stream_publisher;
      push_stream_channels_path $arg_id;
      push_stream_store_messages on;
    }
    location ~ ^/ev/([^/]+)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }
  }
}"""

RULE = Rule(
    code="PS502",
    name="shared-memory-small",
    level=Level.WARNING,
    what="push_stream_shared_memory_size smaller than the channels and stored messages that the limits allow.",
    why="When the memory is full, publishing answers 500 and new channels can't be made, until messages reach their "
    "push_stream_message_ttl. This counts 100 bytes for a message, which is also kept once for each message template.",
    bad=_EXAMPLE.replace("SIZE", "32m"),
    good=_EXAMPLE.replace("SIZE", "512m"),
    near_misses=(
        _EXAMPLE.replace("SIZE", "32m").replace("push_stream_store_messages on;", ""),
        _EXAMPLE.replace("SIZE", "32m").replace("  push_stream_max_number_of_channels 10000;\n", ""),
    ),
    references=("docs/how-it-works/design.md",),
    check=check,
)
