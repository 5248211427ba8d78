"""Connections to other servers: the I/O of `http.upstream`."""

from __future__ import annotations

import asyncio
import errno
import os
import select
import socket
import sys
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from ...config.text import unshown
from ...http.forwarded import ClientAddress
from ...http.operations import WAITING, Resume
from ...http.upstream.connection import Endpoint, Happening, PeerEvent, Tls, TlsFault
from ..clients.deadline import Deadline
from ..tls.faults import CannotLoad, TlsFailed
from . import hosts

if TYPE_CHECKING:
    from ..tls.upstream_contexts import UpstreamContexts
    from ..tls.upstream_stage import UpstreamStage

# Bytes: while more than this is received and not yet taken by `wait`, reading is paused.
_MOST_PENDING = 64 * 1024

# Bytes that wait for the server to read: above this the connection is full.
_MOST_UNSENT = 64 * 1024

# Of Linux: the port is chosen when the connection is made, so that there are enough of them. Python 3.11 has no name for it.
_IP_BIND_ADDRESS_NO_PORT = 24


# Of Linux: the other side sends no more, whether or not all that it has sent is read.
_CLOSED_BY_SERVER = getattr(select, "POLLRDHUP", 0)


class _NotBound(OSError):
    """The local address can't be used."""


class UpstreamConnection(asyncio.Protocol):
    """One connection to a server (http.upstream.connection.PeerConnection).

    contexts: for TLS; None where there is none.  gone: called with it when it is closed, perhaps more than once.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        endpoint: Endpoint,
        made: float,
        contexts: UpstreamContexts | None,
        gone: Callable[[UpstreamConnection], None],
    ) -> None:
        self.made = made
        self._gone = gone
        self.requests = 0
        self.kept: object = None
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._tls = endpoint.tls
        self._contexts = contexts
        # Of a connection with TLS that is made.
        self._stage: UpstreamStage | None = None
        # What the server does, and what the client does; what the server does may have to wait.
        self._events: deque[PeerEvent] = deque()
        self._client_events: deque[PeerEvent] = deque()
        self._pending = 0
        self._held = False
        self._full = False
        self._resume: Resume | None = None
        self._dropped: Callable[[], None] | None = None
        self._deadline = Deadline(loop)
        self._closed = False
        self._ended = False
        self._connecting = loop.create_task(self._connect(endpoint))

    async def _connect(self, endpoint: Endpoint) -> None:
        try:
            if endpoint.path is not None:
                await self._loop.create_unix_connection(lambda: self, endpoint.path)  # type: ignore[arg-type]
            else:
                bound = None if endpoint.bind is None else await self._bound(endpoint, endpoint.bind)
                where = {"host": endpoint.host.decode(), "port": endpoint.port} if bound is None else {"sock": bound}
                await self._loop.create_connection(lambda: self, **cast(Any, where))
        except _NotBound as error:
            assert endpoint.bind is not None
            self._happen(PeerEvent(Happening.NOT_BOUND, endpoint.bind.shown, error))
        except OSError as error:
            self._happen(PeerEvent(Happening.FAILED, error=_in_the_systems_words(error, errno.ECONNREFUSED)))

    async def _bound(self, endpoint: Endpoint, own: ClientAddress) -> socket.socket:
        """A socket that is connected from the address proxy_bind names. Raises _NotBound, or OSError if connecting fails."""
        family = _family(endpoint.host)
        made = socket.socket(family, socket.SOCK_STREAM)
        made.setblocking(False)
        try:
            if _family(own.text) is not family:
                raise _NotBound(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
            if not own.port and sys.platform == "linux":
                made.setsockopt(socket.IPPROTO_IP, _IP_BIND_ADDRESS_NO_PORT, 1)
            try:
                made.bind((own.text.decode(), own.port))
            except OSError as error:
                raise _NotBound(error.errno, error.strerror) from error
            await self._loop.sock_connect(made, (endpoint.host.decode(), endpoint.port))
        except BaseException:
            made.close()
            raise
        return made

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=_MOST_UNSENT)
        if self._closed:
            self._transport.abort()
        elif self._tls is None:
            self._happen(PeerEvent(Happening.CONNECTED))
        elif not self._is_broken(self._transport):
            self._begin_tls(self._tls)

    def _begin_tls(self, tls: Tls) -> None:
        from ..tls.upstream_stage import UpstreamStage  # OpenSSL takes long to load, and many configurations don't need it

        assert self._contexts is not None
        try:
            self._stage = UpstreamStage(tls, self._contexts)
        except CannotLoad as error:
            fault = TlsFault("error", unshown(str(error)))
            self._happen(PeerEvent(Happening.NO_CERTIFICATE, fault=fault))
            return
        self._through(self._stage, b"")

    def _through(self, stage: UpstreamStage, data: bytes) -> None:
        """Have TLS take bytes of the server."""
        was_established = stage.is_established
        try:
            plain = stage.receive(data)
        except TlsFailed as error:
            self._write(stage.take())
            self._fail(TlsFault(error.level, error.text.encode("latin-1")))
            return
        begins = stage.is_established and not was_established
        if begins and self._is_broken(cast(asyncio.Transport, self._transport)):
            return
        self._write(stage.take())
        if begins:
            self._happen(PeerEvent(Happening.CONNECTED))
        if plain:
            self._happen(PeerEvent(Happening.DATA, plain))
        if stage.is_ended:
            self._end(None)

    def _is_broken(self, transport: asyncio.Transport) -> bool:
        """Whether the server has reset the connection already. nginx looks before the handshake and after it."""
        own: socket.socket | None = transport.get_extra_info("socket")
        number = 0 if own is None else own.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            self._ended = True
            self._happen(PeerEvent(Happening.FAILED, error=OSError(number, os.strerror(number))))
        return bool(number)

    def _fail(self, fault: TlsFault) -> None:
        """TLS can't go on."""
        if not self._ended:
            happening = Happening.FAILED if self.is_handshaking else Happening.END
            self._ended = True
            self._happen(PeerEvent(happening, fault=fault))

    def _write(self, data: bytes) -> None:
        if data and self._transport is not None:
            self._transport.write(data)

    def data_received(self, data: bytes) -> None:
        if self._dropped is not None:
            self._drop()
            return
        if self._stage is not None:
            self._through(self._stage, data)
        else:
            self._happen(PeerEvent(Happening.DATA, data))
        if self._pending > _MOST_PENDING and self._transport is not None:
            self._transport.pause_reading()

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        self._happen_beside(Happening.TAKEN)

    def eof_received(self) -> bool:
        self._end(None)
        return self._transport is not None and self._stage is None

    def connection_lost(self, error: Exception | None) -> None:
        self._gone(self)
        self._end(error if isinstance(error, OSError) else None)

    def _end(self, error: OSError | None) -> None:
        if self._dropped is not None:
            self._drop()
        elif self.is_handshaking:
            reason = "" if error is None else f" ({error.errno}: {error.strerror})"
            self._fail(TlsFault("error", f"peer closed connection in SSL handshake{reason}".encode()))
        elif not self._ended:
            self._ended = True
            reported = None if error is None or self._stage is not None else _in_the_systems_words(error, errno.ECONNRESET)
            self._happen(PeerEvent(Happening.END, error=reported))

    # http.upstream.connection.PeerConnection

    @property
    def unsent(self) -> int:
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    def send(self, data: bytes) -> None:
        if self._transport is not None and not self._closed:
            if self._stage is None:
                self._transport.write(data)
            else:
                self._stage.send(data)
                self._write(self._stage.take())

    @property
    def is_handshaking(self) -> bool:
        return self._stage is not None and not self._stage.is_established

    @property
    def is_full(self) -> bool:
        return self._full

    @property
    def is_ending(self) -> bool:
        if self._ended or self._transport is None or self._stage is not None:
            return self._ended
        poll = select.poll()
        poll.register(self._transport.get_extra_info("socket").fileno(), _CLOSED_BY_SERVER)
        return bool(poll.poll(0))

    def client_sent(self) -> None:
        self._happen_beside(Happening.CLIENT_DATA)

    def client_failed(self) -> None:
        self._happen_beside(Happening.CLIENT_FAILED)

    def client_taken(self) -> None:
        self._happen_beside(Happening.CLIENT_TAKEN)

    def client_left(self) -> None:
        self._events.clear()
        self._client_events.clear()
        self._happen_beside(Happening.CLIENT_LEFT)

    def wait(self, seconds: float | None, resume: Resume, held: bool) -> Any:
        if self._client_events:
            return self._client_events.popleft()
        if self._events and not held:
            event = self._events.popleft()
            self._pending -= len(event.data)
            if self._transport is not None and self._pending <= _MOST_PENDING:
                self._transport.resume_reading()
            return event
        self._resume, self._held = resume, held
        if seconds is not None:
            self._deadline.set(seconds, self._too_late)
        return WAITING

    def rest(self, seconds: float, dropped: Callable[[], None]) -> None:
        if self._ended or self._events or self._client_events:
            dropped()
            self.close()
            return
        self._dropped = dropped
        self._deadline.set(seconds, self._drop)

    def resume_use(self) -> None:
        self._dropped = None
        self._deadline.clear()

    def close(self, silently: bool = False) -> None:
        self._closed = True
        self._gone(self)
        self._resume = self._dropped = None
        self._events.clear()
        self._client_events.clear()
        self._deadline.cancel()
        if self._transport is None:
            self._connecting.cancel()
        elif self._stage is None or silently:
            self._transport.abort()
        else:
            self._stage.shut_down()
            self._write(self._stage.take())
            self._loop.call_soon(self._transport.abort)  # uvloop writes at the end of its turn

    def _happen(self, event: PeerEvent) -> None:
        """The server does something."""
        if self._closed:
            return
        if self._resume is None or self._held:
            self._events.append(event)
            self._pending += len(event.data)
        else:
            self._report(event)

    def _happen_beside(self, happening: Happening) -> None:
        """Something happens that does not have to wait for the client. What is reported already need not be reported twice."""
        if self._closed or self._dropped is not None:
            return
        event = PeerEvent(happening)
        if self._resume is not None:
            self._report(event)
        elif event not in self._client_events:
            self._client_events.append(event)

    def _report(self, event: PeerEvent) -> None:
        resume, self._resume = self._resume, None
        assert resume is not None
        self._deadline.clear()
        resume(event)

    def _too_late(self) -> None:
        self._report(PeerEvent(Happening.TIMED_OUT))

    def _drop(self) -> None:
        dropped, self._dropped = self._dropped, None
        if dropped is not None:
            dropped()
        self.close()


def _family(address: bytes) -> socket.AddressFamily:
    return socket.AF_INET6 if b":" in address else socket.AF_INET


def _in_the_systems_words(error: OSError, usual: int) -> OSError:
    """An error of the event loop, which has a text of its own, with the system's text. usual: the errno where it has none."""
    number = error.errno or usual
    return OSError(number, os.strerror(number))


def resolve(loop: asyncio.AbstractEventLoop, host: bytes, resume: Resume) -> Any:
    """The Resolve operation: look a host name up. Resumed with its addresses, IPv4 first, or with an OSError."""

    async def look_up() -> None:
        try:
            found = await loop.run_in_executor(None, hosts.look_up, host.decode("latin-1"))
        except (OSError, UnicodeError) as error:
            resume(error if isinstance(error, OSError) else OSError(errno.EINVAL, "not a host name"))
            return
        resume(found)

    task = loop.create_task(look_up())
    _LOOKING_UP.add(task)
    task.add_done_callback(_LOOKING_UP.discard)
    return WAITING


# asyncio keeps only weak references to tasks: one that is not kept here may vanish before it is done.
_LOOKING_UP: set[asyncio.Task[None]] = set()
