"""The TLS of one client: between the loop's transport and `ClientTransport`, which takes it for the loop's transport.

OpenSSL works on memory (pyOpenSSL's `Connection` without a socket); bytes go in and out here. The loop's own TLS can't be used:
the first byte decides whether there is TLS at all, and the standard library's ssl can't finish a handshake with a certificate
that is not good, which nginx answers with a page. A subscriber that waits takes 30 KB here and 33 KB in nginx 1.22.1; nginx does
1.6 times as many full handshakes, and sends a large file 3 times as fast (measured side by side on two busy cores, RSA 2048).
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from OpenSSL import SSL

from ...config.configuration import Server
from ...config.directives.http.ssl import SslServer
from ..clients.backlog import MOST_WAITING
from ..clients.machines import Machine
from . import openssl
from .client_hello import read_client_hello
from .facts import StageTls
from .server_choice import ServerChoice
from .server_contexts import HTTP2, NoCommonProtocol
from .words import error_words, is_of_other_side

_READ = 64 * 1024

# The first record of a handshake, in which the ClientHello is, has no more bytes.
_LONGEST_RECORD = 5 + 16 * 1024


class Client(Protocol):
    """What a stage carries bytes for (`ClientTransport`)."""

    connection: Machine

    def use_transport(self, transport: Any) -> None:
        """Send to `transport` from now on."""

    def speak_http2(self) -> None:
        """Go on with HTTP/2."""

    def data_received(self, data: bytes) -> None: ...
    def eof_received(self) -> bool: ...
    def connection_lost(self, error: Exception | None) -> None: ...
    def pause_writing(self) -> None: ...
    def resume_writing(self) -> None: ...

    def overflown(self) -> None:
        """Too much waits: drop the client."""


class ClientStage(asyncio.Protocol):
    """The loop's protocol of a connection with TLS, and the transport of its client.

    _choice: while the handshake lasts.  _hello: its first bytes, until it is over.  _shut: close_notify is sent.
    _left: the client has sent its own, or closed its side: nginx 1.22.1 does not answer that with close_notify (measured).
    _awaits_early: early data may come.  _is_early: the client has begun with it, so the handshake goes on beneath requests.
    """

    __slots__ = ("_awaits_early", "_choice", "_client", "_hello", "_is_early", "_left", "_shut", "_size", "_tls", "_transport")

    def __init__(self, client: Client, transport: asyncio.Transport, server: Server, context: SSL.Context) -> None:
        """server: the default server of the address.  context: its context."""
        self._client = client
        self._transport = transport
        self._tls = SSL.Connection(context, None)
        self._tls.set_accept_state()
        self._choice: ServerChoice | None = ServerChoice(client.connection, self._tls)
        self._tls.set_app_data(self._choice)
        settings = server.of(SslServer)
        self._size = settings.buffer_size
        self._awaits_early, self._is_early = settings.early_data, False
        self._hello = b""
        self._left = self._shut = False

    # asyncio.Protocol

    def data_received(self, data: bytes) -> None:
        if self._shut:
            self._client.data_received(data)
            return
        self._tls.bio_write(data)
        early = b"" if self._choice is None else self._shake_hands(self._choice, data)
        if self._choice is None:
            self._read(early)

    def eof_received(self) -> bool:
        if self._choice is None:
            self._left = True
            return self._client.eof_received()
        self._client.connection.log("info", "peer closed connection in SSL handshake while SSL handshaking")
        self.abort()
        return True

    def connection_lost(self, error: Exception | None) -> None:
        self._client.connection_lost(error)
        # What OpenSSL holds is free at once, not when the garbage of a process is looked for.
        self._client.use_transport(self._transport)
        # OpenSSL forgets the session of a connection that is not shut down.
        self._tls.set_shutdown(SSL.SENT_SHUTDOWN | SSL.RECEIVED_SHUTDOWN)
        self._tls.set_app_data(None)

    def pause_writing(self) -> None:
        self._client.pause_writing()

    def resume_writing(self) -> None:
        self._client.resume_writing()

    # The handshake

    def _shake_hands(self, choice: ServerChoice, data: bytes) -> bytes:
        """Go on with the handshake. Returns early data; with it the handshake counts as done."""
        if len(self._hello) < _LONGEST_RECORD:
            self._hello += data
        early = b""
        try:
            if self._awaits_early:
                state, early = openssl.read_early_data(self._tls, _READ)
                self._awaits_early = self._is_early = state is openssl.EarlyData.MORE
            if not early:
                self._tls.do_handshake()
        except SSL.WantReadError:
            self._flush()
        except NoCommonProtocol:
            self._fail_handshake("info", "error:0A0000EB:SSL routines::no application protocol")
        except SSL.Error as error:
            level = "info" if choice.fault is not None or is_of_other_side(error) else "crit"
            self._fail_handshake(level, error_words(error) if choice.fault is None else choice.fault)
        else:
            self._begin(choice)
        return early

    def _begin(self, choice: ServerChoice) -> None:
        """Requests can come."""
        self._flush()
        facts = self._client.connection.facts
        facts.tls = StageTls(self._tls, choice.server, choice.host, read_client_hello(self._hello))
        facts.activity = "waiting for request"
        self._hello, self._choice = b"", None
        self._tls.set_app_data(None)
        self._client.use_transport(self)
        if self._tls.get_alpn_proto_negotiated() == HTTP2:
            self._client.speak_http2()

    def _fail_handshake(self, level: str, words: str) -> None:
        """End after OpenSSL's alert. words: for the log; "" if it has them already."""
        self._flush()
        if words:
            call = "SSL_read_early_data" if self._awaits_early else "SSL_do_handshake"
            self._client.connection.log(level, f"{call}() failed (SSL: {words}) while SSL handshaking")
        self._end()

    # Bytes

    def _read(self, early: bytes) -> None:
        """Give the client what has come. early: what is known of it already."""
        pieces = [early] if early else []
        ended = False
        try:
            while self._awaits_early:
                state, data = openssl.read_early_data(self._tls, _READ)
                self._awaits_early = state is openssl.EarlyData.MORE
                if data:
                    pieces.append(data)
            while True:
                pieces.append(self._tls.recv(_READ))
        except SSL.WantReadError:
            pass
        except (SSL.ZeroReturnError, SSL.SysCallError):
            ended = True
        except SSL.Error as error:
            self._flush()
            level = "info" if is_of_other_side(error) else "crit"
            activity = self._client.connection.facts.activity
            self._client.connection.log(level, f"SSL_read() failed (SSL: {error_words(error)}) while {activity}")
            self._end()
            return
        self._is_early = self._is_early and not openssl.is_finished(self._tls)
        if self._flush() and self._transport.get_write_buffer_size() > MOST_WAITING:
            self._client.overflown()  # it makes OpenSSL answer (updates of keys, say), and reads no answer
            return
        if pieces:
            self._client.data_received(pieces[0] if len(pieces) == 1 else b"".join(pieces))
        if ended:
            self._left = True
            self._client.eof_received()

    def _flush(self) -> bool:
        """Send what OpenSSL has written. Returns whether there was something."""
        sent = False
        try:
            while True:
                self._transport.write(self._tls.bio_read(_READ))
                sent = True
        except SSL.WantReadError:
            return sent

    def write(self, data: bytes) -> None:
        """Send bytes, in records of ssl_buffer_size at most."""
        if not data or self._shut or self._transport.is_closing():
            return
        size = self._size
        if self._is_early:
            openssl.write_early_data(self._tls, data)
        elif len(data) <= size:
            self._tls.send(data)
        else:
            view = memoryview(data)
            for start in range(0, len(data), size):
                self._tls.send(view[start : start + size])
        self._flush()

    # asyncio.Transport

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._transport.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        return self._transport.get_write_buffer_size()

    def is_reading(self) -> bool:
        return self._transport.is_reading()

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def can_write_eof(self) -> bool:
        return self._transport.can_write_eof()

    def write_eof(self) -> None:
        """Say that nothing more comes, and close the sending side. What the client sends from now on is not decrypted."""
        self._shut_down()
        self._transport.write_eof()

    def close(self) -> None:
        self._shut_down()
        self._transport.close()

    def _end(self) -> None:
        """Close after an alert of OpenSSL's. send_timeout counts for its last byte, too."""
        if self._transport.get_write_buffer_size():
            self._transport.set_write_buffer_limits(high=0)
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()

    def _shut_down(self) -> None:
        """Send close_notify, once."""
        if self._choice is None and not self._left and not self._shut and not self._transport.is_closing():
            self._shut = True
            try:
                self._tls.shutdown()
            except SSL.Error:
                return
            self._flush()
