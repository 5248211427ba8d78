"""Sends a server's answer to the client. Recordings: core_access_proxy/proxy-buffering-*, push_combined/proxy-*."""

from __future__ import annotations

from ...config.directives.gateways.location import GatewayLocation
from ...config.directives.http.core import HttpCoreLocation
from ..output import send_body, send_header
from ..redirect import internal_redirect, named_location
from ..request import Request
from ..request_input import HTTP_09
from ..status import ERROR, NOT_FOUND, OK, SPECIAL_RESPONSE, UNAUTHORIZED
from ..uri import UnsafeURI, parse_unsafe_uri
from . import headers
from .body import BodyReader, InvalidBody
from .client_body import ClientBody
from .connection import Happening
from .exchange import READING_HEADER, SENDING_TO_CLIENT, TIMED_OUT, Exchange
from .passing import Passing
from .response import Head
from .stored_answer import StoredAnswer, is_stored


async def pass_answer(exchange: Exchange) -> int:
    """Answer the client with a server's answer, or follow its X-Accel-Redirect. Returns the status to finalize with."""
    request, settings, answer, head = exchange.request, exchange.settings, exchange.answer, exchange.head
    reader = answer.body()
    bodiless = reader.ended
    reusable = bodiless and answer.keeps_open and exchange.body_sent and not answer.unread
    if _is_intercepted(request, head, settings):
        exchange.end(reusable)
        return head.status
    target = headers.redirect_target(settings, head)
    if target is not None:
        headers.keep_for_redirect(request, exchange.codec.rewriting, head)
        exchange.end(reusable)
        # As nginx has it in the error log.
        request.main.progress.log_action = READING_HEADER
        return _redirect(request, target)
    if answer.upgraded:
        request.keepalive = False
    _make_head(request, exchange)
    refused = send_header(request)
    if refused != OK:
        return refused
    if answer.upgraded and request.parent is not None:
        exchange.log("error", b"connection upgrade in subrequest")
        return ERROR
    if answer.upgraded:
        await _tunnel(exchange)
    elif request.response.header_only and not (bodiless and is_stored(exchange)):
        exchange.end(reusable)
        send_body(request, b"", last=True)
    else:
        wish = request.response.upstream_buffering if settings.changes_buffering else None
        return await _pass_body(exchange, reader, settings.buffering if wish is None else wish)
    return OK


def _make_head(request: Request, exchange: Exchange) -> None:
    if exchange.head.http:
        headers.take_over(request, exchange.settings, exchange.codec.rewriting, exchange.head)
    else:
        request.input.http_version = HTTP_09


def _is_intercepted(request: Request, head: Head, settings: GatewayLocation) -> bool:
    """Whether a page of ours answers instead (proxy_intercept_errors). The challenge of a 401 is kept."""
    if settings.intercepts_not_found and head.status == NOT_FOUND:
        return True
    if not settings.intercept_errors or head.status < SPECIAL_RESPONSE:
        return False
    if not any(head.status in page.codes for page in request.location.of(HttpCoreLocation).error_page):
        return False
    if head.status == UNAUTHORIZED:
        lines = [line for line in head.headers if line[0].lower() == b"www-authenticate"]
        request.response.headers.extend(lines[:1])
    return True


def _redirect(request: Request, target: bytes) -> int:
    """X-Accel-Redirect: to a named location with the request unchanged, or to a URI with method GET."""
    if target.startswith(b"@"):
        return named_location(request, target)
    try:
        uri, args = parse_unsafe_uri(target)
    except UnsafeURI as unsafe:
        request.connection.log("error", b'unsafe URI "%b" was detected' % unsafe.args[0], request)
        return NOT_FOUND
    if request.method != b"HEAD":
        request.method = b"GET"
    return internal_redirect(request, uri, args if b"?" in target else None)


async def _pass_body(exchange: Exchange, reader: BodyReader, buffering: bool) -> int:
    """Pass the body on. Returns OK, or ERROR after a body that breaks the format: then nothing more is sent, not even the head.

    If the body breaks off, the client's connection is closed without the end of the answer.
    """
    request = exchange.request
    stored = StoredAnswer(exchange) if buffering and is_stored(exchange) else None
    passing = Passing(exchange, reader, buffering, stored)
    try:
        whole = await passing.run()
        if whole and stored is not None:
            await stored.keep()
    except InvalidBody as invalid:
        exchange.log("error", invalid.args[0])
        return ERROR
    finally:
        if stored is not None:
            stored.close()
    if not whole:
        request.keepalive = False
    exchange.upstream.action = SENDING_TO_CLIENT
    send_body(request, b"", flush=True, last=whole)
    exchange.end(passing.is_clean and exchange.answer.keeps_open and exchange.body_sent)
    return OK


async def _tunnel(exchange: Exchange) -> None:
    """Join the two connections after a 101, until one of them ends or proxy_read_timeout passes without a byte."""
    request = exchange.request
    exchange.upstream.action = b"proxying upgraded connection"
    send_body(request, b"", flush=True)
    exchange.attempt.bytes_received += len(exchange.answer.unread)
    _write(request, exchange.answer.rest + exchange.answer.unread)
    outflow = ClientBody()
    outflow.pass_to(exchange.connection)
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
            elif event.error is not None:
                exchange.log_broken(event.error, b"recv()")
            break
    exchange.end()


def _write(request: Request, data: bytes) -> None:
    if data:
        request.response.bytes_sent += len(data)
        request.carrier.write(data)
