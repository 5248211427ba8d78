"""PS202: a capture of the location that another regular expression has replaced."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directive import Scope
from ...config.directives.http.location import LocationArguments
from ...config.places import Context
from ..captures import Script, Taken, Use, maps_with_patterns
from ..finding import Finding, Level
from ..rule import Rule
from ..source import place_in_argument
from ..subject import Subject, complex_values


def check(subject: Subject) -> Iterator[Finding]:
    maps = maps_with_patterns(subject)
    for server in subject.scopes(Context.SERVER):
        # A map that was evaluated before the location was found keeps its value and runs no regular expression again.
        later = maps - _asked_by(server)
        for scope in server.walk():
            groups = _groups(scope)
            if groups:
                script = Script(later)
                script.run(scope)
                yield from (_finding(subject, use, taken) for use, taken in script.lost if use.number <= groups)


def _asked_by(server: Scope) -> set[bytes]:
    """The variables of a server's own rewrite steps."""
    steps = (setting for setting in server.settings if setting.directive.module == "rewrite")
    return {name for setting in steps for value in complex_values(setting) for name in value.variables}


def _groups(scope: Scope) -> int:
    """How many groups a location's own pattern has."""
    pattern = scope.value.pattern if isinstance(scope.value, LocationArguments) else None
    return pattern.groups if pattern is not None else 0


def _finding(subject: Subject, use: Use, taken: Taken) -> Finding:
    position, length = place_in_argument(subject.analysis, use.setting.statement, use.index, use.start, use.start + use.length)
    by = taken.by.statement
    what = "a map evaluated before it" if taken.by is use.setting else f"the {by.name.decode()} of line {by.start.line}"
    verb, run = ("is not", "runs") if taken.sure else ("may not be", "may run")
    message = f"${use.number} {verb} that of the location here: {what} {run} a regular expression of its own"
    return RULE.finding(position, message, "a named group, (?<name>…) in the location and $name here", length)


RULE = Rule(
    code="PS202",
    name="capture-overwritten",
    level=Level.WARNING,
    what="A capture of the location's pattern, used where an if, a rewrite or a map has run another regular expression since.",
    why="nginx keeps the captures of the last regular expression only. After an `if` or `rewrite` with a regular expression, $1 "
    "is a group of that one when it matched, and empty when it did not, even if the block is empty: the channel is another one, "
    "or there is none. A map's regular expressions replace the captures when they match, and push_stream_allowed_origins is "
    "evaluated before the channels path. Named groups are variables and keep their values.",
    bad="""\
    location ~ ^/ev/(.*)$ {
      if ($http_origin ~ "example\\.com$") { add_header X-Known yes; }
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
    good="""\
    location ~ ^/ev/(?<channel>.*)$ {
      if ($http_origin ~ "example\\.com$") { add_header X-Known yes; }
      push_stream_subscriber eventsource;
      push_stream_channels_path $channel;
    }""",
    near_misses=(
        """\
http {
  push_stream_shared_memory_size 32m;
  map $http_origin $origin { ~example\\.com$ $http_origin; }
  server {
    listen 80;
    location ~ ^/ev/(?<channel>.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $channel;
      push_stream_allowed_origins $origin;
    }
  }
}""",
        """\
    location ~ ^/ev/(.*)$ {
      set $channel $1;
      if ($http_origin ~ "example\\.com$") { add_header X-Known yes; }
      push_stream_subscriber eventsource;
      push_stream_channels_path $channel;
    }""",
        """\
    location ~ ^/ev/(.*)$ {
      if ($arg_test = "on") { push_stream_channels_path test_$1; }
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
        """\
    location ~ ^/ev/(.*)$ {
      if ($request_method != GET) { rewrite ^ /not-here last; }
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
        """\
    location = /ev {
      if ($arg_channel ~ "^([a-z]+)$") { push_stream_channels_path $1; }
      push_stream_subscriber eventsource;
      push_stream_channels_path none;
    }""",
        """\
    if ($http_origin ~ "example\\.com$") { set $known yes; }
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
    ),
    references=("https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#if",),
    check=check,
)
