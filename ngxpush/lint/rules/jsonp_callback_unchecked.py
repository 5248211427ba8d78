"""PS105: the name of a JSONP callback is sent back as the client gave it."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directive import Scope
from ...config.directives.push_stream.settings import SUBSCRIBER
from ...config.mapping import Map, VariableDefinition
from ...config.places import Context
from ...config.script import Set
from ..finding import Finding, Level
from ..reachability import listens_locally
from ..rule import Rule
from ..subject import Subject, asked_in_ifs

_GIVE_THE_CALLBACK = frozenset((b"arg_callback", b"args", b"query_string", b"request_uri"))


def check(subject: Subject) -> Iterator[Finding]:
    showing = _GIVE_THE_CALLBACK | {
        setting.value.name
        for _, setting in subject.settings("map")
        if isinstance(setting.value, VariableDefinition)
        and isinstance(setting.value.values, Map)
        and _GIVE_THE_CALLBACK.intersection(setting.value.values.source.variables)
    }
    for location in subject.push_locations(SUBSCRIBER):
        if location.mode in ("polling", "long-polling") and not _is_checked(location.scope, showing):
            yield RULE.finding(
                location.position,
                "with ?callback=… the answer is a script that begins with whatever text the client sends",
                'if ($arg_callback !~ "^[A-Za-z0-9_.]*$") { return 400; }  # in the server, so that captures stay',
                len(location.role.statement.name),
            )


def _is_checked(location: Scope, showing: frozenset[bytes]) -> bool:
    """Whether an `if` in it or around it tests the callback, the arguments are replaced, or only this machine reaches it."""
    level: Scope | None = location
    while level is not None and not level.context & Context.HTTP:
        if not showing.isdisjoint(asked_in_ifs(level)):
            return True
        if any(isinstance(setting.value, Set) and setting.value.variable.lower() == b"args" for setting in level.all("set")):
            return True
        level = level.parent
    return listens_locally(location)


RULE = Rule(
    code="PS105",
    name="jsonp-callback-unchecked",
    level=Level.WARNING,
    what="A polling or long-polling subscriber that accepts any text after ?callback= as a name.",
    why="With a callback in the URL these modes answer in JSONP: a script that begins with the callback's name, as the client "
    "wrote it. Any text in a link is then code from this server, which a content security policy with 'self' trusts; "
    "and pages of any origin may read what the subscriber gets, whatever push_stream_allowed_origins says.",
    bad="""\
    location ~ ^/lp/(.*)$ {
      push_stream_subscriber long-polling;
      push_stream_channels_path $1;
    }""",
    good="""\
    if ($arg_callback !~ "^[A-Za-z0-9_.]*$") { return 400; }
    location ~ ^/lp/(.*)$ {
      push_stream_subscriber long-polling;
      push_stream_channels_path $1;
    }""",
    near_misses=(
        """\
http {
  push_stream_shared_memory_size 32m;
  map $arg_callback $jsonp { default 1; "" ""; }
  server {
    listen 80;
    location = /poll {
      if ($jsonp) { return 400; }
      push_stream_subscriber polling;
      push_stream_channels_path $arg_id;
    }
  }
}""",
        """\
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
    ),
    references=("https://developer.mozilla.org/docs/Web/HTTP/CSP",),
    check=check,
)
