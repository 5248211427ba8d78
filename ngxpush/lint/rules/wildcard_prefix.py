"""PS209: a wildcard prefix no channel has, or a path that is always refused."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.complex_value import ComplexValue
from ...config.directive import Scope, Setting
from ...config.directives.push_stream.settings import SUBSCRIBER
from ...push.path import parse_channels_path
from ..finding import Finding, Level
from ..references import of_main, of_subscribers
from ..rule import Rule
from ..subject import PushLocation, Subject

_PREFIX = "push_stream_wildcard_channel_prefix"


def check(subject: Subject) -> Iterator[Finding]:
    http = subject.http()
    setting = http.own(_PREFIX) if http is not None else None
    if http is None or setting is None or not setting.value:
        return
    if b"*" in setting.value or b"/" in setting.value:
        plain = setting.value.replace(b"*", b"").strip(b"/").decode("utf-8", "replace")
        message = "no channel id begins with this: a prefix is plain text, and an id contains neither * nor /"
        yield RULE.finding_at_argument(subject, setting.statement, 0, message, f"{_PREFIX} {plain};")
        return
    for location in subject.push_locations(SUBSCRIBER):
        for path in location.effective("push_stream_channels_path"):
            message = _refusal(http, location, path, setting.value)
            if message:
                yield RULE.finding_at_argument(
                    subject, path.statement, 0, message, "add a channel without the prefix, or raise the limit"
                )


def _refusal(http: Scope, location: PushLocation, path: Setting, prefix: bytes) -> str:
    """Why every subscription to a path without variables is refused, or ""."""
    most = location.scope.effective("push_stream_wildcard_channel_max_qtd") or http.own(
        "push_stream_max_number_of_wildcard_channels"
    )
    channels = path.value.constant if isinstance(path.value, ComplexValue) else None
    if most is None or not isinstance(most.value, int) or not channels:
        return ""
    ids = [request.id for request in parse_channels_path(channels)]
    wildcards = sum(id.startswith(prefix) for id in ids)
    limit = f"{most.directive.name} {most.value}"
    if wildcards == len(ids):
        return f"every subscription is refused with 403: with {limit} at least one channel must have another prefix"
    if wildcards > most.value:
        return f"every subscription is refused with 403: it names {wildcards} wildcard channels, but {limit}"
    return ""


RULE = Rule(
    code="PS209",
    name="wildcard-prefix",
    level=Level.WARNING,
    what="A wildcard channel prefix no channel can have, or a path with too many wildcard channels.",
    why="A channel is a wildcard channel when its id begins with the text of push_stream_wildcard_channel_prefix. Where their "
    "number is limited, a subscriber may name that many, and has to name at least one channel that is no wildcard channel.",
    bad="""\
http {
  push_stream_shared_memory_size 32m;
  push_stream_wildcard_channel_prefix "broad_*";
  server {
    listen 80;
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
      push_stream_wildcard_channel_max_qtd 3;
    }
  }
}""",
    good="""\
http {
  push_stream_shared_memory_size 32m;
  push_stream_wildcard_channel_prefix "broad_";
  server {
    listen 80;
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
      push_stream_wildcard_channel_max_qtd 3;
    }
  }
}""",
    near_misses=(
        """\
http {
  push_stream_shared_memory_size 32m;
  push_stream_wildcard_channel_prefix "broad_";
  server {
    listen 80;
    push_stream_wildcard_channel_max_qtd 1;
    location = /ev {
      push_stream_subscriber eventsource;
      push_stream_channels_path broad_all/news;
    }
  }
}""",
        """\
http {
  push_stream_shared_memory_size 32m;
  push_stream_wildcard_channel_prefix "broad_";
  server {
    listen 80;
    location = /ev {
      push_stream_subscriber eventsource;
      push_stream_channels_path broad_all;
    }
  }
}""",
    ),
    references=(
        of_main("push_stream_wildcard_channel_prefix"),
        of_subscribers("push_stream_wildcard_channel_max_qtd"),
    ),
    check=check,
)
