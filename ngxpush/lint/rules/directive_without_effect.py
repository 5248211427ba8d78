"""PS210: a directive that the location's role does not look at."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directive import Setting
from ...config.modules import DIRECTIVES
from ..examples import GUARDED_PUBLISHER, STORING_PUBLISHER
from ..finding import Finding, Level
from ..references import of_publishers
from ..rule import Rule
from ..subject import PushLocation, Subject


def check(subject: Subject) -> Iterator[Finding]:
    for location in subject.push_locations():
        for scope in location.variants:
            for setting in scope.settings:
                needed = setting.directive.counts_with
                if needed and not any(_has(location, name) for name in needed):
                    yield _finding(location, setting)


def _has(location: PushLocation, name: str) -> bool:
    """Whether the location has a role, or a flag on."""
    inherited = DIRECTIVES[name.encode()][0].inherit
    setting = location.scope.effective(name) if inherited else location.scope.own(name)
    return setting is not None and setting.value is not False


def _finding(location: PushLocation, setting: Setting) -> Finding:
    name, role = setting.directive.name, location.role.directive.name
    words = f"{role} {location.mode}".strip()
    message = f"{name} has no effect in a location with {words}"
    instead = f"leave it out; it has an effect where {' or '.join(setting.directive.counts_with)} is set"
    return RULE.finding(setting.statement.start, message, instead, len(setting.statement.name))


RULE = Rule(
    code="PS210",
    name="directive-without-effect",
    level=Level.WARNING,
    what="A push_stream directive in a location whose role does not look at it.",
    why="The directive does nothing there. Messages, for example, are stored when they are published: "
    "push_stream_store_messages has an effect in the publisher's location, not in the subscriber's.",
    bad=GUARDED_PUBLISHER
    + """\
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
      push_stream_store_messages on;
    }""",
    good=STORING_PUBLISHER
    + """\
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
    near_misses=(
        """\
    location ~ ^/chat/(.*)$ {
      push_stream_subscriber websocket;
      push_stream_channels_path $1;
      push_stream_websocket_allow_publish on;
      push_stream_store_messages on;
    }""",
        """\
    push_stream_message_template "~text~\\n";
    push_stream_ping_message_interval 10s;
    location = /pub {
      allow 127.0.0.1;
      deny all;
      push_stream_publisher;
      push_stream_channels_path $arg_id;
    }""",
    ),
    references=(of_publishers("push_stream_store_messages"),),
    check=check,
)
