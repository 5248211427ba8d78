"""PS503: fewer connections than subscribers."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directive import Scope
from ...config.directives.push_stream.settings import SUBSCRIBER
from ...config.places import Context
from ..finding import Finding, Level
from ..rule import Rule
from ..subject import Subject, value

_FEW = 256
"""Fewer than that for all subscribers of a worker is probably a mistake."""


def check(subject: Subject) -> Iterator[Finding]:
    http, root = subject.http(), subject.analysis.root
    events = next((scope for scope in root.scopes if scope.context is Context.EVENTS), None)
    if http is None or events is None or not any(True for _ in subject.push_locations(SUBSCRIBER)):
        return
    connections, workers = value(events, "worker_connections"), value(root, "worker_processes")
    if not isinstance(connections, int):
        return
    setting = events.own("worker_connections")
    statement = setting.statement if setting is not None else events.statement
    most = value(http, "push_stream_max_subscribers_per_channel")
    # With `auto` the number of workers is not known.
    together = connections * workers if isinstance(workers, int) else None
    if statement is None:
        return
    if isinstance(most, int) and together is not None and most > together:
        message = f"a channel may have {most} subscribers, but there are only {together} connections"
        yield RULE.finding(statement.start, message, _instead(most), len(statement.name))
    elif connections < _FEW and setting is not None and _is_public(http):
        message = f"waiting subscribers soon take all {connections} connections of a worker"
        yield RULE.finding(statement.start, message, _instead(1024), len(statement.name))


def _is_public(http: Scope) -> bool:
    """Whether no limit says that there are few subscribers."""
    return value(http, "push_stream_max_subscribers_per_channel") is None


def _instead(connections: int) -> str:
    return f"worker_connections {max(1024, 1 << (connections + connections // 4).bit_length())};"


_EXAMPLE = """\
events { worker_connections NUMBER; }
http {
  push_stream_shared_memory_size 32m;
  push_stream_max_subscribers_per_channel 5000;
  server {
    listen 80;
    location ~ ^/ev/([^/]+)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }
  }
}"""

RULE = Rule(
    code="PS503",
    name="worker-connections-low",
    level=Level.WARNING,
    what="worker_connections far too low for subscribers, or lower than push_stream_max_subscribers_per_channel.",
    why="Each waiting subscriber takes a connection. When all are taken, nginx closes the oldest idle ones and refuses new "
    "clients, publishers among them, with `worker_connections are not enough` in its error log.",
    bad=_EXAMPLE.replace("NUMBER", "1024"),
    good=_EXAMPLE.replace("NUMBER", "8192"),
    near_misses=(
        "worker_processes 8;\n" + _EXAMPLE.replace("NUMBER", "1024"),
        _EXAMPLE.replace("NUMBER", "1024").replace("5000", "500"),
        "events { worker_connections 64; }\nhttp { server { listen 80; location / { return 204; } } }",
    ),
    references=("https://nginx.org/en/docs/ngx_core_module.html#worker_connections",),
    check=check,
)
