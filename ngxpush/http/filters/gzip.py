"""The gzip filter. A flush of the body flushes the compressor, so the client can read the pieces of a stream as they come."""

from __future__ import annotations

import re
import zlib
from typing import ClassVar

from ...config.configuration import Location
from ...config.directives.filters.gzip import GzipLocation
from ...config.pattern import PatternFailed
from ...dates import parse_http_date
from ..body_output import Output
from ..etag import weaken_etag
from ..request import Request
from ..status import FORBIDDEN, NOT_FOUND, OK

_WINDOW_BITS = 15
_MEMORY_LEVEL = 9
_BUFFER_SIZE = 4096
_GZIP_FORMAT = 16  # added to the window bits: zlib writes gzip's header and trailer itself

# What may follow the name: nothing, a comma, or a quality above zero with at most three digits.
_ACCEPTED = re.compile(rb" *(?:$|,|; *(?:$|q=(?P<quality>[^, ]*)))", re.IGNORECASE)
_NAME = re.compile(rb"gzip", re.IGNORECASE)
_QUALITY = re.compile(rb"0\.(?=0{0,2}[1-9])[0-9]{1,3}|1(?:\.0{0,3})?")


def accepts_gzip(header: bytes) -> bool:
    """Whether an Accept-Encoding accepts gzip. nginx looks at the first `gzip` after a comma, a space or a `gzip` passed over."""
    searched = 0
    for name in _NAME.finditer(header):
        if name.start() == searched or header[name.start() - 1 : name.start()] in (b",", b" "):
            rest = _ACCEPTED.match(header, name.end())
            if rest is None:
                return False
            return rest["quality"] is None or _QUALITY.fullmatch(rest["quality"]) is not None
        searched = name.end()
    return False


class Gzip:
    """The body filter. before, after: bytes before and after compression. What comes after the last piece passes as it is."""

    __slots__ = ("_compressor", "_held", "_is_over", "after", "before")

    takes_empty: ClassVar[bool] = True
    reads: ClassVar[bool] = True

    def __init__(self, level: int, window_bits: int, memory_level: int) -> None:
        self._compressor = zlib.compressobj(level, zlib.DEFLATED, window_bits + _GZIP_FORMAT, memory_level)
        self._held = b""
        self._is_over = False
        self.before = self.after = 0

    def feed(self, data: bytes, flush: bool, last: bool) -> bytes:
        """Compress a piece. As in nginx, bytes that do not fill a buffer are held back until a flush or the end."""
        if self._is_over:
            return data
        self._is_over = last
        compressed = self._held + (self._compressor.compress(data) if data else b"")
        full = len(compressed) - len(compressed) % _BUFFER_SIZE
        if last or flush:
            compressed += self._compressor.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)
            full = len(compressed)
        self._held = compressed[full:]
        self.before += len(data)
        self.after += full
        return compressed[:full]


def _window(length: int | None) -> tuple[int, int]:
    """(window bits, memory level) as in nginx: smaller for a short known length. The compressed bytes depend on them."""
    bits, memory = _WINDOW_BITS, _MEMORY_LEVEL
    if length is not None and length > 0:
        while length < (1 << (bits - 1)) - 262:
            bits -= 1
            memory -= 1
        memory = max(memory, 1)
    return bits, memory


def _proxied_may(request: Request, proxied: frozenset[str]) -> bool:
    """gzip_proxied: whether an answer to a request with a Via header may be compressed."""
    if "off" in proxied:
        return False
    if "any" in proxied or ("auth" in proxied and b"authorization" in request.input.headers):
        return True
    response = request.response
    fields = {name.lower(): value for name, value in response.headers}
    expires, control = fields.get(b"expires"), fields.get(b"cache-control")
    if expires is not None:
        if "expired" not in proxied:
            return False
        date = parse_http_date(expires)
        return date is not None and date < int(request.connection.now())
    if control is not None:
        return any(word in proxied and word.encode() in control.lower() for word in ("no-cache", "no-store", "private"))
    if "no_last_modified" in proxied and b"last-modified" in fields:  # a header line: nginx ignores a file's own time here
        return False
    return "no_etag" not in proxied or response.etag is None


def client_accepts(request: Request) -> bool:
    """Whether this client may get gzip: by Accept-Encoding, gzip_http_version, gzip_disable, and gzip_proxied after a proxy.

    A subrequest may not: its answer becomes a part of another one (nginx-tests: gunzip_ssi).
    """
    if request.parent is not None:
        return False
    settings = request.location.of(GzipLocation)
    header = request.input.headers.get(b"accept-encoding")
    if header is None or not accepts_gzip(header) or request.input.http_version < settings.gzip_http_version:
        return False
    agent = request.input.headers.get(b"user-agent")
    if agent is not None and _is_disabled(request, settings, agent):
        return False
    return b"via" not in request.input.headers or _proxied_may(request, settings.gzip_proxied)


def _is_disabled(request: Request, settings: GzipLocation, agent: bytes) -> bool:
    """gzip_disable. A pattern that fails disables as well."""
    try:
        return any(pattern.search(agent) is not None for pattern in settings.gzip_disable)
    except PatternFailed as failed:
        request.connection.log("alert", failed.message, request)
        return True


def concerns(location: Location) -> bool:
    """Whether the location compresses answers."""
    return location.of(GzipLocation).gzip


def filter_header(request: Request, output: Output) -> int:
    """Compress answers whose type, length and status nginx compresses."""
    response = request.response
    settings = request.location.of(GzipLocation)
    if not settings.gzip or response.status not in (200, FORBIDDEN, NOT_FOUND) or response.content_encoding is not None:
        return OK
    if response.content_length is not None and response.content_length < settings.gzip_min_length:
        return OK
    if response.header_only or not response.has_type(settings.gzip_types):
        return OK
    response.gzip_vary = settings.gzip_vary
    if not client_accepts(request):
        return OK
    response.content_encoding = b"gzip"
    response.headers.append((b"Content-Encoding", b"gzip"))
    output.encoders.append(Gzip(settings.gzip_comp_level, *_window(response.content_length)))
    response.content_length = None
    response.clear_accept_ranges()
    weaken_etag(request)
    return OK


def gzip_ratio(request: Request) -> bytes | None:
    """$gzip_ratio: length before / length after compression, in hundredths; None before the end or without compression."""
    encoders = request.response.output.encoders if request.response.output is not None and request.response.complete else []
    for encoder in encoders:
        if isinstance(encoder, Gzip) and encoder.after:
            thousandths = encoder.before * 1000 // encoder.after
            return b"%d.%02d" % divmod((thousandths + 5) // 10, 100)
    return None
