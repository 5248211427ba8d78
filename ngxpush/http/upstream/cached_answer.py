"""An answer of a server is written into the cache; an answer from there is sent."""

from __future__ import annotations

from ...config.directives.gateways.location import GatewayLocation
from ..cache.entry import CacheEntry, before_head
from ..content.files import send_content
from ..output import send_body, send_header
from ..request import Request
from ..request_input import HTTP_09
from ..status import OK
from ..system_errors import words
from . import headers
from .answer_file import AnswerFile
from .caching import Caching
from .codec import Rewriting
from .exchange import Exchange
from .redirecting import redirect
from .response import Head, HeadParser, InvalidHeader, TooBigHeader
from .state import UpstreamState


def head_text(head: Head) -> bytes:
    """A head as lines of HTTP, whatever language it came in; empty for an answer without one."""
    if not head.http:
        return b""
    line = head.status_line or b"%d" % head.status
    lines = [b"HTTP/%d.%d %b" % (*head.version, line), *(b"%b: %b" % line for line in head.headers)]
    return b"\r\n".join([*lines, b"", b""])


def parse_head(text: bytes) -> Head | None:
    """The head in a cache file; None for one that makes no sense, or is in another language (nginx's files of fastcgi)."""
    if not text:
        return Head(http=False)
    try:
        head = HeadParser(len(text) + 1).feed(text)
    except (InvalidHeader, TooBigHeader):
        return None
    return head if head is not None and head.http else None


class CachedAnswer:
    """One answer on its way into the cache (`answer_file.AnswerCopy`)."""

    def __init__(self, exchange: Exchange, caching: Caching, entry: CacheEntry, head: bytes) -> None:
        shelf = caching.place.shelf.settings
        self._exchange = exchange
        self._caching = caching
        self._file = AnswerFile(exchange, exchange.settings.temp_path if shelf.use_temp_path else (shelf.path, ()))
        self.add = self._file.add
        self.write = self._file.write
        self.close = self._file.close
        before = before_head(entry, caching.place.key) + head
        self._body_start = len(before)
        self.add(before)

    async def keep(self, ended: bool) -> None:
        """The body is whole: put the file into its place. A body that ends with the connection has to have its length."""
        file, length = await self._file.whole(), self._exchange.head.content_length
        if file is None or not (ended or length is None or length == file.size - self._body_start):
            return
        place = self._caching.place
        try:
            place.shelf.files.place(file.name, place.path)
        except OSError as error:
            text = b'rename() "%b" to "%b" failed (%b)' % (file.name, place.path, words(error))
            self._exchange.log("crit", text)
            return
        place.stored(file.size)


async def send_cached(
    request: Request, settings: GatewayLocation, upstream: UpstreamState, rewriting: Rewriting | None, caching: Caching
) -> int | None:
    """Answer from the cache. Returns the status to finalize with; None if the file's head makes no sense."""
    file, entry, head = caching.place.file, caching.place.entry, parse_head(caching.place.head)
    if file is None or entry is None:
        return None
    if head is None:
        caching.place.log_broken(b"contains invalid header")
        return None
    upstream.headers = head.headers
    headers.obey(request, settings, head)
    if not head.http:
        request.input.http_version = HTTP_09
    else:
        redirected = redirect(request, settings, rewriting, head, cached=True)
        if redirected is not None:
            return redirected
        headers.take_over(request, settings, rewriting, head, caching.use.cacheable, cached=True)
    refused = send_header(request)
    if refused != OK:
        return refused
    if request.response.header_only:
        send_body(request, b"", last=True)
        return OK
    return await send_content(request, file, caching.place.path, entry.body_start, b"")
