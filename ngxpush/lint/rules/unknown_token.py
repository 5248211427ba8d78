"""PS302: a token that the module does not know."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from ...config.directive import Setting
from ...push.templates import TOKENS
from ..finding import Finding, Level
from ..references import of_subscribers
from ..rule import Rule
from ..source import place_in_argument
from ..subject import Subject

_TOKEN = re.compile(rb"~([A-Za-z][A-Za-z_-]*)~")
_AROUND = ("push_stream_header_template", "push_stream_footer_template")


def check(subject: Subject) -> Iterator[Finding]:
    for _, setting in subject.settings("push_stream_message_template"):
        for token in _tokens(setting):
            if token[1].lower() not in TOKENS:
                instead = _meant(token[1]) or "one of " + " ".join(f"~{known.decode()}~" for known in sorted(TOKENS))
                yield _finding(subject, setting, token, "is not a token of message templates and is sent as it is", instead)
    for _, setting in subject.settings(*_AROUND):
        for token in _tokens(setting):
            if token[1].lower() in TOKENS:
                instead = "use tokens in push_stream_message_template only"
                yield _finding(subject, setting, token, "is sent as it is: headers and footers have no tokens", instead)


def _tokens(setting: Setting) -> Iterator[re.Match[bytes]]:
    """What looks like a token, from left to right; the tildes of a known token belong to no other."""
    text, start = setting.statement.arguments[0], 0
    while (token := _TOKEN.search(text, start)) is not None:
        yield token
        # `~a~id~`: the second tilde may begin a known token.
        start = token.end() if token[1].lower() in TOKENS else token.end() - 1


def _finding(subject: Subject, setting: Setting, token: re.Match[bytes], message: str, instead: str) -> Finding:
    position, length = place_in_argument(subject.analysis, setting.statement, 0, token.start(), token.end())
    return RULE.finding(position, f"{token[0].decode()} {message}", instead, length)


def _meant(name: bytes) -> str:
    """The token that may have been meant."""
    known = [token.decode() for token in TOKENS]
    close = difflib.get_close_matches(name.decode().lower(), known, 1, 0.7)
    return f"~{close[0]}~" if close else ""


RULE = Rule(
    code="PS302",
    name="unknown-token",
    level=Level.WARNING,
    what="Text in a template that looks like a token but is none.",
    why="The module replaces the tokens it knows by values, in message templates only; everything else is sent to the clients as "
    "it is written.",
    bad="""\
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
      push_stream_message_template '{"event": "~eventid~", "text": ~text~}';
    }""",
    good="""\
    location ~ ^/ev/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
      push_stream_message_template '{"event": "~event-id~", "text": ~text~}';
    }""",
    near_misses=(
        """\
    location ~ ^/sub/(.*)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
      push_stream_message_template "~ID~~Text~ ~ ~tag~or~time~\\n";
    }""",
        """\
    location ~ ^/sub/(.*)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
      push_stream_header_template "~ welcome ~\\n";
    }""",
    ),
    references=(of_subscribers("push_stream_message_template"),),
    check=check,
)
