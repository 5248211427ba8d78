"""PS403: proxied WebSockets without the headers of a WebSocket."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from ...config.directive import Scope
from ...config.directives.push_stream.settings import SUBSCRIBER
from ...config.places import Context
from ..finding import Finding, Level
from ..proxies import Place, listened_places, place, target
from ..rule import Rule
from ..subject import Subject, choice, enclosing

_FOR_WEBSOCKETS = re.compile(rb"(?:^|[/_.-])(?:wss?|websockets?|socket\\?\.io|cable)(?=$|[/?($])", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Finding]:
    own = _own_websockets(subject)
    for scope in subject.scopes(Context.LOCATION):
        setting = scope.own("proxy_pass")
        if setting is None or scope.uncertain or scope.own("internal") is not None:
            continue
        headers = {header.statement.arguments[0].lower(): header for header in scope.effective_all("proxy_set_header")}
        asks = b"upgrade" in headers
        missing = _missing(scope, asks, b"connection" in headers)
        if missing and (asks or _is_for_websockets(scope, own)):
            message = f"no WebSocket can be opened through this proxy_pass; missing: {', '.join(missing)}"
            yield RULE.finding(setting.statement.start, message, _INSTEAD, len(b"proxy_pass"))


def _missing(scope: Scope, upgrade: bool, connection: bool) -> list[str]:
    version = scope.effective("proxy_http_version")
    return [
        name
        for name, given in (
            ("proxy_http_version 1.1", version is not None and version.statement.arguments[0] == b"1.1"),
            ("the Upgrade header", upgrade),
            ("the Connection header", connection),
        )
        if not given
    ]


def _is_for_websockets(scope: Scope, own: Set[tuple[bytes, Place]]) -> bool:
    """Whether the location's name says so, or it passes requests on to a websocket subscriber of this configuration."""
    name, asked = choice(scope).name, target(scope)
    return _FOR_WEBSOCKETS.search(name) is not None or (asked is not None and (name, place(asked)) in own)


def _own_websockets(subject: Subject) -> set[tuple[bytes, Place]]:
    """The websocket subscribers of this configuration: the names of their locations, and where they listen."""
    return {
        (choice(location.scope).name, listened)
        for location in subject.push_locations(SUBSCRIBER)
        if location.mode == "websocket" and (server := enclosing(location.scope, Context.SERVER)) is not None
        for listened in listened_places(server)
    }


_INSTEAD = """\
proxy_http_version 1.1;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection "upgrade";"""

RULE = Rule(
    code="PS403",
    name="websocket-proxy-headers",
    level=Level.WARNING,
    what="A proxied WebSocket without proxy_http_version 1.1 and the headers Upgrade and Connection.",
    why="nginx speaks HTTP/1.0 to a proxied server and does not pass on Upgrade and Connection, which hold for one connection "
    "only: the proxied server gets an ordinary request, and the WebSocket handshake fails. A location with a proxy_set_header "
    "of its own inherits none.",
    bad="""\
    location /ws/ {
      proxy_pass http://127.0.0.1:9000;
    }""",
    good="""\
    location /ws/ {
      proxy_pass http://127.0.0.1:9000;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
    }""",
    near_misses=(
        """\
    location /news/ {
      proxy_pass http://127.0.0.1:9000;
    }""",
        """\
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $http_connection;
    location /ws/ {
      proxy_pass http://127.0.0.1:9000;
    }""",
        """\
    location /wsdl {
      proxy_pass http://127.0.0.1:9000;
    }
    location /websocket-auth/ {
      proxy_pass http://127.0.0.1:9000;
    }""",
    ),
    references=("https://nginx.org/en/docs/http/websocket.html",),
    check=check,
)
