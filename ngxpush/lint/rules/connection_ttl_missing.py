"""PS402: subscribers without an end."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directives.push_stream.settings import SUBSCRIBER
from ..finding import Finding, Level
from ..references import of_subscribers
from ..rule import Rule
from ..subject import PushLocation, Subject


def check(subject: Subject) -> Iterator[Finding]:
    for location in subject.push_locations(SUBSCRIBER):
        name = _ttl(location)
        if name and not any(location.scope.effective(ttl) for ttl in ("push_stream_subscriber_connection_ttl", name)):
            message = f"nothing limits how long a subscription lasts here (mode {location.mode})"
            yield RULE.finding(location.position, message, f"{name} {_TYPICAL[name]};", len(location.role.statement.name))


def _ttl(location: PushLocation) -> str:
    """The directive that ends the subscribers of this location; "" where they never wait, or where nginx refuses their mode."""
    if location.mode in ("polling", ""):
        return ""
    return (
        "push_stream_longpolling_connection_ttl" if location.mode == "long-polling" else "push_stream_subscriber_connection_ttl"
    )


_TYPICAL = {"push_stream_longpolling_connection_ttl": "25s", "push_stream_subscriber_connection_ttl": "15m"}

RULE = Rule(
    code="PS402",
    name="connection-ttl-missing",
    level=Level.INFO,
    what="A subscriber without push_stream_subscriber_connection_ttl, or a long-polling one without a TTL of either kind.",
    why="Clients that vanished without closing their connection keep it, and after one of several servers was restarted its "
    "clients stay on the others; a long-polling request that waits longer than a proxy's timeout is answered with 504. With a "
    "limit, clients are disconnected in time and connect again.",
    bad="""\
    location ~ ^/lp/([^/]+)$ {
      push_stream_subscriber long-polling;
      push_stream_channels_path $1;
    }""",
    good="""\
    location ~ ^/lp/([^/]+)$ {
      push_stream_subscriber long-polling;
      push_stream_channels_path $1;
      push_stream_longpolling_connection_ttl 25s;
    }""",
    near_misses=(
        """\
    push_stream_subscriber_connection_ttl 15m;
    location ~ ^/lp/([^/]+)$ {
      push_stream_subscriber long-polling;
      push_stream_channels_path $1;
    }
    location ~ ^/ev/([^/]+)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
        """\
    location ~ ^/poll/([^/]+)$ {
      push_stream_subscriber polling;
      push_stream_channels_path $1;
    }""",
    ),
    references=(of_subscribers("push_stream_subscriber_connection_ttl"),),
    check=check,
)
