"""The lines that reach a channel: for each publisher and subscriber location whose address follows from how it is written.

It follows where push_stream_channels_path is `$arg_NAME`, or the one group (`$1`, or its name) of a pattern that is otherwise
plain text. All others are left out: a wrong line is worse than none.
"""

from __future__ import annotations

import json
import re
import shlex
import socket
from collections.abc import Iterable, Iterator
from urllib.parse import quote_from_bytes

from msgspec import Struct

from ..config.complex_value import Capture, ComplexValue, Variable
from ..config.configuration import Location, ServedAddress, Server
from ..config.directives.http.core import HttpCoreLocation
from ..config.directives.push_stream.settings import PushStreamLocation, SubscriberMode
from ..config.places import STATIC_MATCHES
from ..config.tls_addresses import has_tls
from ..server.clients.listeners import ListeningSocket
from ..server.observing.words import printable

Reached = tuple[str, int]
"""Host and port to which a client connects."""

# Where all addresses of the machine are reached.
_OF_ALL = {"0.0.0.0": "127.0.0.1", "::": "::1"}

_ARGUMENT = b"arg_"
_SLASH = b"/"
_QUESTION_MARK = b"?"

# A pattern that is plain text, perhaps with one group that may be anything, or one segment, or a word.
_PLAIN = rb"(?:[\w/,=:@~-]|\\[./-])*"
_GROUP = rb"\((?:\?P?<(?P<name>\w+)>)?(?:\.|\[\^/\]|\\w|\[[\w-]+\])[*+]\)"
_PATTERN = re.compile(rb"\^?(?P<before>%b)(?P<group>%b)?(?P<after>%b)\$?" % (_PLAIN, _GROUP, _PLAIN))

_CURL_WEBSOCKET = (
    "curl", "-N", "--http1.1", "-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13",
    "-H", "Sec-WebSocket-Key: bmd4cHVzaCBjb25zb2xlIQ==", "--output", "-",
)  # fmt: skip

_READ_STREAM = """const response = await fetch({url});
for await (const part of response.body.pipeThrough(new TextDecoderStream())) console.log(part);"""
_EVENTSOURCE = "new EventSource({url}).onmessage = event => console.log(event.data);"
_WEBSOCKET = "new WebSocket({url}).onmessage = event => console.log(event.data);"
_ONCE = "console.log(await (await fetch({url})).text());"
_PUBLISH = 'await fetch({url}, {{method: "POST", body: "hello"}});'

_SCRIPTS = {
    SubscriberMode.STREAMING: _READ_STREAM,
    SubscriberMode.EVENTSOURCE: _EVENTSOURCE,
    SubscriberMode.WEBSOCKET: _WEBSOCKET,
    SubscriberMode.LONG_POLLING: _ONCE,
    SubscriberMode.POLLING: _ONCE,
}


class Way(Struct, frozen=True):
    """How a location is used for one channel. mode: of a subscriber; None for a publisher.  location: as it is written.

    script: JavaScript; None where a page can't choose the server (its name is not the address).
    url: with the address of the server.  host: its name, where it is not the address.
    time, tag, event_id: the arguments by which a client says where it resumes, where the location asks for them in place of
    headers.
    template: push_stream_message_template.
    """

    mode: SubscriberMode | None
    location: str
    curl: str
    script: str | None
    url: str
    host: str | None = None
    time: str | None = None
    tag: str | None = None
    event_id: str | None = None
    template: bytes = b"~text~"

    @property
    def role(self) -> str:
        """`publisher`, or the mode of a subscriber."""
        return "publisher" if self.mode is None else str(self.mode.value)

    @property
    def server(self) -> str:
        """Its name; its address where any name will do."""
        return self.host or self.url.split("/")[2]

    def resuming(self, time: str, tag: str, event_id: str) -> str:
        """The URL with the arguments that say where a client resumes. Values are escaped already; empty ones are left out."""
        given = ((self.time, time), (self.tag, tag), (self.event_id, event_id))
        arguments = "&".join([f"{name}={value}" for name, value in given if name and value])
        return f"{self.url}{'&' if '?' in self.url else '?'}{arguments}" if arguments else self.url


class _Origin(Struct, frozen=True):
    """Where a server is reached. base: `://HOST:PORT`.  name: what Host has to say; None: anything."""

    tls: bool
    base: str
    name: str | None


def reached(sockets: Iterable[tuple[ListeningSocket, ServedAddress]]) -> list[tuple[Reached, ServedAddress]]:
    """The addresses of these sockets that are no unix sockets."""
    found = [(listening.socket, address) for listening, address in sockets if listening.socket.family != socket.AF_UNIX]
    names = [(listening.getsockname()[:2], address) for listening, address in found]
    return [((_OF_ALL.get(host, host), port), address) for (host, port), address in names]


def ways(addresses: Iterable[tuple[Reached, ServedAddress]], id: bytes) -> tuple[Way, ...]:
    """The ways to that channel, in the order of the configuration."""
    if not id or _SLASH in id:
        return ()
    found: dict[Way, None] = {}
    for place, address in addresses:
        for server in address.servers:
            origin = _origin(place, address, server)
            if origin is not None:
                found.update(dict.fromkeys(_of_locations(server.location, origin, id)))
    return tuple(found)


def _origin(place: Reached, address: ServedAddress, server: Server) -> _Origin | None:
    (host, port), default = place, server is address.default_server
    tls = has_tls(address.listen, address.default_server)
    names = [name.text.decode() for name in server.names if name.pattern is None and re.fullmatch(rb"[\w.-]+", name.text)]
    if not default and not names:
        return None
    return _Origin(tls, f"://[{host}]:{port}" if ":" in host else f"://{host}:{port}", None if default else names[0])


def _of_locations(location: Location, origin: _Origin, id: bytes) -> Iterator[Way]:
    inner = location.locations
    for each in () if inner is None else (*inner.exact.values(), *inner.prefix.values(), *inner.regex):
        settings = each.of(PushStreamLocation)
        used = (settings.publisher or settings.subscriber) and not each.of(HttpCoreLocation).internal
        target = target_of(each, id) if used else None
        if target is not None and settings.publisher:
            yield _way(None, each, origin, target, ("curl", "-d", "hello"), _PUBLISH)
        elif target is not None and settings.subscriber:
            mode = settings.subscriber
            curl = _CURL_WEBSOCKET if mode is SubscriberMode.WEBSOCKET else ("curl", "-N")
            yield _way(mode, each, origin, target, curl, _SCRIPTS[mode])
        yield from _of_locations(each, origin, id)


def _way(
    mode: SubscriberMode | None, location: Location, origin: _Origin, target: str, curl: tuple[str, ...], script: str
) -> Way:
    url = ("https" if origin.tls else "http") + origin.base + target
    words = [*curl, *(["-k"] if origin.tls else []), *(["-H", f"Host: {origin.name}"] if origin.name else []), url]
    in_page = url.replace("http", "ws", 1) if script is _WEBSOCKET else url
    written = " ".join(word for word in ("location", location.match.value, printable(location.name)) if word)
    made = None if origin.name else script.format(url=json.dumps(in_page))
    settings = location.of(PushStreamLocation)
    places = settings.last_received_message_time, settings.last_received_message_tag, settings.last_event_id
    time, tag, event_id = (None if mode is None else _argument(value) for value in places)
    return Way(mode, written, shlex.join(words), made, url, origin.name, time, tag, event_id, settings.message_template)


def _argument(value: ComplexValue | None) -> str | None:
    """The argument of the query string that a value is; None where it is anything else."""
    part = value.parts[0] if value is not None and len(value.parts) == 1 else None
    return part.name[len(_ARGUMENT) :].decode() if isinstance(part, Variable) and part.name.startswith(_ARGUMENT) else None


def target_of(location: Location, id: bytes) -> str | None:
    """The path and query string with which a location's request means that channel; None where that does not follow."""
    path = location.of(PushStreamLocation).channels_path
    if path is None or len(path.parts) != 1:
        return None
    part = path.parts[0]
    if isinstance(part, Variable) and part.name.startswith(_ARGUMENT):
        name, value = _uri_without_group(location), _value(id)
        if name is None or value is None:
            return None
        return f"{quote_from_bytes(name)}?{part.name[len(_ARGUMENT) :].decode()}={value}"
    if isinstance(part, bytes):
        return None
    return _with_group(location, part, id)


def _value(id: bytes) -> str | None:
    """The value of an argument that means this id; None if there is none.

    The module decodes a value up to the first question mark. Where it had something to decode, it drops what follows.
    """
    value = quote_from_bytes(id, safe="?")
    return value if _QUESTION_MARK not in id or value.encode() == id else None


def _escaped(id: bytes) -> str:
    return quote_from_bytes(id, safe="")


def _uri_without_group(location: Location) -> bytes | None:
    if location.match in STATIC_MATCHES:
        return location.name
    found = None if location.pattern is None else _PATTERN.fullmatch(location.pattern.text)
    if found is None or found["group"]:
        return None
    uri = _literal(found["before"])
    return uri if uri.startswith(_SLASH) else _SLASH + uri


def _with_group(location: Location, part: Capture | Variable, id: bytes) -> str | None:
    """For a channel that a group of the location's pattern captures. The pattern itself has the last word."""
    found = None if location.pattern is None else _PATTERN.fullmatch(location.pattern.text)
    if location.pattern is None or found is None or not found["group"]:
        return None
    name = found["name"]
    if part.number != 1 if isinstance(part, Capture) else name is None or part.name != name.lower():
        return None
    before, after = _literal(found["before"]), _literal(found["after"])
    if not before.startswith(_SLASH):
        before = _SLASH + before
    # nginx decodes the path, and the module decodes what it captures once more.
    inner = _escaped(id).encode() if b"%" in id else id
    if inner != id and _QUESTION_MARK in id:
        return None  # see _value
    match = location.pattern.search(before + inner + after)
    if match is None or match.groups[1] != inner:
        return None
    return quote_from_bytes(before) + _escaped(inner) + quote_from_bytes(after)


def _literal(text: bytes) -> bytes:
    return text.replace(b"\\", b"")
