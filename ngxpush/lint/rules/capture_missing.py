"""PS203: a capture that nothing sets."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directive import Scope
from ...config.directives.http.location import LocationArguments
from ...config.places import Context
from ..captures import Use, capture_uses, own_pattern, patterns_in, uses
from ..finding import Finding, Level
from ..named_groups import reach, where_set
from ..rule import Rule
from ..source import place_in_argument
from ..subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    everywhere = max((pattern.groups for _, setting in subject.settings("map") for pattern in patterns_in(setting)), default=0)
    complete = subject.is_complete()
    for server in subject.scopes(Context.SERVER):
        elsewhere = max(everywhere, *(_most_groups(scope) for scope in server.walk()))
        for location in server.walk():
            pattern = location.value.pattern if isinstance(location.value, LocationArguments) else None
            if location.context & Context.LOCATION and (complete or (pattern is not None and not location.uncertain)):
                most = elsewhere if pattern is None else max(everywhere, *(_most_groups(part) for part in _parts(location)))
                yield from (finding for part in _parts(location) for finding in _beyond(subject, part, most))
    if complete:
        yield from _names(subject)


def _names(subject: Subject) -> Iterator[Finding]:
    """The variables of named groups that have not run for a location's requests."""
    named = where_set(subject)
    for location in subject.scopes(Context.LOCATION) if named else ():
        for part in _parts(location):
            for use in (use for setting in part.settings for use in uses(setting)):
                if use.name in named and not reach(named[use.name], part):
                    line = _line(next(iter(named[use.name].values()))[0])
                    yield _finding(subject, use, f"only the pattern in the block of line {line} sets it, for other requests")


def _line(scope: Scope) -> int:
    return scope.statement.start.line if scope.statement is not None else 1


def _parts(location: Scope) -> Iterator[Scope]:
    """The location and the blocks that are part of it."""
    yield location
    for inner in location.scopes:
        if inner.context & (Context.LOCATION_IF | Context.LIMIT_EXCEPT):
            yield from _parts(inner)


def _most_groups(scope: Scope) -> int:
    """The most groups a regular expression has that stands directly in a block, or chose it."""
    own = scope.value.pattern if isinstance(scope.value, LocationArguments) else None
    inside = [pattern.groups for setting in scope.settings for pattern in patterns_in(setting)]
    return max(inside + ([own.groups] if own is not None else []), default=0)


def _beyond(subject: Subject, scope: Scope, most: int) -> Iterator[Finding]:
    """The captures used directly in a block whose number is too high."""
    for setting in scope.settings:
        for use in capture_uses(setting):
            own = own_pattern(setting)
            last = most if own is None else own.groups
            if use.number > last:
                known = (
                    f"${last} is the last one that can be set"
                    if last
                    else "no regular expression that runs for this location has a group"
                )
                yield _finding(subject, use, known)


def _finding(subject: Subject, use: Use, reason: str) -> Finding:
    end = use.start + use.length
    position, length = place_in_argument(subject.analysis, use.setting.statement, use.index, use.start, end)
    name = use.name.decode("utf-8", "replace")
    return RULE.finding(
        position, f"${name} is always empty here: {reason}", "a group, (…), in the pattern that is to set it", length
    )


RULE = Rule(
    code="PS203",
    name="capture-missing",
    level=Level.WARNING,
    what="A capture whose number is higher than any group's, or a named group of another location.",
    why="nginx does not check that the pattern has such a group: the capture is empty. A channels path that is empty then is "
    "answered with 400; one with other text in it names another channel than the one meant.",
    bad="""\
    location ~ ^/ev/\\w+$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
    good="""\
    location ~ ^/ev/(\\w+)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
    near_misses=(
        """\
    location ~ ^/room/(?<room>\\w+)$ { rewrite ^ /sub/ last; }
    location /sub/ {
      push_stream_subscriber;
      push_stream_channels_path $room;
    }""",
        """\
    location ~ ^/ev/(?:a|b)/(\\w+)(/\\w+)?$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1/$2;
    }""",
        """\
    rewrite ^/ev/(\\w+)$ /sub/;
    location /sub/ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
        """\
    location = /ev {
      if ($arg_room ~ "^(\\w+)$") { push_stream_channels_path room_$1; }
      push_stream_subscriber eventsource;
      push_stream_channels_path lobby;
    }""",
    ),
    references=("https://nginx.org/en/docs/http/ngx_http_rewrite_module.html",),
    check=check,
)
