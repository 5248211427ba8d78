"""A request with all its settings at nginx's defaults, on a connection that only takes notes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from ngxpush.config.configuration import Http, Location, Server
from ngxpush.config.directives.filters.charset import CharsetMain
from ngxpush.config.directives.http.core import HttpCoreServer
from ngxpush.config.directives.http.ssl import SslServer
from ngxpush.config.modules import MODULES
from ngxpush.config.places import LocationMatch
from ngxpush.http.access.limit_zone import LimitZones
from ngxpush.http.headers import Headers
from ngxpush.http.limit_rate import Rate
from ngxpush.http.proxy_protocol import ProxyProtocol
from ngxpush.http.recorder import Debugging
from ngxpush.http.request import BodyReceiver, Request
from ngxpush.http.routing import running
from ngxpush.http.serving_process import ServingProcess
from ngxpush.http.tls_facts import ConnectionTls

NOW = 1_000_000_000.0
DATE = b"Sun, 09 Sep 2001 01:46:40 GMT"


class MemoryBodyFile:
    """A `BodyFile` in memory. written: the calls that are to be made when the disk is done.  removed: None until it is closed."""

    def __init__(self, content: bytes = b"", name: bytes = b"/temp/0000000001") -> None:
        self.name = name
        self.content = content
        self.size = len(content)
        self.written: list[Callable[[OSError | None], None]] = []
        self.removed: bool | None = None

    def write(self, data: bytes, written: Callable[[OSError | None], None]) -> None:
        self.content += data
        self.size += len(data)
        self.written.append(written)

    def read(self, offset: int, size: int) -> bytes:
        return self.content[offset : offset + size]

    def close(self, remove: bool) -> None:
        self.removed = remove


class FakeConnection:
    """Collects what is written and logged; a request's connection and carrier in one."""

    remote_addr, remote_port = b"127.0.0.1", 40000
    server_addr, server_port = b"127.0.0.1", 8080
    number, requests, started = 1, 1, NOW
    nginx_version = b"1.22.1"
    process = ServingProcess(b"machine", 77, bytes, 500_000)
    engine: Any = None
    debugging = Debugging.OFF
    proxy_protocol: ProxyProtocol | None = None
    expects_tls = False
    tls: ConnectionTls | None = None
    receiver: BodyReceiver
    # The result of `drain`.
    draining: Any = None

    def __init__(self) -> None:
        self.at = NOW
        self.paced: Rate | None = None
        self.limit_zones = LimitZones({}, nullcontext())
        self.written = b""
        self.writes: list[bytes] = []
        self.tcp_info: Any = None
        self.logged: list[tuple[str, bytes | str]] = []
        self.finished = self.spoiled = False
        self.terminated: int | None = None
        self.started_subrequests: list[tuple[Request, Callable[[], None]]] = []
        self.discarded = False
        self.broken_body = 0
        self.write: Callable[[bytes], None] = self._write
        self.received: Callable[[bytes], None] | None = None

    def now(self) -> float:
        return self.at

    def realpath(self, path: bytes) -> bytes:
        if path.endswith(b"gone"):
            raise FileNotFoundError(2, "No such file or directory")
        return b"/real" + path

    def _write(self, data: bytes) -> None:
        self.writes.append(data)
        self.written += data

    def pace(self, rate: Rate) -> None:
        self.paced = rate

    def tunnel(self, receiver: BodyReceiver) -> None:
        self.receiver = receiver

    def switch_protocols(self, received: Callable[[bytes], None]) -> None:
        self.received = received

    def log(self, level: str, text: bytes | str, request: Request | None = None) -> None:
        self.logged.append((level, text))

    def discard_body(self, request: Request) -> int:
        self.discarded = True
        return self.broken_body

    def pass_body(self, request: Request, receiver: BodyReceiver) -> None:
        self.receiver = receiver

    def read_body(self, request: Request, resume: Callable[[Any], None], in_memory: bool) -> Any:
        raise NotImplementedError

    def has_whole_body(self, request: Request) -> bool:
        return self.whole_body(request) is not None

    def whole_body(self, request: Request) -> bytes | None:
        return request.input.body

    def drain(self, request: Request, resume: Callable[[Any], None]) -> Any:
        return self.draining

    def sleep(self, request: Request, seconds: float, resume: Callable[[Any], None]) -> None:
        raise NotImplementedError

    def start(self, request: Request, ended: Callable[[], None]) -> None:
        self.started_subrequests.append((request, ended))

    @property
    def subrequests(self) -> int:
        return len(self.started_subrequests)

    def end_subrequest(self, request: Request) -> None:
        request.logged = True

    def finish_unseen(self, request: Request) -> None:
        self.finish(request)

    def terminate(self, request: Request, status: int) -> None:
        self.terminated = status

    def spoil(self) -> None:
        self.spoiled = True

    def finish(self, request: Request) -> None:
        request.response.complete = True
        self.finished = self.finished or request.parent is None


_LOCATION_SETTINGS = {module.name: module.location for module in MODULES if module.location is not None}


def make_request(
    method: bytes = b"GET",
    headers: list[tuple[bytes, bytes]] | None = None,
    http_version: int = 1001,
    uri: bytes = b"/",
    core: dict[str, Any] | None = None,
    headers_module: dict[str, Any] | None = None,
    **modules: dict[str, Any],
) -> tuple[Request, FakeConnection]:
    """A request and its connection.

    core, headers_module: settings of http_core and headers; modules: settings of others, e.g. `gzip={"gzip": True}`.
    """
    connection = FakeConnection()
    given = {"http_core": core or {}, "headers": headers_module or {}, **modules}
    location = Location(
        b"", LocationMatch.SERVER, settings={kind: kind(**given.get(name, {})) for name, kind in _LOCATION_SETTINGS.items()}
    )
    server = Server(b"first.example", (), (), location, settings={HttpCoreServer: HttpCoreServer(), SslServer: SslServer()})
    http = running(Http(settings={CharsetMain: CharsetMain()}))
    request = Request(connection, http, server, location)
    request.carrier = connection
    request.method = method
    request.input.http_version = http_version
    request.uri = uri
    request.input.host = b"localhost"
    request.input.headers = Headers(headers or ())
    return request, connection
