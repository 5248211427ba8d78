"""How a connection begins: with a PROXY header where the address wants one, then with TLS where it has it.

Where requests have to come by TLS the first byte decides, as in nginx: one that can't begin a handshake begins a plain request,
which is answered with status 400.
"""

from __future__ import annotations

import asyncio
from typing import cast

from ...http.proxy_protocol import BrokenHeader, read_header
from ...http.routing import Listener
from .client_transport import ClientHost, ClientTransport

_HANDSHAKE = 0x16
# The first byte of a handshake of SSL 2, which OpenSSL then refuses.
_SSL2 = 0x80


class Opening(asyncio.Protocol):
    """The protocol of a connection until its first request can come."""

    def __init__(self, client: ClientTransport) -> None:
        self._client = client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._client.connection_made(transport)
        if not hasattr(self._client, "connection"):
            return  # one connection too many
        connection = self._client.connection
        connection.facts.expects_tls = connection.listener.has_tls
        self._awaits_header = _has_header(connection.listener)
        if not self._awaits_header:
            self._open()

    def data_received(self, data: bytes) -> None:
        if self._awaits_header:
            data = self._read_header(data)
        if not data:
            return
        client = self._client
        if client.connection.facts.expects_tls and (data[0] == _HANDSHAKE or data[0] & _SSL2):
            self._begin_tls(data)
            return
        client.connection.facts.activity = "waiting for request"
        self._transport.set_protocol(client)
        client.data_received(data)

    def eof_received(self) -> bool:
        return self._client.eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        self._client.connection_lost(error)

    def _open(self) -> None:
        """There is no header, or no more: without TLS the client's own protocol goes on."""
        facts = self._client.connection.facts
        self._awaits_header = False
        if facts.expects_tls:
            facts.activity = "SSL handshaking"
        else:
            self._transport.set_protocol(self._client)

    def _read_header(self, data: bytes) -> bytes:
        """Returns what follows the header."""
        connection = self._client.connection
        try:
            connection.facts.proxy_protocol, rest = read_header(data)
        except BrokenHeader as broken:
            connection.facts.log("error", broken.message + b" while reading PROXY protocol")
            self._transport.set_protocol(self._client)
            self._client.events.refused(connection)
            return b""
        self._open()
        self._client.events.opened(connection)
        return rest

    def _begin_tls(self, data: bytes) -> None:
        from ..tls.client_stage import ClientStage  # OpenSSL takes long to load, and few configurations for a laptop need it

        listener = self._client.connection.listener
        context = listener.http.tls.beginning(listener.default_server)
        stage = ClientStage(self._client, self._transport, listener.default_server, context)
        self._transport.set_protocol(stage)
        stage.data_received(data)


def make_protocol(host: ClientHost, listener: Listener) -> asyncio.Protocol:
    """The protocol of a connection that was just accepted."""
    client = ClientTransport(host, listener)
    plain = not any(_has_header(each) or each.has_tls for each in (listener, *listener.local.values()))
    return client if plain else Opening(client)


def _has_header(listener: Listener) -> bool:
    return "proxy_protocol" in dict(listener.listen.options)
