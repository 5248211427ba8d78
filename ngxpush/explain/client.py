"""The client of an explanation, and the process that serves it: what is written is kept, and no time passes by itself."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

from ..config.configuration import ListenAddress, Server
from ..config.directives.http.resolver import NameServers
from ..http.access.limit_zone import LimitZones
from ..http.content.push_stream import Engine
from ..http.content.stub_status import Counters
from ..http.operations import DirectoryEntry, FileStatus, LinkCheck, OpenedFile, Performer, Resume
from ..http.recorder import Debugging, Phase, quoted
from ..http.request import ClientConnection, Request
from ..http.routing import Listener
from ..http.tls_facts import ClientCertificate
from ..http.upstream.connection import Endpoint
from ..server.processes.own_process import own_process
from ..server.system import files
from ..server.system.file_tree import SystemFileTree
from .trace import Trace
from .upstream import AskedServer
from .zone import StandingClock

T = TypeVar("T")

_CLIENT_PORT = 50000
_ANY_ADDRESS = {b"": b"127.0.0.1", b"::": b"::1"}


def addresses(client: bytes, listen: ListenAddress) -> tuple[tuple[bytes, int], tuple[bytes, int]]:
    """The two ends of a connection from `client` to what is listened on."""
    if listen.path is not None:
        return (b"unix:", 0), (b"unix:" + listen.path, 0)
    return (client, _CLIENT_PORT), (_ANY_ADDRESS.get(listen.host, listen.host), listen.port)


class PatientClient:
    """A `http.connection.surroundings.Transport` that takes everything at once. written: the bytes a client would get."""

    is_paced = is_behind = False

    def __init__(self) -> None:
        self.written = bytearray()
        self.write: Callable[[bytes], None] = self.written.extend

    def pace(self, rate: object) -> None:
        """Send without delay: limit_rate has no effect here."""

    def end_pace(self) -> int:
        return 0

    def fulfil(self) -> None:
        """Do nothing: the client's bytes are there at once, and `Play` decides when the time is up."""

    def half_close(self) -> None:
        """Do nothing: what was written is kept."""

    close = half_close

    def overflown(self) -> None:
        """Not called, except by HTTP/2 for an answer that its windows hold back."""

    def abort(self) -> int:
        return 0


class AskedTls:
    """The TLS of a client without a certificate (`http.tls_facts.ConnectionTls`). What a handshake decides is an example."""

    server: Server | None = None
    host = b""
    server_name: bytes | None = None
    protocol = b"TLSv1.3"
    cipher: bytes | None = b"TLS_AES_256_GCM_SHA384"
    ciphers = b""
    curve: bytes | None = None
    curves = b""
    session_id = b""
    session_reused = False
    is_early = False
    alpn_protocol = b""
    certificate: ClientCertificate | None = None
    verify_result = 0

    def forget_session(self) -> None:
        pass

    def verify_words(self, code: int) -> bytes:
        return b""


class AskedHosting:
    """A `http.connection.surroundings.Hosting` with one connection. `wake` makes the calls that `call_later` was asked for."""

    exiting = False
    last_error = ""
    standing: float | None = None
    counters = Counters(1, 1, 1, 1, 0, 1, 0)

    def __init__(self, engine: Engine, limit_zones: LimitZones, nginx_version: bytes, trace: Trace, clock: StandingClock) -> None:
        self.engine: Any = engine
        self.process = own_process()
        self.limit_zones = limit_zones
        self.nginx_version = nginx_version
        self.requests = 0
        self.reusable: dict[Any, None] = {}
        self.asking = AskedPerformer(trace, clock)
        self.performer: Performer = self.asking
        self.now: Callable[[], float] = clock.now
        self.time: Callable[[], float] = clock.now
        self._trace = trace
        self._clock = clock
        self._asleep: list[tuple[float, Callable[[], None]]] = []

    def call_later(self, seconds: float, callback: Callable[[], None]) -> None:
        self._asleep.append((seconds, callback))

    def wake(self) -> None:
        """Let time pass until every call is made."""
        while self._asleep:
            seconds, callback = self._asleep.pop(0)
            self._clock.time += seconds
            callback()

    def realpath(self, path: bytes) -> bytes:
        return os.path.realpath(path, strict=True)

    def next_connection_number(self) -> int:
        return 1

    def debugging(self, client: bytes) -> Debugging:
        return Debugging.OFF

    def log_error(
        self, level: str, text: str | bytes, connection: ClientConnection, listener: Listener, request: Request | None
    ) -> None:
        self._trace.logged.append((level, text.decode("utf-8", "replace") if isinstance(text, bytes) else text))

    def log_access(self, request: Request) -> None:
        """Do nothing: an explanation has no access log."""


class AskedBodyFile:
    """A `http.operations.BodyFile` that is only named."""

    def __init__(self, name: bytes) -> None:
        self.name = name
        self.size = 0
        self._content = b""

    def write(self, data: bytes, written: Callable[[OSError | None], None]) -> None:
        self._content += data
        self.size += len(data)
        written(None)

    def read(self, offset: int, size: int) -> bytes:
        return self._content[offset : offset + size]

    def close(self, remove: bool) -> None:
        """Do nothing: there is no file."""


class AskedFileTree:
    """A `http.operations.FileTree` that looks, and changes nothing."""

    def __init__(self) -> None:
        tree = SystemFileTree()
        self.lstat = tree.lstat
        self.access = tree.access
        self.names = tree.names
        self.is_inside = tree.is_inside

    def store(self, source: bytes, target: bytes, permissions: int, modified: int | None) -> None: ...

    def rename(self, source: bytes, target: bytes) -> None: ...

    def copy(self, source: bytes, target: bytes) -> None: ...

    def make_directory(self, path: bytes, permissions: int) -> None: ...

    def unlink(self, path: bytes) -> None: ...

    def remove_directory(self, path: bytes) -> None: ...


class AskedPerformer:
    """A `http.operations.Performer` that reads files, notes their names, and contacts no other machine.

    server: the server that a request was last passed on to.
    """

    def __init__(self, trace: Trace, clock: StandingClock) -> None:
        self.server: AskedServer | None = None
        self.file_tree = AskedFileTree()
        self._trace = trace
        self._clock = clock

    def stat(self, path: bytes, links: LinkCheck | None) -> FileStatus:
        return files.stat(path, links)

    def list_directory(self, path: bytes) -> list[DirectoryEntry]:
        return files.list_directory(path)

    def open_file(self, path: bytes, links: LinkCheck | None) -> OpenedFile:
        return self._noted(path, lambda path: files.open_file(path, links))

    def read_file(self, path: bytes) -> bytes:
        return self._noted(path, files.read_file)

    def make_body_file(self, directory: bytes | None, levels: tuple[int, ...], named: bool) -> AskedBodyFile:
        return AskedBodyFile((directory or b"client_body_temp") + b"/0000000001")

    def connect(self, endpoint: Endpoint) -> AskedServer:
        self.server = AskedServer(endpoint, self._clock.now())
        return self.server

    def resolve(self, host: bytes, resume: Resume) -> list[tuple[bytes, bool]]:
        return [(host, False)]

    def ask_name_servers(self, host: bytes, servers: NameServers, seconds: float, resume: Resume) -> list[tuple[bytes, bool]]:
        return [(host, False)]

    def _noted(self, path: bytes, perform: Callable[[bytes], T]) -> T:
        """Perform a look at a file, and note whether the file is there."""
        outcome = "there"
        try:
            return perform(path)
        except OSError as error:
            outcome = str(error.strerror)
            raise
        finally:
            self._trace.note(Phase.CONTENT, f"file {quoted(path)}: {outcome}")
