"""Requests served without sockets: a configuration as text, request bytes in, answer bytes out, files from a dictionary."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from contextlib import nullcontext
from typing import Any

from ngxpush.config.analyzer import analyze
from ngxpush.config.compiler import compile_configuration
from ngxpush.config.configuration import Configuration, Http
from ngxpush.config.directives.access.limit_conn import LimitConnMain
from ngxpush.config.directives.access.limit_req import LimitReqMain
from ngxpush.http import phases
from ngxpush.http.access.limit_zone import LimitZone, LimitZones
from ngxpush.http.operations import (
    Answered,
    ChangeFiles,
    DirectoryEntry,
    Drained,
    FileStatus,
    LinkCheck,
    ListDirectory,
    OpenFile,
    ReadBody,
    ReadFile,
    Sleep,
    Stat,
    TurnTaken,
)
from ngxpush.http.parser import Refused, RequestParser
from ngxpush.http.proxy_protocol import ProxyProtocol
from ngxpush.http.request import Request
from ngxpush.http.routing import listeners, running
from ngxpush.http.third_party.included import Included
from tests.http.fakes import NOW, FakeConnection
from tests.machine import Machine


def compiled(http: str) -> Configuration:
    """The configuration with this http block."""
    text = "events {}\nhttp {\n" + http + "\n}\n"
    machine = Machine({"/etc/nginx/nginx.conf": text.encode(errors="surrogateescape")})
    analysis = analyze("/etc/nginx/nginx.conf", "/etc/nginx", system=machine, leave_out_third_party=True)
    assert analysis.fatal is None, analysis.fatal.message
    return compile_configuration(analysis)


def limit_zones(http: Http) -> LimitZones:
    """Zones in this process's memory."""
    sizes = {zone.name: zone.size for zone in http.of(LimitReqMain).zones.values()}
    sizes |= {zone.name: zone.size for zone in http.of(LimitConnMain).zones.values()}
    return LimitZones({name: LimitZone(memoryview(bytearray(size))) for name, size in sizes.items()}, nullcontext())


class MemoryFile:
    """An opened file of a Site. reads: where something was read, and how many bytes."""

    def __init__(self, status: FileStatus, content: bytes) -> None:
        self.status = status
        self.closed = False
        self.reads: list[tuple[int, int]] = []
        self._content = content

    def read(self, offset: int, size: int) -> bytes:
        self.reads.append((offset, size))
        return self._content[offset : offset + size]

    def close(self) -> None:
        self.closed = True


class Site:
    """A server of which every request is made alone.

    files: path → content; None is a directory.  now: when the next request comes.  slept: how long requests had to wait.
    body: of each request, read whole; or the status of one that can't be read.  body_came: it is there before the handler begins.
    answered_at_once: the last request needed no coroutine.  engine: what push locations ask.
    proxy_protocol: what a PROXY header said.
    failing: kind of operation on files → what it fails with.  subrequests: those that were served, in order.
    opened: the files that were.  encoding: of the files.  body_file: where each body is.  tree: what changes files.
    links: the links that must not be followed, for each file that was opened or looked at.
    """

    def __init__(self, http: str, files: Mapping[str, str | None] | None = None, body: bytes | int = b"") -> None:
        configuration = compiled(http)
        assert configuration.http is not None
        self.listener = listeners(running(configuration.http))[0]
        self.files = {path.encode(): content for path, content in (files or {}).items()}
        self.limits = limit_zones(configuration.http)
        self.slept: list[float] = []
        self.now = NOW
        self.connection = FakeConnection()
        self.request: Request | None = None
        self.subrequests: list[Request] = []
        self.opened: list[MemoryFile] = []
        self.body = body
        self.body_came = self.answered_at_once = False
        self.engine: Any = None
        self.proxy_protocol: ProxyProtocol | None = None
        self.failing: dict[type, OSError] = {}
        self.body_file: Any = None
        self.encoding = "utf-8"
        self.tree: Any = None
        self.links: list[LinkCheck | None] = []

    def serve(self, head: str) -> bytes:
        """The whole answer to a request line and headers, lines ended by `\\n`."""
        self.connection = FakeConnection()
        self.connection.at = self.now
        self.connection.engine = self.engine
        self.connection.proxy_protocol = self.proxy_protocol
        self.connection.limit_zones = self.limits
        server = self.listener.default_server
        request = self.request = Request(self.connection, self.listener.http, server, server.location)
        request.carrier = self.connection

        def choose(host: bytes) -> None:
            request.server = self.listener.find_server(request, host)
            request.location = request.server.location

        parser = RequestParser(request, choose)
        try:
            assert parser.feed(head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n")
        except Refused as refused:
            self._drive(phases.finalize(request, refused.status))
        else:
            if self.body_came:
                request.input.body = self.body if isinstance(self.body, bytes) else None
            rest = phases.begin(request)
            self.answered_at_once = rest is None
            if rest is not None:
                self._drive(rest)
        self._serve_subrequests()
        return self.connection.written

    def _serve_subrequests(self) -> None:
        """Those of mirror and addition: after the request has gone as far as it can."""
        waiting = self.connection.started_subrequests
        while waiting:
            request, ended = waiting.pop(0)
            self.subrequests.append(request)
            self._drive(phases.serve(request))
            ended()

    def get(self, target: str, method: str = "GET", host: str = "localhost", headers: str = "") -> tuple[int, str]:
        """Status and body."""
        answer = self.serve(f"{method} {target} HTTP/1.1\nHost: {host}{headers}")
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head[9:12]) if head else 0, body.decode("latin-1")

    def get_own(self, target: str, method: str = "GET") -> tuple[int, str | None]:
        """Status and body; None for a page of nginx's own."""
        status, body = self.get(target, method)
        return status, None if body.startswith("<html>\r\n<head><title>") else body

    def follow(self) -> None:
        """Go where post_action says, as the connection does once the answer is out."""
        assert self.request is not None
        self._drive(phases.post_action(self.request))

    def end(self) -> None:
        """The connection forgets the last request."""
        assert self.request is not None
        while self.request.cleanups:
            self.request.cleanups.pop()()

    def location_of(self, target: str) -> str | None:
        """The Location header of the answer."""
        lines = self.serve(f"GET {target} HTTP/1.1\nHost: localhost").split(b"\r\n")
        return next((line[10:].decode() for line in lines if line.startswith(b"Location: ")), None)

    def _drive(self, coroutine: Coroutine[Any, Any, None]) -> None:
        result: Any = None
        error: Exception | None = None
        try:
            while True:
                operation = coroutine.send(result) if error is None else coroutine.throw(error)
                result, error = self._perform(operation)
        except StopIteration:
            return

    def _perform(self, operation: Any) -> tuple[Any, Exception | None]:
        if isinstance(operation, Sleep):
            self.slept.append(operation.seconds)
            return None, None
        if isinstance(operation, Answered):
            self.subrequests.append(operation.request)
            self._drive(phases.serve(operation.request))
            return None, None
        if isinstance(operation, Included):
            operation.perform(None, lambda _: None)  # type: ignore[arg-type]  # it needs no performer
            self._serve_subrequests()
            return None, None
        if isinstance(operation, ReadBody):
            operation.request.input.body = self.body
            operation.request.input.body_file = self.body_file
            return self.body, None
        if isinstance(operation, ChangeFiles):
            return self.tree, None
        if isinstance(operation, Drained):
            return None, None
        if isinstance(operation, TurnTaken):
            self._serve_subrequests()
            return None, None
        assert isinstance(operation, Stat | ReadFile | OpenFile | ListDirectory)
        path = operation.path.rstrip(b"/")
        if type(operation) in self.failing:
            return None, self.failing[type(operation)]
        if path not in self.files:
            return None, FileNotFoundError(2, "No such file or directory")
        if isinstance(operation, ListDirectory):
            names = [name.removeprefix(path + b"/") for name in self.files if name.startswith(path + b"/")]
            return [DirectoryEntry(name, self._status(path + b"/" + name)) for name in names if b"/" not in name], None
        content = (self.files[path] or "").encode(self.encoding)
        if isinstance(operation, ReadFile):
            return content, None
        self.links.append(operation.links)
        if isinstance(operation, Stat):
            return self._status(path), None
        file = MemoryFile(self._status(path), content)
        self.opened.append(file)
        return file, None

    def _status(self, path: bytes) -> FileStatus:
        content = self.files[path]
        return FileStatus("directory" if content is None else "file", len(content or ""), int(NOW))


def shown(text: str, target: str = "/", headers: str = "", http: str = "") -> str:
    """A text with variables, as a request sees it."""
    site = Site(http + 'server { listen 80; server_name first.example; location / { return 200 "' + text + '"; } }')
    return site.get(target, headers=headers)[1]


def server(text: str, files: dict[str, str | None] | None = None) -> Site:
    """A Site of one server."""
    return Site("server { listen 80; " + text + " }", files)
