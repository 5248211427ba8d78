"""Sends a server's answer to the client. Recordings: core_access_proxy/proxy-buffering-*, push_combined/proxy-*."""

from __future__ import annotations

from ...config.directives.gateways.location import GatewayLocation
from ...config.directives.http.core import HttpCoreLocation
from ..output import send_body, send_header
from ..request import Request
from ..request_input import HTTP_09
from ..status import ERROR, NOT_FOUND, OK, SPECIAL_RESPONSE, UNAUTHORIZED
from . import headers
from .answer_file import AnswerCopy
from .body import BodyReader, InvalidBody
from .cached_answer import CachedAnswer, head_text
from .caching import Caching
from .client_body import ClientBody
from .connection import Happening
from .exchange import SENDING_TO_CLIENT, TIMED_OUT, Exchange
from .passing import Passing
from .redirecting import redirect
from .response import Head
from .stored_answer import StoredAnswer, is_stored


async def pass_answer(exchange: Exchange, caching: Caching | None) -> int:
    """Answer the client with a server's answer, or follow its X-Accel-Redirect. Returns the status to finalize with."""
    request, settings, answer, head = exchange.request, exchange.settings, exchange.answer, exchange.head
    reader = answer.body()
    bodiless = reader.ended
    reusable = bodiless and answer.keeps_open and exchange.body_sent and not answer.unread
    if _is_intercepted(request, head, settings):
        exchange.end(reusable)
        if caching is not None:
            caching.keep_status(head.status)
        return head.status
    if headers.redirect_target(settings, head) is not None:
        exchange.end(reusable)
        redirected = redirect(request, settings, exchange.codec.rewriting, head)
        assert redirected is not None
        return redirected
    if answer.upgraded:
        request.keepalive = False
    _make_head(request, exchange, caching)
    refused = send_header(request)
    if refused != OK:
        return refused
    if answer.upgraded and request.parent is not None:
        exchange.log("error", b"connection upgrade in subrequest")
        return ERROR
    if answer.upgraded:
        await _tunnel(exchange)
    else:
        buffering = headers.is_buffered(request, settings)
        copy = _copy(exchange, caching) if buffering else None
        if copy is not None and request.response.header_only:
            send_body(request, b"", flush=True)
        reads_on = copy is not None or (buffering and bool(settings.store))
        if reads_on or not request.response.header_only:
            return await _pass_body(exchange, reader, buffering, copy)
        exchange.end(reusable)
        send_body(request, b"", last=True)
    return OK


def _copy(exchange: Exchange, caching: Caching | None) -> AnswerCopy | None:
    """What becomes of the answer beside what the client gets; None for nothing."""
    if caching is not None:
        text = head_text(exchange.head)
        entry = caching.begin(exchange.head, len(text))
        if entry is not None:
            return CachedAnswer(exchange, caching, entry, text)
        exchange.heed_client()
    return StoredAnswer(exchange) if is_stored(exchange) else None


def _make_head(request: Request, exchange: Exchange, caching: Caching | None) -> None:
    if exchange.head.http:
        cacheable = caching is not None and caching.use.cacheable
        headers.take_over(request, exchange.settings, exchange.codec.rewriting, exchange.head, cacheable)
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


async def _pass_body(exchange: Exchange, reader: BodyReader, buffering: bool, copy: AnswerCopy | None) -> int:
    """Pass the body on. Returns OK, or ERROR after a body that breaks the format: then nothing more is sent, not even the head.

    If the body breaks off, the client's connection is closed without the end of the answer; of one that the client does not get
    (HEAD), so is the answer.
    """
    request = exchange.request
    passing = Passing(exchange, reader, buffering, copy)
    try:
        whole = await passing.run()
        if whole and copy is not None:
            await copy.keep(reader.ended)
    except InvalidBody as invalid:
        exchange.log("error", invalid.args[0])
        return ERROR
    finally:
        if copy is not None:
            copy.close()
    if not whole:
        request.keepalive = False
        if request.response.header_only:
            return ERROR
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
