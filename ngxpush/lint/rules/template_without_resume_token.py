"""PS303: clients have to send back a value that no message shows."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.complex_value import ComplexValue
from ...config.directive import Setting
from ...config.directives.push_stream.settings import SUBSCRIBER
from ..finding import Finding, Level
from ..references import of_subscribers
from ..rule import Rule
from ..subject import PushLocation, Subject, asked_in_ifs, value

_TOKENS = {
    "push_stream_last_received_message_time": "~time~",
    "push_stream_last_received_message_tag": "~tag~",
    "push_stream_last_event_id": "~event-id~",
}


def check(subject: Subject) -> Iterator[Finding]:
    asking: dict[tuple[Setting, ...], PushLocation] = {}
    for location in subject.push_locations(SUBSCRIBER):
        asked = (s for s in location.effective(*_TOKENS) if _is_argument(s) and not _is_shown(location, s))
        asking.setdefault(tuple(asked), location)
    for settings, location in asking.items():
        if settings:
            yield RULE.finding_at_argument(subject, settings[0].statement, 0, *_words(location, settings))


def _is_argument(setting: Setting) -> bool:
    """Whether the value comes from the URL: a script has to know it then."""
    return isinstance(setting.value, ComplexValue) and any(name.startswith(b"arg_") for name in setting.value.variables)


def _is_shown(location: PushLocation, setting: Setting) -> bool:
    is_event_id = setting.directive.name == "push_stream_last_event_id"
    if is_event_id and location.mode == "eventsource":
        return True  # each event has its id in a line of its own
    if not is_event_id and location.mode in ("polling", "long-polling") and b"arg_callback" not in asked_in_ifs(location.scope):
        return True  # Last-Modified and Etag show it, except to the scripts of JSONP
    token = _TOKENS[setting.directive.name].encode()
    return any(token in value(variant, "push_stream_message_template").lower() for variant in location.variants)


def _words(location: PushLocation, settings: tuple[Setting, ...]) -> tuple[str, str]:
    """The message, and what to write."""
    asked = " and ".join(setting.statement.arguments[0].decode("utf-8", "replace") for setting in settings)
    template = location.scope.effective("push_stream_message_template")
    written = (
        "the default message template" if template is None else f"the message template of line {template.statement.start.line}"
    )
    missing = " ".join(dict.fromkeys(_TOKENS[setting.directive.name] for setting in settings))
    return f"clients can't know {asked}: {written} does not show it", f"{missing} in push_stream_message_template"


RULE = Rule(
    code="PS303",
    name="template-without-resume-token",
    level=Level.WARNING,
    what="The time, tag or event id of the last message is read from the URL, and the message template does not show it.",
    why="A script that resumes puts into the URL what it read in the last message. Only polling answers have headers with the "
    "time and the tag, and JSONP can't read them; only an event stream shows event ids without a token.",
    bad="""\
    location ~ ^/ws/(.*)$ {
      push_stream_subscriber websocket;
      push_stream_channels_path $1;
      push_stream_last_received_message_time $arg_time;
      push_stream_message_template '{"id": ~id~, "text": ~text~}';
    }""",
    good="""\
    location ~ ^/ws/(.*)$ {
      push_stream_subscriber websocket;
      push_stream_channels_path $1;
      push_stream_last_received_message_time $arg_time;
      push_stream_message_template '{"id": ~id~, "time": "~time~", "text": ~text~}';
    }""",
    near_misses=(
        """\
    location ~ ^/lp/(.*)$ {
      push_stream_subscriber long-polling;
      push_stream_channels_path $1;
      push_stream_last_received_message_time $arg_time;
    }""",
        """\
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
      push_stream_last_event_id $arg_event;
    }""",
    ),
    references=(
        of_subscribers("push_stream_last_received_message_time"),
        of_subscribers("push_stream_message_template"),
    ),
    check=check,
)
