"""PS603: any origin, with credentials."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directive import Setting
from ..finding import Finding, Level
from ..rule import Rule
from ..subject import PushLocation, Subject


def check(subject: Subject) -> Iterator[Finding]:
    reported: set[Setting] = set()
    for location in subject.push_locations():
        headers = {_text(setting, 0).lower(): setting for setting in location.scope.effective_all("add_header")}
        credentials = headers.get(b"access-control-allow-credentials")
        if credentials is None or credentials in reported or _text(credentials, 1).lower() != b"true":
            continue
        if _allows_any(location, headers.get(b"access-control-allow-origin")):
            reported.add(credentials)
            message = "browsers refuse credentials with the origin *"
            yield RULE.finding(credentials.statement.start, message, _INSTEAD, len(credentials.statement.name))


def _text(setting: Setting, index: int) -> bytes:
    return setting.statement.arguments[index].strip()


def _allows_any(location: PushLocation, header: Setting | None) -> bool:
    origins = location.scope.effective("push_stream_allowed_origins")
    return any(setting is not None and _text(setting, index) == b"*" for setting, index in ((origins, 0), (header, 1)))


_INSTEAD = "name the origin, by a map of $http_origin: push_stream_allowed_origins $allowed_origin;"

RULE = Rule(
    code="PS603",
    name="credentials-for-any-origin",
    level=Level.WARNING,
    what="Access-Control-Allow-Credentials true where every origin is allowed by *.",
    why="A browser that sends cookies accepts the answer only when Access-Control-Allow-Origin names the page's origin: with * "
    "it sends the request and throws the answer away.",
    bad="""\
    location ~ ^/ev/([^/]+)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
      push_stream_allowed_origins "*";
      add_header Access-Control-Allow-Credentials true;
    }""",
    good="""\
    location ~ ^/ev/([^/]+)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
      push_stream_allowed_origins "https://app.example.com";
      add_header Access-Control-Allow-Credentials true;
    }""",
    near_misses=(
        """\
    location ~ ^/ev/([^/]+)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
      push_stream_allowed_origins "*";
    }""",
        """\
    location ~ ^/ev/([^/]+)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
      push_stream_allowed_origins "*";
      add_header Access-Control-Allow-Credentials false;
    }""",
    ),
    references=("https://fetch.spec.whatwg.org/#cors-protocol-and-credentials",),
    check=check,
)
