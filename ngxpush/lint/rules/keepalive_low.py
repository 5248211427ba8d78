"""PS504: a new connection for each poll."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directive import Setting
from ...config.directives.push_stream.settings import SUBSCRIBER
from ..finding import Finding, Level
from ..rule import Rule
from ..subject import PushLocation, Subject

_POLLING = ("polling", "long-polling")
_FEW_REQUESTS = 100


def check(subject: Subject) -> Iterator[Finding]:
    reported: set[Setting] = set()
    for location in subject.push_locations(SUBSCRIBER):
        setting = _too_low(location) if location.mode in _POLLING else None
        if setting is not None and setting not in reported:
            reported.add(setting)
            name = setting.directive.name
            given = setting.statement.arguments[0].decode()
            message = f"with {name} {given} clients of the {location.mode} subscriber have to connect again and again"
            yield RULE.finding(setting.statement.start, message, _INSTEAD[name], len(name))


def _too_low(location: PushLocation) -> Setting | None:
    """The setting that ends connections after few requests or at once."""
    timeout, requests = (location.scope.effective(name) for name in _INSTEAD)
    if timeout is not None and timeout.value is not None and timeout.value[0] == 0:
        return timeout
    if requests is not None and isinstance(requests.value, int) and requests.value < _FEW_REQUESTS:
        return requests
    return None


_INSTEAD = {"keepalive_timeout": "keepalive_timeout 75s;", "keepalive_requests": "keepalive_requests 1000;"}

RULE = Rule(
    code="PS504",
    name="keepalive-low",
    level=Level.WARNING,
    what="keepalive_timeout 0, or few keepalive_requests, where clients poll.",
    why="A polling client sends at least one request for each message. Where connections are not kept open, each request costs "
    "a TCP handshake, perhaps a TLS one, and a port that stays taken for a minute.",
    bad="""\
    keepalive_timeout 0;
    location ~ ^/lp/([^/]+)$ {
      push_stream_subscriber long-polling;
      push_stream_channels_path $1;
    }""",
    good="""\
    keepalive_timeout 75s;
    location ~ ^/lp/([^/]+)$ {
      push_stream_subscriber long-polling;
      push_stream_channels_path $1;
    }""",
    near_misses=(
        """\
    keepalive_timeout 0;
    location ~ ^/ev/([^/]+)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
        """\
    location / { keepalive_timeout 0; return 204; }
    location ~ ^/lp/([^/]+)$ {
      push_stream_subscriber polling;
      push_stream_channels_path $1;
      keepalive_requests 10000;
    }""",
    ),
    references=("https://nginx.org/en/docs/http/ngx_http_core_module.html#keepalive_timeout",),
    check=check,
)
