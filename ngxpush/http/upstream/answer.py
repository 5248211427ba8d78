"""Sends a server's answer to the client. Recordings: core_access_proxy/proxy-buffering-*, push_combined/proxy-*."""

from __future__ import annotations

from ...config.directives.http.core import HttpCoreLocation
from ..output import send_body, send_header
from ..redirect import internal_redirect, named_location
from ..request import Request
from ..request_input import HTTP_09
from ..status import NOT_FOUND, OK, SPECIAL_RESPONSE, UNAUTHORIZED
from ..uri import InvalidURI, parse_unsafe_uri
from . import headers
from .body import BodyBuffers, BodyReader, ByChunks, ByLength, InvalidChunks, UntilClose
from .client_body import ClientBody
from .connection import Happening, PeerEvent
from .exchange import READING, TIMED_OUT, Exchange
from .response import Head

_SWITCHING_PROTOCOLS = 101
_WITHOUT_BODY = frozenset((204, 304))


async def pass_answer(exchange: Exchange, method: bytes) -> int:
    """Answer the client with a server's answer, or follow its X-Accel-Redirect. Returns the status to finalize with."""
    request, settings, head = exchange.request, exchange.settings, exchange.head
    bodiless = head.status in _WITHOUT_BODY or method == b"HEAD" or (head.content_length == 0 and not head.chunked)
    reusable = bodiless and not head.connection_close and exchange.body_sent
    if _is_intercepted(request, head, settings.intercept_errors):
        exchange.end(reusable)
        return head.status
    target = headers.redirect_target(settings, head)
    if target is not None:
        headers.keep_for_redirect(request, head)
        status = _redirect(request, target)
        exchange.end(reusable)
        return status
    upgraded = head.status == _SWITCHING_PROTOCOLS and b"upgrade" in request.input.headers
    if upgraded:
        request.keepalive = False
    _make_head(request, exchange)
    buffering = headers.obey(request, settings, head)
    refused = send_header(request)
    if refused != OK:
        return refused
    if upgraded:
        await _tunnel(exchange)
    elif request.response.header_only:
        exchange.end(reusable)
        send_body(request, b"", last=True)
    else:
        await _pass_body(exchange, ByLength(0) if bodiless else _reader(head), buffering)
    return OK


def _make_head(request: Request, exchange: Exchange) -> None:
    if exchange.head.http:
        headers.take_over(request, exchange.settings, exchange.head)
    else:
        request.input.http_version = HTTP_09


def _is_intercepted(request: Request, head: Head, intercept_errors: bool) -> bool:
    """Whether an error_page answers instead (proxy_intercept_errors). The challenge of a 401 is kept."""
    if not intercept_errors or head.status < SPECIAL_RESPONSE:
        return False
    if not any(head.status in page.codes for page in request.location.of(HttpCoreLocation).error_page):
        return False
    if head.status == UNAUTHORIZED:
        lines = [line for line in head.headers if line[0].lower() == b"www-authenticate"]
        request.response.headers.extend(lines)
    return True


def _redirect(request: Request, target: bytes) -> int:
    """X-Accel-Redirect: to a named location with the request unchanged, or to a URI with method GET."""
    if target.startswith(b"@"):
        return named_location(request, target)
    try:
        uri, args = parse_unsafe_uri(target)
    except InvalidURI:
        request.connection.log("error", b'unsafe URI "%b" was detected' % target, request)
        return NOT_FOUND
    if request.method != b"HEAD":
        request.method = b"GET"
    return internal_redirect(request, uri, args)


def _reader(head: Head) -> BodyReader:
    if head.chunked:
        return ByChunks()
    return UntilClose() if head.content_length is None else ByLength(head.content_length)


async def _pass_body(exchange: Exchange, reader: BodyReader, buffering: bool) -> None:
    """Pass the body on. If it breaks off, the client's connection is closed without the end of the answer."""
    request, settings = exchange.request, exchange.settings
    exchange.upstream.action = READING
    buffers = BodyBuffers(reader, settings.buffer_size - exchange.head.size, settings.buffers[1]) if buffering else None
    event = PeerEvent(Happening.DATA, exchange.rest)
    whole = False
    while True:
        if event.happening is Happening.DATA:
            exchange.attempt.response_length += len(event.data)
            try:
                body = (buffers or reader).feed(event.data)
            except InvalidChunks:
                exchange.log("error", b"upstream sent invalid chunked response")
                break
            if reader.excess:
                exchange.log("warn", _EXCESS[isinstance(reader, ByLength)])
            _send(request, body, buffering)
            if reader.ended:
                whole = True
                break
        else:
            whole = _is_proper_end(exchange, event, reader, buffering)
            if buffers is not None and event.happening is Happening.END and event.error is None:
                _send(request, buffers.take(), buffering)
            break
        event = await exchange.next_event(settings.read_timeout)
        exchange.attempt.bytes_received += len(event.data) if event.happening is Happening.DATA else 0
    if not whole:
        request.keepalive = False
    send_body(request, b"", flush=True, last=whole)
    reusable = whole and reader.ended and not reader.excess and not exchange.head.connection_close and exchange.body_sent
    exchange.end(reusable)


def _send(request: Request, body: bytes, buffering: bool) -> None:
    """Send a piece of the body. postpone_output does not hold back what comes from a buffer, but filters may."""
    assert request.response.output is not None
    if body or not buffering:
        send_body(request, body, flush=not buffering or request.response.output.is_direct)


_EXCESS = {
    True: b'upstream sent more data than specified in "Content-Length" header',
    False: b"upstream sent data after final chunk",
}


def _is_proper_end(exchange: Exchange, event: PeerEvent, reader: BodyReader, buffering: bool) -> bool:
    """Whether the event that stopped the body was its proper end. Any other event is logged."""
    if event.happening is Happening.TIMED_OUT:
        exchange.log("error", TIMED_OUT)
    elif event.error is not None:
        exchange.log_broken(event.error, b"readv()" if buffering else b"recv()")
    elif reader.at_end():
        return True
    else:
        exchange.log("error", b"upstream prematurely closed connection")
    return False


async def _tunnel(exchange: Exchange) -> None:
    """Join the two connections after a 101, until one of them ends or proxy_read_timeout passes without a byte."""
    request = exchange.request
    exchange.upstream.action = b"proxying upgraded connection"
    send_body(request, b"", flush=True)
    _write(request, exchange.rest)
    outflow = ClientBody()
    outflow.pass_to(exchange.connection, chunked=False)
    request.carrier.tunnel(outflow)
    exchange.pass_on(outflow)
    while True:
        event = await exchange.next_event(exchange.settings.read_timeout)
        if event.happening is Happening.DATA:
            exchange.attempt.bytes_received += len(event.data)
            _write(request, event.data)
        else:
            if event.happening is Happening.TIMED_OUT:
                exchange.log("info", TIMED_OUT)
            break
    exchange.end()


def _write(request: Request, data: bytes) -> None:
    if data:
        request.response.bytes_sent += len(data)
        request.carrier.write(data)
