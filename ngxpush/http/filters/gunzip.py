"""The gunzip filter: compressed answers for clients that do not accept them."""

from __future__ import annotations

import zlib
from typing import ClassVar

from ...config.configuration import Location
from ...config.directives.filters.gunzip import GunzipLocation
from ...config.directives.filters.gzip import GzipLocation
from ..body_output import Output
from ..etag import weaken_etag
from ..request import Request
from ..status import ERROR, OK
from .gzip import client_accepts

_GZIP_FORMAT = 16 + zlib.MAX_WBITS
# zlib's numbers, which nginx logs.
_DATA_ERROR, _BUFFER_ERROR = -3, -5
_SYNC_FLUSH, _FINISH = 2, 4


class Gunzip:
    """The body filter. An answer that is not whole or no gzip ends the connection; nothing of it is looked at any more.

    What was unpacked before the piece that shows it is sent. Measured with nginx 1.22.1.
    """

    __slots__ = ("_decompressor", "_has_passed", "_request")

    takes_empty: ClassVar[bool] = False

    def __init__(self, request: Request) -> None:
        self._request = request
        self._has_passed = False
        self._decompressor: zlib._Decompress | None = zlib.decompressobj(_GZIP_FORMAT)

    def feed(self, data: bytes, flush: bool, last: bool) -> bytes:
        """Unpack a piece. Several packed texts may follow each other."""
        decompressor = self._decompressor
        if decompressor is None:
            return b""
        pieces: list[bytes] = []
        while data:
            if decompressor.eof:
                decompressor = self._decompressor = zlib.decompressobj(_GZIP_FORMAT)
            try:
                pieces.append(decompressor.decompress(data))
            except zlib.error:
                self._fail(b"inflate() failed: %d, %d" % (_FINISH if last else _SYNC_FLUSH if flush else 0, _DATA_ERROR))
                return b""
            data = decompressor.unused_data
        if last and not decompressor.eof:
            self._fail(b"inflate() returned %d on response end" % _BUFFER_ERROR)
        unpacked = b"".join(pieces)
        self._has_passed |= bool(unpacked)
        return unpacked

    def _fail(self, message: bytes) -> None:
        self._decompressor = None
        request = self._request
        request.connection.log("error", message, request)
        output = request.main.response.output
        if self._has_passed and output is not None:
            output.send(b"", flush=True)
        request.carrier.terminate(request, ERROR)


def concerns(location: Location) -> bool:
    """Whether the location unpacks answers."""
    return location.of(GunzipLocation).gunzip


def filter_header(request: Request, output: Output) -> int:
    """Unpack gzip for a client that does not accept it. The length is then unknown."""
    response = request.response
    if not request.location.of(GunzipLocation).gunzip or (response.content_encoding or b"").lower() != b"gzip":
        return OK
    response.gzip_vary = request.location.of(GzipLocation).gzip_vary
    if client_accepts(request):
        return OK
    response.content_encoding = response.content_length = None
    response.headers = [line for line in response.headers if line[0].lower() != b"content-encoding"]
    response.clear_accept_ranges()
    weaken_etag(request)
    if not response.header_only:
        output.body_filters.append(Gunzip(request))
    return OK
