"""PS208: clients choose channel ids of any length."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.complex_value import ComplexValue
from ...config.directive import Setting
from ...config.directives.push_stream.settings import SUBSCRIBER
from ...config.pattern import Match, Pattern, PatternFailed
from ..finding import Finding, Level
from ..patterns import beginning
from ..reachability import is_guarded
from ..references import of_main
from ..rule import Rule
from ..subject import PushLocation, Subject, value

_OF_THE_CLIENT = (b"arg_", b"http_", b"cookie_", b"uri", b"document_uri", b"request_uri", b"args", b"query_string")
_LONG = 2000


def check(subject: Subject) -> Iterator[Finding]:
    http = subject.http()
    if http is None or http.own("push_stream_max_channel_id_length") is not None or not subject.is_complete():
        return
    for location in subject.push_locations(SUBSCRIBER):
        if value(location.scope, "push_stream_authorized_channels_only") or is_guarded(location.scope):
            continue
        for setting in location.effective("push_stream_channels_path"):
            if _takes_any_length(location, setting):
                message = "clients choose the channel ids: they may be as long as a request line, and each new one takes memory"
                yield RULE.finding_at_argument(
                    subject, setting.statement, 0, message, "push_stream_max_channel_id_length 128;  # in http"
                )
                return  # one finding is enough: one directive sets the limit for all


def _takes_any_length(location: PushLocation, setting: Setting) -> bool:
    path = setting.value
    if not isinstance(path, ComplexValue):
        return False
    if any(name.startswith(_OF_THE_CLIENT) for name in path.variables):
        return True
    pattern = getattr(location.scope.value, "pattern", None)
    return pattern is not None and bool(_groups(path, pattern) & _unbounded_groups(pattern))


def _groups(path: ComplexValue, pattern: Pattern) -> set[int]:
    """The groups of the location's pattern that the path refers to, by number or name."""
    numbers = dict(pattern.names)
    return {*path.captures, *(numbers[name] for name in path.variables if name in numbers)}


def _try(pattern: Pattern, text: bytes) -> Match | None:
    try:
        return pattern.search(text)
    except PatternFailed:
        return None


def _unbounded_groups(pattern: Pattern) -> set[int]:
    """The groups that match a very long text, found by trying."""
    start = beginning(pattern).literal
    start = start if start.startswith(b"/") else b"/" + start
    tries = (_try(pattern, start + character * _LONG) for character in (b"a", b"A", b"0"))
    return {
        number
        for found in tries
        if found is not None
        for number, text in enumerate(found.groups)
        if len(text or b"") > _LONG // 2
    }


RULE = Rule(
    code="PS208",
    name="channel-id-length-open",
    level=Level.INFO,
    what="Subscribers choose channel ids in the URL, and push_stream_max_channel_id_length is not set.",
    why="A subscription makes the channels it names. Without a limit an id may have some 8,000 bytes, as many as a request line, "
    "and a few thousand requests with invented ids fill the shared memory; then no one can publish.",
    bad="""\
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
    good="""\
http {
  push_stream_shared_memory_size 32m;
  push_stream_max_channel_id_length 128;
  server {
    listen 80;
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }
  }
}""",
    near_misses=(
        """\
    location ~ "^/ev/([a-z0-9-]{1,36})$" {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
        """\
    location ~ ^/ev/(news|sports)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
        """\
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
      push_stream_authorized_channels_only on;
    }""",
    ),
    references=(of_main("push_stream_max_channel_id_length"),),
    check=check,
)
