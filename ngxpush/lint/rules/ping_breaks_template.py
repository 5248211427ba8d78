"""PS304: pings that the message template turns into invalid JSON."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directives.push_stream.settings import SUBSCRIBER
from ...push.messages import PING_ID, Message
from ..finding import Finding, Level
from ..json_templates import is_broken_by
from ..references import of_main
from ..rule import Rule
from ..subject import Subject, value


def check(subject: Subject) -> Iterator[Finding]:
    http = subject.http()
    text = value(http, "push_stream_ping_message_text") if http is not None else b""
    templates = dict.fromkeys(
        template
        for location in subject.push_locations(SUBSCRIBER)
        if location.mode == "streaming" and location.effective("push_stream_ping_message_interval")
        for template in location.effective("push_stream_message_template")
    )
    for template in templates:
        if template.value and is_broken_by(template.value, Message(PING_ID, b"", text or b"", 0, 0)):
            message = "this template makes valid JSON of messages, but not of pings"
            yield RULE.finding_at_argument(subject, template.statement, 0, message, "push_stream_ping_message_text '\"\"';")


RULE = Rule(
    code="PS304",
    name="ping-breaks-template",
    level=Level.WARNING,
    what="A streaming subscriber with pings that its message template turns into invalid JSON.",
    why="The message template is used for pings, too: their text is push_stream_ping_message_text, by default a blank. "
    "Where ~text~ has no quotes around it in the template, clients can't parse a ping.",
    bad="""\
    location ~ ^/sub/(.*)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
      push_stream_ping_message_interval 10s;
      push_stream_message_template '{"id": ~id~, "text": ~text~}\\n';
    }""",
    good="""\
http {
  push_stream_shared_memory_size 32m;
  push_stream_ping_message_text '""';
  server {
    listen 80;
    location ~ ^/sub/(.*)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
      push_stream_ping_message_interval 10s;
      push_stream_message_template '{"id": ~id~, "text": ~text~}\\n';
    }
  }
}""",
    near_misses=(
        """\
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
      push_stream_ping_message_interval 10s;
      push_stream_message_template '{"id": ~id~, "text": ~text~}';
    }""",
        """\
    location ~ ^/sub/(.*)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
      push_stream_ping_message_interval 10s;
      push_stream_message_template "~id~ ~text~\\n";
    }""",
    ),
    references=(of_main("push_stream_ping_message_text"),),
    check=check,
)
