"""PS305: deletions and time-outs that the message template turns into invalid JSON."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directives.push_stream.settings import PUBLISHER, SUBSCRIBER
from ...push.messages import DELETED_ID, TIMED_OUT_ID, Message
from ...push.templates import TIMED_OUT_TEXT
from ..examples import ADMIN_PUBLISHER, GUARDED_PUBLISHER
from ..finding import Finding, Level
from ..json_templates import is_broken_by
from ..references import of_main, of_subscribers
from ..rule import Rule
from ..subject import PushLocation, Subject, value


def check(subject: Subject) -> Iterator[Finding]:
    deletes = any(publisher.mode == "admin" for publisher in subject.push_locations(PUBLISHER))
    findings = (
        RULE.finding_at_argument(
            subject, template.statement, 0, f"this template makes valid JSON of messages, but not of {what}", instead
        )
        for location in subject.push_locations(SUBSCRIBER)
        for message, what, instead in _own_messages(location, deletes)
        for template in location.effective("push_stream_message_template")
        if template.value and is_broken_by(template.value, message)
    )
    # A template of an outer block holds for many locations.
    yield from dict.fromkeys(findings)


def _own_messages(location: PushLocation, deletes: bool) -> Iterator[tuple[Message, str, str]]:
    """What the module itself may send to such a subscriber: the message, what it is, and what to write."""
    if deletes:
        text = value(location.scope, "push_stream_channel_deleted_message_text") or b""
        instead = "push_stream_channel_deleted_message_text '\"Channel deleted\"';"
        yield Message(DELETED_ID, b"0", text, 0, 0, b"0", b"0"), "the notice that a channel was deleted", instead
    if location.mode == "long-polling" and value(location.scope, "push_stream_timeout_with_body"):
        instead = "push_stream_timeout_with_body off;"
        yield Message(TIMED_OUT_ID, b"", TIMED_OUT_TEXT, 0, 0), "the notice that no message came in time", instead


RULE = Rule(
    code="PS305",
    name="own-text-breaks-template",
    level=Level.INFO,
    what="A deletion or a time-out that the message template turns into invalid JSON.",
    why="The module uses the message template for its own texts, too: `Channel deleted` by default when an admin publisher "
    "deletes a channel, `Timed out` with push_stream_timeout_with_body. Where ~text~ has no quotes around it in the template, "
    "clients can't parse them.",
    bad=ADMIN_PUBLISHER
    + """\
    location ~ ^/ws/(.*)$ {
      push_stream_subscriber websocket;
      push_stream_channels_path $1;
      push_stream_message_template '{"id": ~id~, "text": ~text~}';
    }""",
    good="""\
http {
  push_stream_shared_memory_size 32m;
  push_stream_channel_deleted_message_text '"Channel deleted"';
  server {
    listen 80;
    location /pub {
      allow 127.0.0.1;
      deny all;
      push_stream_publisher admin;
      push_stream_channels_path $arg_id;
    }
    location ~ ^/ws/(.*)$ {
      push_stream_subscriber websocket;
      push_stream_channels_path $1;
      push_stream_message_template '{"id": ~id~, "text": ~text~}';
    }
  }
}""",
    near_misses=(
        GUARDED_PUBLISHER
        + """\
    location ~ ^/ws/(.*)$ {
      push_stream_subscriber websocket;
      push_stream_channels_path $1;
      push_stream_message_template '{"id": ~id~, "text": ~text~}';
    }""",
    ),
    references=(
        of_main("push_stream_channel_deleted_message_text"),
        of_subscribers("push_stream_timeout_with_body"),
    ),
    check=check,
)
