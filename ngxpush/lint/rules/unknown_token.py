"""PS302: a token the module does not know."""

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
                yield _finding(subject, setting, token, "is no token of message templates and is sent as it stands", instead)
    for _, setting in subject.settings(*_AROUND):
        for token in _tokens(setting):
            if token[1].lower() in TOKENS:
                instead = "push_stream_message_template is the place for tokens"
                yield _finding(subject, setting, token, "is sent as it stands: headers and footers have no tokens", instead)


def _tokens(setting: Setting) -> Iterator[re.Match[bytes]]:
    """What looks like a token, from left to right; a known one keeps its tildes from being those of another."""
    text, start = setting.statement.arguments[0], 0
    while (token := _TOKEN.search(text, start)) is not None:
        yield token
        # `~a~id~`: the second tilde may open a token that is known.
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
    what="Something that looks like a token in a template but is none there.",
    why="The module puts values in the place of the tokens it knows, in message templates only; everything else reaches the "
    "clients as it is written.",
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
