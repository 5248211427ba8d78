"""PS301: a message's text between the quotes of a JSON string."""

from __future__ import annotations

from collections.abc import Iterator

from ..finding import Finding, Level
from ..json_templates import quotes_text
from ..references import of_subscribers
from ..rule import Rule
from ..source import place_in_argument
from ..subject import Subject

_TEXT = b"~text~"


def check(subject: Subject) -> Iterator[Finding]:
    for _, setting in subject.settings("push_stream_message_template"):
        if setting.value and quotes_text(setting.value):
            template = setting.value.lower()
            start = max(template.find(b'"' + _TEXT) + 1, template.find(_TEXT) if b'"' + _TEXT not in template else 0)
            position, length = place_in_argument(subject.analysis, setting.statement, 0, start, start + len(_TEXT))
            yield RULE.finding(
                position,
                "a message with a quote, a backslash or a line end in it makes this JSON invalid",
                "~text~ without quotes around it, and publish JSON (a string is published with its quotes)",
                length,
            )


RULE = Rule(
    code="PS301",
    name="text-in-json-string",
    level=Level.WARNING,
    what="A message template that makes JSON and has ~text~ between the quotes of a string.",
    why="The text is put into the template as it was published, without escaping: clients can't parse the first message that has "
    "a quote in it, and whoever publishes can add members to the document.",
    bad="""\
    location ~ ^/ws/(.*)$ {
      push_stream_subscriber websocket;
      push_stream_channels_path $1;
      push_stream_message_template "{\\"id\\":~id~,\\"text\\":\\"~text~\\"}";
    }""",
    good="""\
    location ~ ^/ws/(.*)$ {
      push_stream_subscriber websocket;
      push_stream_channels_path $1;
      push_stream_message_template "{\\"id\\":~id~,\\"text\\":~text~}";
    }""",
    near_misses=(
        """\
    location ~ ^/sub/(.*)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
      push_stream_message_template '~id~ says "~text~"\\n';
    }""",
        """\
    location ~ ^/ws/(.*)$ {
      push_stream_subscriber websocket;
      push_stream_channels_path $1;
      push_stream_message_template '{"id": "~event-id~", "text": ~text~}';
    }""",
    ),
    references=("https://www.rfc-editor.org/rfc/rfc8259#section-7", of_subscribers("push_stream_message_template")),
    check=check,
)
